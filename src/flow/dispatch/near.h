#pragma once
/* Sessions that people are told of (near.c). */
#include "base/slice.h"
#include "flow/session_words.h"
#include "store/ledger.h"

struct batch;
struct dispatch;
struct near;

void near_free(struct near *n); /* NULL is fine */

/* The campaign's text says something of a session. Of others nothing below is asked. */
bool near_tells(const struct batch *b);
/* Where its people are is known. */
bool near_is_ready(const struct batch *b);
/* Finds out, and then the batch goes on (batch_later). */
void near_locate(struct batch *b);
/* For those who are asked (batch_ask). Who has to wait until it is known which sessions are full is put
 * back; returns how many are left in `offsets`. */
size_t near_choose(struct batch *b, uint8_t *offsets, size_t n, int64_t now_us);
/* What was chosen last, for the gate; NULL: they are told of none. */
const struct gate_near *near_ask(const struct batch *b);
/* What the gate says of sessions without room: their ids with blanks between. */
void near_full(struct dispatch *d, struct slice full);
/* False: that session is not there any more. */
bool near_say(const struct batch *b, uint8_t offset, uint32_t session, struct session_said *out);
