#include "flow/bring_back.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/log.h"
#include "flow/bring_taken.h"
#include "flow/check_in.h"
#include "flow/journal.h"
#include "io/person_number.h"
#include "store/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_US = 500 * 1000,
    CALLS_MAX = 32,        /* under way */
    BEFORE_BACK_MAX = 1000 /* marks that others may have moved on before it was noticed */
};

enum phase { IDLE, SYNC, COUNT, TOLD, PEOPLE, REPORT };

struct bring_back {
    struct bring_back_config config;
    struct loop_timer *timer;
    enum phase phase;
    struct journal_reader *reader;
    size_t calls; /* under way */
    int64_t since_ms;
    unsigned connections;     /* there were at the beginning of this pass */
    bool told, brought;       /* of what went back since then, with this connection */
    bool late, grows, failed; /* of this pass */
    bool stopping;
    struct restore_tally tally;
    struct restore_lost lost[RESTORE_LOST_MAX];
    size_t lost_n;
    struct restore_optout optouts[RESTORE_OPTOUTS_MAX]; /* of the call to come; its texts: */
    size_t optout_n;
    struct arena *texts;
    struct contacts { /* of the people of the next record */
        struct journal_people who;
        uint64_t mark;
        uint8_t offsets[JOURNAL_PEOPLE_MAX], prints[JOURNAL_PEOPLE_MAX * CAP_PRINT_BYTES];
    } contacts;
    struct offers { /* the same; who are they, and which session is each one's */
        struct journal_people who;
        uint64_t mark;
        uint8_t offsets[JOURNAL_PEOPLE_MAX];
        uint32_t sessions[JOURNAL_PEOPLE_MAX];
    } offers;
};

/* ---- reading ---- */

/* Marks of another store say nothing about this one. */
static uint64_t read_after(const struct bring_back *b)
{
    const struct check_in_heard *h = check_in_heard(b->config.check_in);
    bool same = h->stand == MARK_BACK && h->back == MARK_LESS;
    return same && h->had > BEFORE_BACK_MAX ? h->had - BEFORE_BACK_MAX : 0;
}

static void end_reading(struct bring_back *b)
{
    journal_reader_free(b->reader);
    b->reader = NULL;
}

static void begin_reading(struct bring_back *b, enum phase phase)
{
    end_reading(b);
    b->phase = phase;
    b->reader = journal_read(b->config.journal, read_after(b));
}

/* False: that was all. */
static bool next(struct bring_back *b, struct journal_record *ret)
{
    struct err e = {0};
    int rc;
    while ((rc = journal_next(b->reader, ret, &e)) < 0)
        log_error("%s; what stands in it is not brought back", e.text);
    return rc > 0;
}

static void tally_add(struct restore_tally *t, const struct journal_record *r)
{
    if (r->kind == JOURNAL_GRANT) t->granted += r->people.n;
    if (r->kind == JOURNAL_OUTCOME) t->outcomes += r->people.n;
    if (r->kind == JOURNAL_OPTOUT) t->optouts++;
    if (r->kind == JOURNAL_MOVE) t->moves++;
    if (r->kind == JOURNAL_TAKEN) t->taken++;
}

static void ended_call(struct bring_back *b, int result)
{
    b->calls--;
    if (result < 0) b->failed = true;
    if (!b->stopping) loop_timer_in(b->timer, 0);
}

/* ---- opt-outs ---- */

static void on_count(void *arg, int result, int64_t count)
{
    (void)count;
    ended_call(arg, result);
}

static void send_optouts(struct bring_back *b)
{
    if (b->optout_n == 0) return;
    b->calls++;
    restore_optouts(b->config.store, b->optouts, b->optout_n, on_count, b);
    b->optout_n = 0;
    arena_clear(b->texts);
}

/* What was written by an older Muster stands under the spelling of then; the gate looks for today's. Other
 * keys stay. */
static struct slice todays(struct arena *texts, struct slice key)
{
    uint64_t number;
    char digits[24];
    if (!slice_to_u64(key, UINT64_MAX, &number)) return arena_dup(texts, key);
    int n = snprintf(digits, sizeof digits, "%" PRIu64, person_number_canonical(number));
    return arena_dup(texts, slice_make(digits, (size_t)n));
}

