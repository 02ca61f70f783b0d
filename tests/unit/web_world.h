#pragma once
/* Web without a network: requests made by hand (fake_http.h), and Redis is away, so that whoever
 * comes in to something that needs it is told so, and nothing else happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fake_http.h"
#include "web/web.h"

#define WEB_NOW_MS INT64_C(1700000000000)
#define SECRET     "a secret of the house"
#define VOLUNTEER  "volunteer-0123456789" /* tokens: Vic, */
#define ORGANISER  "organiser-0123456789" /* Omar, both of main, */
#define OWNER      "owner-0123456789-01"  /* and Olive */

extern const struct auth_member web_world_members[3]; /* one of each role */
extern struct web *web;

/* cmocka fixtures of each test. */
int web_world_open(void **state);
int web_world_close(void **state);

/* A session of that member: its cookie, and the value that its forms carry. */
void web_world_sign_in(const char *name, char cookie[AUTH_SECRET_BYTES],
                       char csrf[AUTH_CSRF_BYTES]);
/* Asks and waits; q keeps the response until fake_http_done. */
int ask(struct http_request *q);
/* By token; NULL: a stranger. */
int ask_as(const char *token, const char *method, const char *path, const char *body,
           struct http_request *q);
/* A row's path in which each {name} is 1; borrowed until the next call. */
const char *with_values(const char *pattern);
