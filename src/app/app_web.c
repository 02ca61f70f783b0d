#include "app_web.h"

#include "app_means.h"

#include "base/clock.h"
#include "base/log.h"
#include "flow/auto_answer.h"
#include "flow/hook_intake.h"
#include "io/redis.h"
#include "store/cascade.h"
#include "store/staff.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE_WAIT_US = 3 * 1000 * 1000, PEOPLE_TURN_US = 20 * 1000 };

struct app_web {
    struct app_web_parts parts;
    struct staff *staff;
    struct cascades *cascades;
    struct auto_answer *auto_answer; /* NULL: it is off */
    struct inbound *inbound;
    struct spool *spool;
    struct hook_intake *intake;
    struct web *web;
};

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

static struct auto_answer *auto_answer_of(const struct app_web_parts *p)
{
    const struct config *c = p->config;
    const struct auto_answer_config config = {
        .inbox = p->inbox,
        .outbox = p->outbox,
        .nearest = p->means->nearest,
        .words = &p->means->words,
        .groups = c->near.automatic_groups.words,
        .group_count = c->near.automatic_groups.count,
    };
    return c->near.automatic ? auto_answer_new(&config) : NULL;
}

static int open_intake(struct app_web *w, struct err *e)
{
    const struct config *c = w->parts.config;
    w->auto_answer = auto_answer_of(&w->parts);
    const struct inbound_config inbound = {
        .auto_answer = w->auto_answer,
        .inbox = w->parts.inbox,
        .store = w->parts.store,
        .outbox = w->parts.outbox,
        .keywords = w->parts.means->keywords,
        .law = w->parts.means->law_words,
        .groups = w->parts.means->groups,
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
                     .store = w->parts.store,
                     .limits = config_receipt_limits(c),
                     .ref_key = w->parts.ref_key},
        .inbound = w->inbound,
        .store = w->parts.store,
    };
    w->intake = hook_intake_new(&config);
    return 0;
}

static struct auth_member *list_members(const struct config *c)
{
    static const enum role roles[] = {[CONFIG_ORGANISER] = ROLE_ORGANISER,
                                      [CONFIG_VOLUNTEER] = ROLE_VOLUNTEER,
                                      [CONFIG_OWNER] = ROLE_OWNER};
    struct auth_member *list = xcalloc(c->person_count, sizeof *list);
    for (size_t i = 0; i < c->person_count; i++) {
        const struct config_person *p = &c->people[i];
        list[i] = (struct auth_member){.name = p->name,
                                       .token = p->token,
                                       .role = roles[p->role],
                                       .groups = p->groups,
                                       .group_count = p->group_count};
    }
    return list;
}

static struct auth_config auth_of(const struct config *c, const struct auth_member *members)
{
    return (struct auth_config){.secret = c->secret,
                                .members = members,
                                .count = c->person_count,
                                .https = slice_starts(slice_of(c->public_url), "https://"),
                                .proxies = c->proxies,
                                .proxy_count = c->proxy_count};
}

/* Borrows members, as the config of web_new does. */
static struct web_config config_of(const struct app_web *w, const struct auth_member *members)
{
    const struct app_web_parts *p = &w->parts;
    const struct config *c = p->config;
    return (struct web_config){
        .loop = p->loop,
        .redis = p->redis,
        .staff = w->staff,
        .events = p->events,
        .streams_max = c->events.streams_max,
        .webhook_secret = c->secret,
        .webhook_hosts = c->events.webhook_hosts,
        .webhook_host_count = c->events.webhook_host_count,
        .groups = p->means->groups,
        .store = p->store,
        .places = p->places,
        .nearest = p->means->nearest,
        .inbox = p->inbox,
        .queue = p->queue,
        .outbox = p->outbox,
        .dispatch = p->dispatch,
        .check_in = p->check_in,
        .journal = p->journal,
        .intake = w->intake,
        .law_book = p->means->law_book,
        .loans = p->means->loans,
        .means = &p->means->launch,
        .accounts = p->accounts,
        .organisation = c->organisation.name,
        .country = c->organisation.country,
        .public_url = c->public_url,
        .picture = c->organisation.picture,
        .link_key = p->link_key,
        .cascades = w->cascades,
        .visitor_per_s = (uint32_t)c->web.visitor_per_s,
        .upload_folder = c->state_dir,
        .upload_bytes_max = (uint64_t)c->web.upload_max_mb << 20,
        .auth = auth_of(c, members),
        .nudge = p->nudge,
        .nudge_arg = p->nudge_arg,
    };
}

static int open_web(struct app_web *w, struct err *e)
{
    struct auth_member *members = list_members(w->parts.config);
    const struct web_config config = config_of(w, members);
    int rc = web_new(&config, &w->web, e);
    free(members);
    return rc < 0 ? err_prefix(e, "%s: people", w->parts.config->path) : 0;
}

static int listen_at(struct app_web *w, const char *address, struct err *e)
{
    int rc = web_listen(w->web, address, e);
    return rc < 0 ? err_prefix(e, "%s", w->parts.config->path) : 0;
}

static int open_servers(struct app_web *w, struct err *e)
{
    const struct config *c = w->parts.config;
    char address[4096];
    int rc = listen_at(w, c->listen, e);
    if (rc < 0) return rc;
    log_info("listening on %s (port %d)", c->listen, web_port(w->web));
    if (!*c->socket) return 0;
    (void)snprintf(address, sizeof address, "unix:%s", c->socket);
    return listen_at(w, address, e);
}

/* Whoever comes once it listens is not told to come again, where Redis is there. */
static void wait_for_people(const struct app_web *w)
{
    int64_t end_us = clock_mono_us() + PEOPLE_WAIT_US;
    while (!web_people_are_known(w->web) && redis_is_connected(w->parts.redis) &&
           clock_mono_us() < end_us)
        loop_turn(w->parts.loop, PEOPLE_TURN_US);
}

/* Not once, at an installation: whoever reads the log of any start is told. */
static void say_who_looks(const struct config *c)
{
    if (!c->approval.two_people)
        log_warn("approval.two_people is false: whoever launches a campaign launches it alone, "
                 "to any number of people");
}

int app_web_new(const struct app_web_parts *parts, struct app_web **ret, struct err *e)
{
    struct app_web *w = xcalloc(1, sizeof *w);
    w->parts = *parts;
    w->staff = staff_new(parts->loop, parts->store);
    w->cascades = cascades_new(parts->loop, parts->store);
    say_who_looks(parts->config);
    int rc = open_intake(w, e);
    if (rc == 0) rc = open_web(w, e);
    if (rc == 0) wait_for_people(w);
    if (rc == 0) rc = open_servers(w, e);
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
    web_stop_listening(w->web);
}

void app_web_free(struct app_web *w)
{
    if (!w) return;
    /* What Redis did not answer any more, while it can be answered. */
    if (w->intake) hook_intake_flush(w->intake);
    web_free(w->web);
    hook_intake_free(w->intake);
    inbound_free(w->inbound);
    auto_answer_free(w->auto_answer);
    spool_free(w->spool);
    staff_free(w->staff);
    cascades_free(w->cascades);
    free(w);
}
