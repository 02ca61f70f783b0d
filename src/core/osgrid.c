#include "core/osgrid.h"

#include <math.h>

/* "A guide to coordinate systems in Great Britain", Ordnance Survey, annexes B and C. */
struct ellipsoid {
    double a, b; /* [m] */
};
static const struct ellipsoid airy_1830 = {6377563.396, 6356256.909},
                              grs80 = {6378137.0, 6356752.3141};
static const double F0 = 0.9996012717, E0 = 400000, N0 = -100000; /* of the projection */
static const double LAT0_DEG = 49, LON0_DEG = -2;
static const double GRID_E_MAX = 700000, GRID_N_MAX = 1300000;

struct geodetic {
    double lat, lon; /* [rad] */
};
struct cartesian {
    double x, y, z; /* [m] */
};

static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

static double square(double v)
{
    return v * v;
}

/* The arc of the meridian from the projection's origin. */
static double meridian(double lat)
{
    double n = (airy_1830.a - airy_1830.b) / (airy_1830.a + airy_1830.b), n2 = n * n, n3 = n2 * n;
    double minus = lat - radians(LAT0_DEG), plus = lat + radians(LAT0_DEG);
    return airy_1830.b * F0 *
           ((1 + n + 5.0 / 4 * (n2 + n3)) * minus -
            (3 * n + 3 * n2 + 21.0 / 8 * n3) * sin(minus) * cos(plus) +
            15.0 / 8 * (n2 + n3) * sin(2 * minus) * cos(2 * plus) -
            35.0 / 24 * n3 * sin(3 * minus) * cos(3 * plus));
}

static double latitude_of(double northing)
{
    enum { STEPS_MAX = 20 };
    double lat = radians(LAT0_DEG);
    for (int i = 0; i < STEPS_MAX; i++) {
        double off = northing - N0 - meridian(lat);
        lat += off / (airy_1830.a * F0);
        if (fabs(off) < 1e-5) break;
    }
    return lat;
}

static struct geodetic unproject(double easting, double northing)
{
    double lat = latitude_of(northing);
    double e2 = 1 - square(airy_1830.b / airy_1830.a), s = sin(lat), t = tan(lat), c = 1 / cos(lat);
    double nu = airy_1830.a * F0 / sqrt(1 - e2 * s * s);
    double rho = airy_1830.a * F0 * (1 - e2) / pow(1 - e2 * s * s, 1.5);
    double eta2 = nu / rho - 1, t2 = t * t, t4 = t2 * t2, t6 = t4 * t2;
    double d = easting - E0, d2 = d * d, d4 = d2 * d2;
    double vii = t / (2 * rho * nu),
           viii = t / (24 * rho * pow(nu, 3)) * (5 + 3 * t2 + eta2 - 9 * t2 * eta2);
    double ix = t / (720 * rho * pow(nu, 5)) * (61 + 90 * t2 + 45 * t4);
    double x = c / nu, xi = c / (6 * pow(nu, 3)) * (nu / rho + 2 * t2);
    double xii = c / (120 * pow(nu, 5)) * (5 + 28 * t2 + 24 * t4);
    double xiia = c / (5040 * pow(nu, 7)) * (61 + 662 * t2 + 1320 * t4 + 720 * t6);
    return (struct geodetic){lat - vii * d2 + viii * d4 - ix * d4 * d2,
                             radians(LON0_DEG) + d * (x - xi * d2 + xii * d4 - xiia * d4 * d2)};
}

static struct cartesian to_cartesian(struct geodetic g)
{
    double e2 = 1 - square(airy_1830.b / airy_1830.a);
    double nu = airy_1830.a / sqrt(1 - e2 * square(sin(g.lat)));
    return (struct cartesian){nu * cos(g.lat) * cos(g.lon), nu * cos(g.lat) * sin(g.lon),
                              (1 - e2) * nu * sin(g.lat)};
}

/* Metres, parts of a million and seconds of an arc, as Ordnance Survey prints them. */
static struct cartesian helmert(struct cartesian p)
{
    static const double scale = 1 - 20.4894e-6;
    double rx = radians(0.1502 / 3600), ry = radians(0.2470 / 3600), rz = radians(0.8421 / 3600);
    return (struct cartesian){446.448 + scale * p.x - rz * p.y + ry * p.z,
                              -125.157 + rz * p.x + scale * p.y - rx * p.z,
                              542.060 - ry * p.x + rx * p.y + scale * p.z};
}

static struct geodetic from_cartesian(struct cartesian p)
{
    enum { STEPS = 6 };
    double e2 = 1 - square(grs80.b / grs80.a), flat = hypot(p.x, p.y);
    double lat = atan2(p.z, flat * (1 - e2));
    for (int i = 0; i < STEPS; i++) {
        double nu = grs80.a / sqrt(1 - e2 * square(sin(lat)));
        lat = atan2(p.z + e2 * nu * sin(lat), flat);
    }
    return (struct geodetic){lat, atan2(p.y, p.x)};
}

bool osgrid_point(double easting, double northing, struct point *ret)
{
    if (!(easting >= 0 && easting <= GRID_E_MAX && northing >= 0 && northing <= GRID_N_MAX))
        return false;
    struct geodetic g = from_cartesian(helmert(to_cartesian(unproject(easting, northing))));
    *ret = (struct point){(int32_t)lround(g.lat * 180 / M_PI * 1e5),
                          (int32_t)lround(g.lon * 180 / M_PI * 1e5)};
    return true;
}
