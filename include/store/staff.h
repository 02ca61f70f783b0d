#pragma once
/* Who may sign in, in the store: members, their tokens, sessions, and codes that let somebody in
 * (docs/adr/0034). Every change is one script, which writes the audit trail and tells each process
 * that keeps a copy (store/follow.h): here it counts when the callback runs, elsewhere within a
 * second. While Redis is away the copy stands: who is signed in stays so, and nobody new comes in.
 *
 * Tokens, sessions and codes come as keyed hashes (web/auth.h); nothing here can be used to sign in.
 *
 * Callbacks run once, from the loop. ERR_NOT_FOUND: no such member, code, token or session (any
 * more). ERR_EXISTS: the name or the number is somebody else's. ERR_CONFLICT: there are as many as
 * there may be. */
#include "io/loop.h"
#include "store/roster.h"
#include "store/deed.h"
#include "store/store.h"

struct staff;

enum {
    STAFF_INVITED_MS = 7 * 24 * 3600 * 1000,
    STAFF_LOGIN_MS = 15 * 60 * 1000,
    STAFF_SHIFT_MAX = 1000, /* who come by one link */
    STAFF_TAKE_OVER_MAX = 200,
};

struct staff *staff_new(struct loop *l, struct store *s); /* returns owned; both borrowed */
void staff_free(struct staff *s);                         /* NULL is fine */
/* The copy of this process; borrowed. Empty until staff_is_read. */
const struct roster *staff_roster(const struct staff *s);
bool staff_is_read(const struct staff *s); /* once, since the start */

/* result: 0, and `member` (an id, borrowed for the call) is who it was about; ERR_NOT_FOUND: they are not there, or not any more; ERR_EXISTS:
 * somebody else has that name or number; ERR_CONFLICT: there are as many as there may be; ERR_INVALID; ERR_UNREACHABLE. */
typedef void staff_cb(void *arg, int result, struct slice member, const struct err *e);

/* ---- people of muster.yaml ---- */

struct staff_person { /* borrowed for the call */
    const char *name;
    enum role role;
    const char *const *groups;
    size_t group_count;
    bool everywhere;
    struct slice token; /* its hash */
};
struct staff_taken_over {
    int64_t taken, renewed; /* became members; whose token is another one now */
    int64_t clash;          /* whose name somebody else has, who did not come from there */
};
/* t: borrowed for the call, NULL when result is not 0. */
typedef void staff_taken_over_cb(void *arg, int result, const struct staff_taken_over *t,
                                 const struct err *e);
/* At most STAFF_TAKE_OVER_MAX a call; may be repeated. */
void staff_take_over(struct staff *s, const struct staff_person *people, size_t n, int64_t now_ms,
                     staff_taken_over_cb *cb, void *arg);

/* ---- coming in ---- */

struct staff_groups { /* where somebody belongs */
    const char *const *list;
    size_t count;
    bool everywhere;
};
struct staff_invitation {
    struct slice code;   /* its hash */
    struct slice member; /* who is there already and needs a way in; none: somebody new: */
    struct slice name, language;
    enum role role;
    struct staff_groups groups;
    int64_t until_ms; /* [wall ms] */
};
/* `member` of cb is the new one, or the one that `member` names and is let in again. */
void staff_invite(struct staff *s, const struct staff_invitation *i, struct deed deed, staff_cb *cb,
                  void *arg);

struct staff_shift {
    struct slice code; /* its hash */
    struct slice group;
    int64_t until_ms;
    int max, joined; /* joined: of one that was read */
    bool approve;    /* each of them by a person */
    struct slice by;
};
/* `member` of cb is the code. */
void staff_add_shift(struct staff *s, const struct staff_shift *shift, struct deed deed,
                     staff_cb *cb, void *arg);
void staff_end_shift(struct staff *s, struct slice code, bool with_people, struct deed deed,
                     staff_cb *cb, void *arg);
