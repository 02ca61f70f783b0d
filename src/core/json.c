#include "core/json.h"

#include "base/buf.h"
#include "base/clock.h"

#define REPLACEMENT SLICE_LIT("\xef\xbf\xbd") /* U+FFFD */

static json_t *repaired(struct slice s)
{
    struct buf b = BUF_INIT(REPLACEMENT.n * s.n);
    for (size_t bad; !slice_is_utf8(s, &bad); s = slice_from(s, bad + 1)) {
        buf_add(&b, s.p, bad);
        buf_add_slice(&b, REPLACEMENT);
    }
    buf_add_slice(&b, s);
    json_t *text = json_stringn(b.p, b.n);
    buf_done(&b);
    return text;
}

json_t *json_text(struct slice s)
{
    json_t *text = json_stringn(s.p ? s.p : "", s.n);
    if (!text) text = repaired(s);
    check(text);
    return text;
}

struct slice json_slice(const json_t *string)
{
    if (!json_is_string(string)) return SLICE_NONE;
    return slice_make(json_string_value(string), json_string_length(string));
}

struct slice json_slice_at(const json_t *object, const char *key)
{
    return json_slice(json_object_get(object, key));
}

const char *json_cstr_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

void json_put(json_t *object, const char *key, json_t *value)
{
    check(value && json_object_set_new(object, key, value) == 0);
}

void json_list_add(json_t *list, json_t *value)
{
    check(value && json_array_append_new(list, value) == 0);
}

json_t *json_ids(const uint32_t *ids, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(list, json_integer(ids[i]));
    return list;
}

void json_put_text(json_t *object, const char *key, struct slice text)
{
    json_put(object, key, text.n ? json_text(text) : json_null());
}

void json_put_count(json_t *object, const char *key, uint64_t n)
{
    json_put(object, key, json_integer((json_int_t)n));
}

json_t *json_time(int64_t wall_ms)
{
    char text[CLOCK_ISO_BYTES];
    if (wall_ms == 0) return json_null();
    clock_iso(wall_ms, text);
    return json_string(text);
}

void json_put_time(json_t *object, const char *key, int64_t wall_ms)
{
    json_put(object, key, json_time(wall_ms));
}
