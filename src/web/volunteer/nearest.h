#pragma once
/* In a conversation: where people are needed near the one who wrote, by the postcode or the place that they wrote last. */
#include "core/where_said.h"
#include "store/inbox.h"
#include "web/call.h"

/* Of their messages the newest that has one, in the way that it is looked up. False: none has. */
bool nearest_said(const struct web_call *c, const struct inbox_thread *t,
                  char out[WHERE_SAID_BYTES]);
/* Puts `nearest` {where, words, text, session: unless it is the one that data names} into data, where one is found to which they do
 * not come (coming_put); then `then`, perhaps at once. said "": nothing. */
void nearest_put(struct web_call *c, const char *said, struct slice group, json_t *data,
                 void (*then)(struct web_call *c));
