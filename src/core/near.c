#include "core/near.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/check.h"

enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS };
static const double RADIUS_M = 6371008.8;

/* On a ball of radius 1: the straight line between two of them tells who is in reach without a sine. */
struct spot {
    float x, y, z;
};

/* A place that has sessions. */
struct stop {
    const struct place *place;
    uint32_t first, count; /* of the sessions */
};

struct near_index {
    size_t stop_count, session_count;
    struct spot *spots; /* beside the stops: what the scan reads, and nothing else */
    struct stop *stops;
    const struct session **sessions; /* by place */
};

static struct spot spot_of(struct point p)
{
    double lat = p.lat_e5 / 1e5 * M_PI / 180, lon = p.lon_e5 / 1e5 * M_PI / 180;
    return (struct spot){(float)(cos(lat) * cos(lon)), (float)(cos(lat) * sin(lon)),
                         (float)sin(lat)};
}

/* ---- the index ---- */

static int by_id(const void *a, const void *b)
{
    uint32_t x = (*(const struct place *const *)a)->id, y = (*(const struct place *const *)b)->id;
    return (x > y) - (x < y);
}

/* Sessions of a place that is not there any more are nobody's. */
static void add_stop(struct near_index *i, const struct place *p,
                     const struct session *const **from, const struct session *const *end)
{
    size_t first = i->session_count;
    while (*from < end && (**from)->place < p->id)
        ++*from;
    for (; *from < end && (**from)->place == p->id; ++*from)
        if (!(**from)->is_cancelled) i->sessions[i->session_count++] = **from;
    if (i->session_count == first) return;
    i->spots[i->stop_count] = spot_of(p->at);
    i->stops[i->stop_count++] =
        (struct stop){p, (uint32_t)first, (uint32_t)(i->session_count - first)};
}

struct near_index *near_index_new(const struct place *const *places, size_t place_count,
                                  const struct session *const *sessions, size_t session_count)
{
    struct near_index *i = xcalloc(1, sizeof *i);
    i->spots = xcalloc(place_count + 1, sizeof *i->spots);
    i->stops = xcalloc(place_count + 1, sizeof *i->stops);
    i->sessions = xcalloc(session_count + 1, sizeof *i->sessions);
    const struct place **sorted = xcalloc(place_count + 1, sizeof *sorted);
    for (size_t k = 0; k < place_count; k++)
        sorted[k] = places[k];
    qsort(sorted, place_count, sizeof *sorted, by_id);
    const struct session *const *from = sessions, *const *end = sessions + session_count;
    for (size_t k = 0; k < place_count; k++)
        add_stop(i, sorted[k], &from, end);
    free(sorted);
    return i;
}

void near_index_free(struct near_index *i)
{
    if (!i) return;
    free(i->spots);
    free(i->stops);
    free(i->sessions);
    free(i);
}

/* ---- what can be gone to ---- */

static uint64_t taken(const struct session *s, bool is_text)
{
    return (uint64_t)s->pledged + (is_text ? s->offered : 0);
}

static bool is_below(uint64_t n, uint32_t people, const struct near_rules *rules, bool is_text)
{
    return people == 0 || n < (uint64_t)people * (is_text ? rules->texts_per_place : 1);
}

bool near_has_room(const struct session *s, const struct near_rules *rules, bool is_text)
{
    return !s->is_cancelled && is_below(s->pledged, s->capacity, rules, false) &&
           is_below(taken(s, is_text), s->capacity, rules, is_text);
}

/* One that has not begun, or of which enough is left. */
static bool is_ahead(const struct session *s, const struct near_rules *rules, int64_t now_ms)
{
    int64_t least_ms = (int64_t)rules->least_min * MINUTE_MS;
    return s->start_ms <= now_ms + (int64_t)rules->days * DAY_MS &&
           (now_ms <= s->start_ms || now_ms + least_ms <= s->end_ms);
}

static bool is_for(const struct session *s, const struct near_only *only)
{
    bool any_time = only->from_ms == 0 && only->to_ms == 0;
    return (s->accessible || !only->accessible) &&
           (any_time || (only->from_ms <= s->start_ms && s->start_ms < only->to_ms));
}

/* Whether the place wants more people than are coming to all of its sessions ahead. */
static bool is_wanting(const struct near_index *i, const struct stop *stop,
                       const struct near_rules *rules, const struct near_ask *ask)
{
    uint64_t n = 0;
    for (uint32_t k = 0; k < stop->count; k++) {
        const struct session *s = i->sessions[stop->first + k];
        if (ask->now_ms < s->end_ms) n += taken(s, ask->is_text);
    }
    return is_below(n, stop->place->needed, rules, ask->is_text);
}

/* ---- the choice ---- */

struct choice {
    const struct near_index *i;
    const struct near_rules *rules;
    const struct near_ask *ask;
    size_t max, n;
    struct near_found *best; /* the best so far, of at most `max` */
    bool only_safe;          /* what is in it */
};

static bool is_twin(const struct near_ask *ask, const struct place *p)
{
    for (size_t k = 0; k < ask->twin_count; k++)
        if (ask->twins[k] == p->id) return true;
    return false;
}

static unsigned reasons_of(const struct near_ask *ask, const struct place *p)
{
    return (is_twin(ask, p) ? 1U << NEAR_TWIN : 0) |
           (p->priority == PLACE_MARGINAL ? 1U << NEAR_NEEDS_MOST : 0) |
           (p->priority == PLACE_CLOSE ? 1U << NEAR_NEEDS : 0);
}

