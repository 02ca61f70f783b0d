#pragma once
/* Responses in the shapes that all of web shares. Each is the only one to q, which is gone
 * afterwards. */
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/slice.h"
#include "io/http_server.h"

#include <jansson.h>

#define PROBLEM_CONTENT_TYPE "application/problem+json"

/* RFC 9457: {"type", "title", "status", "detail", "code"}. code is a short stable word for programs,
 * a row of web/problem.c, which gives the title; detail is the message, one sentence for people that
 * says what to do. */
void respond_error(struct http_request *q, int status, const char *code, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The body of it, owned, with further members. Takes more; NULL: none. */
char *respond_problem_text(int status, const char *code, const char *message, json_t *more);
/* JSON as it is sent, owned. Takes body. */
char *respond_text(json_t *body);
/* What a function below web said: 400, 404, 409, 413, 422 or 503, and its short word. */
int respond_status_of(int result);
const char *respond_code_of(int result);
/* A page, with the headers that keep it harmless: strict CSP (styles, scripts and
 * pictures of our own only, no frames), no referrer. */
void respond_html(struct http_request *q, int status, struct slice html);
/* The same for anybody: nothing is loaded but styles, pictures and modules of our own. */
void respond_public(struct http_request *q, int status, struct slice html);
/* The same for what the server itself refuses: a http_server_config.refusal. */
const char *respond_refusal(void *arg, struct http_request *q, int status, const char *text,
                            struct buf *out);
/* respond_error where programs call (/api/, /hooks/), a small plain page elsewhere. */
void respond_problem(struct http_request *q, int status, const char *code, const char *message);
/* The same, and the page leads back to one of ours; "": only to the start. */
void respond_problem_back(struct http_request *q, int status, const char *code, const char *message,
                          const char *back);
/* 303 See Other: the way from a form to a page. location is a path of ours. */
void respond_redirect(struct http_request *q, const char *location);
