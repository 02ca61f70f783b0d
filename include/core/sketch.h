#pragma once
/* A sketch of where things are, around the one who looks: north is up, rings say how far it is. It is
 * drawn from points alone, so nobody's map is asked who looks where. Pure. */
#include <stddef.h>

#include "core/point.h"

enum {
    SKETCH_SIDE = 1000, /* units of the square; the one who looks is in its middle */
    SKETCH_DOT = 44,    /* units: the radius of a dot, within which its number stands */
    SKETCH_DOTS_MAX = 10,
    SKETCH_RINGS_MAX = 2,
};

struct sketch {
    struct {
        int x, y; /* units, of the dot's middle; x to the east, y to the south */
    } dots[SKETCH_DOTS_MAX];
    size_t dot_count;
    struct {
        int radius;      /* units */
        uint32_t metres; /* 1, 2, 5, 10, 20, … units of length */
    } rings[SKETCH_RINGS_MAX];
    size_t ring_count; /* none where all is nearer than a unit of length */
};

/* Dots are where the points are, as near as their size allows: none covers another or the middle, and
 * none is cut off. The same points make the same sketch. n <= SKETCH_DOTS_MAX; unit_m [m] is the length
 * that rings are said in: 1000, or 1609 of a mile. O(n²). */
void sketch_make(struct point middle, const struct point *points, size_t n, uint32_t unit_m,
                 struct sketch *ret);

/* "north", "south-east", …: from a to b; "" where they are less than 100 m apart. Borrowed for ever. */
const char *sketch_direction(struct point a, struct point b);
