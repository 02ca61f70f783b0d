#include "core/point.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double UNITS = 100000, RADIUS_M = 6371008.8, PI = 3.14159265358979323846;

bool point_ok(struct point p)
{
    return abs(p.lat_e5) <= 9000000 && abs(p.lon_e5) <= 18000000;
}

static double radians(int64_t e5)
{
    return (double)e5 / UNITS * PI / 180;
}

/* Haversine: it stays exact for points that are near each other. */
uint32_t point_metres(struct point a, struct point b)
{
    double lat = sin(radians((int64_t)b.lat_e5 - a.lat_e5) / 2);
    double lon = sin(radians((int64_t)b.lon_e5 - a.lon_e5) / 2);
    double h = lat * lat + cos(radians(a.lat_e5)) * cos(radians(b.lat_e5)) * lon * lon;
    return (uint32_t)lround(2 * RADIUS_M * asin(sqrt(fmin(1, h))));
}

/* Cuts a number at most `most` off *rest. */
static bool cut_degrees(struct slice *rest, double most, int32_t *ret_e5)
{
    enum { SIGNS_MAX = 31 };
    char text[SIGNS_MAX + 1];
    size_t n = 0;
    while (n < rest->n && n < SIGNS_MAX && rest->p[n] && strchr("0123456789.+-", rest->p[n]))
        n++;
    if (n == 0) return false;
    memcpy(text, rest->p, n);
    text[n] = '\0';
    char *end;
    double v = strtod(text, &end);
    if (*end || end == text || !(fabs(v) <= most)) return false;
    *ret_e5 = (int32_t)lround(v * UNITS);
    *rest = slice_from(*rest, n);
    return true;
}

bool point_from_text(struct slice text, struct point *ret)
{
    struct point p;
    struct slice rest = slice_trim(text);
    if (!cut_degrees(&rest, 90, &p.lat_e5)) return false;
    struct slice between = rest;
    while (rest.n && strchr(" ,;\t", *rest.p))
        rest = slice_from(rest, 1);
    if (rest.n == 0 || rest.n == between.n) return false;
    if (!cut_degrees(&rest, 180, &p.lon_e5) || rest.n) return false;
    *ret = p;
    return true;
}

const char *point_to_text(struct point p, char out[POINT_TEXT_BYTES])
{
    (void)snprintf(out, POINT_TEXT_BYTES, "%.5f,%.5f", p.lat_e5 / UNITS, p.lon_e5 / UNITS);
    return out;
}
