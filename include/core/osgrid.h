#pragma once
/* Eastings and northings of Great Britain's National Grid (OSGB36), which Code-Point Open has, as a point (WGS 84). Pure.
 * By Ordnance Survey's formulas and one Helmert transformation: within 5 m of OSTN15, which is enough to tell which place
 * is nearer; so no library with grid files is needed. */
#include "core/point.h"

/* [m] False: not on the grid. */
bool osgrid_point(double easting, double northing, struct point *ret);
