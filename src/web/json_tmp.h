#pragma once
/* Until there is a core/json.h, whose names and meanings these are. */
#include "base/check.h"
#include "base/clock.h"
#include "base/slice.h"

#include <jansson.h>

static inline json_t *json_text(struct slice s)
{
    json_t *text = json_stringn(s.p ? s.p : "", s.n);
    return text ? text : json_string("?");
}
static inline void json_put(json_t *o, const char *key, json_t *value)
{
    check(value && json_object_set_new(o, key, value) == 0);
}
static inline void json_put_time(json_t *o, const char *key, int64_t ms)
{
    char text[CLOCK_ISO_BYTES];
    clock_iso(ms, text);
    json_put(o, key, ms ? json_string(text) : json_null());
}
static inline void json_list_add(json_t *list, json_t *value)
{
    check(value && json_array_append_new(list, value) == 0);
}
