#pragma once
/* A session that begins on the device that a request comes from: its secret goes into the cookie, a
 * hash of it into the store. */
#include "store/staff.h"
#include "web/call.h"

struct visit {
    char secret[AUTH_SECRET_BYTES], hash[AUTH_ID_BYTES];
    char device[ROSTER_DEVICE_BYTES_MAX], address[ROSTER_ADDRESS_BYTES_MAX];
    struct staff_visit is; /* its slices are of these */
};

/* Of c's device, and a new secret. v must not move. */
void visit_fill(struct web_call *c, struct visit *v);
/* The same as the state of c. */
struct visit *visit_make(struct web_call *c);
/* It has begun: the cookie, and on to the page that they wanted (web/wanted.h), or their first one. c's state begins with the visit. */
void visit_welcome(struct web_call *c, struct slice member);
/* "Chrome on Android", of a User-Agent. */
void visit_device(struct slice agent, char out[ROSTER_DEVICE_BYTES_MAX]);
