#include "sections.h"

#include "core/keywords.h"
#include "rules.h"

enum { SETTINGS_MAX = 200 };

static unsigned role_of(struct slice s)
{
    if (slice_is(s, "dispatch")) return CONFIG_DISPATCH;
    if (slice_is(s, "web")) return CONFIG_WEB;
    return slice_is(s, "release") ? CONFIG_RELEASE : 0;
}

void read_roles(struct config_reader *r, const struct yaml_node *map, const struct config_key *k,
                void *into)
{
    struct config *c = into;
    const struct yaml_node *list = config_list(r, map, k->name, 3);
    c->roles = list ? 0 : CONFIG_DISPATCH | CONFIG_WEB | CONFIG_RELEASE;
    for (size_t i = 0; !r->failed && i < yaml_count(list); i++) {
        const struct yaml_node *n = yaml_at(list, i);
        unsigned role = role_of(yaml_text(n));
        if (!role)
            config_fail(r, n, ERR_INVALID, "%s: must be dispatch, web or release, not '%.*s'",
                        k->name, SLICE_ARG(yaml_text(n)));
        c->roles |= role;
    }
    if (!c->roles)
        config_fail(r, list, ERR_INVALID, "%s: give at least one of dispatch, web, release",
                    k->name);
}

/* otherwise: the ranges when there is no such key. */
static const struct net_range *read_ranges(struct config_reader *r, const struct yaml_node *map,
                                           const struct config_key *k,
                                           const struct slice *otherwise, size_t n, size_t *ret_n)
{
    const struct yaml_node *list = config_list(r, map, k->name, CONFIG_PROXIES_MAX);
    *ret_n = list ? yaml_count(list) : n;
    struct net_range *ranges = config_alloc(r, *ret_n, sizeof *ranges);
    for (size_t i = 0; !r->failed && i < *ret_n; i++) {
        struct slice text = list ? yaml_text(yaml_at(list, i)) : otherwise[i];
        if (!net_range_read(text, &ranges[i]))
            config_fail(r, yaml_at(list, i), ERR_INVALID,
                        "%s: must be an address or a range such as 10.0.0.0/8, not '%.*s'", k->name,
                        SLICE_ARG(text));
    }
    return ranges;
}

void read_proxies(struct config_reader *r, const struct yaml_node *map, const struct config_key *k,
                  void *into)
{
    static const struct slice loopback[] = {{"127.0.0.0/8", 11}, {"::1", 3}};
    struct config *c = into;
    c->proxies = read_ranges(r, map, k, loopback, COUNT_OF(loopback), &c->proxy_count);
}

void read_webhook_hosts(struct config_reader *r, const struct yaml_node *map,
                        const struct config_key *k, void *into)
{
    struct config *c = into;
    c->events.webhook_hosts = read_ranges(r, map, k, NULL, 0, &c->events.webhook_host_count);
}

void read_kafka_settings(struct config_reader *r, const struct yaml_node *map,
                         const struct config_key *k, void *into)
{
    struct config *c = into;
    const struct yaml_node *n = config_map(r, map, k->name, SETTINGS_MAX);
    size_t count = yaml_count(n);
    const char **list = config_alloc(r, count + 1, sizeof *list);
    for (size_t i = 0; !r->failed && i < count; i++) {
        struct slice key = yaml_key_at(n, i);
        const char *value = NULL;
        config_text_at(r, yaml_at(n, i), k->name, NULL, &value);
        if (r->failed) return;
        list[i] = arena_printf(r->arena, "%.*s=%s", SLICE_ARG(key), value);
        if (!list[i]) config_fail(r, n, ERR_LIMIT, "%s: too large", k->name);
    }
    c->queue.kafka.settings = list;
}

/* ---- words ---- */

/* Each is tried at once: a word that the recogniser refuses is a mistake of this line. */
static void read_words(struct config_reader *r, const struct yaml_node *map,
                       const struct config_key *k, enum keyword as, void *into)
{
    const struct yaml_node *list = config_list(r, map, k->name, CONFIG_WORDS_MAX);
    size_t count = r->failed ? 0 : yaml_count(list);
    if (!count) return;
    struct keywords *known = keywords_new();
    const char **words = config_alloc(r, count, sizeof *words);
    for (size_t i = 0; !r->failed && i < count; i++) {
        config_text_at(r, yaml_at(list, i), k->name, rule_given, &words[i]);
        const char *expected = r->failed ? NULL : keywords_add(known, as, slice_of(words[i]));
        if (expected)
            config_fail(r, yaml_at(list, i), ERR_INVALID, "%s: '%s' must be %s", k->name, words[i],
                        expected);
    }
    keywords_free(known);
    *(struct config_words *)((char *)into + k->at) = (struct config_words){words, count};
}

void read_stop_words(struct config_reader *r, const struct yaml_node *map,
                     const struct config_key *k, void *into)
{
    read_words(r, map, k, KEYWORD_STOP, into);
}

void read_start_words(struct config_reader *r, const struct yaml_node *map,
                      const struct config_key *k, void *into)
{
    read_words(r, map, k, KEYWORD_START, into);
}

void read_help_words(struct config_reader *r, const struct yaml_node *map,
                     const struct config_key *k, void *into)
{
    read_words(r, map, k, KEYWORD_HELP, into);
}

/* ---- texts that keep a rule ---- */

static void read_texts(struct config_reader *r, const struct yaml_node *map,
                       const struct config_key *k, config_rule *rule, void *into)
{
    const struct yaml_node *list = config_list(r, map, k->name, CONFIG_WORDS_MAX);
    size_t count = r->failed ? 0 : yaml_count(list);
    const char **texts = config_alloc(r, count, sizeof *texts);
    for (size_t i = 0; !r->failed && i < count; i++)
        config_text_at(r, yaml_at(list, i), k->name, rule, &texts[i]);
    *(struct config_words *)((char *)into + k->at) = (struct config_words){texts, count};
}

void read_domains(struct config_reader *r, const struct yaml_node *map, const struct config_key *k,
                  void *into)
{
    read_texts(r, map, k, rule_domain, into);
}

void read_countries(struct config_reader *r, const struct yaml_node *map,
                    const struct config_key *k, void *into)
{
    read_texts(r, map, k, rule_numbers_country, into);
}

void read_group_names(struct config_reader *r, const struct yaml_node *map,
                      const struct config_key *k, void *into)
{
    read_texts(r, map, k, rule_group, into);
}
