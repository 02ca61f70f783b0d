#include "web/body.h"

#include "base/buf.h"
#include "core/iso8601.h"
#include "web/call.h"

enum { KEYS_BYTES_MAX = 512 };

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
    web_error(c, 400, "unknown_key", "the key '%.100s' is not known here; there are: %s", key,
              list.p ? list.p : "none");
    buf_done(&list);
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

/* The first problem stays. */
static struct err *problem(struct body *b)
{
    return b->e.code ? NULL : &b->e;
}

static json_t *get(struct body *b, const char *key, enum body_need need)
{
    json_t *value = json_object_get(b->root, key);
    if (value && !json_is_null(value)) return value;
    if (need == BODY_NEEDED) (void)err_set(problem(b), ERR_INVALID, "'%s' is missing", key);
    return NULL;
}

struct slice body_text(struct body *b, const char *key, size_t bytes_max, enum body_need need)
{
    const json_t *value = get(b, key, need);
    struct slice text = json_slice(value);
    if (value && !json_is_string(value))
        (void)err_set(problem(b), ERR_INVALID, "'%s' must be a text in quotes", key);
    else if (text.n > bytes_max)
        (void)err_set(problem(b), ERR_INVALID, "'%s' is longer than %zu bytes", key, bytes_max);
    else if (value && need == BODY_NEEDED && text.n == 0)
        (void)err_set(problem(b), ERR_INVALID, "'%s' is empty", key);
    return text;
}

uint64_t body_uint(struct body *b, const char *key, uint64_t max, enum body_need need)
{
    const json_t *value = get(b, key, need);
    json_int_t n = json_integer_value(value);
    if (!value || (json_is_integer(value) && n >= 0 && (uint64_t)n <= max)) return (uint64_t)n;
    (void)err_set(problem(b), ERR_INVALID, "'%s' must be a whole number from 0 to %llu", key,
                  (unsigned long long)max);
    return 0;
}

int64_t body_time(struct body *b, const char *key, enum body_need need)
{
    const json_t *value = get(b, key, need);
    int64_t ms = 0;
    if (value && !iso8601_parse(json_slice(value), &ms))
        (void)err_set(problem(b), ERR_INVALID,
                      "'%s' must be a time with its zone, such as \"2026-11-26T18:00:00Z\" or "
                      "\"2026-11-26T18:00:00+01:00\"",
                      key);
    return ms;
}

json_t *body_list(struct body *b, const char *key, size_t max, enum body_need need)
{
    json_t *value = get(b, key, need);
    if (!value || (json_is_array(value) && json_array_size(value) <= max)) return value;
    (void)err_set(problem(b), ERR_INVALID, "'%s' must be a list [...] of at most %zu", key, max);
    return NULL;
}

json_t *body_object(struct body *b, const char *key, enum body_need need)
{
    json_t *value = get(b, key, need);
    if (!value || json_is_object(value)) return value;
    (void)err_set(problem(b), ERR_INVALID, "'%s' must be an object {...}", key);
    return NULL;
}

bool is_one_line(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) return false;
    return true;
}
