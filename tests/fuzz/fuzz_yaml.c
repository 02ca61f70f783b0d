/* Whatever is read can be walked, its positions lie in the text, and an error names its place. */
#include "fuzz.h"

#include "io/yaml.h"

static void walk(const struct yaml_node *n, int lines_max)
{
    check(yaml_line(n) >= 1 && yaml_line(n) <= lines_max && yaml_column(n) >= 1);
    for (size_t i = 0; i < yaml_count(n); i++) {
        if (yaml_kind_of(n) == YAML_MAPPING) {
            struct slice key = yaml_key_at(n, i);
            check(key.p[key.n] == '\0' && yaml_get(n, key.p) == yaml_at(n, i));
        }
        walk(yaml_at(n, i), lines_max);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = slice_make(data, n);
    struct yaml_doc *d = NULL;
    struct err e = {0};
    int lines_max = 2;
    for (size_t i = 0; i < n; i++)
        lines_max += data[i] == '\n' || data[i] == '\r' || data[i] >= 0x80;
    if (yaml_parse(text, "f.yaml", &d, &e)) {
        check(e.code < 0 && slice_starts(slice_of(e.text), "f.yaml:"));
        return 0;
    }
    if (yaml_root(d)) walk(yaml_root(d), lines_max);
    yaml_doc_free(d);
    return 0;
}
