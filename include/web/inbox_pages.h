#pragma once
/* The inbox for people, under /inbox: plain pages that need no JavaScript, made for a phone. Forms
 * carry the session's value, the claim's fence and a key, so that a form sent twice or too late
 * does no harm. */
#include "web/inbox_api.h"

struct inbox_pages;

/* Adds its routes, "/" (to the inbox) among them. Free the router's server first. */
struct inbox_pages *inbox_pages_new(const struct inbox_web_config *config, struct router *r);
void inbox_pages_free(struct inbox_pages *p); /* NULL is fine */
