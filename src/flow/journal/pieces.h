#pragma once
/* Pieces of the journal that are under way. The disk takes one at a time, the copy several; who waits for a piece is told when
 * that one stands, and all before it. */
#include "waits.h"

enum { PIECES_MAX = 4 };

struct piece {
    uint64_t number; /* 1, 2, 3, … */
    struct waits waits;
    uint64_t records, mark; /* how many; the highest of them and of all before */
    size_t bytes;
    unsigned store_sets; /* the journal's, when it was gathered */
    bool on_disk, copied;
};
struct pieces {
    struct piece ring[PIECES_MAX];
    size_t first, n;
    uint64_t numbers; /* given so far */
};

bool pieces_are_full(const struct pieces *p); /* PIECES_MAX are under way */
/* A new last one, with nobody who waits; there must be room. */
struct piece *pieces_add(struct pieces *p);
struct piece *pieces_last(struct pieces *p);                  /* NULL: there is none */
struct piece *pieces_find(struct pieces *p, uint64_t number); /* NULL: it is over */
/* The first one, when it stands: it is under way no more. Borrowed until the next pieces_add. NULL: there is none, or it does
 * not stand. */
struct piece *pieces_take_standing(struct pieces *p);
/* None of them is under way any more; all who wait are told. */
void pieces_end(struct pieces *p, int result);
void pieces_done(struct pieces *p);
