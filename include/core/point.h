#pragma once
/* A point on the earth (WGS 84). Pure. */
#include "base/slice.h"

/* Degrees x 100,000: about a metre. */
struct point {
    int32_t lat_e5; /* -9000000…9000000, north is positive */
    int32_t lon_e5; /* -18000000…18000000, east is positive */
};

enum { POINT_TEXT_BYTES = 24 };

bool point_ok(struct point p); /* both are within their ranges */
/* [m] Along the great circle, within 0.5 %: the earth is taken as a ball. */
uint32_t point_metres(struct point a, struct point b);
/* "51.5,-0.12": latitude and longitude in degrees, with a comma, a semicolon or blanks between them;
 * digits behind the fifth are rounded. False, and *ret untouched: it is none. */
bool point_from_text(struct slice text, struct point *ret);
/* "51.50000,-0.12000". Returns out. */
const char *point_to_text(struct point p, char out[POINT_TEXT_BYTES]);
