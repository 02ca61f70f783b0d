#pragma once
/* How much each address may ask of pages that are for anybody. A table of fixed size: each address
 * owes time for what it asked, which passes by itself, and one that owes too much has to wait. When
 * a row of the table is full, whoever owes least is forgotten, so a flood from many addresses makes
 * room for nobody who owes much. Pure; the clock is the caller's. */
#include <stdint.h>

struct visitors;

enum { VISITORS_PER_S = 20 /* where nothing else is said */ };
enum { VISITORS_BURST_S = 20, VISITORS_MAX = 16384 }; /* of 16 bytes */

/* per_s [units/s] of one address, 1 to 1,000,000; at once VISITORS_BURST_S times as many. */
struct visitors *visitors_new(uint32_t per_s);
void visitors_free(struct visitors *v); /* NULL is fine */

/* 0: it may, and owes for `cost` units, 1 to VISITORS_BURST_S * per_s; else [ms] until it may, and it
 * owes nothing for having asked. `address` is a keyed hash of one, so that nobody can choose a row. now_ms
 * may go back: nobody waits longer for it than VISITORS_BURST_S. O(1). */
int64_t visitors_ask(struct visitors *v, uint64_t address, uint32_t cost, int64_t now_ms);
