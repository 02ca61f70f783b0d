#include "core/sketch.h"

#include <math.h>

#include "base/check.h"

enum {
    MIDDLE = SKETCH_SIDE / 2,
    REACH = MIDDLE - SKETCH_DOT - 6, /* units from the middle to the farthest dot's */
    APART = 2 * SKETCH_DOT + 8,      /* units between the middles of two */
    ROUNDS = 200,
    HERE_M = 100,
};
static const double METRES_PER_E5 = 1.11195, RADIANS_PER_E5 = 3.14159265358979 / 180 / 100000,
                    WHOLE_TURN_E5 = 36000000;

struct spot {
    double x, y; /* [m] to the east and north of the middle; then units from it */
};

/* Flat, which within a day's journey is right to a percent. Over the date line it is the short way. */
static struct spot spot_of(struct point middle, struct point p)
{
    double lon = (double)p.lon_e5 - middle.lon_e5;
    if (lon > WHOLE_TURN_E5 / 2) lon -= WHOLE_TURN_E5;
    if (lon < -WHOLE_TURN_E5 / 2) lon += WHOLE_TURN_E5;
    double between = ((double)middle.lat_e5 + p.lat_e5) / 2 * RADIANS_PER_E5;
    return (struct spot){lon * cos(between) * METRES_PER_E5,
                         ((double)p.lat_e5 - middle.lat_e5) * METRES_PER_E5};
}

/* ---- how far ---- */

/* The largest of 1, 2, 5, 10, … that is no more; 0: there is none. */
static uint32_t round_figure(double of)
{
    static const int steps[] = {5, 2, 1};
    uint32_t tens = 1;
    while (tens * 10.0 <= of)
        tens *= 10;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (tens * (double)steps[i] <= of) return tens * (uint32_t)steps[i];
    return 0;
}

static void add_ring(struct sketch *s, uint32_t metres, double farthest_m)
{
    if (metres == 0) return;
    s->rings[s->ring_count].metres = metres;
    s->rings[s->ring_count++].radius = (int)lround(metres * REACH / farthest_m);
}

/* One about as far as the farthest, one about half as far. */
static void add_rings(struct sketch *s, double farthest_m, uint32_t unit_m)
{
    uint32_t outer = round_figure(farthest_m / unit_m);
    add_ring(s, round_figure(outer / 2.0) * unit_m, farthest_m);
    add_ring(s, outer * unit_m, farthest_m);
}

/* ---- room for each ---- */

/* Moves b away from a, and a from b unless it stands; where they are one, each to its own side. */
static bool push(struct spot *a, struct spot *b, bool a_stands, size_t turn)
{
    double x = b->x - a->x, y = b->y - a->y, distance = hypot(x, y);
    if (distance >= APART) return false;
    if (distance < 1) {
        x = cos((double)turn * 2.4); /* no two turns of 2.4 are alike */
        y = sin((double)turn * 2.4);
        distance = 1;
    }
    double by = (APART - distance) / distance * (a_stands ? 1.02 : .51);
    b->x += x * by;
    b->y += y * by;
    if (a_stands) return true;
    a->x -= x * by;
    a->y -= y * by;
    return true;
}

static void keep_in(struct spot *s)
{
    s->x = fmax(-REACH, fmin(REACH, s->x));
    s->y = fmax(-REACH, fmin(REACH, s->y));
}

static void make_room(struct spot *spots, size_t n)
{
    bool moved = true;
    for (int round = 0; moved && round < ROUNDS; round++) {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            struct spot middle = {0, 0};
            moved |= push(&middle, &spots[i], true, i + 1);
            for (size_t k = 0; k < i; k++)
                moved |= push(&spots[k], &spots[i], false, i + 1);
            keep_in(&spots[i]);
        }
    }
}

void sketch_make(struct point middle, const struct point *points, size_t n, uint32_t unit_m,
                 struct sketch *ret)
{
    struct spot spots[SKETCH_DOTS_MAX];
    double farthest = 0;
    check(n <= SKETCH_DOTS_MAX);
    *ret = (struct sketch){.dot_count = n};
    for (size_t i = 0; i < n; i++) {
        spots[i] = spot_of(middle, points[i]);
        farthest = fmax(farthest, hypot(spots[i].x, spots[i].y));
    }
    farthest = fmax(farthest, HERE_M);
    for (size_t i = 0; i < n; i++) {
        spots[i].x *= REACH / farthest;
        spots[i].y *= REACH / farthest;
    }
    if (n > 0) add_rings(ret, farthest, unit_m);
    make_room(spots, n);
    for (size_t i = 0; i < n; i++) {
        ret->dots[i].x = (int)lround(MIDDLE + spots[i].x);
        ret->dots[i].y = (int)lround(MIDDLE - spots[i].y);
    }
}

const char *sketch_direction(struct point a, struct point b)
{
    static const char *const names[] = {"east", "north-east", "north", "north-west",
                                        "west", "south-west", "south", "south-east"};
    struct spot to = spot_of(a, b);
    if (hypot(to.x, to.y) < HERE_M) return "";
    int eighth = (int)lround(atan2(to.y, to.x) / (3.14159265358979 / 4));
    return names[(eighth + 8) % 8];
}