static int64_t score_of(const struct near_rules *rules, const struct near_ask *ask,
                        const struct near_found *f)
{
    const struct session *s = f->session;
    int64_t wait_ms = s->start_ms > ask->now_ms ? s->start_ms - ask->now_ms : 0;
    uint32_t empty = s->capacity == 0
                         ? rules->empty_m
                         : (uint32_t)((uint64_t)rules->empty_m * f->left / s->capacity);
    return (int64_t)f->metres - rules->priority_m[f->place->priority] +
           wait_ms / MINUTE_MS * rules->day_m / (DAY_MS / MINUTE_MS) - empty;
}

static bool is_better(const struct near_found *a, const struct near_found *b)
{
    unsigned twin = 1U << NEAR_TWIN;
    if ((a->reasons & twin) != (b->reasons & twin)) return a->reasons & twin;
    if (a->score != b->score) return a->score < b->score;
    if (a->session->start_ms != b->session->start_ms)
        return a->session->start_ms < b->session->start_ms;
    return a->session->id < b->session->id;
}

static void keep(struct near_found *list, size_t *n, size_t max, const struct near_found *f)
{
    size_t k = *n < max ? (*n)++ : max;
    if (k == max && (max == 0 || !is_better(f, &list[--k]))) return;
    for (; k > 0 && is_better(f, &list[k - 1]); k--)
        list[k] = list[k - 1];
    list[k] = *f;
}

static size_t best_of_place(const struct choice *c, const struct stop *stop, uint32_t metres,
                            struct near_found *list)
{
    size_t n = 0,
           most = c->ask->per_place && c->ask->per_place < c->max ? c->ask->per_place : c->max;
    for (uint32_t k = 0; k < stop->count; k++) {
        const struct session *s = c->i->sessions[stop->first + k];
        if (!is_ahead(s, c->rules, c->ask->now_ms) || !is_for(s, &c->ask->only) ||
            !near_has_room(s, c->rules, c->ask->is_text))
            continue;
        struct near_found f = {.place = stop->place, .session = s, .metres = metres};
        f.left = session_left(s);
        f.reasons = reasons_of(c->ask, stop->place);
        f.score = score_of(c->rules, c->ask, &f);
        keep(list, &n, most, &f);
    }
    return n;
}

/* The first place that is not safe drives the safe ones out. */
static void look_at(struct choice *c, const struct stop *stop)
{
    struct near_found list[NEAR_MAX];
    bool is_safe = stop->place->priority == PLACE_SAFE;
    uint32_t metres = point_metres(c->ask->at, stop->place->at);
    if (metres > (is_twin(c->ask, stop->place) ? c->rules->twin_reach_m : c->rules->reach_m) ||
        (is_safe && !c->only_safe) || !is_wanting(c->i, stop, c->rules, c->ask))
        return;
    size_t n = best_of_place(c, stop, metres, list);
    if (n && !is_safe && c->only_safe) {
        c->only_safe = false;
        c->n = 0;
    }
    for (size_t k = 0; k < n; k++)
        keep(c->best, &c->n, c->max, &list[k]);
}

/* [straight line on a ball of radius 1, squared] with something on top, for the floats. */
static float reach_squared(const struct near_rules *rules, const struct near_ask *ask)
{
    uint32_t m = ask->twin_count && rules->twin_reach_m > rules->reach_m ? rules->twin_reach_m
                                                                         : rules->reach_m;
    double angle = ((double)m * 1.001 + 100) / RADIUS_M;
    double line = angle < M_PI ? 2 * sin(angle / 2) : 2.1;
    return (float)(line * line);
}

size_t near_find(const struct near_index *i, const struct near_rules *rules,
                 const struct near_ask *ask, struct near_found *out, size_t max)
{
    check(max <= NEAR_MAX && rules->texts_per_place >= 1);
    if (!i || max == 0) return 0;
    struct choice c = {
        .i = i, .rules = rules, .ask = ask, .max = max, .best = out, .only_safe = true};
    const struct spot at = spot_of(ask->at);
    float reach = reach_squared(rules, ask);
    for (size_t k = 0; k < i->stop_count; k++) {
        float x = i->spots[k].x - at.x, y = i->spots[k].y - at.y, z = i->spots[k].z - at.z;
        if (x * x + y * y + z * z <= reach) look_at(&c, &i->stops[k]);
    }
    return c.n;
}

/* ---- in words ---- */

static const char *const reason_words[NEAR_REASON_COUNT] = {
#define X(name, words) words,
    NEAR_REASON_TABLE(X)
#undef X
};

const char *near_distance(uint32_t metres, bool miles, char out[NEAR_DISTANCE_BYTES])
{
    static const double metres_a_mile = 1609.344, metres_a_km = 1000;
    int n = (int)lround(metres / (miles ? metres_a_mile : metres_a_km));
    const char *unit = !miles ? "km" : n <= 1 ? "mile" : "miles";
    (void)snprintf(out, NEAR_DISTANCE_BYTES, "%s%d %s", n ? "" : "less than ", n ? n : 1, unit);
    return out;
}

const char *near_words(const struct near_found *f, bool miles, char out[NEAR_WORDS_BYTES])
{
    struct buf b = BUF_INIT(NEAR_WORDS_BYTES - 1);
    char distance[NEAR_DISTANCE_BYTES];
    buf_add_cstr(&b, near_distance(f->metres, miles, distance));
    if (f->session->capacity) buf_addf(&b, ", %u of %u places left", f->left, f->session->capacity);
    for (size_t k = 0; k < NEAR_REASON_COUNT; k++)
        if (f->reasons & 1U << k) buf_addf(&b, ", %s", reason_words[k]);
    check(!b.failed);
    memcpy(out, b.p, b.n + 1);
    buf_done(&b);
    return out;
}
