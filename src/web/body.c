#include "web/body.h"

#include "base/buf.h"
#include "web/call.h"

enum { KEYS_BYTES_MAX = 1024 };

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
