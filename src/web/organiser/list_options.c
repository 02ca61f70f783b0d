#include "web/organiser/list_options.h"

#include <stdio.h>

#include "web/page.h"

enum { ID_BYTES = 24, LABEL_BYTES = 320 };

static bool is_used_twice(const json_t *lists, struct slice name)
{
    size_t i, n = 0;
    const json_t *one;
    json_array_foreach(lists, i, one) n += slice_eq(json_slice(json_object_get(one, "name")), name);
    return n > 1;
}

static void label_of(const json_t *one, bool with_group, char out[LABEL_BYTES])
{
    struct slice name = json_slice(json_object_get(one, "name")),
                 group = json_slice(json_object_get(one, "group"));
    long long people = (long long)json_integer_value(json_object_get(one, "total"));
    const char *unit = people == 1 ? "person" : "people";
    if (with_group)
        (void)snprintf(out, LABEL_BYTES, "%.*s of %.*s (%lld %s)", SLICE_ARG(name),
                       SLICE_ARG(group), people, unit);
    else
        (void)snprintf(out, LABEL_BYTES, "%.*s (%lld %s)", SLICE_ARG(name), people, unit);
}

static bool is_offered(const json_t *one, struct slice group)
{
    return group.n == 0 || slice_eq(json_slice(json_object_get(one, "group")), group);
}

const json_t *list_options_put(json_t *data, struct slice chosen, struct slice group,
                               const json_t *body)
{
    size_t i;
    const json_t *one, *found = NULL, *lists = json_object_get(body, "audiences");
    json_t *options = json_array();
    json_array_foreach(lists, i, one)
    {
        char id[ID_BYTES], label[LABEL_BYTES];
        struct slice name = json_slice(json_object_get(one, "name"));
        if (!is_offered(one, group)) continue;
        bool twice = group.n == 0 && is_used_twice(lists, name);
        (void)snprintf(id, sizeof id, "%lld",
                       (long long)json_integer_value(json_object_get(one, "id")));
        label_of(one, twice, label);
        bool is_it = slice_is(chosen, id) || slice_eq(chosen, name);
        if (is_it) found = one;
        json_list_add(options,
                      json_pack("{s:o,s:o,s:b}", "value", twice ? json_string(id) : json_text(name),
                                "label", json_text(slice_of(label)), "chosen", is_it));
    }
    json_put(data, "audiences", options);
    return found;
}
