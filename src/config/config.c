/* The configuration file, section by section. Each section lists its keys once: the list refuses
 * unknown ones with a suggestion, and tests/lint/config_keys.py compares it with conf/muster.yaml.
 */
#include "config/config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "read.h"
#include "rules.h"
#include "sections.h"
#include "core/hours.h"
#include "core/keywords.h"
#include "store/inbox.h"

enum { ARENA_BYTES_MAX = 32 * 1024 * 1024, HOST_BYTES = 256, SPOOL_BYTES_LEAST = 4 << 20 };

struct loaded {
    struct config config;
    struct arena *arena;
};

static const char *const keys_root[] = {
    "listen", "socket",       "public_url", "trusted_proxies", "state_dir", "providers",
    "roles",  "instance",     "secret",     "log_level",       "redis",     "queue",
    "spool",  "organisation", "inbox",      "gateways",        "people",    NULL};
static const char *const keys_redis[] = {"url", "prefix", "unsafe", NULL};
static const char *const keys_queue[] = {"kind", "lease_s", "kafka", NULL};
static const char *const keys_queue_kafka[] = {"brokers", "topic_prefix", "partitions", "settings",
                                               NULL};
static const char *const keys_spool[] = {"bytes_max", "records_max", NULL};
static const char *const keys_organisation[] = {
    "name",       "stop_confirmation", "help_answer", "country",    "hours",
    "stop_words", "start_words",       "help_words",  "pause_when", NULL};
static const char *const keys_organisation_pause_when[] = {"failed_percent", "filtered_percent",
                                                           "of_receipts", NULL};

static const char *const keys_inbox[] = {"strangers_max", "stranger_per_hour", "keep_days", NULL};

static unsigned role_of(struct slice s)
{
    if (slice_is(s, "dispatch")) return CONFIG_DISPATCH;
    if (slice_is(s, "web")) return CONFIG_WEB;
    return slice_is(s, "release") ? CONFIG_RELEASE : 0;
}

static void read_roles(struct config_reader *r, const struct yaml_node *root, unsigned *ret)
{
    *ret = CONFIG_DISPATCH | CONFIG_WEB | CONFIG_RELEASE;
    const struct yaml_node *list = config_list(r, root, "roles", 3);
    if (!list || r->failed) return;
    unsigned roles = 0;
    for (size_t i = 0; i < yaml_count(list); i++) {
        const struct yaml_node *n = yaml_at(list, i);
        unsigned role = role_of(yaml_text(n));
        if (!role)
            config_fail(r, n, ERR_INVALID, "roles: must be dispatch, web or release, not '%.*s'",
                        SLICE_ARG(yaml_text(n)));
        roles |= role;
    }
    if (!roles)
        config_fail(r, list, ERR_INVALID, "roles: give at least one of dispatch, web, release");
    *ret = roles;
}

static void read_proxies(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    static const struct slice loopback[] = {{"127.0.0.0/8", 11}, {"::1", 3}};
    const struct yaml_node *list = config_list(r, root, "trusted_proxies", CONFIG_PROXIES_MAX);
    c->proxy_count = list ? yaml_count(list) : COUNT_OF(loopback);
    struct net_range *proxies = config_alloc(r, c->proxy_count, sizeof *proxies);
    for (size_t i = 0; !r->failed && i < c->proxy_count; i++) {
        struct slice text = list ? yaml_text(yaml_at(list, i)) : loopback[i];
        if (!net_range_read(text, &proxies[i]))
            config_fail(r, yaml_at(list, i), ERR_INVALID,
                        "trusted_proxies: must be an address or a range such as 10.0.0.0/8, not "
                        "'%.*s'",
                        SLICE_ARG(text));
    }
    c->proxies = proxies;
}

static void read_redis(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    const struct yaml_node *n = config_map(r, root, "redis", keys_redis);
    config_text(r, n, "url", "redis://127.0.0.1:6379/0", rule_redis_url, &c->redis.url);
    config_text(r, n, "prefix", "muster:", rule_redis_prefix, &c->redis.prefix);
    config_bool(r, n, "unsafe", false, &c->redis.unsafe);
}

