#pragma once
/* The next person who waits, alone or behind what was done to the one before. */
#include "core/json.h"
#include "web/call.h"

void next_post(struct web_call *c); /* POST /api/v1/inbox/next */
/* Before anything is done: whether `next` of the body, if it is there, can be read. False: c has its
 * response. */
bool next_is_read(struct web_call *c);
/* What was done is answered with `status` and `done` (taken); where the body has `next`, with the
 * next person in it. */
void next_answer(struct web_call *c, int status, json_t *done);
