/* Whether it lives, whether it can serve, and what it is. */
#include "web/ops/ops.h"

#include "flow/check_in.h"
#include "flow/journal.h"
#include "io/phone.h"
#include "io/redis.h"
#include "store/memory.h"
#include "store/queue.h"
#include "web/call.h"
#include "web/hooks.h"

static void get_healthz(struct web_call *c)
{
    web_answer(c, 200, json_pack("{s:s}", "status", "alive"));
}

/* NULL when there are none: that is no reason to be out of service, and anybody can cause it. */
static json_t *refused_json(const struct web_call *c)
{
    const struct accounts *accounts = c->config->accounts;
    json_t *list = json_array();
    for (size_t i = 0; c->web->hooks && i < accounts->count; i++) {
        const struct account *a = &accounts->list[i];
        struct hooks_refused r = hooks_refused(c->web->hooks, a, c->now_ms);
        if (r.count == 0) continue;
        json_list_add(list, json_pack("{s:s,s:I,s:I,s:o}", "gateway", a->name, "count",
                                      (json_int_t)r.count, "last_ms", (json_int_t)r.last_ms, "why",
                                      json_text(slice_of(r.why))));
    }
    if (json_array_size(list)) return list;
    json_decref(list);
    return NULL;
}

/* NULL when there are none. How much Redis holds is nobody's business outside: that it is too much is said. */
static json_t *warnings_json(const struct web_call *c)
{
    char text[MEMORY_TEXT_BYTES];
    if (!c->config->means->memory || !memory_warns(memory_watched(c->config->means->memory), text))
        return NULL;
    return json_pack("[s]", "memory");
}

/* NULL when there are none. */
static json_t *kept_json(const struct web_call *c)
{
    if (!c->web->hooks) return NULL;
    struct hooks_kept kept = hooks_kept(c->web->hooks, c->now_ms);
    if (!kept.webhooks) return NULL;
    return json_pack("{s:I,s:b,s:s}", "count", (json_int_t)kept.webhooks, "full", kept.full, "why",
                     kept.text);
}

static json_t *text_or_none(const char *text)
{
    return text ? json_text(slice_of(text)) : NULL;
}

struct missing {
    json_t *names;
    const char *why; /* the first reason is the one that is told */
};

static void look_for(struct missing *m, bool is_there, const char *name, const char *reason)
{
    if (is_there) return;
    json_list_add(m->names, json_string(name));
    if (!m->why) m->why = reason;
}

/* What is not there of all that it needs; its reason may be in *store. */
static struct missing what_is_missing(const struct web *w, struct err *store)
{
    const struct web_config *c = &w->config;
    struct missing m = {.names = json_array()};
    const char *away = redis_reason(c->redis);
    const char *disk = c->journal ? journal_reason(c->journal) : NULL;
    look_for(&m, !away, "redis", away);
    look_for(&m, away || redis_lasts(c->redis), "replicas",
             "too few replicas of Redis have what is written");
    look_for(&m, away || web_people_are_known(w), "people", NULL);
    look_for(&m, queue_is_ready(c->queue), "queue", NULL);
    look_for(&m, !c->check_in || check_in_problem(c->check_in, store) >= 0, "store", store->text);
    look_for(&m, !disk, "journal", disk);
    return m;
}

static void get_readyz(struct web_call *c)
{
    struct err store = {0};
    const struct missing missing = what_is_missing(c->web, &store);
    struct queue_health queue;
    queue_health(c->config->queue, &queue);
    bool ready = json_array_size(missing.names) == 0;
    web_answer(c, ready ? 200 : 503,
               json_pack("{s:s,s:o,s:o*,s:o*,s:o*,s:o*,s:o*}", "status",
                         ready ? "ready" : "not ready", "missing", missing.names, "why",
                         text_or_none(missing.why), "queue", text_or_none(queue.why),
                         "refused_webhooks", refused_json(c), "kept_webhooks", kept_json(c),
                         "warnings", warnings_json(c)));
}

static void get_openapi(struct web_call *c)
{
    web_answer_text(c, "application/yaml", openapi_yaml);
}

static void get_organisation(struct web_call *c)
{
    web_answer(c, 200,
               json_pack("{s:o,s:s,s:{s:s,s:s}}", "name",
                         json_text(slice_of(c->config->organisation)), "country",
                         c->config->country, "numbering_plan", "date", phone_plan_date(), "version",
                         phone_plan_release()));
}

static const struct route rows[] = {
    {"GET", "/healthz", MAY_ANYBODY, 0, NULL, get_healthz},
    {"GET", "/readyz", MAY_ANYBODY, 0, NULL, get_readyz},
    {"GET", "/api/openapi.yaml", MAY_ANYBODY, 0, NULL, get_openapi},
    {"GET", "/api/v1/organisation", MAY_SEE_ORGANISATION, 0, NULL, get_organisation},
};

const struct routes health_routes = {rows, COUNT_OF(rows)};
