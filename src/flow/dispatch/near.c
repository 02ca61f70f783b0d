/* Sessions that people are told of (docs/adr/0051): where the people of a batch are, which sessions the
 * gate may give each of them, and what their text says. A campaign whose text says nothing of sessions
 * passes by all of it. */
#include "near.h"

#include "batch.h"
#include "batch_impl.h"
#include "outlet.h"
#include "private.h"
#include "run.h"

#include "flow/nearest.h"
#include "flow/whereabouts.h"

#include <stdlib.h>

enum {
    PER = 8,           /* sessions that the gate may choose from for one person */
    FULL_US = 300000,  /* the copy of places hears of it within a quarter of a second */
    FULL_SLOTS = 4096, /* of the memory of those that are full */
    SESSIONS_MAX_ASKED = GATE_ASK_MAX * PER,
};

struct full {
    uint32_t session;
    int64_t until_us;
};

struct near {
    struct full full[FULL_SLOTS]; /* by session % FULL_SLOTS: a later one may take the place */
    /* what the gate is asked, made anew for each call */
    struct gate_session sessions[SESSIONS_MAX_ASKED];
    struct gate_place places[SESSIONS_MAX_ASKED];
    uint32_t place_ids[SESSIONS_MAX_ASKED];
    uint16_t of[SESSIONS_MAX_ASKED];
    struct gate_near ask;
    uint32_t *ahead; /* owned: ids of the sessions of places that said what they need */
    size_t ahead_n, ahead_max;
};

static struct near *near_of(struct dispatch *d)
{
    if (!d->near) d->near = xcalloc(1, sizeof *d->near);
    return d->near;
}

void near_free(struct near *n)
{
    if (!n) return;
    free(n->ahead);
    free(n);
}

bool near_tells(const struct batch *b)
{
    const struct run *r = batch_run(b);
    return r && r->tells_nearest;
}

/* ---- where they are ---- */

static void on_whereabouts(void *arg, int result, struct whereabouts *w, const struct err *e)
{
    struct batch *b = arg;
    (void)e;
    b->locating = false;
    b->whereabouts = w;
    /* Not from inside near_locate: a batch that goes on may be gone. */
    batch_later(b, result < 0 ? RETRY_US : 0);
}

bool near_is_ready(const struct batch *b)
{
    return !near_tells(b) || b->whereabouts;
}

void near_locate(struct batch *b)
{
    const struct dispatch_config *c = &batch_dispatch(b)->config;
    if (b->locating) return;
    if (!place_book_is_read(c->places)) {
        batch_later(b, RETRY_US);
        return;
    }
    b->locating = true;
    whereabouts_find(c->gazetteer, batch_run(b)->where, batch_block(b), 0,
                     block_rows(batch_block(b)), on_whereabouts, b);
}

/* ---- which are full ---- */

static struct full *slot_of(struct near *n, uint32_t session)
{
    return &n->full[session % FULL_SLOTS];
}

static bool is_full(struct near *n, uint32_t session, int64_t now_us)
{
    const struct full *f = slot_of(n, session);
    return f->session == session && now_us < f->until_us;
}

void near_full(struct dispatch *d, struct slice full)
{
    struct slice id;
    int64_t until_us = clock_mono_us() + FULL_US;
    while (slice_cut(&full, ' ', &id)) {
        uint64_t session;
        if (!slice_to_u64(id, UINT32_MAX, &session)) continue;
        *slot_of(near_of(d), (uint32_t)session) = (struct full){(uint32_t)session, until_us};
    }
}

/* ---- what the gate is asked ---- */

static void add_ahead(struct near *n, uint32_t session)
{
    if (n->ahead_n == n->ahead_max) {
        n->ahead_max = n->ahead_max ? 2 * n->ahead_max : 64;
        n->ahead = xrealloc(n->ahead, n->ahead_max * sizeof *n->ahead);
    }
    n->ahead[n->ahead_n++] = session;
}

