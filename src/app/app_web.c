#include "app_web.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/keywords.h"
#include "flow/inbound.h"
#include "io/http_server.h"
#include "io/redis.h"
#include "store/sessions.h"
#include "web/audience_api.h"
#include "web/auth.h"
#include "web/campaign_api.h"
#include "web/guard.h"
#include "web/hooks.h"
#include "web/inbox_api.h"
#include "web/inbox_pages.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/suppress_api.h"
#include "web/gateway_api.h"
#include "web/system_api.h"

#include <stdio.h>
#include <stdlib.h>

enum { BODIES_BYTES_MAX = 64 << 20 }; /* of all bodies together */

struct app_web {
    struct app_web_parts parts;
    struct router *router;
    struct sessions *sessions;
    struct auth *auth;
    struct keywords *keywords;
    struct inbound *inbound;
    struct spool *spool;
    struct hook_intake *intake;
    struct hooks *hooks;
    struct inbox_api *inbox_api;
    struct inbox_pages *inbox_pages;
    struct audience_api *audience_api;
    struct campaign_api *campaign_api;
    struct suppress_api *suppress_api;
    struct system_api *system_api;
    struct gateway_api *gateway_api;
    struct http_server *tcp, *local;
    struct http_budget bodies;
};

static int open_auth(struct app_web *w, struct err *e)
{
    const struct config *c = w->parts.config;
    struct auth_person *people = xcalloc(c->person_count, sizeof *people);
    for (size_t i = 0; i < c->person_count; i++) {
        const struct config_person *p = &c->people[i];
        people[i] = (struct auth_person){.name = p->name,
                                         .group = p->group,
                                         .token = p->token,
                                         .role = p->role == CONFIG_ORGANISER ? PERSON_ORGANISER
                                                                             : PERSON_VOLUNTEER};
    }
    const struct auth_config config = {
        .secret = c->secret,
        .people = people,
        .count = c->person_count,
        .https = slice_starts(slice_of(c->public_url), "https://"),
        .proxies = c->proxies,
        .proxy_count = c->proxy_count,
        .sessions = w->sessions,
        .loop = w->parts.loop,
    };
    int rc = auth_new(&config, &w->auth, e);
    free(people);
    return rc < 0 ? err_prefix(e, "%s: people", c->path) : 0;
}

static int open_spool(struct app_web *w, struct err *e)
{
    const struct config *c = w->parts.config;
    char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s/spool", c->state_dir);
    const struct spool_config config = {.folder = folder,
                                        .bytes_max = (size_t)c->spool.bytes_max,
                                        .records_max = (size_t)c->spool.records_max};
    int rc = spool_open(&config, &w->spool, e);
    return rc < 0 ? err_prefix(e, "%s: state_dir", c->path) : 0;
}

static void add_words(struct app_web *w, enum keyword as, const struct config_words *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *refused = keywords_add(w->keywords, as, slice_of(list->words[i]));
        if (refused) log_error("'%s' in organisation must be %s", list->words[i], refused);
    }
}

static void open_words(struct app_web *w)
{
    const struct config *c = w->parts.config;
    w->keywords = keywords_new();
    add_words(w, KEYWORD_STOP, &c->organisation.stop_words);
    add_words(w, KEYWORD_START, &c->organisation.start_words);
    add_words(w, KEYWORD_HELP, &c->organisation.help_words);
}

