/* The JSON scanner and jansson agree: what the one takes for a plain object the other parses, and
 * both find the same values in it. */
#include "fuzz.h"

#include "gateway/bound/scan.h"

static json_t *find(json_t *root, const struct selector *path)
{
    for (size_t i = 0; root && i < path->step_count; i++) {
        struct slice key = path->steps[i].key;
        uint64_t index;
        if (json_is_object(root))
            root = json_object_getn(root, key.p, key.n);
        else if (json_is_array(root) && slice_to_u64(key, SIZE_MAX, &index))
            root = json_array_get(root, (size_t)index);
        else
            root = NULL;
    }
    return json_is_null(root) ? NULL : root;
}

static void compare(json_t *root, struct slice text, const struct selector *path)
{
    json_t *wanted = find(root, path);
    struct slice got;
    bool is_string;
    bool found = scan_find(text, path, &got, &is_string);
    if (!found) return; /* an escaped key: left to jansson */
    check(wanted != NULL && is_string == json_is_string(wanted));
    if (is_string && slice_find(got, '\\') < 0)
        check(slice_eq(got, slice_make(json_string_value(wanted), json_string_length(wanted))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct select_step a[] = {{.key = {"a", 1}}};
    static struct select_step deep[] = {{.key = {"a", 1}}, {.key = {"1", 1}}, {.key = {"id", 2}}};
    static const struct selector paths[] = {{.steps = a, .step_count = COUNT_OF(a)},
                                            {.steps = deep, .step_count = COUNT_OF(deep)}};
    struct slice text = slice_make(data, n);
    json_error_t where;
    if (!scan_is_plain_object(text)) return 0;
    json_t *root = json_loadb(text.p, text.n, 0, &where);
    check(json_is_object(root));
    json_decref(root);
    root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &where);
    for (size_t i = 0; root && i < COUNT_OF(paths); i++)
        compare(root, text, &paths[i]);
    json_decref(root);
    return 0;
}
