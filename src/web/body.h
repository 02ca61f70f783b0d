#pragma once
/* Reading the JSON body of a request: each read notes the first thing that is wrong, body_ok
 * answers it once. What is read is borrowed from the body until body_close. */
#include "web/respond.h"

#include <jansson.h>

struct body {
    json_t *root; /* owned */
    struct err e; /* the first problem; code 0 = none */
};

/* NULL-terminated `keys` are all that may be in it; any other is refused by name. False when q was
 * answered (then nothing is to be closed). */
bool body_open(struct body *b, struct http_request *q, const char *const *keys);
void body_close(struct body *b);
/* False when something was wrong, and then q is answered. */
bool body_ok(const struct body *b, struct http_request *q);

/* Each of them: absent (or null) gives none, 0 or NULL; with `needed` it is an error. */
enum body_need { BODY_OPTIONAL, BODY_NEEDED };
struct slice body_text(struct body *b, const char *key, size_t bytes_max, enum body_need need);
uint64_t body_uint(struct body *b, const char *key, uint64_t max, enum body_need need);
/* [wall ms] */
int64_t body_time(struct body *b, const char *key, enum body_need need);
/* A list of at most `max`. */
json_t *body_list(struct body *b, const char *key, size_t max, enum body_need need);
json_t *body_object(struct body *b, const char *key, enum body_need need);

/* The bytes of a JSON string; none for anything else. */
struct slice json_slice(const json_t *string);
/* No control characters. */
bool is_one_line(struct slice s);
