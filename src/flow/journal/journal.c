/* Adding, asking for it to be written (commit.c does), and the journal's life. */
#include "commit.h"

#include "base/clock.h"
#include "io/loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct journal_files *journal_files(struct journal *j)
{
    return &j->files;
}

/* ---- the store ---- */

static void set_peers(struct journal *j, struct slice packed)
{
    struct slice peer;
    buf_clear(&j->peer_bytes);
    buf_add_slice(&j->peer_bytes, packed);
    packed = buf_slice(&j->peer_bytes);
    for (j->peer_n = 0; j->peer_n < JOURNAL_PEERS_MAX && journal_next_peer(&packed, &peer);)
        j->peers[j->peer_n++] = peer;
}

struct journal_store journal_store(const struct journal *j)
{
    return (struct journal_store){slice_of(j->store), j->peers, j->peer_n};
}

static void pack_peers(struct buf *out, const struct journal_store *store)
{
    for (size_t i = 0; i < store->peer_n; i++) {
        buf_add_char(out, (char)store->peers[i].n);
        buf_add_slice(out, store->peers[i]);
    }
}

uint64_t journal_mark(const struct journal *j)
{
    return j->durable;
}

uint64_t journal_complete_after(const struct journal *j)
{
    for (size_t i = 0; i < j->files.n; i++)
        if (strcmp(j->files.list[i].store, j->store) == 0) return j->files.list[i].before;
    return j->began;
}

/* ---- adding ---- */

static struct buf *adding(struct journal *j, uint64_t mark)
{
    if (j->failing) return NULL;
    if (mark > j->added) j->added = mark;
    j->pending_n++;
    if (!j->writing && !loop_timer_armed(j->lazy)) loop_timer_in(j->lazy, JOURNAL_LAZY_MS * 1000);
    return &j->pending;
}

void journal_set_store(struct journal *j, const struct journal_store *store, uint64_t mark)
{
    struct buf packed = BUF_INIT(JOURNAL_RECORD_BYTES_MAX);
    pack_peers(&packed, store);
    bool other = !slice_is(store->id, j->store);
    bool news =
        other || !slice_eq(buf_slice(&packed), buf_slice(&j->peer_bytes)) || mark > j->added;
    if (other) {
        (void)snprintf(j->store, sizeof j->store, "%.*s", SLICE_ARG(store->id));
        j->store_sets++;
        j->added = j->durable = 0;
        j->began = mark;
        j->finish = true;
    }
    if (news) {
        set_peers(j, buf_slice(&packed));
        struct buf *out = adding(j, mark);
        if (out) commit_write_store(j, out, mark);
    }
    buf_done(&packed);
}

void journal_grant(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    struct buf *out = adding(j, mark);
    if (out) journal_write_people(out, JOURNAL_GRANT, mark, clock_wall_ms(), who, NULL);
}

void journal_contacts(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    struct buf *out = adding(j, mark);
    if (out) journal_write_contacts(out, mark, clock_wall_ms(), who);
}

void journal_offers(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    struct buf *out = adding(j, mark);
    if (out) journal_write_offers(out, mark, clock_wall_ms(), who);
}

void journal_outcome(struct journal *j, uint64_t mark, const struct journal_people *who,
                     const uint8_t *states)
{
    struct buf *out = adding(j, mark);
    if (out) journal_write_people(out, JOURNAL_OUTCOME, mark, clock_wall_ms(), who, states);
}

void journal_told(struct journal *j, uint64_t mark, const struct told_word *word)
{
    struct buf *out = adding(j, mark);
    if (!out) return;
    if (word->kind == TOLD_MOVE)
        journal_write_move(out, mark, clock_wall_ms(), &word->move);
    else if (word->kind == TOLD_TAKEN)
        journal_write_taken(out, mark, clock_wall_ms(), &word->taken);
    else
        journal_write_optout(out, mark, clock_wall_ms(), &word->optout);
}

void journal_sync(struct journal *j, journal_sync_cb *cb, void *arg)
{
    struct piece *last = pieces_last(&j->pieces);
    if (last && !j->failing && j->pending.n == 0 && !j->pending.failed) {
        waits_add(&last->waits, cb, arg);
        return;
    }
    waits_add(&j->waiting, cb, arg);
    /* Not at once: one wait is for all of this turn of the loop. */
    if ((!j->writing || j->failing) && !loop_timer_armed(j->begin)) loop_timer_in(j->begin, 0);
}

int journal_is_well(const struct journal *j, struct err *e)
{
    return j->failing ? err_set(e, j->failing, "%s", j->why.text) : 0;
}

const char *journal_reason(const struct journal *j)
{
    if (j->failing == JOURNAL_NO_COPY) return "Kafka's topic does not take it";
    return j->failing ? err_code_text(j->failing) : NULL;
}

int64_t journal_sync_us(const struct journal *j)
{
    return sync_time_usual_us(&j->sync);
}

int64_t journal_lead_us(const struct journal *j)
{
    return sync_time_lead_us(&j->sync);
}

void journal_drop(struct journal *j, uint64_t mark)
{
    if (mark > j->files.dropped_to) j->files.dropped_to = mark;
    j->finish = true;
    files_tidy(&j->files, &j->config, j->store, clock_wall_ms());
}

/* ---- life ---- */

int journal_open(const struct journal_config *config, struct journal **ret, struct err *e)
{
    struct journal *j = xcalloc(1, sizeof *j);
    j->config = *config;
    buf_init(&j->pending, COMMIT_BYTES_MAX);
    buf_init(&j->bytes, COMMIT_BYTES_MAX + JOURNAL_RECORD_BYTES_MAX);
    buf_init(&j->peer_bytes, JOURNAL_RECORD_BYTES_MAX);
    struct journal_end end = {.peers = BUF_INIT(JOURNAL_RECORD_BYTES_MAX)};
    int rc = files_open(&j->files, config->state_dir, config->instance, &end, e);
    (void)snprintf(j->store, sizeof j->store, "%s", end.store);
    set_peers(j, buf_slice(&end.peers));
    j->added = j->durable = end.mark;
    j->began = end.began;
    buf_done(&end.peers);
    if (rc < 0) {
        journal_free(j);
        return rc;
    }
    commit_start(j);
    if (config->copy && !config->copy->waits) journal_send_tail(&j->files, j->copy);
    *ret = j;
    return 0;
}

void journal_free(struct journal *j)
{
    if (!j) return;
    if (j->disk) commit_drain(j);
    copy_free(j->copy);
    pieces_end(&j->pieces, -ECANCELED);
    waits_end(&j->waiting, -ECANCELED);
    loop_timer_free(j->begin);
    loop_timer_free(j->lazy);
    loop_timer_free(j->again);
    files_close(&j->files);
    buf_done(&j->pending);
    buf_done(&j->bytes);
    buf_done(&j->peer_bytes);
    pieces_done(&j->pieces);
    free(j->waiting.list);
    free(j);
}

struct journal_stats journal_stats(const struct journal *j)
{
    struct journal_stats s = j->stats;
    s.files = j->files.n;
    s.file_bytes = files_bytes(&j->files);
    s.damaged_bytes = j->files.damaged;
    s.dropped_files = j->files.lost;
    copy_stats(j->copy, &s);
    return s;
}