/* A record's texts are borrowed until the next one is read. */
static void add_optout(struct bring_back *b, const struct journal_record *r)
{
    const struct told_optout *o = &r->optout;
    b->optouts[b->optout_n++] = (struct restore_optout){.lifted = o->lifted,
                                                        .scope = arena_dup(b->texts, o->scope),
                                                        .key = todays(b->texts, o->key),
                                                        .why = arena_dup(b->texts, o->why),
                                                        .at_ms = o->at_ms,
                                                        .mark = r->mark};
    check(!arena_failed(b->texts));
    if (b->optout_n == RESTORE_OPTOUTS_MAX) send_optouts(b);
}

/* ---- what was done to campaigns ---- */

static void on_moved(void *arg, int result, enum restore_found found, bool moved)
{
    struct bring_back *b = arg;
    (void)found; /* people of a campaign that is lost are counted by themselves */
    b->tally.moves += moved;
    ended_call(b, result);
}

static void send_move(struct bring_back *b, const struct journal_record *r)
{
    const struct restore_move m = {r->move.campaign, r->move.stamp, r->move.move, r->mark};
    b->calls++;
    restore_move(b->config.store, &m, on_moved, b);
}

/* ---- what was taken away ---- */

static void send_taken(struct bring_back *b, const struct journal_record *r)
{
    if (bring_taken(b->config.store, &r->taken, r->mark, b->phase == TOLD, on_count, b)) b->calls++;
}

/* ---- people ---- */

struct asked {
    struct bring_back *b;
    uint32_t campaign, stamp;
    size_t granted; /* people, 0: it is about what became of them */
};

static void add_lost(struct bring_back *b, const struct asked *a)
{
    b->tally.lost += a->granted;
    for (size_t i = 0; i < b->lost_n; i++) {
        if (b->lost[i].campaign != a->campaign || b->lost[i].stamp != a->stamp) continue;
        b->lost[i].people += a->granted;
        return;
    }
    if (b->lost_n == RESTORE_LOST_MAX || a->granted == 0) return;
    b->lost[b->lost_n++] = (struct restore_lost){a->campaign, a->stamp, a->granted};
}

static void on_people(void *arg, int result, enum restore_found found, int unknown, int others)
{
    struct asked *a = arg;
    struct bring_back *b = a->b;
    if (result == 0 && found == RESTORE_LOST) add_lost(b, a);
    if (result == 0 && found == RESTORE_GROWS) b->grows = true;
    b->tally.unknown += (uint64_t)unknown;
    b->tally.settled += (uint64_t)others;
    free(a);
    ended_call(b, result);
}

/* Borrowed until the next one is read. */
static void keep_contacts(struct bring_back *b, const struct journal_record *r)
{
    struct contacts *c = &b->contacts;
    c->who = r->people;
    c->mark = r->mark;
    memcpy(c->offsets, r->people.offsets, r->people.n);
    memcpy(c->prints, r->people.prints, r->people.n * CAP_PRINT_BYTES);
}

static void keep_offers(struct bring_back *b, const struct journal_record *r)
{
    struct offers *o = &b->offers;
    o->who = r->people;
    o->mark = r->mark;
    memcpy(o->offsets, r->people.offsets, r->people.n);
    memcpy(o->sessions, r->people.sessions, r->people.n * sizeof *o->sessions);
}

static bool are_of(const struct journal_people *a, uint64_t mark, const struct journal_record *r)
{
    const struct journal_people *b = &r->people;
    return mark == r->mark && a->campaign == b->campaign && a->stamp == b->stamp &&
           a->first == b->first;
}

static void add_contacts(struct bring_back *b, const struct journal_record *r,
                         struct restore_people *people)
{
    struct contacts *c = &b->contacts;
    if (cap_is_on(b->config.cap) && are_of(&c->who, c->mark, r)) {
        people->contact_offsets = c->offsets;
        people->contact_prints = c->prints;
        people->contact_n = c->who.n;
        people->contact_minute = c->who.minute;
        people->cap = b->config.cap;
    }
    c->who.n = 0;
}

