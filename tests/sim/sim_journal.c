/* flow/journal.h on a made-up disk: a sync takes a while, sometimes a long one, and fails while the
 * disk takes nothing. What nobody waits for goes along with the next. What was synced stands on the disk of that instance for as long as the world lives. */
#include "sim_journal.h"
#include "sim_disk.h"

#include "base/clock.h"
#include "base/map.h"
#include "io/loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SYNC_US = 200,
    SLOW_SYNC_US = 30 * SIM_MS,
    AGAIN_US = 300 * SIM_MS,
    PEERS_BYTES = 256,
};
#define SLOW_CHANCE 0.002

struct waits {
    struct wait {
        journal_sync_cb *cb;
        void *arg;
    } * list;
    size_t n;
};

struct journal {
    struct sim_process *process;
    struct sim_records *disk;
    struct sim_records added, writing;
    struct waits waiting, syncing;
    bool busy;
    struct loop_timer *begin, *done, *again;
    int failing;
    /* the store */
    char store[JOURNAL_NAME_BYTES_MAX], peers_text[PEERS_BYTES];
    struct slice peers[JOURNAL_PEERS_MAX]; /* in peers_text */
    size_t peer_n;
    uint64_t mark; /* of the disk, of that store */
};

struct journal_reader {
    const struct sim_records *disk;
    size_t at, end;
    uint64_t after;
};

/* A process' last grant of somebody → whether it is on the disk. */
struct grant {
    const struct sim_process *process;
    uint32_t campaign, index;
};
static struct map *grants;
enum { ADDED = 1, STANDS };
static int64_t fails_until_us;
static double slow_chance; /* of a sync that takes long, where processes stand still now and then */

void sim_journal_begin(void)
{
    grants = map_new();
    fails_until_us = 0;
    slow_chance = SLOW_CHANCE;
    sim_disks_begin();
}

void sim_journal_end(void)
{
    map_free(grants);
    grants = NULL;
    sim_disks_end();
}

void sim_journal_slow(double chance)
{
    slow_chance = chance;
}

void sim_journal_fail(int64_t us)
{
    fails_until_us = sim_now_us() + us;
}

static void note(const struct journal *j, const struct journal_people *who, uintptr_t how)
{
    for (size_t i = 0; i < who->n; i++) {
        const struct grant g = {j->process, who->campaign, who->first + who->offsets[i]};
        (void)map_put(grants, slice_make(&g, sizeof g), (void *)how);
    }
}

bool sim_journal_has_grant(const struct sim_process *p, uint32_t campaign, uint32_t index)
{
    const struct grant g = {p, campaign, index};
    return (uintptr_t)map_get(grants, slice_make(&g, sizeof g)) == STANDS;
}

/* ---- syncing ---- */

static void waits_end(struct waits *w, int result)
{
    struct waits told = *w;
    *w = (struct waits){0};
    for (size_t i = 0; i < told.n; i++)
        told.list[i].cb(told.list[i].arg, result);
    free(told.list);
}

static void fail(struct journal *j)
{
    j->failing = -ENOSPC;
    sim_records_free(&j->added);
    loop_timer_in(j->again, AGAIN_US);
    waits_end(&j->syncing, j->failing);
    waits_end(&j->waiting, j->failing);
}

static void on_begin(void *arg)
{
    struct journal *j = arg;
    if (j->busy) return;
    if (j->failing) {
        waits_end(&j->waiting, j->failing);
        return;
    }
    j->busy = true;
    j->writing = j->added;
    j->added = (struct sim_records){0};
    j->syncing = j->waiting;
    j->waiting = (struct waits){0};
    struct rng *rng = &j->process->rng;
    bool slow = j->process->hiccup_us && rng_chance(rng, slow_chance);
    loop_timer_in(j->done, rng_exponential(rng, slow ? SLOW_SYNC_US : SYNC_US));
}

static void keep_written(struct journal *j)
{
    for (size_t i = 0; i < j->writing.n; i++) {
        const struct journal_record *r = &j->writing.list[i]->r;
        if (r->kind == JOURNAL_GRANT) note(j, &r->people, STANDS);
        if (slice_is(r->store, j->store) && r->mark > j->mark) j->mark = r->mark;
        sim_records_add(j->disk, j->writing.list[i]);
    }
    j->writing.n = 0;
}

static void on_done(void *arg)
{
    struct journal *j = arg;
    bool failed = sim_now_us() < fails_until_us;
    j->busy = false;
    if (!failed) keep_written(j);
    sim_records_free(&j->writing);
    if (failed) {
        fail(j);
        return;
    }
    waits_end(&j->syncing, 0);
    if (j->waiting.n && !j->busy) on_begin(j);
}

static void on_again(void *arg)
{
    struct journal *j = arg;
    if (sim_now_us() < fails_until_us)
        loop_timer_in(j->again, AGAIN_US);
    else
        j->failing = 0;
}

void journal_sync(struct journal *j, journal_sync_cb *cb, void *arg)
{
    struct waits *w = &j->waiting;
    w->list = xrealloc(w->list, (w->n + 1) * sizeof *w->list);
    w->list[w->n++] = (struct wait){cb, arg};
    if (!j->busy) loop_timer_in(j->begin, 0);
}

