#include "keys.h"

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

const struct yaml_node *config_map(struct config_reader *r, const struct yaml_node *map,
                                   const char *key, size_t items_max)
{
    const struct yaml_node *n = yaml_get(map, key);
    if (yaml_is_null(n)) return NULL;
    if (yaml_kind_of(n) != YAML_MAPPING) {
        config_fail(r, n, ERR_INVALID, "%s: must be a mapping (key: value)", key);
        return NULL;
    }
    if (yaml_count(n) > items_max)
        config_fail(r, n, ERR_LIMIT, "%s: %zu entries are too many; at most %zu", key,
                    yaml_count(n), items_max);
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

/* ---- values ---- */

/* A Redis URL may hold a password. */
static bool is_secret(const struct config_value *v, config_rule *rule)
{
    return v->secret || rule == rule_secret || rule == rule_redis_url || rule == rule_password;
}

static void refuse_value(struct config_reader *r, const struct yaml_node *n, const char *what,
                         const struct config_value *v, config_rule *rule, const char *expected)
{
    if (is_secret(v, rule))
        config_fail(r, n, ERR_INVALID, "%s: must be %s", what, expected);
    else
        config_fail(r, n, ERR_INVALID, "%s: must be %s, not '%s'", what, expected, v->text);
}

static bool read_value(struct config_reader *r, const struct yaml_node *n, const char *what,
                       struct config_value *ret)
{
    if (r->failed) return false;
    if (yaml_kind_of(n) != YAML_SCALAR || yaml_is_null(n)) {
        config_fail(r, n, ERR_INVALID, "%s: must be a text%s", what,
                    yaml_kind_of(n) == YAML_SCALAR ? "; \"\" is an empty one" : "");
        return false;
    }
    struct err why;
    int code = config_value_read(yaml_text(n), r->arena, ret, &why);
    if (code) config_fail(r, n, code, "%s: %s", what, why.text);
    return code == 0;
}

void config_text_at(struct config_reader *r, const struct yaml_node *n, const char *what,
                    config_rule *rule, const char **ret)
{
    struct config_value v;
    if (!read_value(r, n, what, &v)) return;
    const char *expected = rule ? rule(v.text) : NULL;
    if (expected)
        refuse_value(r, n, what, &v, rule, expected);
    else
        *ret = v.text;
}

/* NULL and a failure when it is neither there nor has a default. */
static const struct yaml_node *text_under(struct config_reader *r, const struct yaml_node *map,
                                          const char *key, const char *otherwise)
{
    const struct yaml_node *n = r->failed ? NULL : yaml_get(map, key);
    if (n && !yaml_is_null(n)) return n;
    if (!otherwise)
        config_fail(r, map, ERR_INVALID, "'%s' is missing; add it (muster.yaml explains every key)",
                    key);
    return NULL;
}

void config_text(struct config_reader *r, const struct yaml_node *map, const char *key,
                 const char *otherwise, config_rule *rule, const char **ret)
{
    const struct yaml_node *n = text_under(r, map, key, otherwise);
    if (n)
        config_text_at(r, n, key, rule, ret);
    else if (!r->failed)
        *ret = otherwise;
}

static int place_of(const char *word, const char *const *words)
{
    int i = 0;
    while (words[i] && strcmp(word, words[i]) != 0)
        i++;
    return words[i] ? i : -1;
}

static int read_word(struct config_reader *r, const struct yaml_node *map,
                     const struct config_key *k)
{
    char expected[128];
    struct config_value v = {k->text, false};
    const struct yaml_node *n = text_under(r, map, k->name, k->text);
    if (r->failed || (n && !read_value(r, n, k->name, &v))) return 0;
    int place = place_of(v.text, k->words);
    if (place < 0)
        refuse_value(r, n, k->name, &v, NULL, config_words(k->words, expected, sizeof expected));
    return place < 0 ? 0 : place;
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

static void read_int(struct config_reader *r, const struct yaml_node *map,
                     const struct config_key *k, int *ret)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "a whole number from %.0f to %.0f", k->min, k->max);
    const struct yaml_node *n = scalar_under(r, map, k->name, expected);
    int64_t value = (int64_t)k->number;
    if (n && yaml_int(r->doc, n, (int64_t)k->min, (int64_t)k->max, &value, NULL))
        refuse_scalar(r, n, k->name, expected);
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

static void read_bool(struct config_reader *r, const struct yaml_node *map,
                      const struct config_key *k, bool *ret)
{
    const struct yaml_node *n = scalar_under(r, map, k->name, "true or false");
    bool value = k->number != 0;
    if (n && yaml_bool(r->doc, n, &value, NULL)) refuse_scalar(r, n, k->name, "true or false");
    if (!r->failed) *ret = value;
}

/* ---- rows ---- */

static void read_key(struct config_reader *r, const struct yaml_node *map,
                     const struct config_key *k, void *into)
{
    void *place = (char *)into + k->at;
    switch (k->kind) {
    case KEY_TEXT:
        config_text(r, map, k->name, k->text, k->rule, place);
        break;
    case KEY_WORD:
        *(const char **)place = k->words[read_word(r, map, k)];
        break;
    case KEY_ENUM:
        *(int *)place = read_word(r, map, k);
        break;
    case KEY_INT:
        read_int(r, map, k, place);
        break;
    case KEY_NUMBER:
        config_number(r, map, k->name, k->number, k->min, k->max, place);
        break;
    case KEY_BOOL:
        read_bool(r, map, k, place);
        break;
    case KEY_SECTION:
        config_read_keys(r, config_map(r, map, k->name, KEYS_MAX), k->keys, into);
        break;
    case KEY_OWN:
        k->read(r, map, k, into);
        break;
    }
}

void config_read_keys(struct config_reader *r, const struct yaml_node *map,
                      const struct config_key *keys, void *into)
{
    const char *names[KEYS_MAX + 1] = {NULL};
    for (size_t i = 0; keys[i].name; i++) {
        check(i < KEYS_MAX);
        names[i] = keys[i].name;
    }
    if (!r->failed) r->failed = yaml_only_keys(r->doc, map, names, r->e);
    for (; keys->name && !r->failed; keys++)
        read_key(r, map, keys, into);
}
