#pragma once
/* The inbox for people, under /inbox: plain pages that need no JavaScript, made for a phone. Forms
 * carry the session's value, the claim's fence and a key, so that a form sent twice or too late
 * does no harm. Each file has its rows. */
#include "web/route.h"

extern const struct routes form_routes, list_routes, login_routes, thread_routes;

struct pages;

struct pages *pages_new(void);    /* a template that does not compile is a bug */
void pages_free(struct pages *p); /* NULL is fine */
