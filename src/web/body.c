#include "web/body.h"

#include "base/buf.h"
#include "core/iso8601.h"
#include "web/call.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

enum { KEYS_BYTES_MAX = 512, POINTER_BYTES_MAX = 512 };
#define FRAGMENT_SIGNS "-._!$&'()*+,;=:@?"

static bool is_known(const char *key, const char *const *keys)
{
    for (; *keys; keys++)
        if (strcmp(*keys, key) == 0) return true;
    return false;
}

static void refuse_key(struct web_call *c, const char *key, const char *const *keys)
{
    struct buf list = BUF_INIT(KEYS_BYTES_MAX);
    for (size_t i = 0; keys[i]; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", keys[i]);
    struct err e;
    (void)err_set(&e, ERR_INVALID, "the key '%.100s' is not known here; there are: %s", key,
                  list.p ? list.p : "none");
    buf_done(&list);
    json_t *errors = body_error_add(NULL, key, e.text);
    web_error_more(c, 400, "unknown_key", e.text, json_pack("{s:o}", "errors", errors));
}

/* False: c has its response. */
static bool read_object(struct web_call *c)
{
    struct slice text = slice_trim(http_request_body(c->q));
    json_error_t why;
    if (text.n == 0)
        c->body.root = json_object();
    else
        c->body.root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
    if (json_is_object(c->body.root)) return true;
    if (c->body.root)
        web_error(c, 400, "bad_json", "the body must be a JSON object: {…}");
    else
        web_error(c, 400, "bad_json", "the body is not JSON: line %d, column %d: %s", why.line,
                  why.column, why.text);
    return false;
}

bool body_open(struct web_call *c, const char *const *keys)
{
    if (!read_object(c)) return false;
    const char *key;
    json_t *value;
    json_object_foreach(c->body.root, key, value)
    {
        if (is_known(key, keys)) continue;
        refuse_key(c, key, keys);
        return false;
    }
    return true;
}

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

static void note(struct body *b, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The first problem is the message. */
static void note(struct body *b, const char *key, const char *fmt, ...)
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
    if (need == BODY_NEEDED) note(b, key, "'%s' is missing", key);
    return NULL;
}

struct slice body_text(struct body *b, const char *key, size_t bytes_max, enum body_need need)
{
    const json_t *value = get(b, key, need);
    struct slice text = json_slice(value);
    if (value && !json_is_string(value))
        note(b, key, "'%s' must be a text in quotes", key);
    else if (text.n > bytes_max)
        note(b, key, "'%s' is longer than %zu bytes", key, bytes_max);
    else if (value && need == BODY_NEEDED && text.n == 0)
        note(b, key, "'%s' is empty", key);
    return text;
}

uint64_t body_uint(struct body *b, const char *key, uint64_t max, enum body_need need)
{
    const json_t *value = get(b, key, need);
    json_int_t n = json_integer_value(value);
    if (!value || (json_is_integer(value) && n >= 0 && (uint64_t)n <= max)) return (uint64_t)n;
    note(b, key, "'%s' must be a whole number from 0 to %llu", key, (unsigned long long)max);
    return 0;
}

int64_t body_time(struct body *b, const char *key, enum body_need need)
{
    const json_t *value = get(b, key, need);
    int64_t ms = 0;
    if (value && !iso8601_parse(json_slice(value), &ms))
        note(b, key,
             "'%s' must be a time with its zone, such as \"2026-11-26T18:00:00Z\" or "
             "\"2026-11-26T18:00:00+01:00\"",
             key);
    return ms;
}

json_t *body_list(struct body *b, const char *key, size_t max, enum body_need need)
{
    json_t *value = get(b, key, need);
    if (!value || (json_is_array(value) && json_array_size(value) <= max)) return value;
    note(b, key, "'%s' must be a list [...] of at most %zu", key, max);
    return NULL;
}

json_t *body_object(struct body *b, const char *key, enum body_need need)
{
    json_t *value = get(b, key, need);
    if (!value || json_is_object(value)) return value;
    note(b, key, "'%s' must be an object {...}", key);
    return NULL;
}

bool is_one_line(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) return false;
    return true;
}
