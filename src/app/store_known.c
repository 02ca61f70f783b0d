#include "store_known.h"

#include "flow/bring_back.h"
#include "flow/journal.h"

#include <stdio.h>
#include <stdlib.h>

struct store_known {
    struct store_known_parts parts;
    struct check_in *check_in;
    struct bring_back *bring_back;
};

static void on_kept(void *arg, int result)
{
    (void)arg, (void)result; /* goes along with the next */
}

/* Before anything is granted in that store: what the journal gets from now on is about it. On the disk soon, also when nothing is granted: who is
 * killed and knows of no store would take an empty one for its first. */
static void on_heard(void *arg)
{
    struct store_known *k = arg;
    const struct check_in_heard *h = check_in_heard(k->check_in);
    struct slice peers[MARK_PEERS_MAX];
    for (size_t i = 0; i < h->peer_count; i++)
        peers[i] = slice_of(h->peers[i]);
    const struct journal_store store = {
        .id = slice_of(mark_id(k->parts.store)), .peers = peers, .peer_n = h->peer_count};
    const struct journal_store was = journal_store(k->parts.journal);
    bool is_news = !slice_eq(was.id, store.id) || was.peer_n != store.peer_n;
    journal_set_store(k->parts.journal, &store, mark_seen(k->parts.store));
    if (is_news) journal_sync(k->parts.journal, on_kept, NULL);
}

static void ask_journal(struct store_known *k, struct check_in_config *config)
{
    struct journal_store known = journal_store(k->parts.journal);
    char id[MARK_ID_BYTES];
    (void)snprintf(id, sizeof id, "%.*s", SLICE_ARG(known.id));
    mark_know(k->parts.store, id, journal_mark(k->parts.journal));
    config->peers = known.peers;
    config->peer_count = known.peer_n < MARK_PEERS_MAX ? known.peer_n : MARK_PEERS_MAX;
}

struct store_known *store_known_new(const struct store_known_parts *parts)
{
    struct store_known *k = xcalloc(1, sizeof *k);
    k->parts = *parts;
    struct check_in_config config = {
        .loop = parts->loop,
        .redis = parts->redis,
        .store = parts->store,
        .instance = parts->instance,
        .grace_ms = parts->grace_ms,
        .changed = parts->changed,
        .heard = on_heard,
        .arg = parts->arg,
        .heard_arg = k,
    };
    ask_journal(k, &config);
    k->check_in = check_in_new(&config);
    const struct bring_back_config bring_back = {
        .loop = parts->loop,
        .store = parts->store,
        .check_in = k->check_in,
        .journal = parts->journal,
        .instance = parts->instance,
        .cap = parts->cap,
    };
    k->bring_back = bring_back_new(&bring_back);
    return k;
}

const struct check_in *store_known_check_in(const struct store_known *k)
{
    return k->check_in;
}

void store_known_begin(struct store_known *k)
{
    check_in_begin(k->check_in);
}

void store_known_stop(struct store_known *k)
{
    if (!k) return;
    check_in_stop(k->check_in);
    bring_back_stop(k->bring_back);
}

void store_known_free(struct store_known *k)
{
    if (!k) return;
    bring_back_free(k->bring_back);
    check_in_free(k->check_in);
    free(k);
}
