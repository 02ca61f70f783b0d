#pragma once
/* Everybody in a campaign, page by page: as much memory for a million people as for ten. */
#include "cli/verb.h"

/* person: {"index", "number", "state", "reason", "fields"}; borrowed for the call. Not 0 ends the
 * walk. */
typedef int campaign_person_cb(void *arg, const json_t *person, struct err *e);

/* state NULL = all. A page to which the server gave no response is asked for again for a while, so
 * a long report outlives a restart of musterd. Returns 0, what the callback returned, or what the
 * API said. */
int campaign_walk(struct verb_call *c, uint32_t id, const char *state, campaign_person_cb *cb,
                  void *arg, struct err *e) MUST_USE;
