#include "flow/keeper.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "store/audience.h"
#include "store/consent.h"
#include "store/contacts.h"
#include "store/inbox.h"
#include "store/keep.h"
#include "store/place.h"
#include "store/pledge.h"

enum {
    STRANGERS_MAX = 50,    /* in one step */
    BUCKETS = 4,           /* of the book of contacts: of a million people all in three hours */
    CONVERSATIONS_MAX = 5, /* each may have 1,000 messages */
    DAY_MS = 24 * 3600 * 1000,
};

/* An audience, and when the last campaign that used it was over; INT64_MAX: one is not. */
struct used {
    uint32_t id;
    int64_t until_ms;
};

struct keeper {
    struct keeper_config config;
    size_t waiting; /* questions of this step */
    int64_t now_ms;
    /* the walk over all campaigns */
    bool walking;
    int64_t next_walk_ms;
    uint32_t from;
    bool last_page;
    uint32_t old[KEEP_PAGE]; /* of this page: whose details go */
    size_t old_n;
    struct used *used;
    size_t used_n, used_cap, used_at;
    uint32_t versions[AUDIENCE_VERSIONS_PAGE]; /* that no campaign has used */
    size_t versions_n;
    uint64_t versions_from; /* of those that stay */
    bool last_versions;
    uint32_t doomed[AUDIENCE_VERSIONS_PAGE]; /* deleted in what the store lost */
    size_t doomed_n;
    bool asked_doomed;
    uint32_t consent_at; /* the bucket that is looked at next; all in about five hours */
    /* of this day */
    int64_t day_ms;
    struct kept went;
};

static int64_t limit_ms(const struct keeper *k, int days)
{
    return days > 0 ? k->now_ms - days * (int64_t)DAY_MS : 0;
}

static void ended(struct keeper *k)
{
    k->waiting--;
}

/* ---- conversations ---- */

static void on_strangers(void *arg, int result, int64_t count)
{
    struct keeper *k = arg;
    if (result == 0) k->went.strangers += count;
    ended(k);
}

static void on_conversations(void *arg, int result, int64_t count)
{
    struct keeper *k = arg;
    if (result == 0) k->went.conversations += count;
    ended(k);
}

static void step_conversations(struct keeper *k)
{
    const struct keeper_config *c = &k->config;
    if (c->strangers_days > 0) {
        k->waiting++;
        inbox_expire(c->inbox, INBOX_OLD_STRANGERS, limit_ms(k, c->strangers_days), STRANGERS_MAX,
                     on_strangers, k);
    }
    if (c->conversations_days > 0) {
        k->waiting++;
        inbox_expire(c->inbox, INBOX_OLD_CLOSED, limit_ms(k, c->conversations_days),
                     CONVERSATIONS_MAX, on_conversations, k);
    }
}

/* ---- what people agreed to ---- */

static void on_consent(void *arg, int result, int64_t count)
{
    struct keeper *k = arg;
    (void)count;
    if (result == 0) k->consent_at = (k->consent_at + 1) % CONSENT_BUCKETS;
    ended(k);
}

static void step_consent(struct keeper *k)
{
    if (k->config.consent_days == 0) return;
    k->waiting++;
    consent_expire(k->config.store, k->consent_at, limit_ms(k, k->config.consent_days), on_consent,
                   k);
}

/* ---- who came to sessions ---- */

static void on_pledges(void *arg, int result, int64_t count)
{
    struct keeper *k = arg;
    (void)result, (void)count; /* what failed is done by the next step */
    ended(k);
}

static void on_sessions(void *arg, int result, size_t count)
{
    struct keeper *k = arg;
    (void)result, (void)count; /* as above */
    ended(k);
}

/* A session stays a day longer than who came to it. */
static void step_pledges(struct keeper *k)
{
    if (k->config.pledges_days == 0) return;
    k->waiting += 2;
    place_sweep(k->config.store, limit_ms(k, k->config.pledges_days + 1), on_sessions, k);
    pledge_expire(k->config.store, limit_ms(k, k->config.pledges_days), k->now_ms, on_pledges, k);
}

/* ---- the walk over all campaigns ---- */

static struct used *used_of(struct keeper *k, uint32_t audience)
{
    for (size_t i = 0; i < k->used_n; i++)
        if (k->used[i].id == audience) return &k->used[i];
    if (k->used_n == k->used_cap) {
        k->used_cap = k->used_cap ? 2 * k->used_cap : 64;
        k->used = xrealloc(k->used, k->used_cap * sizeof *k->used);
    }
    k->used[k->used_n] = (struct used){.id = audience};
    return &k->used[k->used_n++];
}

static void look_at(struct keeper *k, const struct keep_campaign *c)
{
    int64_t until_ms = c->over_ms ? c->over_ms : INT64_MAX;
    struct used *u = c->audience ? used_of(k, c->audience) : NULL;
    if (u && until_ms > u->until_ms) u->until_ms = until_ms;
    if (c->over_ms && !c->trimmed && c->over_ms < limit_ms(k, k->config.campaigns_days))
        k->old[k->old_n++] = c->id;
}

static void walk_ends(struct keeper *k)
{
    k->walking = false;
    k->next_walk_ms = k->now_ms + KEEPER_WALK_MS;
}

static void on_page(void *arg, int result, const struct keep_campaign *list, size_t n)
{
    struct keeper *k = arg;
    ended(k);
    if (result < 0) return; /* the same page again */
    for (size_t i = 0; i < n; i++)
        look_at(k, &list[i]);
    k->from += (uint32_t)n;
    k->last_page = n < KEEP_PAGE;
}