/* ---- adding ---- */

static void add(struct journal *j, uint64_t mark, struct journal_record r)
{
    if (j->failing) return;
    r.mark = mark;
    r.written_ms = clock_wall_ms();
    struct slice peers = r.kind == JOURNAL_STORE ? slice_of(j->peers_text) : SLICE_NONE;
    sim_records_add(&j->added, sim_record_new(&r, slice_of(j->store), peers));
}

void journal_grant(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    note(j, who, ADDED);
    add(j, mark, (struct journal_record){.kind = JOURNAL_GRANT, .people = *who});
}

void journal_contacts(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    add(j, mark, (struct journal_record){.kind = JOURNAL_CONTACTS, .people = *who});
}

void journal_offers(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    add(j, mark, (struct journal_record){.kind = JOURNAL_OFFERS, .people = *who});
}

void journal_outcome(struct journal *j, uint64_t mark, const struct journal_people *who,
                     const uint8_t *states)
{
    add(j, mark,
        (struct journal_record){.kind = JOURNAL_OUTCOME, .people = *who, .states = states});
}

void journal_told(struct journal *j, uint64_t mark, const struct told_word *word)
{
    bool moved = word->kind == TOLD_MOVE;
    add(j, mark,
        (struct journal_record){.kind = moved ? JOURNAL_MOVE : JOURNAL_OPTOUT,
                                .optout = word->optout,
                                .move = word->move});
}

int journal_is_well(const struct journal *j, struct err *e)
{
    return j->failing ? err_set(e, j->failing, "the disk takes nothing") : 0;
}

int64_t journal_lead_us(const struct journal *j)
{
    (void)j;
    return 5 * SYNC_US / 2;
}

/* ---- which store it is about ---- */

static void set_peers(struct journal *j, struct slice text)
{
    struct slice name;
    (void)snprintf(j->peers_text, sizeof j->peers_text, "%.*s", SLICE_ARG(text));
    text = slice_of(j->peers_text);
    for (j->peer_n = 0; j->peer_n < JOURNAL_PEERS_MAX && slice_cut(&text, ' ', &name);)
        if (name.n) j->peers[j->peer_n++] = name;
}

static void set_store(struct journal *j, struct slice id)
{
    if (slice_is(id, j->store)) return;
    (void)snprintf(j->store, sizeof j->store, "%.*s", SLICE_ARG(id));
    j->mark = 0;
}

void journal_set_store(struct journal *j, const struct journal_store *store, uint64_t mark)
{
    char text[PEERS_BYTES];
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < store->peer_n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, " %.*s", SLICE_ARG(store->peers[i]));
    check(n < sizeof text);
    if (slice_is(store->id, j->store) && strcmp(text, j->peers_text) == 0 && mark <= j->mark)
        return;
    set_store(j, store->id);
    set_peers(j, slice_make(text, n));
    add(j, mark, (struct journal_record){.kind = JOURNAL_STORE});
}

struct journal_store journal_store(const struct journal *j)
{
    return (struct journal_store){slice_of(j->store), j->peers, j->peer_n};
}

uint64_t journal_mark(const struct journal *j)
{
    return j->mark;
}

static void read_store(struct journal *j)
{
    for (size_t i = 0; i < j->disk->n; i++) {
        const struct sim_record *s = j->disk->list[i];
        if (s->r.kind == JOURNAL_STORE) {
            set_store(j, s->r.store);
            set_peers(j, s->peers);
        }
        if (s->r.mark > j->mark) j->mark = s->r.mark;
    }
}

/* ---- reading ---- */

struct journal_reader *journal_read(struct journal *j, uint64_t after)
{
    struct journal_reader *r = xcalloc(1, sizeof *r);
    *r = (struct journal_reader){.disk = j->disk, .end = j->disk->n, .after = after};
    return r;
}

int journal_next(struct journal_reader *r, struct journal_record *ret, struct err *e)
{
    (void)e;
    while (r->at < r->end) {
        const struct journal_record *next = &r->disk->list[r->at++]->r;
        if (next->kind == JOURNAL_STORE || next->mark <= r->after) continue;
        *ret = *next;
        return 1;
    }
    return 0;
}

void journal_reader_free(struct journal_reader *r)
{
    free(r);
}

/* ---- life ---- */

int journal_open(const struct journal_config *config, struct journal **ret, struct err *e)
{
    (void)e;
    struct journal *j = xcalloc(1, sizeof *j);
    j->process = sim_current();
    j->disk = sim_disk_of(config->instance);
    read_store(j);
    j->begin = loop_timer_new(config->loop, on_begin, j);
    j->done = loop_timer_new(config->loop, on_done, j);
    j->again = loop_timer_new(config->loop, on_again, j);
    *ret = j;
    return 0;
}

/* As a kill would. */
void journal_free(struct journal *j)
{
    waits_end(&j->syncing, -ECANCELED);
    waits_end(&j->waiting, -ECANCELED);
    sim_records_free(&j->added);
    sim_records_free(&j->writing);
    loop_timer_free(j->begin);
    loop_timer_free(j->done);
    loop_timer_free(j->again);
    free(j);
}
