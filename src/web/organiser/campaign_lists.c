#include "web/organiser/campaign_lists.h"

#include <stdio.h>

#include "core/json.h"

enum { ID_BYTES = 24, LABEL_BYTES = 320 };

static bool is_used_twice(const json_t *lists, struct slice name)
{
    size_t i, n = 0;
    const json_t *one;
    json_array_foreach(lists, i, one) n += slice_eq(json_slice(json_object_get(one, "name")), name);
    return n > 1;
}

static json_t *option(const json_t *lists, const json_t *one, const char *id, bool chosen)
{
    char label[LABEL_BYTES];
    struct slice name = json_slice(json_object_get(one, "name")),
                 group = json_slice(json_object_get(one, "group"));
    bool twice = is_used_twice(lists, name);
    long long people = (long long)json_integer_value(json_object_get(one, "total"));
    const char *unit = people == 1 ? "person" : "people";
    if (twice)
        (void)snprintf(label, sizeof label, "%.*s of %.*s (%lld %s)", SLICE_ARG(name),
                       SLICE_ARG(group), people, unit);
    else
        (void)snprintf(label, sizeof label, "%.*s (%lld %s)", SLICE_ARG(name), people, unit);
    return json_pack("{s:o,s:o,s:b}", "value", twice ? json_string(id) : json_text(name), "label",
                     json_text(slice_of(label)), "chosen", chosen);
}

void campaign_lists_put(json_t *data, struct slice chosen, const json_t *lists)
{
    size_t i;
    const json_t *one;
    json_t *options = json_array();
    json_array_foreach(lists, i, one)
    {
        char id[ID_BYTES];
        (void)snprintf(id, sizeof id, "%lld",
                       (long long)json_integer_value(json_object_get(one, "id")));
        bool is_it =
            slice_is(chosen, id) || slice_eq(chosen, json_slice(json_object_get(one, "name")));
        json_list_add(options, option(lists, one, id, is_it));
        if (is_it) json_put(data, "chosen_list", json_deep_copy(one));
    }
    json_put(data, "audiences", options);
}
