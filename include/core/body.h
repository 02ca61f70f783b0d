#pragma once
/* Reading a JSON object key by key: each read notes what is wrong, and whoever asked answers it once
 * (web_body_ok, in web). What is read is borrowed from root. */
#include "base/err.h"
#include "base/slice.h"
#include "core/json.h"

struct body {
    json_t *root;   /* the reader's owner has it */
    struct err e;   /* the first problem; code 0 = none */
    json_t *errors; /* all of them: [{"pointer", "detail"}], to be freed; NULL = none */
};

/* Each of them: absent (or null) gives none, 0 or NULL; with `needed` it is an error. */
enum body_need { BODY_OPTIONAL, BODY_NEEDED };
struct slice body_text(struct body *b, const char *key, size_t bytes_max, enum body_need need);
uint64_t body_uint(struct body *b, const char *key, uint64_t max, enum body_need need);
/* The same, and a 0 that is there is an error: 1 to `max`. */
uint64_t body_some(struct body *b, const char *key, uint64_t max, enum body_need need);
/* [wall ms] */
int64_t body_time(struct body *b, const char *key, enum body_need need);
/* A list of at most `max`. */
json_t *body_list(struct body *b, const char *key, size_t max, enum body_need need);
json_t *body_object(struct body *b, const char *key, enum body_need need);
/* Whether the key is there, with null, too. */
bool body_says(const struct body *b, const char *key);

/* Something else is wrong with that key. */
void body_note(struct body *b, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* One more: {"pointer": "#/key", "detail": text} of the list `errors` (RFC 9457). Takes errors,
 * NULL = a new one. */
json_t *body_error_add(json_t *errors, const char *key, const char *text);

/* No control characters. */
bool is_one_line(struct slice s);