static void on_trimmed(void *arg, int result)
{
    struct keeper *k = arg;
    ended(k);
    if (result > 0) k->went.campaigns++;
}

/* In use again, or gone by another hand: nothing to say. */
static void on_deleted(void *arg, int result, const struct err *e)
{
    struct keeper *k = arg;
    (void)e;
    ended(k);
    if (result < 0) return;
    k->went.audiences++;
    keep_audience_went(k->config.store);
}

/* ---- what lists were before ---- */

static bool is_used(const struct keeper *k, uint32_t audience)
{
    for (size_t i = 0; i < k->used_n; i++)
        if (k->used[i].id == audience) return true;
    return false;
}

static void on_versions(void *arg, int result, const uint32_t *ids, size_t n)
{
    struct keeper *k = arg;
    ended(k);
    if (result < 0) return; /* the same page again */
    k->versions_n = 0;
    for (size_t i = 0; i < n; i++)
        if (!is_used(k, ids[i])) k->versions[k->versions_n++] = ids[i];
    k->versions_from += n - k->versions_n;
    k->last_versions = n < AUDIENCE_VERSIONS_PAGE;
}

/* A campaign that was launched meanwhile needs it, and it is passed over. */
static void on_version_went(void *arg, int result, const struct err *e)
{
    struct keeper *k = arg;
    (void)e;
    ended(k);
    if (result == ERR_CONFLICT) k->versions_from++;
}

static void step_versions(struct keeper *k)
{
    k->waiting++;
    if (k->versions_n > 0)
        audience_delete(k->config.store, k->versions[--k->versions_n], false, k->now_ms,
                        on_version_went, k);
    else
        audience_versions(k->config.store, k->now_ms - KEEPER_VERSION_MS, k->versions_from,
                          on_versions, k);
}

/* ---- lists that were deleted in what the store lost ---- */

static void on_doomed(void *arg, int result, const uint32_t *ids, size_t n)
{
    struct keeper *k = arg;
    ended(k);
    if (result < 0) return; /* once more */
    memcpy(k->doomed, ids, n * sizeof *ids);
    k->doomed_n = n;
    k->asked_doomed = true;
}

/* A campaign that is not over needs it: the next walk tries again. */
static void on_doomed_went(void *arg, int result, const struct err *e)
{
    struct keeper *k = arg;
    (void)result, (void)e;
    ended(k);
}

static void step_doomed(struct keeper *k)
{
    k->waiting++;
    if (k->asked_doomed)
        audience_delete(k->config.store, k->doomed[--k->doomed_n], true, k->now_ms, on_doomed_went,
                        k);
    else
        audience_doomed(k->config.store, on_doomed, k);
}

static void step_audiences(struct keeper *k)
{
    int64_t limit = limit_ms(k, k->config.audiences_days);
    while (k->used_at < k->used_n && k->used[k->used_at].until_ms >= limit)
        k->used_at++;
    if (k->used_at == k->used_n) {
        walk_ends(k);
        return;
    }
    k->waiting++;
    audience_delete(k->config.store, k->used[k->used_at++].id, true, k->now_ms, on_deleted, k);
}

static void step_walk(struct keeper *k)
{
    if (k->old_n > 0) {
        k->waiting++;
        keep_trim(k->config.store, k->old[--k->old_n], k->now_ms, on_trimmed, k);
    } else if (!k->last_page) {
        k->waiting++;
        keep_page(k->config.store, k->from, on_page, k);
    } else if (k->versions_n > 0 || !k->last_versions) {
        step_versions(k);
    } else if (k->doomed_n > 0 || !k->asked_doomed) {
        step_doomed(k);
    } else {
        step_audiences(k);
    }
}

static void begin_walk(struct keeper *k)
{
    k->walking = true;
    k->last_page = k->last_versions = k->asked_doomed = false;
    k->from = 0;
    k->versions_n = k->doomed_n = 0;
    k->versions_from = 0;
    k->old_n = k->used_n = k->used_at = 0;
}

/* ---- a step ---- */

static void say_once_a_day(struct keeper *k)
{
    const struct kept *w = &k->went;
    if (k->day_ms == 0) k->day_ms = k->now_ms;
    if (k->now_ms < k->day_ms + DAY_MS) return;
    if (w->strangers + w->conversations + w->campaigns + w->audiences > 0)
        log_info("in the last day, older than `keep` and `inbox.keep_days` say and so removed: "
                 "%lld closed "
                 "conversations, %lld of strangers, the details of %lld campaigns, %lld audiences",
                 (long long)w->conversations, (long long)w->strangers, (long long)w->campaigns,
                 (long long)w->audiences);
    k->day_ms = k->now_ms;
    k->went = (struct kept){.strangers = 0};
}

void keeper_step(struct keeper *k, int64_t now_ms)
{
    if (k->waiting) return;
    k->now_ms = now_ms;
    say_once_a_day(k);
    contacts_sweep(k->config.store, BUCKETS);
    step_conversations(k);
    step_consent(k);
    step_pledges(k);
    if (!k->walking && now_ms >= k->next_walk_ms) begin_walk(k);
    if (k->walking) step_walk(k);
}

struct keeper *keeper_new(const struct keeper_config *config)
{
    struct keeper *k = xcalloc(1, sizeof *k);
    k->config = *config;
    return k;
}

void keeper_free(struct keeper *k)
{
    if (!k) return;
    free(k->used);
    free(k);
}
