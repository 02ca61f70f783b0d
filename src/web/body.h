#pragma once
/* Reading the JSON body of a request: each read notes the first thing that is wrong,
 * web_body_ok answers it once. What is read is borrowed until the response. */
#include "base/err.h"
#include "base/slice.h"
#include "core/json.h"

struct body {
    json_t *root;   /* owned by the call */
    struct err e;   /* the first problem; code 0 = none */
    json_t *errors; /* all of them: [{"pointer", "detail"}], owned by the call; NULL = none */
};

struct web_call;

/* Reads the body of c, {} when it is empty. NULL-terminated `keys` are all that may be in it; any
 * other is refused by name. False: c has its response. The door calls it. */
bool body_open(struct web_call *c, const char *const *keys);

/* Each of them: absent (or null) gives none, 0 or NULL; with `needed` it is an error. */
enum body_need { BODY_OPTIONAL, BODY_NEEDED };
struct slice body_text(struct body *b, const char *key, size_t bytes_max, enum body_need need);
uint64_t body_uint(struct body *b, const char *key, uint64_t max, enum body_need need);
/* [wall ms] */
int64_t body_time(struct body *b, const char *key, enum body_need need);
/* A list of at most `max`. */
json_t *body_list(struct body *b, const char *key, size_t max, enum body_need need);
json_t *body_object(struct body *b, const char *key, enum body_need need);

/* One more: {"pointer": "#/key", "detail": text} of the list `errors` (RFC 9457). Takes errors,
 * NULL = a new one. */
json_t *body_error_add(json_t *errors, const char *key, const char *text);

/* No control characters. */
bool is_one_line(struct slice s);
