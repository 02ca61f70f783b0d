/* The store went back: what was true at the providers stays true, what the ledger says is read anew. Until all journals have been brought
 * nothing leaves; afterwards nobody who has the message is said to have none, and nobody gets it again, also not by a campaign that is
 * launched in the place of one that is lost. */
#include "promises_impl.h"

#include "base/slice.h"
#include "io/redis.h"
#include "sim_disk.h"
#include "world.h"

#include <inttypes.h>
#include <stdio.h>

/* The gate of the store that there was may have given a slot that comes so much later, where a gateway takes one a second. */
enum { GRANTED_US = 1100 * SIM_MS };

static uint32_t own_stamp(const char *key)
{
    uint64_t stamp = 0;
    struct slice text = sim_store_field(sim_redis_store(), key, SLICE_LIT("stamp"));
    (void)slice_to_u64(text, UINT32_MAX, &stamp);
    return (uint32_t)stamp;
}

/* The last byte of a stamp counts how often the same campaign began to send again. */
static bool same_campaign(uint32_t a, uint32_t b)
{
    return a >> 8 == b >> 8;
}

/* ---- what the store has now ---- */

static void read_people(struct campaign *c)
{
    struct slice bytes = sim_store_string(sim_redis_store(), c->ledger_key);
    memset(c->counts, 0, sizeof c->counts);
    for (size_t i = 0; i < c->plan.count; i++) {
        struct person *p = &c->people[i];
        uint8_t byte = i / 2 < bytes.n ? (uint8_t)bytes.p[i / 2] : 255;
        p->state = i % 2 ? byte >> 4 : byte & 15;
        if (p->state != NOBODY) c->counts[p->state]++;
        p->doubt = p->doubt || p->granted;
        p->told = 0; /* receipts were answered, and are gone */
        p->owed = false;
    }
}

static void read_campaign(struct campaign *c)
{
    struct slice status = sim_store_field(sim_redis_store(), c->key, SLICE_LIT("status"));
    (void)snprintf(c->status, sizeof c->status, "%.*s", SLICE_ARG(status));
    c->status_since_us = sim_now_us();
    c->faults = 0;
    c->changed = 0;
    read_people(c);
}

static bool is_there(const struct campaign *c)
{
    uint32_t stamp = own_stamp(c->key);
    return stamp && (!c->stamp || same_campaign(stamp, c->stamp));
}

/* An opt-out that nobody was told was stored may be gone; its provider says it again. */
static void forget_unanswered(void)
{
    for (size_t i = 0; i < seen.suppressed_n; i++)
        if (!seen.suppressed[i].answered) seen.suppressed[i].lost = true;
}

static bool is_former(struct slice id)
{
    return sim_store_field(sim_redis_store(), PREFIX "store:former", id).p;
}

static bool must_be_noticed(void)
{
    struct slice id = sim_store_field(sim_redis_store(), PREFIX "store", SLICE_LIT("id"));
    struct slice text = sim_store_field(sim_redis_store(), PREFIX "store", SLICE_LIT("mark"));
    uint64_t mark = 0;
    (void)slice_to_u64(text, UINT64_MAX, &mark);
    if (sim_store_field(sim_redis_store(), PREFIX "store", SLICE_LIT("back")).p) return true;
    return sim_disks_know_more(id, mark, is_former);
}

void promises_went_back(void)
{
    promises_fault();
    seen.back_us = sim_now_us();
    seen.silent = must_be_noticed();
    seen.writes_seen = sim_store_writes(sim_redis_store());
    memset(seen.holds, 0, sizeof seen.holds);
    memset(seen.slow_due_us, 0, sizeof seen.slow_due_us);
    forget_unanswered();
    for (size_t i = 0; i < seen.campaign_n; i++) {
        struct campaign *c = &seen.campaigns[i];
        c->lost = c->plan.id != 0 && !is_there(c);
        if (c->lost) continue;
        if (c->plan.id == 0)
            promises_read_direct(c);
        else
            promises_take_place(c);
        read_campaign(c);
    }
}

bool promises_is_lost(uint32_t campaign)
{
    for (size_t i = 0; i < seen.campaign_n; i++)
        if (seen.campaigns[i].plan.id == campaign && !seen.campaigns[i].lost) return false;
    return true;
}

/* ---- what is on the wire ---- */

void promises_note_stamp(struct campaign *c)
{
    if (!c->stamp) c->stamp = own_stamp(c->key);
}

bool promises_of_lost(const struct ref *ref, uint64_t to)
{
    if (!seen.back_us) return false;
    if (ref->campaign == 0) return promises_direct_is_lost(ref, to);
    for (size_t i = 0; i < seen.campaign_n; i++) {
        const struct campaign *c = &seen.campaigns[i];
        if (c->plan.id == ref->campaign && !c->lost && same_campaign(c->stamp, ref->stamp))
            return false;
    }
    return true;
}