/* At most 200; borrowed for the call. */
typedef void staff_shifts_cb(void *arg, int result, const struct staff_shift *list, size_t n,
                             const struct err *e);
void staff_list_shifts(struct staff *s, int64_t now_ms, staff_shifts_cb *cb, void *arg);

/* What a code is for. */
enum staff_code_kind { CODE_INVITE, CODE_LINK, CODE_LOGIN, CODE_SHIFT };
struct staff_code {
    enum staff_code_kind kind;
    struct slice by, name, role, groups; /* name: of whom it is for; none of a shift */
    bool everywhere;
    int64_t until_ms;
};
typedef void staff_code_cb(void *arg, int result, const struct staff_code *code,
                           const struct err *e);
void staff_look(struct staff *s, struct slice code, int64_t now_ms, staff_code_cb *cb, void *arg);

struct staff_visit {      /* a session that begins */
    struct slice session; /* its hash */
    int64_t until_ms;     /* at most until then */
    struct slice device, address;
    /* An actor (core/actor.h) of nobody yet: its way and address go to the trail. None: neither. */
    struct slice by;
};
/* The code is used up, and the session has begun. name, number (0 = none): of whom a shift's link
 * brings. */
void staff_use(struct staff *s, struct slice code, const struct staff_visit *v, struct slice name,
               uint64_t number, int64_t now_ms, staff_cb *cb, void *arg);
void staff_begin_session(struct staff *s, struct slice member, const struct staff_visit *v,
                         int64_t now_ms, staff_cb *cb, void *arg);

/* A link by text. who: digits of a number, or a name; text holds the link. ERR_REFUSED: nothing was
 * recorded, since nobody of that name or number is known, or there were too many tries; which of
 * them, nobody is told. Else `index` is in the direct book, to be published. */
struct staff_login {
    struct slice code, who, address, text, gateway, sender;
};
typedef void staff_login_cb(void *arg, int result, uint32_t index);
void staff_ask_login(struct staff *s, const struct staff_login *l, int64_t now_ms,
                     staff_login_cb *cb, void *arg);

/* ---- changes ---- */

/* `member` of cb is the same one. ERR_NOT_FOUND: they are out already. */
void staff_revoke(struct staff *s, struct slice member, struct deed deed, staff_cb *cb, void *arg);
void staff_approve(struct staff *s, struct slice member, struct deed deed, staff_cb *cb, void *arg);
void staff_move(struct staff *s, struct slice member, enum role role,
                const struct staff_groups *groups, struct deed deed, staff_cb *cb, void *arg);
/* 0: none. */
void staff_set_number(struct staff *s, struct slice member, uint64_t number, struct deed deed,
                      staff_cb *cb, void *arg);

/* ERR_NOT_FOUND: the member has no such session. */
void staff_end_session(struct staff *s, struct slice member, struct slice session, struct deed deed,
                       staff_cb *cb, void *arg);
/* All of a member's but that one, which may be none. */
void staff_end_sessions(struct staff *s, struct slice member, struct slice but, struct deed deed,
                        staff_cb *cb, void *arg);
/* What is over goes: it happens once a minute by itself; for tests with their own time. */
void staff_sweep(struct staff *s, int64_t now_ms, store_done_cb *cb, void *arg);
/* Nobody waits for it. */
void staff_seen(struct staff *s, struct slice member, struct slice session, int64_t now_ms);

struct staff_new_token {
    struct slice member, hash, name, scopes; /* scopes: words with commas; "" = all */
    int64_t until_ms;                        /* 0 = for ever */
};
/* ERR_CONFLICT: there are as many tokens as there may be. */
void staff_add_token(struct staff *s, const struct staff_new_token *t, struct deed deed,
                     staff_cb *cb, void *arg);
/* ERR_NOT_FOUND: the member has no such token. */
void staff_end_token(struct staff *s, struct slice member, struct slice token, struct deed deed,
                     staff_cb *cb, void *arg);
