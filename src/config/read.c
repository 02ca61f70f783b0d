#include "read.h"

#include <stdarg.h>
#include <stdio.h>

#include "config/config.h"
#include "rules.h"

void config_fail(struct config_reader *r, const struct yaml_node *at, int code, const char *fmt,
                 ...)
{
    if (r->failed) return;
    char text[ERR_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->failed = yaml_error(r->doc, at, code, r->e, "%s", text);
}

const char *config_place(struct config_reader *r, const struct yaml_node *n)
{
    const char *place = arena_printf(r->arena, "%s:%d:%d", r->name, yaml_line(n), yaml_column(n));
    if (!place) config_fail(r, n, ERR_LIMIT, "the file's values are too large together");
    return place;
}

void *config_alloc(struct config_reader *r, size_t count, size_t bytes)
{
    if (r->failed) return NULL;
    void *p = arena_zalloc(r->arena, (count ? count : 1) * bytes);
    if (!p)
        config_fail(r, yaml_root(r->doc), ERR_LIMIT, "the file's values are too large together");
    return p;
}

void config_only_keys(struct config_reader *r, const struct yaml_node *map, const char *const *keys)
{
    if (!r->failed) r->failed = yaml_only_keys(r->doc, map, keys, r->e);
}

const struct yaml_node *config_map(struct config_reader *r, const struct yaml_node *map,
                                   const char *key, const char *const *keys)
{
    const struct yaml_node *n = yaml_get(map, key);
    if (yaml_is_null(n)) return NULL;
    if (yaml_kind_of(n) != YAML_MAPPING) {
        config_fail(r, n, ERR_INVALID, "%s: must be a mapping (key: value)", key);
        return NULL;
    }
    if (keys) config_only_keys(r, n, keys);
    return n;
}

const struct yaml_node *config_list(struct config_reader *r, const struct yaml_node *map,
                                    const char *key, size_t items_max)
{
    const struct yaml_node *n = yaml_get(map, key);
    if (yaml_is_null(n)) return NULL;
    if (yaml_kind_of(n) != YAML_SEQUENCE)
        config_fail(r, n, ERR_INVALID, "%s: must be a list, e.g. [one, two]", key);
    else if (yaml_count(n) > items_max)
        config_fail(r, n, ERR_LIMIT, "%s: %zu items are too many; at most %zu", key, yaml_count(n),
                    items_max);
    return n;
}

/* A Redis URL may hold a password. */
static bool is_secret(const struct config_value *v, config_rule *rule)
{
    return v->secret || rule == rule_secret || rule == rule_redis_url;
}

static void refuse_value(struct config_reader *r, const struct yaml_node *n, const char *what,
                         const struct config_value *v, config_rule *rule, const char *expected)
{
    if (is_secret(v, rule))
        config_fail(r, n, ERR_INVALID, "%s: must be %s", what, expected);
    else
        config_fail(r, n, ERR_INVALID, "%s: must be %s, not '%s'", what, expected, v->text);
}

void config_text_at(struct config_reader *r, const struct yaml_node *n, const char *what,
                    config_rule *rule, const char **ret)
{
    if (r->failed) return;
    if (yaml_kind_of(n) != YAML_SCALAR || yaml_is_null(n)) {
        config_fail(r, n, ERR_INVALID, "%s: must be a text%s", what,
                    yaml_kind_of(n) == YAML_SCALAR ? "; \"\" is an empty one" : "");
        return;
    }
    struct config_value v;
    struct err why;
    int code = config_value_read(yaml_text(n), r->arena, &v, &why);
    if (code) {
        config_fail(r, n, code, "%s: %s", what, why.text);
        return;
    }
    const char *expected = rule ? rule(v.text) : NULL;
    if (expected)
        refuse_value(r, n, what, &v, rule, expected);
    else
        *ret = v.text;
}

void config_text(struct config_reader *r, const struct yaml_node *map, const char *key,
                 const char *otherwise, config_rule *rule, const char **ret)
{
    if (r->failed) return;
    const struct yaml_node *n = yaml_get(map, key);
    if (n && !yaml_is_null(n)) {
        config_text_at(r, n, key, rule, ret);
        return;
    }
    if (otherwise)
        *ret = otherwise;
    else
        config_fail(r, map, ERR_INVALID, "'%s' is missing; add it (muster.yaml explains every key)",
                    key);
}

/* Whether the key stands there as a value of its own; fails when it is a list or a mapping. */
static const struct yaml_node *scalar_under(struct config_reader *r, const struct yaml_node *map,
                                            const char *key, const char *expected)
{
    const struct yaml_node *n = r->failed ? NULL : yaml_get(map, key);
    if (yaml_is_null(n)) return NULL;
    if (yaml_kind_of(n) == YAML_SCALAR) return n;
    config_fail(r, n, ERR_INVALID, "%s: must be %s, not a list or a mapping", key, expected);
    return NULL;
}

static void refuse_scalar(struct config_reader *r, const struct yaml_node *n, const char *key,
                          const char *expected)
{
    config_fail(r, n, ERR_INVALID, "%s: must be %s, not '%.*s'", key, expected,
                SLICE_ARG(yaml_text(n)));
}

void config_int(struct config_reader *r, const struct yaml_node *map, const char *key,
                int otherwise, int min, int max, int *ret)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "a whole number from %d to %d", min, max);
    const struct yaml_node *n = scalar_under(r, map, key, expected);
    int64_t value = otherwise;
    if (n && yaml_int(r->doc, n, min, max, &value, NULL)) refuse_scalar(r, n, key, expected);
    if (!r->failed) *ret = (int)value;
}

void config_number(struct config_reader *r, const struct yaml_node *map, const char *key,
                   double otherwise, double min, double max, double *ret)
{
    char expected[96];
    (void)snprintf(expected, sizeof expected, "a number from %g to %g", min, max);
    const struct yaml_node *n = scalar_under(r, map, key, expected);
    double value = otherwise;
    if (n && yaml_double(r->doc, n, min, max, &value, NULL)) refuse_scalar(r, n, key, expected);
    if (!r->failed) *ret = value;
}

void config_bool(struct config_reader *r, const struct yaml_node *map, const char *key,
                 bool otherwise, bool *ret)
{
    const struct yaml_node *n = scalar_under(r, map, key, "true or false");
    bool value = otherwise;
    if (n && yaml_bool(r->doc, n, &value, NULL)) refuse_scalar(r, n, key, "true or false");
    if (!r->failed) *ret = value;
}
