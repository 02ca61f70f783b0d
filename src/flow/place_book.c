#include "flow/place_book.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "store/follow.h"

enum { HASH_PLACES, HASH_SESSIONS, HASH_ROOMS };
enum { SWEEP_US = 60 * 1000 * 1000 };

/* All of one kind. */
struct shelf {
    struct map *by_id; /* the id's four bytes → one, owned */
    void **list;       /* the same, in order unless `stale` */
    size_t n, cap;
    bool stale;
    int (*compare)(const void *a, const void *b);
};

struct place_book {
    int64_t (*now_ms)(void);
    struct follow *follow;
    struct loop_timer *sweep;
    struct shelf *places, *sessions; /* owned */
    uint64_t changed, moved;
};

/* ---- a shelf ---- */

static int by_id(const void *a, const void *b)
{
    const struct place *x = *(const struct place *const *)a, *y = *(const struct place *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

static int by_place(const void *a, const void *b)
{
    const struct session *x = *(const struct session *const *)a,
                         *y = *(const struct session *const *)b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    if (x->start_ms != y->start_ms) return x->start_ms < y->start_ms ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static struct shelf *shelf_new(int (*compare)(const void *a, const void *b))
{
    struct shelf *s = xcalloc(1, sizeof *s);
    s->by_id = map_new();
    s->compare = compare;
    return s;
}

static void shelf_free(struct shelf *s)
{
    size_t pos = 0;
    struct slice key;
    void *one;
    while (map_next(s->by_id, &pos, &key, &one))
        free(one);
    map_free(s->by_id);
    free(s->list);
    free(s);
}

static void *shelf_find(const struct shelf *s, uint32_t id)
{
    return map_get(s->by_id, slice_make(&id, sizeof id));
}

/* Takes `one`; NULL: there is none any more. Whether anything was or is there. */
static bool shelf_put(struct shelf *s, uint32_t id, void *one)
{
    struct slice key = slice_make(&id, sizeof id);
    void *old = one ? map_put(s->by_id, key, one) : map_del(s->by_id, key);
    free(old);
    s->stale = s->stale || one || old;
    return one || old;
}

static void shelf_sort(struct shelf *s)
{
    size_t pos = 0;
    struct slice key;
    void *one;
    if (!s->stale) return;
    s->stale = false;
    s->n = 0;
    if (s->cap < map_count(s->by_id)) {
        s->cap = map_count(s->by_id) * 2;
        s->list = xrealloc(s->list, s->cap * sizeof *s->list);
    }
    while (map_next(s->by_id, &pos, &key, &one))
        s->list[s->n++] = one;
    if (s->n > 1) qsort(s->list, s->n, sizeof *s->list, s->compare);
}

/* ---- the copy ---- */

static bool is_over(const struct place_book *b, const struct session *s)
{
    return s->end_ms + PLACE_BOOK_OVER_MS < b->now_ms();
}

static void count_change(struct place_book *b, bool is_one)
{
    b->changed += is_one;
    b->moved += is_one;
}

static void take_session(struct place_book *b, uint32_t id, struct slice value)
{
    struct session *s = value.p ? session_read(id, value) : NULL;
    const struct session *old = shelf_find(b->sessions, id);
    if (s && is_over(b, s)) {
        free(s);
        s = NULL;
    }
    if (s && old) {
        s->pledged = old->pledged;
        s->waiting = old->waiting;
        s->offered = old->offered;
    }
    count_change(b, shelf_put(b->sessions, id, s));
}

static void take_rooms(struct place_book *b, uint32_t id, struct slice value)
{
    struct session *s = shelf_find(b->sessions, id);
    if (!s) return;
    session_rooms_read(s, value);
    b->moved++;
}

static void take(void *arg, size_t hash, struct slice field, struct slice value)
{
    struct place_book *b = arg;
    uint64_t id;
    if (!slice_to_u64(field, UINT32_MAX, &id) || id == 0) return;
    if (hash == HASH_ROOMS)
        take_rooms(b, (uint32_t)id, value);
    else if (hash == HASH_SESSIONS)
        take_session(b, (uint32_t)id, value);
    else
        count_change(b, shelf_put(b->places, (uint32_t)id,
                                  value.p ? place_read((uint32_t)id, value) : NULL));
}

static void on_sweep(void *arg)
{
    struct place_book *b = arg;
    size_t n;
    const struct session *const *list = place_book_sessions(b, &n);
    for (size_t i = 0; i < n; i++)
        if (is_over(b, list[i])) count_change(b, shelf_put(b->sessions, list[i]->id, NULL));
    loop_timer_in(b->sweep, SWEEP_US);
}

/* ---- life ---- */

struct place_book *place_book_new(struct loop *l, struct store *s, int64_t (*now_ms)(void))
{
    struct place_book *b = xcalloc(1, sizeof *b);
    const struct follow_config config = {
        .loop = l,
        .store = s,
        .stream = "places:changes",
        .hashes = {[HASH_PLACES] = "places", [HASH_SESSIONS] = "sessions", [HASH_ROOMS] = "rooms"},
        .take = take,
        .arg = b};
    b->now_ms = now_ms ? now_ms : clock_wall_ms;
    b->places = shelf_new(by_id);
    b->sessions = shelf_new(by_place);
    b->follow = follow_new(&config);
    b->sweep = loop_timer_new(l, on_sweep, b);
    loop_timer_in(b->sweep, SWEEP_US);
    return b;
}

void place_book_free(struct place_book *b)
{
    if (!b) return;
    follow_free(b->follow);
    loop_timer_free(b->sweep);
    shelf_free(b->places);
    shelf_free(b->sessions);
    free(b);
}

bool place_book_is_read(const struct place_book *b)
{
    return b && follow_is_read(b->follow);
}

uint64_t place_book_changed(const struct place_book *b)
{
    return b ? b->changed : 0;
}

uint64_t place_book_moved(const struct place_book *b)
{
    return b ? b->moved : 0;
}

/* ---- asking it ---- */

const struct place *place_book_place(const struct place_book *b, uint32_t id)
{
    return b ? shelf_find(b->places, id) : NULL;
}

const struct session *place_book_session(const struct place_book *b, uint32_t id)
{
    return b ? shelf_find(b->sessions, id) : NULL;
}

const struct place *const *place_book_places(const struct place_book *b, size_t *ret_n)
{
    *ret_n = 0;
    if (!b) return NULL;
    shelf_sort(b->places);
    *ret_n = b->places->n;
    return (const struct place *const *)b->places->list;
}

const struct session *const *place_book_sessions(const struct place_book *b, size_t *ret_n)
{
    *ret_n = 0;
    if (!b) return NULL;
    shelf_sort(b->sessions);
    *ret_n = b->sessions->n;
    return (const struct session *const *)b->sessions->list;
}

const struct place *place_book_named(const struct place_book *b, struct slice group,
                                     struct slice text)
{
    size_t n;
    const struct place *named = NULL;
    const struct place *const *list = place_book_places(b, &n);
    for (size_t i = 0; i < n && text.n; i++) {
        if (!slice_is(group, list[i]->group)) continue;
        if (slice_is(text, list[i]->code)) return list[i];
        if (!named && slice_is_nocase(text, list[i]->name)) named = list[i];
    }
    return named;
}

/* The first that is of that place, or of a later one. */
static size_t first_of(const struct session *const *list, size_t n, uint64_t place)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (list[middle]->place < place)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

const struct session *const *place_book_sessions_of(const struct place_book *b, uint32_t place,
                                                    size_t *ret_n)
{
    size_t n;
    const struct session *const *list = place_book_sessions(b, &n);
    size_t from = first_of(list, n, place);
    *ret_n = first_of(list, n, (uint64_t)place + 1) - from;
    return list ? list + from : NULL;
}

void place_book_catch_up(const struct place_book *b, store_done_cb *cb, void *arg)
{
    check(b);
    follow_catch_up(b->follow, cb, arg);
}