static void read_kafka_settings(struct config_reader *r, const struct yaml_node *kafka,
                                struct config *c)
{
    const struct yaml_node *n = config_map(r, kafka, "settings", NULL);
    size_t count = yaml_count(n);
    const char **list = config_alloc(r, count + 1, sizeof *list);
    for (size_t i = 0; !r->failed && i < count; i++) {
        struct slice key = yaml_key_at(n, i);
        const char *value = NULL;
        config_text_at(r, yaml_at(n, i), "settings", NULL, &value);
        if (r->failed) return;
        list[i] = arena_printf(r->arena, "%.*s=%s", SLICE_ARG(key), value);
        if (!list[i]) config_fail(r, n, ERR_LIMIT, "settings: too large");
    }
    c->queue.kafka_settings = list;
}

static void read_queue(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    const struct yaml_node *n = config_map(r, root, "queue", keys_queue);
    config_text(r, n, "kind", "redis", rule_queue_kind, &c->queue.kind);
    config_int(r, n, "lease_s", 30, 5, 3600, &c->queue.lease_s);
    const struct yaml_node *kafka = config_map(r, n, "kafka", keys_queue_kafka);
    config_text(r, kafka, "brokers", "", NULL, &c->queue.kafka_brokers);
    config_text(r, kafka, "topic_prefix", "muster.", rule_topic, &c->queue.kafka_topic_prefix);
    config_int(r, kafka, "partitions", 8, 1, 256, &c->queue.kafka_partitions);
    read_kafka_settings(r, kafka, c);
    if (!r->failed && strcmp(c->queue.kind, "kafka") == 0 && !*c->queue.kafka_brokers)
        config_fail(r, n, ERR_INVALID,
                    "queue: kind is kafka, but queue.kafka.brokers is empty; give host:port");
}

/* The least holds one webhook of the largest size. */
static void read_spool(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    const struct yaml_node *n = config_map(r, root, "spool", keys_spool);
    config_int(r, n, "bytes_max", 64 << 20, SPOOL_BYTES_LEAST, INT_MAX, &c->spool.bytes_max);
    config_int(r, n, "records_max", 100000, 1, 100 * 1000 * 1000, &c->spool.records_max);
}

/* Each is tried at once: a word that the recogniser refuses is a mistake of this line. */
static void read_words(struct config_reader *r, const struct yaml_node *n, const char *key,
                       enum keyword as, struct config_words *ret)
{
    const struct yaml_node *list = config_list(r, n, key, CONFIG_WORDS_MAX);
    size_t count = r->failed ? 0 : yaml_count(list);
    if (!count) return;
    struct keywords *known = keywords_new();
    const char **words = config_alloc(r, count, sizeof *words);
    for (size_t i = 0; !r->failed && i < count; i++) {
        config_text_at(r, yaml_at(list, i), key, rule_given, &words[i]);
        const char *expected = r->failed ? NULL : keywords_add(known, as, slice_of(words[i]));
        if (expected)
            config_fail(r, yaml_at(list, i), ERR_INVALID, "%s: '%s' must be %s", key, words[i],
                        expected);
    }
    keywords_free(known);
    *ret = (struct config_words){words, count};
}

static void read_organisation(struct config_reader *r, const struct yaml_node *root,
                              struct config *c)
{
    const struct yaml_node *n = config_map(r, root, "organisation", keys_organisation);
    config_text(r, n, "name", "Example Movement", rule_given, &c->organisation.name);
    config_text(r, n, "stop_confirmation",
                "You have been unsubscribed and will get no more texts from us.", rule_answer,
                &c->organisation.stop_confirmation);
    config_text(r, n, "help_answer", "Reply STOP to get no more texts from us.", rule_answer,
                &c->organisation.help_answer);
    config_text(r, n, "country", "GB", rule_numbers_country, &c->organisation.country);
    config_text(r, n, "hours", "any", rule_hours, &c->organisation.hours);
    read_words(r, n, "stop_words", KEYWORD_STOP, &c->organisation.stop_words);
    read_words(r, n, "start_words", KEYWORD_START, &c->organisation.start_words);
    read_words(r, n, "help_words", KEYWORD_HELP, &c->organisation.help_words);
    const struct yaml_node *pause = config_map(r, n, "pause_when", keys_organisation_pause_when);
    config_int(r, pause, "failed_percent", 50, 0, 100, &c->organisation.pause_failed_percent);
    config_int(r, pause, "filtered_percent", 20, 0, 100, &c->organisation.pause_filtered_percent);
    config_int(r, pause, "of_receipts", 50, 1, 1000000, &c->organisation.pause_of_receipts);
}

