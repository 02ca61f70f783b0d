#include "sections.h"

#include <math.h>

#include "gateway/gateway.h"
#include "rules.h"

enum { ACCOUNT_KEYS_MAX = 32, COUNTRIES_MAX = 300 };
static const double price_max = 1000;

void read_account(struct config_reader *r, const struct yaml_node *map, const struct config_key *k,
                  void *into)
{
    struct config_gateway *g = into;
    const struct yaml_node *account = config_map(r, map, k->name, ACCOUNT_KEYS_MAX);
    size_t count = yaml_count(account);
    struct gateway_pair *pairs = config_alloc(r, count, sizeof *pairs);
    for (size_t i = 0; !r->failed && i < count; i++) {
        pairs[i].key = arena_dup(r->arena, yaml_key_at(account, i)).p;
        if (!pairs[i].key) config_fail(r, account, ERR_LIMIT, "%s: too large", k->name);
        config_text_at(r, yaml_at(account, i), k->name, NULL, &pairs[i].value);
    }
    g->account = pairs;
    g->account_count = count;
}

static bool is_listed(const char *s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(s, list[i]) == 0) return true;
    return false;
}

void read_senders(struct config_reader *r, const struct yaml_node *map, const struct config_key *k,
                  void *into)
{
    struct config_gateway *g = into;
    const struct yaml_node *list = config_list(r, map, k->name, CONFIG_SENDERS_MAX);
    size_t count = yaml_count(list);
    if (!count)
        config_fail(r, list ? list : map, ERR_INVALID,
                    "%s: give at least one number or name that messages come from", k->name);
    const char **senders = config_alloc(r, count, sizeof *senders);
    for (size_t i = 0; !r->failed && i < count; i++) {
        config_text_at(r, yaml_at(list, i), k->name, rule_sender, &senders[i]);
        if (!r->failed && is_listed(senders[i], senders, i))
            config_fail(r, yaml_at(list, i), ERR_INVALID, "%s: '%s' is there twice; remove one",
                        k->name, senders[i]);
    }
    g->senders = senders;
    g->sender_count = count;
}

void read_gateway_country(struct config_reader *r, const struct yaml_node *map,
                          const struct config_key *k, void *into)
{
    struct config_gateway *g = into;
    config_text(r, map, k->name, r->config->organisation.country, rule_numbers_country,
                &g->country);
}

static const char *rule_own_group(const char *s)
{
    return *s ? rule_group(s) : NULL;
}

void read_gateway_group(struct config_reader *r, const struct yaml_node *map,
                        const struct config_key *k, void *into)
{
    struct config_gateway *g = into;
    config_text(r, map, k->name, k->text, rule_own_group, &g->group);
    if (r->failed) return;
    g->group_is_own = *g->group;
    if (!g->group_is_own) g->group = "main";
}

/* ---- prices ---- */

static int64_t millionths(double amount)
{
    return llround(amount * 1e6);
}

void read_price_default(struct config_reader *r, const struct yaml_node *map,
                        const struct config_key *k, void *into)
{
    struct config_gateway *g = into;
    double amount = 0;
    config_number(r, map, k->name, 0, 0, price_max, &amount);
    g->price.default_millionths = millionths(amount);
    g->price.default_said = yaml_get(map, k->name) != NULL;
}

static void read_price_of_country(struct config_reader *r, const struct yaml_node *map, size_t i,
                                  struct country_price *ret)
{
    const char *country = arena_dup(r->arena, yaml_key_at(map, i)).p;
    const char *expected = country ? rule_country(country) : "short";
    if (expected)
        config_fail(r, yaml_key_node_at(map, i), ERR_INVALID, "by_country: a country must be %s",
                    expected);
    double amount = 0;
    config_number(r, map, country ? country : "", 0, 0, price_max, &amount);
    *ret = (struct country_price){country, millionths(amount)};
}

void read_price_by_country(struct config_reader *r, const struct yaml_node *map,
                           const struct config_key *k, void *into)
{
    struct config_gateway *g = into;
    const struct yaml_node *countries = config_map(r, map, k->name, COUNTRIES_MAX);
    size_t count = yaml_count(countries);
    struct country_price *list = config_alloc(r, count, sizeof *list);
    for (size_t i = 0; !r->failed && i < count; i++)
        read_price_of_country(r, countries, i, &list[i]);
    g->price.by_country = list;
    g->price.country_count = count;
}

/* ---- all of them ---- */

static void read_gateway(struct config_reader *r, const struct yaml_node *map, size_t i,
                         const struct config_key *k, struct config_gateway *g)
{
    const struct yaml_node *name = yaml_key_node_at(map, i), *entry = yaml_at(map, i);
    config_text_at(r, name, k->name, rule_name, &g->name);
    g->place = config_place(r, name);
    if (!r->failed && yaml_kind_of(entry) != YAML_MAPPING)
        config_fail(r, name, ERR_INVALID,
                    "%s: %s must be a mapping with provider, account, senders …", k->name, g->name);
    else
        config_read_keys(r, entry, k->keys, g);
}

void read_gateways(struct config_reader *r, const struct yaml_node *map, const struct config_key *k,
                   void *into)
{
    struct config *c = into;
    const struct yaml_node *entries = config_map(r, map, k->name, CONFIG_GATEWAYS_MAX);
    size_t count = yaml_count(entries);
    struct config_gateway *list = config_alloc(r, count, sizeof *list);
    for (size_t i = 0; !r->failed && i < count; i++)
        read_gateway(r, entries, i, k, &list[i]);
    c->gateways = list;
    c->gateway_count = count;
}
