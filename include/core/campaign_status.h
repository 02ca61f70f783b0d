#pragma once
/* What a campaign is, and which move may follow: one table for C and, as text, for Lua
 * (campaign_status_lua_names, campaign_status_lua_prelude): no script writes a status out. */
#include "base/buf.h"

/* name, text */
#define CAMPAIGN_STATUS_TABLE(X)                                                                   \
    X(CAMPAIGN_PROPOSED, "proposed")   /* waits for a second person (store/approval.h) */          \
    X(CAMPAIGN_PREPARING, "preparing") /* its ledger is being made */                              \
    X(CAMPAIGN_SCHEDULED, "scheduled") /* waits for its time */                                    \
    X(CAMPAIGN_RUNNING, "running")                                                                 \
    X(CAMPAIGN_PAUSED, "paused")   /* by a person */                                               \
    X(CAMPAIGN_BLOCKED, "blocked") /* the gateway refused the whole account */                     \
    X(CAMPAIGN_DONE, "done")       /* nobody waits any more */                                     \
    X(CAMPAIGN_CANCELLED, "cancelled")                                                             \
    X(CAMPAIGN_EXPIRED, "expired") /* the deadline passed */

enum campaign_status {
#define X(name, text) name,
    CAMPAIGN_STATUS_TABLE(X)
#undef X
        CAMPAIGN_STATUS_COUNT
};

/* What people do to one, and what the system does by itself (run, expire, block). Whoever resumes or
 * approves one that a second person has to agree to, and nobody has yet, proposes it (again). */
enum campaign_move {
    MOVE_RUN,
    MOVE_PAUSE,
    MOVE_RESUME,
    MOVE_CANCEL,
    MOVE_EXPIRE,
    MOVE_BLOCK,
    MOVE_APPROVE,   /* a second person agrees */
    MOVE_SEND_BACK, /* or does not */
    CAMPAIGN_MOVE_COUNT
};

/* Static. From a text: false, and *ret untouched, when there is none of that name. */
const char *campaign_status_to_string(enum campaign_status s);
bool campaign_status_from_string(struct slice text, enum campaign_status *ret);

/* Whether the move may be made from there, as far as the status decides: one that is done is resumed
 * only for those who can be sent to again, before its deadline. */
bool campaign_may_move(enum campaign_move move, enum campaign_status from);
enum campaign_status campaign_move_to(enum campaign_move move);
const char *campaign_move_name(enum campaign_move move); /* "pause" */
bool campaign_move_from_name(struct slice name, enum campaign_move *ret);
const char *campaign_move_verb(enum campaign_move move); /* "paused": it cannot be … */

/* Nothing of it will be sent any more, unless a person lets one that is done go on. */
bool campaign_is_over(enum campaign_status s);

/* What it says, and when, may be changed: nothing of it leaves meanwhile, and somebody waits yet. */
bool campaign_may_edit(enum campaign_status s);

/* Appends Lua locals: the statuses by the names that they have here (`CAMPAIGN_RUNNING`, …). */
void campaign_status_lua_names(struct buf *b);
/* The same, and the law: `local MOVES={pause={to='paused',from={scheduled=true,…}},…}`. */
void campaign_status_lua_prelude(struct buf *b);
/* `local EDITABLE={paused=true,…}` (campaign_may_edit). */
void campaign_status_lua_edits(struct buf *b);
