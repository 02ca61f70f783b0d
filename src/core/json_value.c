#include "core/json.h"

#include "base/check.h"
#include "core/template.h"

#include <stdio.h>
#include <stdlib.h>

static struct tvalue get(const struct tvalue *map, struct slice key)
{
    return json_value(json_object_getn(map->node, key.p, key.n));
}

static struct tvalue at(const struct tvalue *list, size_t i)
{
    return json_value(json_array_get(list->node, i));
}

static size_t count(const struct tvalue *list)
{
    return json_array_size(list->node);
}

/* 15 digits are enough for what people write, 17 for every double. */
static size_t real_text(double value, char *space)
{
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(space, TVALUE_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(space, NULL) == value) break;
    }
    return (size_t)n;
}

static size_t text(const struct tvalue *number, char *space)
{
    const json_t *json = number->node;
    if (json_is_real(json)) return real_text(json_real_value(json), space);
    return (size_t)snprintf(space, TVALUE_NUMBER_BYTES, "%" JSON_INTEGER_FORMAT,
                            json_integer_value(json));
}

static const struct tvalue_ops json_ops = {.text = text, .get = get, .at = at, .count = count};

struct tvalue json_value(const json_t *json)
{
    struct tvalue v = {.node = json, .ops = &json_ops};
    if (!json) return tvalue_none();
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        v.kind = TVALUE_MAP;
        return v;
    case JSON_ARRAY:
        v.kind = TVALUE_LIST;
        return v;
    case JSON_INTEGER:
    case JSON_REAL:
        v.kind = TVALUE_NUMBER;
        return v;
    case JSON_STRING:
        return tvalue_string(json_slice(json));
    case JSON_TRUE:
        return tvalue_string(SLICE_LIT("true"));
    case JSON_FALSE:
        return (struct tvalue){.kind = TVALUE_FALSE, .text = SLICE_LIT("false")};
    case JSON_NULL:
        return (struct tvalue){.kind = TVALUE_FALSE};
    }
    check(!"a type of JSON");
}