/* Whom a campaign that is lost has reached: the provider took it. */
static void note_lost_taken(const struct ref *ref)
{
    for (size_t i = 0; i < seen.campaign_n; i++) {
        struct campaign *c = &seen.campaigns[i];
        if (c->plan.id == ref->campaign && c->lost && same_campaign(c->stamp, ref->stamp) &&
            ref->index < c->plan.count)
            c->people[ref->index].taken = c->people[ref->index].ever = true;
    }
}

void promises_lost_sent(const struct ref *ref)
{
    if (sim_now_us() - seen.back_us > GRANTED_US)
        promise_broken("campaign %u, index %u is sent, and the store does not know it any more",
                       ref->campaign, ref->index);
}

void promises_lost_taken(const struct ref *ref, uint64_t to)
{
    sim_trace("campaign %u, index %u is taken, and is lost", ref->campaign, ref->index);
    if (ref->campaign == 0)
        promises_direct_lost_taken(ref, to);
    else
        note_lost_taken(ref);
    seen.taken++;
}

void promises_check_silence(const struct campaign *c, size_t index)
{
    if (seen.silent && sim_now_us() - seen.back_us > PROMPT_US)
        promise_broken("campaign %u, index %zu is sent while the store is not made good",
                       c->plan.id, index);
}

/* ---- it is made good ---- */

/* One word after another: what is to stand there in the end is looked at when it is over. */
bool promises_may_be_restored(uint8_t from, uint8_t to)
{
    if (from == NOBODY || to == NOBODY) return false;
    return to != STATE_PENDING || from == STATE_UNKNOWN || from == STATE_IN_FLIGHT;
}

static void check_over(const struct campaign *c)
{
    for (size_t i = 0; i < c->plan.count; i++) {
        const struct person *p = &c->people[i];
        if (p->taken && p->state < NOBODY && promises_denies(p->state))
            promise_broken("campaign %u, index %zu has the message, and all journals were brought: "
                           "they are %s",
                           c->plan.id, i, state_to_string((enum state)p->state));
    }
    if (c->cancelled_us && strcmp(c->status, "running") == 0)
        promise_broken("campaign %u was cancelled, and runs again", c->plan.id);
}

bool promises_is_named(uint32_t campaign, uint32_t stamp)
{
    for (int n = 0; n < PROMISED_NODES_MAX; n++) {
        char field[48];
        (void)snprintf(field, sizeof field, "%u %u n%d", campaign, stamp, n);
        if (sim_store_field(sim_redis_store(), PREFIX "store:lost", slice_of(field)).p) return true;
    }
    return false;
}

/* What cannot come back is counted and named. */
static void check_named(const struct campaign *c)
{
    for (size_t i = 0; i < c->plan.count; i++)
        if (c->people[i].taken && !promises_is_named(c->plan.id, c->stamp))
            promise_broken("campaign %u is lost, index %zu has its message, and nobody says so",
                           c->plan.id, i);
}

void promises_see_report(const struct sim_done *done)
{
    if (!slice_is(redis_str(done->reply), "over")) return;
    sim_trace("the store is made good");
    seen.silent = false;
    for (size_t i = 0; i < seen.campaign_n; i++) {
        struct campaign *c = &seen.campaigns[i];
        if (!c->lost) {
            check_over(c);
        } else if (!c->named) {
            check_named(c);
            c->named = true;
        }
    }
    promises_check_direct_named();
}

/* ---- what was answered ---- */

void promises_stop_answered(uint64_t number)
{
    for (size_t i = 0; i < seen.suppressed_n; i++) {
        struct suppressed *s = &seen.suppressed[i];
        char text[24];
        (void)snprintf(text, sizeof text, "%" PRIu64, number);
        if (strcmp(s->number, text) != 0) continue;
        if (s->lost) s->since_us = sim_now_us();
        s->answered = true;
        s->lost = false;
    }
}

void promises_cancel_answered(uint32_t campaign)
{
    struct campaign *c = promises_campaign(campaign);
    if (!c->cancelled_us) c->cancelled_us = sim_now_us();
}

/* Whom a campaign has reached is not texted by one that was launched because the other was lost, and the other way round, should it
 * come back with another copy: they have had enough for a day. */
void promises_take_place(struct campaign *c)
{
    for (size_t i = 0; i < seen.campaign_n; i++) {
        const struct campaign *was = &seen.campaigns[i];
        if (was == c || was->plan.numbers != c->plan.numbers) continue;
        for (size_t k = 0; k < c->plan.count; k++) {
            const struct person *p = &was->people[k];
            c->people[k].had |= p->taken > 0;
            c->people[k].granted_before |= p->granted;
        }
    }
}
