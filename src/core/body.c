#include "core/body.h"

#include "base/buf.h"
#include "core/iso8601.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

enum { POINTER_BYTES_MAX = 512 };
#define FRAGMENT_SIGNS "-._!$&'()*+,;=:@?"

/* As RFC 6901 has it, in a URI's fragment. What a fragment does not take is %-escaped. */
static void add_pointer(struct buf *out, const char *key)
{
    buf_add_cstr(out, "#/");
    for (const char *p = key; *p; p++)
        if (*p == '~' || *p == '/')
            buf_add_cstr(out, *p == '~' ? "~0" : "~1");
        else if (strchr(FRAGMENT_SIGNS, *p) || isalnum((unsigned char)*p))
            buf_add(out, p, 1);
        else
            buf_addf(out, "%%%02X", (unsigned char)*p);
}

json_t *body_error_add(json_t *errors, const char *key, const char *text)
{
    struct buf pointer = BUF_INIT(POINTER_BYTES_MAX);
    add_pointer(&pointer, key);
    if (!errors) errors = json_array();
    if (!pointer.failed)
        json_list_add(errors, json_pack("{s:o,s:o}", "pointer", json_text(buf_slice(&pointer)),
                                        "detail", json_text(slice_of(text))));
    buf_done(&pointer);
    return errors;
}

/* The first problem is the message. */
void body_note(struct body *b, const char *key, const char *fmt, ...)
{
    struct err e = {.code = ERR_INVALID};
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e.text, sizeof e.text, fmt, ap);
    va_end(ap);
    if (!b->e.code) b->e = e;
    b->errors = body_error_add(b->errors, key, e.text);
}

static json_t *get(struct body *b, const char *key, enum body_need need)
{
    json_t *value = json_object_get(b->root, key);
    if (value && !json_is_null(value)) return value;
    if (need == BODY_NEEDED) body_note(b, key, "'%s' is missing", key);
    return NULL;
}

struct slice body_text(struct body *b, const char *key, size_t bytes_max, enum body_need need)
{
    const json_t *value = get(b, key, need);
    struct slice text = json_slice(value);
    if (value && !json_is_string(value))
        body_note(b, key, "'%s' must be a text in quotes", key);
    else if (text.n > bytes_max)
        body_note(b, key, "'%s' is longer than %zu bytes", key, bytes_max);
    else if (value && need == BODY_NEEDED && text.n == 0)
        body_note(b, key, "'%s' is empty", key);
    return text;
}

static uint64_t read_whole(struct body *b, const char *key, unsigned min, uint64_t max,
                           enum body_need need)
{
    const json_t *value = get(b, key, need);
    json_int_t n = json_integer_value(value);
    if (!value || (json_is_integer(value) && n >= min && (uint64_t)n <= max)) return (uint64_t)n;
    body_note(b, key, "'%s' must be a whole number from %u to %llu", key, min,
              (unsigned long long)max);
    return 0;
}

uint64_t body_uint(struct body *b, const char *key, uint64_t max, enum body_need need)
{
    return read_whole(b, key, 0, max, need);
}

uint64_t body_some(struct body *b, const char *key, uint64_t max, enum body_need need)
{
    return read_whole(b, key, 1, max, need);
}

int64_t body_time(struct body *b, const char *key, enum body_need need)
{
    const json_t *value = get(b, key, need);
    int64_t ms = 0;
    if (value && !iso8601_parse(json_slice(value), &ms))
        body_note(b, key,
                  "'%s' must be a time with its zone, such as \"2026-11-26T18:00:00Z\" or "
                  "\"2026-11-26T18:00:00+01:00\"",
                  key);
    return ms;
}

json_t *body_list(struct body *b, const char *key, size_t max, enum body_need need)
{
    json_t *value = get(b, key, need);
    if (!value || (json_is_array(value) && json_array_size(value) <= max)) return value;
    body_note(b, key, "'%s' must be a list [...] of at most %zu", key, max);
    return NULL;
}

json_t *body_object(struct body *b, const char *key, enum body_need need)
{
    json_t *value = get(b, key, need);
    if (!value || json_is_object(value)) return value;
    body_note(b, key, "'%s' must be an object {...}", key);
    return NULL;
}

bool is_one_line(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) return false;
    return true;
}

bool body_says(const struct body *b, const char *key)
{
    return json_object_get(b->root, key) != NULL;
}