static int open_hooks(struct app_web *w, struct err *e)
{
    const struct config *c = w->parts.config;
    const struct inbound_config inbound = {
        .inbox = w->parts.inbox,
        .audiences = w->parts.audiences,
        .outbox = w->parts.outbox,
        .keywords = w->keywords,
        .stop_confirmation = c->organisation.stop_confirmation,
        .help_answer = c->organisation.help_answer,
    };
    int rc = open_spool(w, e);
    if (rc < 0) return rc;
    w->inbound = inbound_new(&inbound);
    const struct hook_intake_config config = {
        .loop = w->parts.loop,
        .redis = w->parts.redis,
        .spool = w->spool,
        .accounts = w->parts.accounts,
        .receipts = {.ledger = w->parts.ledger,
                     .optouts = {w->parts.suppress, w->parts.direct, w->parts.campaigns,
                                 w->parts.audiences},
                     .limits = config_receipt_limits(c),
                     .ref_key = w->parts.ref_key},
        .inbound = w->inbound,
        .campaigns = w->parts.campaigns,
    };
    w->intake = hook_intake_new(&config);
    w->hooks = hooks_new(w->intake, config.accounts, w->router);
    return 0;
}

static void open_inbox(struct app_web *w)
{
    const struct inbox_web_config config = {
        .auth = w->auth,
        .inbox = w->parts.inbox,
        .outbox = w->parts.outbox,
        .sessions = w->sessions,
        .organisation = w->parts.config->organisation.name,
    };
    w->inbox_api = inbox_api_new(&config, w->router);
    w->inbox_pages = inbox_pages_new(&config, w->router);
}

static size_t open_requests(void *arg)
{
    const struct app_web *w = arg;
    return http_server_open_requests(w->tcp) + (w->local ? http_server_open_requests(w->local) : 0);
}

static void open_api(struct app_web *w)
{
    const struct app_web_parts *p = &w->parts;
    const struct audience_api_config audiences = {.auth = w->auth, .audiences = p->audiences};
    w->audience_api = audience_api_new(&audiences, w->router);
    const struct campaign_api_config campaigns = {
        .auth = w->auth,
        .campaigns = p->campaigns,
        .audiences = p->audiences,
        .suppress = p->suppress,
        .outbox = p->outbox,
        .accounts = p->accounts,
        .organisation = p->config->organisation.name,
        .keywords = w->keywords,
        .hours = p->config->organisation.hours,
        .nudge = p->nudge,
        .nudge_arg = p->nudge_arg,
    };
    w->campaign_api = campaign_api_new(&campaigns, w->router);
    const struct suppress_api_config suppress = {.auth = w->auth, .suppress = p->suppress};
    w->suppress_api = suppress_api_new(&suppress, w->router);
    const struct system_api_config system = {
        .auth = w->auth,
        .redis = p->redis,
        .prefix = p->config->redis.prefix,
        .queue = p->queue,
        .campaigns = p->campaigns,
        .dispatch = p->dispatch,
        .hooks = w->hooks,
        .accounts = p->accounts,
        .organisation = p->config->organisation.name,
        .country = p->config->organisation.country,
        .open_requests = open_requests,
        .open_requests_arg = w,
    };
    w->system_api = system_api_new(&system, w->router);
    w->gateway_api = gateway_api_new(w->auth, p->accounts, w->router);
}

/* Webhooks, health, figures and the door itself do without Redis. */
static bool needs_redis(struct slice path)
{
    if (slice_is(path, "/inbox/login") || slice_is(path, "/inbox/logout") ||
        slice_is(path, "/inbox/style.css") || slice_is(path, "/api/v1/gateways"))
        return false;
    return slice_starts(path, "/inbox") || slice_starts(path, "/api/v1/");
}

/* A cookie counts only when it is known which sessions were ended. */
static bool sessions_are_known(const struct app_web *w, struct http_request *q)
{
    struct slice path = http_request_path(q);
    bool asks =
        needs_redis(path) || slice_is(path, "/metrics") || slice_is(path, "/api/v1/gateways");
    if (!asks || !auth_is_by_session(q) || sessions_are_read(w->sessions)) return true;
    http_request_set_header(q, "Retry-After", "1");
    respond_problem(q, 503, "unavailable",
                    "Nothing was done: Redis has not told yet which sessions ended. Try again in "
                    "a moment.");
    return false;
}

/* One answer for all that would find Redis away: what is asked for was surely not done. Where Redis
 * is, is told to nobody who may not come in. */