static void add_offers(struct bring_back *b, const struct journal_record *r,
                       struct restore_people *people)
{
    struct offers *o = &b->offers;
    if (r->kind == JOURNAL_GRANT && o->who.n == people->n && are_of(&o->who, o->mark, r) &&
        memcmp(o->offsets, people->offsets, people->n) == 0)
        people->sessions = o->sessions;
    o->who.n = 0;
}

static void send_people(struct bring_back *b, const struct journal_record *r)
{
    const struct journal_people *who = &r->people;
    struct asked *a = xmalloc(sizeof *a);
    *a = (struct asked){b, who->campaign, who->stamp, r->kind == JOURNAL_GRANT ? who->n : 0};
    struct restore_people people = {
        .instance = b->config.instance,
        .mark = r->mark,
        .campaign = who->campaign,
        .stamp = who->stamp,
        .first = who->first,
        .offsets = who->offsets,
        .n = who->n,
        .states = r->kind == JOURNAL_OUTCOME ? r->states : NULL,
        .late = b->late,
    };
    add_contacts(b, r, &people);
    add_offers(b, r, &people);
    b->calls++;
    restore_people(b->config.store, &people, on_people, a);
}

/* ---- one pass ---- */

static void on_reported(void *arg, int result, enum restore_verdict verdict)
{
    struct bring_back *b = arg;
    bool whole = b->phase == REPORT;
    b->phase = IDLE;
    if (b->stopping) return;
    b->told = b->told || result == 0;
    if (result == 0 && whole && !b->brought) {
        b->brought = true;
        log_info("brought back what the journal knows: %" PRIu64 " opt-outs; %" PRIu64
                 " campaigns were paused, cancelled or resumed since; %" PRIu64
                 " people are unknown now, %" PRIu64 " have their outcome again, %" PRIu64
                 " are of campaigns that are lost; %" PRIu64 " revocations and the like",
                 b->tally.optouts, b->tally.moves, b->tally.unknown, b->tally.settled,
                 b->tally.lost, b->tally.taken);
    }
    if (verdict == RESTORE_OVER) log_info("the store is made good");
    loop_timer_in(b->timer, LOOK_US);
}

static void report(struct bring_back *b, bool brought)
{
    const struct restore_report r = {.instance = b->config.instance,
                                     .since_ms = b->since_ms,
                                     .brought = brought,
                                     .tally = b->tally,
                                     .lost = b->lost,
                                     .lost_n = brought ? b->lost_n : 0};
    b->phase = brought ? REPORT : COUNT;
    restore_report(b->config.store, &r, on_reported, b);
}

static void give_up(struct bring_back *b)
{
    end_reading(b);
    b->phase = IDLE;
    loop_timer_in(b->timer, LOOK_US);
}

static void begin_pass(struct bring_back *b, enum phase phase)
{
    b->tally = (struct restore_tally){0};
    b->lost_n = 0;
    b->failed = b->grows = false;
    b->optout_n = 0;
    b->contacts.who.n = 0;
    b->offers.who.n = 0;
    arena_clear(b->texts);
    begin_reading(b, phase);
    loop_timer_in(b->timer, 0);
}

static void end_people(struct bring_back *b)
{
    end_reading(b);
    if (b->grows) {
        b->phase = IDLE; /* its ledger is being made: all of it once more, in a while */
        loop_timer_in(b->timer, LOOK_US);
    } else if (b->late) {
        b->phase = IDLE;
        b->brought = true;
        loop_timer_in(b->timer, 0);
    } else {
        report(b, true);
    }
}

static void end_phase(struct bring_back *b)
{
    if (b->phase == COUNT) {
        end_reading(b);
        report(b, false);
    } else if (b->phase == TOLD) {
        begin_reading(b, PEOPLE);
        loop_timer_in(b->timer, 0);
    } else {
        end_people(b);
    }
}

static void take_people(struct bring_back *b, const struct journal_record *r)
{
    if (r->kind == JOURNAL_CONTACTS)
        keep_contacts(b, r);
    else if (r->kind == JOURNAL_OFFERS)
        keep_offers(b, r);
    else
        send_people(b, r);
}

