#pragma once
/* Who signs in, as each web process holds it in memory: members, their tokens, their sessions. The
 * store's own is kept by store/staff.h; one that is filled by hand needs no Redis. No I/O, no clock.
 *
 * Tokens and sessions are known by keyed hashes only (web/auth.h makes them). What is returned is
 * borrowed until the roster changes, which it does when the loop turns. */
#include "base/slice.h"
#include "core/access.h"

#include <stdint.h>

struct roster;

enum {
    ROSTER_NAME_BYTES_MAX = 64,
    ROSTER_ID_BYTES_MAX = 64, /* of a member, a token, a session */
    ROSTER_DEVICE_BYTES_MAX = 48,
    ROSTER_ADDRESS_BYTES_MAX = 48,
};

/* name, text */
#define STAFF_STATE_TABLE(X)                                                                       \
    X(STAFF_INVITED, "invited") /* their link was not used yet */                                  \
    X(STAFF_WAITING, "waiting") /* came by a shift's link; somebody has to approve */              \
    X(STAFF_IN, "in")                                                                              \
    X(STAFF_OUT, "out") /* revoked, or their shift is over */
enum staff_state {
#define X(name, text) name,
    STAFF_STATE_TABLE(X)
#undef X
};
const char *staff_state_to_string(enum staff_state state);

struct staff_member {
    struct member is;
    enum staff_state state;
    uint64_t number;      /* their own; 0 = not known */
    const char *language; /* "" = the organisation's */
    const char *by;       /* who let them in */
    int64_t at_ms;        /* [wall ms] since when they are here */
    int64_t until_ms;     /* [wall ms] their shift's end, or their invitation's; 0 = none */
    const char *out_by;   /* who revoked them; "" = nobody */
    int64_t out_ms;       /* [wall ms] 0 = never */
};

struct staff_token {
    const char *id, *member, *name; /* member: whose, by id */
    unsigned scopes;                /* core/access.h; 0 = all that the member may */
    const char *by;
    int64_t at_ms, until_ms; /* [wall ms] until 0 = for ever */
};

struct staff_session {
    const char *id, *member;
    const char *device, *address;     /* in words; coarse */
    int64_t at_ms, seen_ms, until_ms; /* [wall ms]; seen: to the hour or so */
};

enum roster_kind { ROSTER_MEMBERS, ROSTER_TOKENS, ROSTER_SESSIONS, ROSTER_KINDS };

/* Returns owned; empty. */
struct roster *roster_new(void);
void roster_free(struct roster *r); /* NULL is fine */
/* A record as the store has it: JSON, the keys are those of src/store/staff/staff_common.lua; none
 * (p NULL): it is gone. One that cannot be read counts as gone. */
void roster_take(struct roster *r, enum roster_kind kind, struct slice id, struct slice record);

/* By id, and by name: NULL when there is none. */
const struct staff_member *roster_member(const struct roster *r, struct slice id);
const struct staff_member *roster_named(const struct roster *r, struct slice name);
const struct staff_token *roster_token(const struct roster *r, struct slice id);
const struct staff_session *roster_session(const struct roster *r, struct slice id);

/* Whether they may come in at that time [wall ms]: not invited, waiting, out, or over. */
bool staff_is_in(const struct staff_member *m, int64_t now_ms);

/* All of a kind, in no order; *pos starts at 0, NULL at the end. The roster must not change. */
const struct staff_member *roster_next_member(const struct roster *r, size_t *pos);
const struct staff_token *roster_next_token(const struct roster *r, size_t *pos);
const struct staff_session *roster_next_session(const struct roster *r, size_t *pos);
size_t roster_count(const struct roster *r, enum roster_kind kind);
