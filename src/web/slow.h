#pragma once
/* Where there were many wrong tokens, further ones get their response slowly: a right one is never
 * refused for the wrong ones of others, so waiting is what guessing costs. So few wait at a time
 * that they cannot take the places of others; the rest get theirs at once. */
#include "io/http_server.h"
#include "io/loop.h"

struct slow;

enum { SLOW_MAX = 32, SLOW_MS = 1000 };

struct slow *slow_new(struct loop *l); /* NULL: answers at once */
/* After the servers, and before the loop turns again. NULL is fine. */
void slow_free(struct slow *s);
/* Responds with 429, a little later. */
void slow_refuse(struct slow *s, struct http_request *q);
