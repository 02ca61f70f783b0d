#pragma once
/* Who was sent what, and where a conversation stands: two compact tables, 16 bytes an entry at a
 * load of at most 3/4, so that a million recipients fit into 32 MB.
 *
 * A message is known by a 64-bit hash of (number, text); references, senders and gateways are not
 * part of it: the same words to the same person twice is the fault that this table exists to see.
 * (Two of a million messages share a hash once in 37 million runs.) */
#include "base/slice.h"

struct book;

struct book *book_new(void);    /* returns owned */
void book_free(struct book *b); /* NULL is fine */
void book_clear(struct book *b);
size_t book_messages(const struct book *b); /* different messages that were tried */

/* One more request with this message: returns how many came before. */
uint32_t book_try(struct book *b, uint64_t message);
/* The message was taken: returns how often it was taken before (0 = unique). Call book_try first.
 */
uint32_t book_take(struct book *b, uint64_t message);

/* Where a person stands; the number is digits only, as an integer. */
enum person_state {
    PERSON_SILENT,  /* has not written, or was answered */
    PERSON_WAITING, /* wrote, and waits for an answer */
    PERSON_STOPPED, /* wrote STOP; the confirmation is still allowed */
    PERSON_LEFT,    /* wrote STOP and got the confirmation: anything more is a fault */
};
enum person_state book_person(const struct book *b, uint64_t number);
void book_set_person(struct book *b, uint64_t number, enum person_state state);