static void read_inbox(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    const struct yaml_node *n = config_map(r, root, "inbox", keys_inbox);
    config_int(r, n, "strangers_max", INBOX_STRANGERS_MAX, 0, 10 * 1000 * 1000,
               &c->inbox.strangers_max);
    config_int(r, n, "stranger_per_hour", INBOX_STRANGER_PER_HOUR, 1, 1000,
               &c->inbox.stranger_per_hour);
    config_int(r, n, "keep_days", 90, 0, 36500, &c->inbox.keep_days);
}

/* "" becomes host name and socket (or address): two daemons on one machine differ by it. */
static void name_instance(struct config_reader *r, struct config *c)
{
    if (r->failed || *c->instance) return;
    char host[HOST_BYTES] = "localhost";
    if (gethostname(host, sizeof host - 1)) (void)snprintf(host, sizeof host, "localhost");
    c->instance = arena_printf(r->arena, "%s:%s", host, *c->socket ? c->socket : c->listen);
    if (!c->instance) config_fail(r, yaml_root(r->doc), ERR_LIMIT, "instance: no room for a name");
}

static void read_top(struct config_reader *r, const struct yaml_node *root, struct config *c)
{
    const char *level = NULL;
    config_only_keys(r, root, keys_root);
    config_text(r, root, "listen", "127.0.0.1:8080", rule_listen, &c->listen);
    config_text(r, root, "socket", "/run/muster/muster.sock", rule_socket, &c->socket);
    config_text(r, root, "public_url", "http://127.0.0.1:8080", rule_url, &c->public_url);
    read_proxies(r, root, c);
    config_text(r, root, "state_dir", "/var/lib/muster", rule_given, &c->state_dir);
    config_text(r, root, "providers", "/usr/share/muster/providers", rule_given, &c->providers);
    read_roles(r, root, &c->roles);
    config_text(r, root, "instance", "", rule_instance, &c->instance);
    config_text(r, root, "secret", NULL, rule_secret, &c->secret);
    config_text(r, root, "log_level", "info", rule_log_level, &level);
    if (!r->failed) check(log_level_from_string(level, &c->log_level));
    name_instance(r, c);
}

static int read_all(struct config_reader *r, struct config *c)
{
    const struct yaml_node *root = yaml_root(r->doc);
    read_top(r, root, c);
    read_redis(r, root, c);
    read_queue(r, root, c);
    read_spool(r, root, c);
    read_organisation(r, root, c);
    read_inbox(r, root, c);
    config_read_gateways(r, root, c);
    config_read_people(r, root, c);
    return r->failed;
}

static int from_doc(const struct yaml_doc *doc, const char *name, const struct config **ret,
                    struct err *e)
{
    if (!yaml_root(doc))
        return err_set(e, ERR_INVALID, "%s: the file is empty; start from conf/muster.yaml", name);
    struct loaded *l = xcalloc(1, sizeof *l);
    l->arena = arena_new(ARENA_BYTES_MAX);
    struct config_reader r = {.doc = doc, .arena = l->arena, .name = name, .e = e};
    l->config.path = arena_dup(l->arena, slice_of(name)).p;
    int code = read_all(&r, &l->config);
    if (code)
        config_free(&l->config);
    else
        *ret = &l->config;
    return code;
}

int config_parse(struct slice text, const char *name, const struct config **ret, struct err *e)
{
    struct yaml_doc *doc = NULL;
    int code = yaml_parse(text, name, &doc, e);
    if (!code) code = from_doc(doc, name, ret, e);
    yaml_doc_free(doc);
    return code;
}

int config_load(const char *path, const struct config **ret, struct err *e)
{
    struct yaml_doc *doc = NULL;
    int code = yaml_load(path, &doc, e);
    if (!code) code = from_doc(doc, path, ret, e);
    yaml_doc_free(doc);
    return code;
}

void config_free(const struct config *c)
{
    if (!c) return;
    struct loaded *l = (struct loaded *)c; /* config is its first member */
    arena_free(l->arena);
    free(l);
}