/* The sessions that count for what a place needs are those that core/near.h counts. */
static uint16_t add_place(struct near *n, const struct place_book *book, const struct place *p,
                          int64_t now_ms)
{
    size_t count, from = n->ahead_n;
    if (p->needed == 0) return GATE_NEAR_NONE;
    for (size_t i = 0; i < n->ask.place_n; i++)
        if (n->place_ids[i] == p->id) return (uint16_t)i;
    const struct session *const *list = place_book_sessions_of(book, p->id, &count);
    for (size_t i = 0; i < count; i++)
        if (!list[i]->is_cancelled && now_ms < list[i]->end_ms) add_ahead(n, list[i]->id);
    n->place_ids[n->ask.place_n] = p->id;
    n->places[n->ask.place_n] = (struct gate_place){p->needed, NULL, n->ahead_n - from};
    return (uint16_t)n->ask.place_n++;
}

static uint16_t add_session(struct near *n, const struct place_book *book,
                            const struct near_found *f, int64_t now_ms)
{
    for (size_t i = 0; i < n->ask.session_n; i++)
        if (n->sessions[i].session == f->session->id) return (uint16_t)i;
    n->sessions[n->ask.session_n] = (struct gate_session){f->session->id, f->session->capacity,
                                                          add_place(n, book, f->place, now_ms)};
    return (uint16_t)n->ask.session_n++;
}

/* False: all that fit are full, says the gate, and the copy of places has not heard of it yet. */
static bool add_person(struct near *n, const struct batch *b, uint8_t offset, uint16_t *of,
                       int64_t now_us)
{
    const struct dispatch_config *c = &batch_dispatch(b)->config;
    struct near_found found[NEAR_MAX];
    size_t got = 0, k = 0;
    int64_t now_ms = pace_clock_redis_us(&batch_dispatch(b)->clock, now_us) / 1000;
    if (b->whereabouts->where[offset] == WHERE_KNOWN) {
        const struct nearest_ask ask = {.at = &b->whereabouts->at[offset],
                                        .group = batch_group(b),
                                        .is_text = true,
                                        .max = NEAR_MAX};
        got = nearest_at(c->nearest, &ask, found);
    }
    for (size_t i = 0; i < got && k < PER; i++)
        if (!is_full(n, found[i].session->id, now_us))
            of[k++] = add_session(n, c->places, &found[i], now_ms);
    if (got && k == 0) return false;
    while (k < PER)
        of[k++] = GATE_NEAR_NONE;
    return true;
}

size_t near_choose(struct batch *b, uint8_t *offsets, size_t n, int64_t now_us)
{
    struct near *near = near_of(batch_dispatch(b));
    size_t kept = 0;
    near->ask = (struct gate_near){
        .texts_per_place = nearest_rules(batch_dispatch(b)->config.nearest)->texts_per_place,
        .sessions = near->sessions,
        .places = near->places,
        .per = PER,
        .of = near->of,
    };
    near->ahead_n = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t offset = offsets[i];
        if (add_person(near, b, offset, near->of + kept * PER, now_us)) {
            offsets[kept++] = offset;
        } else {
            batch_delay(b, offset, now_us + FULL_US);
            batch_put_back(b, offset);
        }
    }
    const uint32_t *ahead = near->ahead;
    for (size_t i = 0; i < near->ask.place_n; i++) {
        near->places[i].sessions = ahead;
        ahead += near->places[i].session_n;
    }
    return kept;
}

const struct gate_near *near_ask(const struct batch *b)
{
    return near_tells(b) ? &batch_dispatch(b)->near->ask : NULL;
}

/* ---- what they are told ---- */

bool near_say(const struct batch *b, uint8_t offset, uint32_t session, struct session_said *out)
{
    const struct ref ref = batch_ref(b, offset);
    const struct whereabouts *w = b->whereabouts;
    const struct point *at = w && w->where[offset] == WHERE_KNOWN ? &w->at[offset] : NULL;
    return session_say(batch_dispatch(b)->config.words, session, at, ref.campaign, ref.index, out);
}
