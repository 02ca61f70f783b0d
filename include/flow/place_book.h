#pragma once
/* All places and sessions, as this process knows them: a copy of the store's (store/follow.h), which
 * is asked at once. A change by anybody stands in it within a quarter of a second. Sessions that have
 * been over for a day are not in it.
 *
 * What is found is borrowed until place_book_changed says another number; then pointers of before
 * are void. How many come to a session (pledged, waiting, offered) moves in place and moves no
 * pointer, so an index made of them reads live figures. */
#include "core/place.h"
#include "io/loop.h"
#include "store/store.h"

struct place_book;

enum { PLACE_BOOK_OVER_MS = 24 * 3600 * 1000 }; /* [ms] how long a session stands after its end */

/* now_ms NULL: the wall clock. */
struct place_book *place_book_new(struct loop *l, struct store *s, int64_t (*now_ms)(void));
/* The store's calls may still be under way; they end with the redis, before the store. NULL is
 * fine. */
void place_book_free(struct place_book *b);

/* b NULL in all of these: there are no places (tests). */

/* All of it was read once. */
bool place_book_is_read(const struct place_book *b);
/* Moves with each change of a place or a session, and not with who comes to one. */
uint64_t place_book_changed(const struct place_book *b);
/* Moves with whoever comes, or does not any more, and with all of the above. */
uint64_t place_book_moved(const struct place_book *b);

/* NULL: there is none. O(1). */
const struct place *place_book_place(const struct place_book *b, uint32_t id);
const struct session *place_book_session(const struct place_book *b, uint32_t id);
/* The one of a group that has that code, or else that name, in either case; NULL: there is none. O(places). */
const struct place *place_book_named(const struct place_book *b, struct slice group,
                                     struct slice text);
/* All of them: places by id; sessions by place, start, id. O(n log n) after a change, else O(1). */
const struct place *const *place_book_places(const struct place_book *b, size_t *ret_n);
const struct session *const *place_book_sessions(const struct place_book *b, size_t *ret_n);
/* Those of one place, by start. O(log n). */
const struct session *const *place_book_sessions_of(const struct place_book *b, uint32_t place,
                                                    size_t *ret_n);

/* cb when all that stood in Redis at the moment of this call is in the copy; ERR_UNREACHABLE when
 * Redis does not tell. */
void place_book_catch_up(const struct place_book *b, store_done_cb *cb, void *arg);
