#pragma once
/* The embedded templates, compiled once, rendered with HTML escaping. */
#include <jansson.h>

#include "io/http_server.h"

struct pages;

enum page { PAGE_LIST, PAGE_THREAD, PAGE_LOGIN, PAGE_COUNT };

struct pages *pages_new(void);    /* a template that does not compile is a bug */
void pages_free(struct pages *p); /* NULL is fine */
/* Answers q with the page. Takes data. */
void pages_answer(const struct pages *p, enum page page, struct http_request *q, int status,
                  json_t *data);
