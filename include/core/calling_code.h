#pragma once
/* Which country a number belongs to, by its first digits (ITU-T E.164 and the national plans where
 * several countries share a code). It is what prices go by, and needs no libphonenumber. Ported
 * numbers keep their country, so this is as right as the price list that it is used with. */
#include <stdint.h>

/* "GB" (ISO 3166-1, capitals; XK is Kosovo, AC Ascension), or NULL when the code belongs to no
 * country. O(log table). */
const char *calling_code_country(uint64_t number);
