#include "gateway/bound/twice.h"

#include "base/buf.h"
#include "core/json_repair.h"
#include "gateway/gateway.h"

/* Mended it is three times as long at most, and each name, of two bytes at least with its colon,
 * gets its number. */
enum { NUMBERED_BYTES_MAX = 7 * GATEWAY_HOOK_BYTES_MAX + 64 };

static json_t *joined(const json_t *numbered, bool *torn);

/* Takes more. */
static int add_object(json_t *have, json_t *more, bool *torn);

/* Takes value. */
static int add_member(json_t *object, const char *name, json_t *value, bool *torn)
{
    json_t *have = json_object_get(object, name);
    if (!have) return json_object_set_new_nocheck(object, name, value);
    if (json_is_object(have) && json_is_object(value)) return add_object(have, value, torn);
    int r = 0;
    if (json_is_array(have) && json_is_array(value)) {
        r = json_array_extend(have, value);
    } else if (!json_equal(have, value)) {
        *torn = true;
        r = json_object_set_new_nocheck(object, name, json_null());
    }
    json_decref(value);
    return r;
}

static int add_object(json_t *have, json_t *more, bool *torn)
{
    const char *name;
    json_t *value;
    int r = 0;
    json_object_foreach(more, name, value) if (r == 0) r =
        add_member(have, name, json_incref(value), torn);
    json_decref(more);
    return r;
}

static int join_members(const json_t *numbered, json_t *out, bool *torn)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)numbered, name, value)
    {
        json_t *one = joined(value, torn);
        if (!one || add_member(out, name + JSON_REPAIR_NUMBER_BYTES, one, torn) < 0) return -1;
    }
    return 0;
}

static int join_elements(const json_t *numbered, json_t *out, bool *torn)
{
    size_t i;
    json_t *value;
    json_array_foreach(numbered, i,
                       value) if (json_array_append_new(out, joined(value, torn)) < 0) return -1;
    return 0;
}

/* A copy without the numbers. Its depth is JSON_REPAIR_DEEP_MAX at most. */
static json_t *joined(const json_t *numbered, bool *torn)
{
    if (!json_is_object(numbered) && !json_is_array(numbered)) return json_copy((json_t *)numbered);
    json_t *out = json_is_object(numbered) ? json_object() : json_array();
    int r = !out                       ? -1
            : json_is_object(numbered) ? join_members(numbered, out, torn)
                                       : join_elements(numbered, out, torn);
    if (r == 0) return out;
    json_decref(out);
    return NULL;
}

json_t *twice_load(struct slice text, bool *ret_torn)
{
    json_error_t where;
    size_t rest;
    struct buf numbered = BUF_INIT(NUMBERED_BYTES_MAX);
    json_t *json = NULL, *out = NULL;
    *ret_torn = false;
    if (json_repair_numbered(text, &numbered, &rest))
        json = json_loadb(numbered.p, numbered.n, 0, &where);
    buf_done(&numbered);
    if (json) out = joined(json, ret_torn);
    json_decref(json);
    return out;
}

bool twice_empty(struct form *f)
{
    bool found = false;
    for (size_t i = 0; i < f->count; i++) {
        bool torn = false;
        for (size_t j = i + 1; j < f->count; j++)
            torn |= slice_eq(f->pairs[i].name, f->pairs[j].name) &&
                    !slice_eq(f->pairs[i].value, f->pairs[j].value);
        for (size_t j = i; torn && j < f->count; j++)
            if (slice_eq(f->pairs[i].name, f->pairs[j].name)) f->pairs[j].value = SLICE_NONE;
        found |= torn;
    }
    return found;
}
