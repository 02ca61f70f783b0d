#pragma once
/* What stands at which address and who may use it: web is a table of these rows. The door
 * (src/web/call.c) reads a row before its function runs, so a function cannot forget what the row
 * says; a row without a policy ends the start. */
#include "core/access.h"

struct web_call;

enum route_flags {
    /* 503 while Redis is away */
    NEEDS_STORE = 1 << 0,
    /* the store keeps who did it, when and why */
    AUDITED = 1 << 1,
    /* for browsers: strangers are led to the login, problems are pages */
    PAGE = 1 << 2,
    /* of a PAGE: the body is a form, and a member's carries their session's value */
    FORM = 1 << 3,
    /* {id} is a number */
    WITH_ID = 1 << 4,
    /* the function or its store sees to the member's groups; without it, only who may in every group
     * comes in */
    IN_GROUP = 1 << 5,
    /* the function verifies a provider's signature over the raw body */
    SIGNED = 1 << 6,
    /* the body may have WEB_LARGE_BYTES_MAX, from whoever may come in */
    LARGE = 1 << 7,
    /* WEB_WIDE_BYTES_MAX, the same way */
    WIDE = 1 << 8,
    /* takes an Idempotency-Key: a request is done once under it (src/web/leave.h) */
    ONCE = 1 << 9,
    /* the body is a file (src/web/upload.h), raw, or in a multipart FORM */
    UPLOAD = 1 << 10,
    /* of a PAGE for anybody, in the frame of src/web/public/public.h: how much an address may ask is
     * bounded, and the body has WEB_PUBLIC_BYTES_MAX */
    PUBLIC = 1 << 11,
    /* of a PAGE for anybody that signs somebody in: 503 while nobody may come in (mark_is_shut) */
    SIGNS_IN = 1 << 12,
};

struct route {
    const char *method, *path; /* see src/web/router.h */
    enum action may;
    unsigned flags;          /* enum route_flags, or-ed */
    const char *const *keys; /* all that the JSON body may hold; NULL: it is not read as JSON */
    void (*run)(struct web_call *c); /* responds to c once, now or later */
};

struct routes {
    const struct route *rows; /* borrowed for ever, like all in them */
    size_t n;
};

/* Of a row in a table at file scope: {"POST", …, KEYS("seq", "rows"), post_rows}. */
#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_KEYS   ((const char *const[]){NULL})

/* Why that row cannot stand anywhere; NULL when it can. */
const char *route_problem(const struct route *r);