static bool redis_is_there(void *arg, struct http_request *q)
{
    const struct app_web *w = arg;
    struct slice path = http_request_path(q);
    struct err e = {0};
    if (!sessions_are_known(w, q)) return false;
    if (!needs_redis(path) || redis_why_away(w->parts.redis, &e) == 0) return true;
    bool api = slice_starts(path, "/api/");
    if (!(api ? guard_api : guard_page)(w->auth, q, clock_wall_ms())) return false;
    char text[ERR_TEXT_BYTES + 64];
    (void)snprintf(text, sizeof text, "Nothing was done: %s. Try again in a moment.", e.text);
    http_request_set_header(q, "Retry-After", "5");
    respond_problem(q, 503, "unavailable", text);
    return false;
}

static size_t body_max(void *arg, const struct http_request *q)
{
    const struct app_web *w = arg;
    return guard_body_max(w->auth, q);
}

static void handle(void *arg, struct http_request *q)
{
    const struct app_web *w = arg;
    router_handle(w->router, q);
}

static int listen_at(struct app_web *w, const char *address, struct http_server **ret,
                     struct err *e)
{
    const struct http_server_config config = {.listen = address,
                                              .body_bytes_max = GUARD_WIDE_BYTES_MAX,
                                              .body_max = body_max,
                                              .budget = &w->bodies};
    int rc = http_server_new(w->parts.loop, &config, handle, w, ret, e);
    return rc < 0 ? err_prefix(e, "%s", w->parts.config->path) : 0;
}

static int open_servers(struct app_web *w, struct err *e)
{
    const struct config *c = w->parts.config;
    int rc = listen_at(w, c->listen, &w->tcp, e);
    if (rc < 0) return rc;
    log_info("listening on %s (port %d)", c->listen, http_server_port(w->tcp));
    if (!*c->socket) return 0;
    char address[4096];
    (void)snprintf(address, sizeof address, "unix:%s", c->socket);
    return listen_at(w, address, &w->local, e);
}

int app_web_new(const struct app_web_parts *parts, struct app_web **ret, struct err *e)
{
    struct app_web *w = xcalloc(1, sizeof *w);
    w->parts = *parts;
    w->router = router_new();
    w->bodies.bytes_max = BODIES_BYTES_MAX;
    w->sessions = sessions_new(parts->loop, parts->redis, parts->config->redis.prefix);
    open_words(w);
    int rc = open_auth(w, e);
    if (rc == 0) rc = open_hooks(w, e);
    if (rc == 0) {
        open_inbox(w);
        open_api(w);
        router_set_door(w->router, redis_is_there, w);
        rc = open_servers(w, e);
    }
    if (rc < 0) {
        app_web_free(w);
        return rc;
    }
    *ret = w;
    return 0;
}

bool app_web_is_caught_up(const struct app_web *w)
{
    return hook_intake_is_caught_up(w->intake);
}

void app_web_stop(struct app_web *w)
{
    http_server_stop_listening(w->tcp);
    if (w->local) http_server_stop_listening(w->local);
}

void app_web_free(struct app_web *w)
{
    if (!w) return;
    if (w->intake) /* what Redis did not answer any more, while it can be answered */
        hook_intake_flush(w->intake);
    http_server_free(w->tcp);
    http_server_free(w->local);
    system_api_free(w->system_api);
    gateway_api_free(w->gateway_api);
    suppress_api_free(w->suppress_api);
    campaign_api_free(w->campaign_api);
    audience_api_free(w->audience_api);
    inbox_pages_free(w->inbox_pages);
    inbox_api_free(w->inbox_api);
    hooks_free(w->hooks);
    hook_intake_free(w->intake);
    inbound_free(w->inbound);
    keywords_free(w->keywords);
    spool_free(w->spool);
    auth_free(w->auth);
    sessions_free(w->sessions);
    router_free(w->router);
    free(w);
}