static void take(struct bring_back *b, const struct journal_record *r)
{
    bool told = r->kind == JOURNAL_OPTOUT || r->kind == JOURNAL_MOVE || r->kind == JOURNAL_TAKEN;
    if (b->phase != COUNT && told != (b->phase == TOLD)) return;
    if (b->phase == COUNT || r->kind != JOURNAL_MOVE) tally_add(&b->tally, r);
    if (r->kind == JOURNAL_TAKEN)
        send_taken(b, r);
    else if (b->phase == PEOPLE)
        take_people(b, r);
    else if (b->phase == TOLD && r->kind == JOURNAL_OPTOUT)
        add_optout(b, r);
    else if (b->phase == TOLD && r->kind == JOURNAL_MOVE)
        send_move(b, r);
}

static void go_on(struct bring_back *b)
{
    struct journal_record r;
    if (b->failed) {
        if (b->calls == 0) give_up(b);
        return;
    }
    for (size_t i = 0; i < CALLS_MAX; i++) {
        if (b->calls >= CALLS_MAX) return;
        if (next(b, &r)) {
            take(b, &r);
        } else {
            send_optouts(b);
            if (b->calls == 0) end_phase(b);
            return;
        }
    }
    loop_timer_in(b->timer, 0);
}

static void on_synced(void *arg, int result)
{
    struct bring_back *b = arg;
    b->phase = IDLE;
    if (b->stopping) return;
    if (result < 0)
        loop_timer_in(b->timer, LOOK_US);
    else
        begin_pass(b, TOLD);
}

/* ---- when ---- */

static void look_back(struct bring_back *b, const struct check_in_heard *h)
{
    b->late = false;
    if (h->apply && b->brought)
        report(b, true);
    else if (h->apply) {
        b->phase = SYNC;
        journal_sync(b->config.journal, on_synced, b);
    } else if (!b->told)
        begin_pass(b, COUNT);
    else
        loop_timer_in(b->timer, LOOK_US);
}

static void look_behind(struct bring_back *b)
{
    b->late = true;
    if (!b->brought) {
        b->phase = SYNC;
        journal_sync(b->config.journal, on_synced, b);
        return;
    }
    mark_adopt(b->config.store);
    loop_timer_in(b->timer, LOOK_US);
}

/* Behind another connection may be another copy, which has less of what was brought; or it went back once more. */
static void look_whether_another(struct bring_back *b, const struct check_in_heard *h)
{
    bool again = h->stand == MARK_BACK && h->since_ms != b->since_ms;
    if (h->connections == b->connections && !again) return;
    b->connections = h->connections;
    if (again) b->since_ms = h->since_ms;
    b->told = b->brought = false;
    if (b->reader) b->failed = true;
}

static void on_timer(void *arg)
{
    struct bring_back *b = arg;
    const struct check_in_heard *h = check_in_heard(b->config.check_in);
    if (b->stopping || b->phase == SYNC || b->phase == REPORT) return;
    look_whether_another(b, h);
    if (b->phase != IDLE) {
        if (b->reader) go_on(b);
        return;
    }
    if (h->stand == MARK_BACK) {
        look_back(b, h);
    } else if (h->stand == MARK_BEHIND) {
        look_behind(b);
    } else {
        if (h->stand == MARK_STANDS || h->stand == MARK_TWIN) b->brought = false;
        loop_timer_in(b->timer, LOOK_US);
    }
}

struct bring_back *bring_back_new(const struct bring_back_config *config)
{
    struct bring_back *b = xcalloc(1, sizeof *b);
    b->config = *config;
    b->texts = arena_new((size_t)RESTORE_OPTOUTS_MAX * (JOURNAL_RECORD_BYTES_MAX + 24));
    b->timer = loop_timer_new(config->loop, on_timer, b);
    loop_timer_in(b->timer, LOOK_US);
    return b;
}

void bring_back_stop(struct bring_back *b)
{
    if (!b) return;
    b->stopping = true;
    end_reading(b);
}

void bring_back_free(struct bring_back *b)
{
    if (!b) return;
    check(!b->reader);
    loop_timer_free(b->timer);
    arena_free(b->texts);
    free(b);
}
