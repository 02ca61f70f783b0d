#pragma once
/* How much each address may ask of pages that are for anybody. A table of fixed size: each address
 * owes time for what it asked, which passes by itself, and one that owes too much has to wait. When
 * a row of the table is full, whoever owes least is forgotten, so a flood from many addresses makes
 * room for nobody who owes much. Pure; the clock is the caller's. */
#include <stdint.h>

struct visitors;

enum {
    VISITORS_PER_S = 20,   /* where nothing else is said */
    VISITORS_BURST_S = 20, /* [s] of pages that one address may ask for at once */
    VISITORS_MAX = 16384,  /* rows of 16 bytes */
};

/* An address may ask for at_once units at once, 1 or more, and has all of them again full_ms later.
 * full_ms >= at_once / 1000. */
struct visitors *visitors_new(uint32_t at_once, int64_t full_ms);
void visitors_free(struct visitors *v); /* NULL is fine */

/* 0: it may, and owes for `cost` units, 1 to at_once; else [ms] until it may, and it owes nothing for
 * having asked. `address` is a keyed hash of one, so that nobody can choose a row. now_ms may go back:
 * nobody waits longer for it than full_ms. O(1). */
int64_t visitors_ask(struct visitors *v, uint64_t address, uint32_t cost, int64_t now_ms);
