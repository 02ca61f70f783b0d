#include "sim_disk.h"

#include "base/check.h"
#include "base/map.h"

#include <stdlib.h>

static struct map *disks; /* struct sim_records, by instance */

static const void *keep(uint8_t **at, const void *bytes, size_t n)
{
    uint8_t *to = *at;
    if (n) memcpy(to, bytes, n);
    *at += n;
    return to;
}

static struct slice keep_text(uint8_t **at, struct slice s)
{
    return slice_make(keep(at, s.p, s.n), s.n);
}

struct sim_record *sim_record_new(const struct journal_record *r, struct slice store,
                                  struct slice peers)
{
    const struct journal_people *who = &r->people;
    size_t prints = who->prints ? who->n * CAP_PRINT_BYTES : 0, states = r->states ? who->n : 0;
    size_t sessions = who->sessions ? who->n * sizeof *who->sessions : 0;
    const struct told_optout *o = &r->optout;
    struct sim_record *to = xcalloc(1, sizeof *to + sessions + who->n + prints + states +
                                           o->scope.n + o->key.n + o->why.n + store.n + peers.n);
    uint8_t *at = to->bytes;
    to->r = *r;
    to->r.people.sessions = keep(&at, who->sessions, sessions); /* first: it is aligned there */
    to->r.people.offsets = keep(&at, who->offsets, who->n);
    to->r.people.prints = keep(&at, who->prints, prints);
    to->r.states = keep(&at, r->states, states);
    to->r.optout.scope = keep_text(&at, o->scope);
    to->r.optout.key = keep_text(&at, o->key);
    to->r.optout.why = keep_text(&at, o->why);
    to->r.store = keep_text(&at, store);
    to->peers = keep_text(&at, peers);
    return to;
}

void sim_records_add(struct sim_records *to, struct sim_record *r)
{
    to->list = xrealloc(to->list, (to->n + 1) * sizeof(struct sim_record *));
    to->list[to->n++] = r;
}

void sim_records_free(struct sim_records *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->list[i]);
    free(s->list);
    *s = (struct sim_records){0};
}

void sim_disks_begin(void)
{
    disks = map_new();
}

void sim_disks_end(void)
{
    size_t pos = 0;
    struct slice instance;
    void *d;
    while (map_next(disks, &pos, &instance, &d)) {
        sim_records_free(d);
        free(d);
    }
    map_free(disks);
    disks = NULL;
}

struct sim_records *sim_disk_of(const char *instance)
{
    struct sim_records *d = map_get(disks, slice_of(instance));
    if (d) return d;
    d = xcalloc(1, sizeof *d);
    (void)map_put(disks, slice_of(instance), d);
    return d;
}

static bool knows_more(const struct sim_records *d, struct slice store, uint64_t mark,
                       bool (*is_former)(struct slice store))
{
    if (d->n == 0) return false;
    struct slice last = d->list[d->n - 1]->r.store;
    if (last.n == 0) return false;
    if (!slice_eq(last, store)) return !is_former(last);
    for (size_t i = 0; i < d->n; i++)
        if (slice_eq(d->list[i]->r.store, store) && d->list[i]->r.mark > mark) return true;
    return false;
}

bool sim_disks_know_more(struct slice store, uint64_t mark, bool (*is_former)(struct slice store))
{
    size_t pos = 0;
    struct slice instance;
    void *d;
    while (map_next(disks, &pos, &instance, &d))
        if (knows_more(d, store, mark, is_former)) return true;
    return false;
}
