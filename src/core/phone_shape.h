#pragma once
/* Digits that are no phone number, told by the signs between them. Where numbers have six to nine digits, almost any of them are
 * somebody's: in Denmark the 29th of November, written 29-11-2026, is a mobile. */
#include "base/slice.h"
#include "core/phone_cell.h"

/* s: digits and the signs " -./()", as phone_cell.c leaves them, without a plus. PHONE_CELL_NUMBER: it may well be one. PHONE_CELL_DAY:
 *
 *   a day           29-11-2026, 8.12.1990, 2026-11-29, 20/11-2026, 11/29/2026, 29.11.26
 *   years, a month  2025-2026, 2025/26, 11-2026
 *   hours           20.30-22.00, 2030-2200
 *
 * PHONE_CELL_OTHER:
 *
 *   a place         55.676098, 9.1393337: degrees
 *   an id           119.876.543-21, 98765432-1: what stands behind the last dash was reckoned from the rest
 *
 * Whoever writes a phone number so has to write it in another way. O(bytes). */
enum phone_cell phone_shape_of(struct slice s);
/* A day without a sign, as programs write it: 29112026, 8121990, 20261129. Of Danish mobiles, which may begin with 20 to 31, one in
 * several hundred is like that; of years it takes those from 1900 to 2039. */
bool phone_shape_is_bare_day(struct slice digits);
