/* Typed reads over the YAML tree, and the errors they make: place, cause, mend. */
#include "io/yaml.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"

enum { VALUE_SHOWN_MAX = 60 /* of a bad value */ };

int yaml_error(const struct yaml_doc *d, const struct yaml_node *at, int code, struct err *e,
               const char *fmt, ...)
{
    char text[ERR_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return err_set(e, code, "%s:%d:%d: %s", yaml_name(d), yaml_line(at), yaml_column(at), text);
}

static int expected(const struct yaml_doc *d, const struct yaml_node *n, struct err *e,
                    const char *what)
{
    if (!n) return yaml_error(d, n, ERR_INVALID, e, "expected %s, but there is nothing", what);
    if (yaml_kind_of(n) != YAML_SCALAR)
        return yaml_error(d, n, ERR_INVALID, e, "expected %s, not a %s", what,
                          yaml_kind_of(n) == YAML_MAPPING ? "mapping" : "list");
    struct slice text = yaml_text(n);
    if (text.n > VALUE_SHOWN_MAX) text.n = VALUE_SHOWN_MAX;
    return yaml_error(d, n, ERR_INVALID, e, "expected %s, not '%.*s'", what, SLICE_ARG(text));
}

int yaml_bool(const struct yaml_doc *d, const struct yaml_node *n, bool *ret, struct err *e)
{
    struct slice text = yaml_text(n);
    bool yes = slice_is_nocase(text, "true");
    if (!yes && !slice_is_nocase(text, "false")) return expected(d, n, e, "true or false");
    *ret = yes;
    return 0;
}

int yaml_int(const struct yaml_doc *d, const struct yaml_node *n, int64_t min, int64_t max,
             int64_t *ret, struct err *e)
{
    struct slice text = yaml_text(n);
    bool negative = text.n && text.p[0] == '-';
    uint64_t value = 0;
    bool ok = slice_to_u64(slice_from(text, negative), INT64_MAX, &value);
    int64_t number = negative ? -(int64_t)value : (int64_t)value;
    if (!ok || number < min || number > max) {
        char what[96];
        snprintf(what, sizeof what, "a whole number from %" PRId64 " to %" PRId64, min, max);
        return expected(d, n, e, what);
    }
    *ret = number;
    return 0;
}

int yaml_double(const struct yaml_doc *d, const struct yaml_node *n, double min, double max,
                double *ret, struct err *e)
{
    struct slice text = yaml_text(n);
    char *end = NULL;
    /* strtod alone would take hexadecimal, "inf" and leading blanks */
    bool shape = text.n && strspn(text.p, "+-.0123456789eE") == text.n &&
                 isdigit((unsigned char)text.p[text.n - 1]);
    double value = shape ? strtod(text.p, &end) : NAN;
    if (!shape || end != text.p + text.n || !(value >= min && value <= max)) {
        char what[96];
        snprintf(what, sizeof what, "a number from %g to %g", min, max);
        return expected(d, n, e, what);
    }
    *ret = value;
    return 0;
}

static bool is_listed(struct slice word, const char *const *words)
{
    for (; *words; words++)
        if (slice_is(word, *words)) return true;
    return false;
}

static void join_words(const char *const *words, char *out, size_t out_bytes)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; words[i] && used < out_bytes; i++)
        used += (size_t)snprintf(out + used, out_bytes - used, "%s%s", i ? ", " : "", words[i]);
}

int yaml_only_keys(const struct yaml_doc *d, const struct yaml_node *mapping,
                   const char *const *keys, struct err *e)
{
    if (mapping && yaml_kind_of(mapping) != YAML_MAPPING && !yaml_is_null(mapping))
        return expected(d, mapping, e, "a mapping (key: value lines)");
    size_t count = yaml_kind_of(mapping) == YAML_MAPPING ? yaml_count(mapping) : 0;
    for (size_t i = 0; i < count; i++) {
        struct slice key = yaml_key_at(mapping, i);
        if (is_listed(key, keys)) continue;
        const char *meant = nearest_word(key, keys);
        const struct yaml_node *at = yaml_key_node_at(mapping, i);
        if (key.n > VALUE_SHOWN_MAX) key.n = VALUE_SHOWN_MAX;
        if (meant)
            return yaml_error(d, at, ERR_INVALID, e, "unknown key '%.*s'; did you mean '%s'?",
                              SLICE_ARG(key), meant);
        char known[400];
        join_words(keys, known, sizeof known);
        return yaml_error(d, at, ERR_INVALID, e, "unknown key '%.*s'; known here: %s",
                          SLICE_ARG(key), known);
    }
    return 0;
}
