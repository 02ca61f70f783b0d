#pragma once
/* What groups have of their own: the newest campaigns of a group, its audiences, are lists of that
 * group in the store. */
#include "store/store.h"

/* Brings a store of before up to that, in bounded steps: with each connection, before layout_note.
 * A store that has them already is left alone. */
void by_group_take_over(struct store *s, store_done_cb *cb, void *arg);
