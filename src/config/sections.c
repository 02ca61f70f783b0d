#include "sections.h"

#include <math.h>

#include "base/map.h"
#include "gateway/gateway.h"
#include "rules.h"

static const char *const keys_gateway[] = {
    "provider",          "channel",     "base_url",      "account",    "senders",     "rate_per_s",
    "sender_rate_per_s", "queue_max_s", "in_flight_max", "connect_ms", "response_ms", "http2",
    "ca_file",           "group",       "country",       "price",      NULL};
static const char *const keys_gateway_price[] = {"currency", "default", "by_country", NULL};
static const char *const keys_person[] = {"name", "role", "group", "token", NULL};

enum { ACCOUNT_KEYS_MAX = 32, COUNTRIES_MAX = 300 };
static const double rate_max = 100000, price_max = 1000;

static void read_account(struct config_reader *r, const struct yaml_node *n,
                         struct config_gateway *g)
{
    const struct yaml_node *account = config_map(r, n, "account", NULL);
    size_t count = yaml_count(account);
    if (count > ACCOUNT_KEYS_MAX)
        config_fail(r, account, ERR_LIMIT, "account: %zu keys are too many; at most %d", count,
                    ACCOUNT_KEYS_MAX);
    struct gateway_pair *pairs = config_alloc(r, count, sizeof *pairs);
    for (size_t i = 0; !r->failed && i < count; i++) {
        pairs[i].key = arena_dup(r->arena, yaml_key_at(account, i)).p;
        if (!pairs[i].key) config_fail(r, account, ERR_LIMIT, "account: too large");
        config_text_at(r, yaml_at(account, i), "account", NULL, &pairs[i].value);
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

static void read_senders(struct config_reader *r, const struct yaml_node *n,
                         struct config_gateway *g)
{
    const struct yaml_node *list = config_list(r, n, "senders", CONFIG_SENDERS_MAX);
    size_t count = yaml_count(list);
    if (!count)
        config_fail(r, list ? list : n, ERR_INVALID,
                    "senders: give at least one number or name that messages come from");
    const char **senders = config_alloc(r, count, sizeof *senders);
    for (size_t i = 0; !r->failed && i < count; i++) {
        config_text_at(r, yaml_at(list, i), "senders", rule_sender, &senders[i]);
        if (!r->failed && is_listed(senders[i], senders, i))
            config_fail(r, yaml_at(list, i), ERR_INVALID,
                        "senders: '%s' is there twice; remove one", senders[i]);
    }
    g->senders = senders;
    g->sender_count = count;
}

static int64_t millionths(double amount)
{
    return llround(amount * 1e6);
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

static void read_price(struct config_reader *r, const struct yaml_node *n, struct price *p)
{
    const struct yaml_node *price = config_map(r, n, "price", keys_gateway_price);
    double amount = 0;
    config_text(r, price, "currency", "GBP", rule_currency, &p->currency);
    config_number(r, price, "default", 0, 0, price_max, &amount);
    p->default_millionths = millionths(amount);
    p->default_said = yaml_get(price, "default") != NULL;
    const struct yaml_node *map = config_map(r, price, "by_country", NULL);
    size_t count = yaml_count(map);
    if (count > COUNTRIES_MAX)
        config_fail(r, map, ERR_LIMIT, "by_country: %zu countries are too many; at most %d", count,
                    COUNTRIES_MAX);
    struct country_price *list = config_alloc(r, count, sizeof *list);
    for (size_t i = 0; !r->failed && i < count; i++)
        read_price_of_country(r, map, i, &list[i]);
    p->by_country = list;
    p->country_count = count;
}

static void read_limits(struct config_reader *r, const struct yaml_node *n,
                        struct config_gateway *g)
{
    config_number(r, n, "rate_per_s", 20, 0.1, rate_max, &g->rate_per_s);
    config_number(r, n, "sender_rate_per_s", 0, 0, rate_max, &g->sender_rate_per_s);
    config_int(r, n, "queue_max_s", 300, 0, 86400, &g->queue_max_s);
    config_int(r, n, "in_flight_max", 64, 1, 1000, &g->in_flight_max);
    config_int(r, n, "connect_ms", 5000, 100, 60000, &g->connect_ms);
    config_int(r, n, "response_ms", 30000, 1000, 300000, &g->response_ms);
}

static void read_gateway(struct config_reader *r, const struct yaml_node *n, const char *country,
                         struct config_gateway *g)
{
    config_only_keys(r, n, keys_gateway);
    config_text(r, n, "provider", NULL, rule_name, &g->provider);
    config_text(r, n, "channel", "sms", rule_channel, &g->channel);
    config_text(r, n, "base_url", "", rule_base_url, &g->base_url);
    config_text(r, n, "ca_file", "", NULL, &g->ca_file);
    config_bool(r, n, "http2", false, &g->http2);
    config_text(r, n, "country", country, rule_numbers_country, &g->country);
    config_text(r, n, "group", "", NULL, &g->group);
    g->group_is_own = !r->failed && *g->group;
    if (!r->failed && !*g->group) g->group = "main";
    const char *expected = r->failed ? NULL : rule_group(g->group);
    if (expected) config_fail(r, yaml_get(n, "group"), ERR_INVALID, "group: must be %s", expected);
    read_account(r, n, g);
    read_senders(r, n, g);
    read_limits(r, n, g);
    read_price(r, n, &g->price);
}

void config_read_gateways(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    const struct yaml_node *map = config_map(r, root, "gateways", NULL);
    size_t count = yaml_count(map);
    if (count > CONFIG_GATEWAYS_MAX)
        config_fail(r, map, ERR_LIMIT, "gateways: %zu are too many; at most %d", count,
                    CONFIG_GATEWAYS_MAX);
    struct config_gateway *list = config_alloc(r, count, sizeof *list);
    for (size_t i = 0; !r->failed && i < count; i++) {
        struct config_gateway *g = &list[i];
        const struct yaml_node *key = yaml_key_node_at(map, i);
        config_text_at(r, key, "gateways", rule_name, &g->name);
        g->place = config_place(r, key);
        if (!r->failed && yaml_kind_of(yaml_at(map, i)) != YAML_MAPPING)
            config_fail(r, key, ERR_INVALID,
                        "gateways: %s must be a mapping with provider, account, senders …",
                        g->name);
        else
            read_gateway(r, yaml_at(map, i), c->organisation.country, g);
    }
    c->gateways = list;
    c->gateway_count = count;
}

static const char *rule_role(const char *s)
{
    return strcmp(s, "organiser") == 0 || strcmp(s, "volunteer") == 0 ? NULL
                                                                      : "organiser or volunteer";
}

static void read_person(struct config_reader *r, const struct yaml_node *n, struct config_person *p)
{
    const char *role = "volunteer";
    config_only_keys(r, n, keys_person);
    config_text(r, n, "name", NULL, rule_given, &p->name);
    config_text(r, n, "role", NULL, rule_role, &role);
    config_text(r, n, "group", "main", rule_group, &p->group);
    config_text(r, n, "token", NULL, rule_secret, &p->token);
    p->role = strcmp(role, "organiser") == 0 ? CONFIG_ORGANISER : CONFIG_VOLUNTEER;
    const struct yaml_node *group = yaml_get(n, "group");
    if (!r->failed && p->role == CONFIG_ORGANISER && group)
        config_fail(r, group, ERR_INVALID,
                    "group: '%s' is an organiser, who sees and does everything in every group; "
                    "take the group out, or make it role: volunteer",
                    p->name);
}

/* Names tell people apart in claims and audits, tokens at the door. */
static void refuse_twins(struct config_reader *r, const struct yaml_node *at,
                         struct config_person *p, struct map *names, struct map *tokens)
{
    if (r->failed) return;
    if (map_put(names, slice_of(p->name), p)) {
        config_fail(r, at, ERR_INVALID, "people: '%s' is there twice; names must differ", p->name);
        return;
    }
    const struct config_person *other = map_put(tokens, slice_of(p->token), p);
    if (other)
        config_fail(r, at, ERR_INVALID,
                    "people: '%s' and '%s' have the same token; tokens must differ", other->name,
                    p->name);
}

static void read_people_list(struct config_reader *r, const struct yaml_node *items,
                             struct config_person *list)
{
    struct map *names = map_new(), *tokens = map_new();
    for (size_t i = 0; !r->failed && i < yaml_count(items); i++) {
        const struct yaml_node *n = yaml_at(items, i);
        if (yaml_kind_of(n) != YAML_MAPPING)
            config_fail(r, n, ERR_INVALID,
                        "people: must be entries like {name: Sam, role: volunteer, token: …}");
        read_person(r, n, &list[i]);
        refuse_twins(r, n, &list[i], names, tokens);
    }
    map_free(names);
    map_free(tokens);
}

void config_read_people(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    const struct yaml_node *items = config_list(r, root, "people", CONFIG_PEOPLE_MAX);
    struct config_person *list = config_alloc(r, yaml_count(items), sizeof *list);
    if (list) read_people_list(r, items, list);
    c->people = list;
    c->person_count = yaml_count(items);
}
