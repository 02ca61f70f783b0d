#pragma once
/* Digits that are no phone number, told by the signs between them. Where numbers have six to nine digits, almost any of them are
 * somebody's: in Denmark the 29th of November, written 29-11-2026, is a mobile. */
#include "base/slice.h"

/* s: digits and the signs " -./()", as phone_cell.c leaves them, without a plus. True for
 *
 *   a day           29-11-2026, 8.12.1990, 2026-11-29, 20/11-2026, 11/29/2026, 29.11.26
 *   years, a month  2025-2026, 2025/26, 11-2026
 *   hours           20.30-22.00, 2030-2200
 *   a place         55.676098, 9.1393337: degrees
 *   an id           119.876.543-21, 98765432-1: what stands behind the last dash was reckoned from the rest
 *
 * Whoever writes a phone number so has to write it in another way. O(bytes). */
bool phone_shape_is_other(struct slice s);
