/* The configuration file: read by the rows of keys.c, then looked at as a whole. */
#include "config/config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "keys.h"

enum { ARENA_BYTES_MAX = 32 * 1024 * 1024, HOST_BYTES = 256 };

struct loaded {
    struct config config; /* first member */
    struct arena *arena;
};

/* "" becomes host name and socket (or address): two daemons on one machine differ by it. */
static void name_instance(struct config_reader *r, struct config *c)
{
    if (r->failed || *c->instance) return;
    char host[HOST_BYTES] = "localhost";
    if (gethostname(host, sizeof host - 1)) (void)snprintf(host, sizeof host, "localhost");
    c->instance = arena_printf(r->arena, "%s:%s", host, *c->socket ? c->socket : c->listen);
    if (!c->instance) config_fail(r, yaml_root(r->doc), ERR_LIMIT, "instance: no room for a name");
}

static const char *kafka_problem(const struct kafka_config *k)
{
    if (!*k->brokers)
        return "queue.kafka.brokers is empty, and queue.kind is kafka or journal.kafka is not off; "
               "give host:port";
    if (*k->user && !*k->password)
        return "queue.kafka.user has no password; give queue.kafka.password, as file:/path or "
               "${NAME}";
    if (*k->password && !*k->user)
        return "queue.kafka.password is nobody's; give queue.kafka.user, or take it out";
    if (*k->ca_file && !k->tls)
        return "queue.kafka.ca_file says nothing without TLS; set queue.kafka.tls: true, or take "
               "it out";
    return NULL;
}

static bool wants_kafka(const struct config *c)
{
    return strcmp(c->queue.kind, "kafka") == 0 || strcmp(c->journal.kafka, "off") != 0;
}

static void check_kafka(struct config_reader *r, const struct config *c)
{
    if (r->failed || !wants_kafka(c)) return;
    const char *problem = kafka_problem(&c->queue.kafka);
    if (problem)
        config_fail(r, yaml_get(yaml_root(r->doc), "queue"), ERR_INVALID, "queue: %s", problem);
}

static void check_pledge_gateway(struct config_reader *r, const struct config *c)
{
    const char *name = r->failed ? "" : c->organisation.pledge_gateway;
    bool known = !*name;
    for (size_t i = 0; i < c->gateway_count && !known; i++)
        known = strcmp(c->gateways[i].name, name) == 0;
    if (!known)
        config_fail(r, yaml_get(yaml_root(r->doc), "organisation"), ERR_INVALID,
                    "organisation.pledge_gateway: there is no gateway '%s' under `gateways`", name);
}

static int from_doc(const struct yaml_doc *doc, const char *name, const struct config **ret,
                    struct err *e)
{
    if (!yaml_root(doc))
        return err_set(e, ERR_INVALID, "%s: the file is empty; start from conf/muster.yaml", name);
    struct loaded *l = xcalloc(1, sizeof *l);
    struct config *c = &l->config;
    l->arena = arena_new(ARENA_BYTES_MAX);
    struct config_reader r = {.doc = doc, .name = name, .arena = l->arena, .config = c, .e = e};
    c->path = arena_dup(l->arena, slice_of(name)).p;
    config_read_keys(&r, yaml_root(doc), config_keys, c);
    check_kafka(&r, c);
    check_pledge_gateway(&r, c);
    name_instance(&r, c);
    if (r.failed)
        config_free(c);
    else
        *ret = c;
    return r.failed;
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
    if (code == ERR_NOT_FOUND)
        err_set(e, code,
                "there is no configuration %s: run this where musterd runs, or name another file "
                "with --config",
                path);
    else if (code == -EACCES)
        err_set(e, code,
                "the configuration %s is for musterd's user alone, for it may hold secrets: run "
                "this with sudo -u muster",
                path);
    else if (!code)
        code = from_doc(doc, path, ret, e);
    yaml_doc_free(doc);
    return code;
}

void config_free(const struct config *c)
{
    if (!c) return;
    struct loaded *l = (struct loaded *)c;
    arena_free(l->arena);
    free(l);
}

static uint32_t metres(double km)
{
    return (uint32_t)lround(km * 1000);
}

struct near_rules config_near(const struct config *c)
{
    return (struct near_rules){
        .reach_m = metres(c->near.reach_km),
        .twin_reach_m = metres(c->near.twin_reach_km),
        .priority_m = {[PLACE_LIKELY] = metres(c->near.likely_km),
                       [PLACE_CLOSE] = metres(c->near.close_km),
                       [PLACE_MARGINAL] = metres(c->near.marginal_km)},
        .day_m = metres(c->near.day_km),
        .empty_m = metres(c->near.empty_km),
        .days = (uint32_t)c->near.days,
        .least_min = (uint32_t)c->near.least_minutes,
        .texts_per_place = (uint32_t)c->near.texts_per_place,
        .miles = c->near.miles,
    };
}

struct cap config_cap(const struct config *c)
{
    struct cap cap;
    bool read =
        cap_read(slice_of(c->cap.day), &cap.day) && cap_read(slice_of(c->cap.week), &cap.week);
    check(read); /* rule_cap */
    return cap;
}
