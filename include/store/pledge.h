#pragma once
/* Pledges: people who said that they come to a session (core/place.h), each once (docs/adr/0052).
 *
 * A person is a number, or how a provider calls them. Beyond a session's capacity they wait; when
 * somebody cancels, who waits longest moves up in the same step. A text that is due is noted in the
 * step that makes it due, and goes once (pledge_tell; flow/pledge_teller.h): who makes a pledge sends
 * nothing.
 *
 * Callbacks as in store/store.h; what they are given is borrowed for the call. */
#include <jansson.h>

#include "core/group.h"
#include "core/place.h"
#include "store/deed.h"
#include "store/store.h"

/* name, text */
#define PLEDGE_STATES(X)                                                                           \
    X(PLEDGE_COMING, "coming")                                                                     \
    X(PLEDGE_WAITING, "waiting") /* there is no place for them yet */                              \
    X(PLEDGE_GONE, "gone")       /* they do not come after all */                                  \
    X(PLEDGE_OFF, "off")         /* the session was cancelled, and they were told */               \
    X(PLEDGE_CAME, "came")       /* says the session's organiser */                                \
    X(PLEDGE_MISSED, "missed")   /* did not come, says the same */
enum pledge_state {
#define X(name, text) name,
    PLEDGE_STATES(X)
#undef X
        PLEDGE_STATE_COUNT
};
const char *pledge_state_to_string(enum pledge_state state);
bool pledge_state_from_string(struct slice text, enum pledge_state *ret);

/* What a person is told. name, text in the store */
#define PLEDGE_NOTICES(X)                                                                          \
    X(PLEDGE_SAY_MADE, "made")   /* you are coming */                                              \
    X(PLEDGE_SAY_WAITS, "wait")  /* it is full: you wait */                                        \
    X(PLEDGE_SAY_UP, "up")       /* there is a place for you now */                                \
    X(PLEDGE_SAY_GONE, "gone")   /* you are not expected any more */                               \
    X(PLEDGE_SAY_DAY, "day")     /* tomorrow */                                                    \
    X(PLEDGE_SAY_HOURS, "hours") /* soon */                                                        \
    X(PLEDGE_SAY_MOVED, "moved") /* at another time, or elsewhere */                               \
    X(PLEDGE_SAY_OFF, "off")     /* it is cancelled */
enum pledge_notice {
#define X(name, text) name,
    PLEDGE_NOTICES(X)
#undef X
        PLEDGE_NOTICE_COUNT
};

/* Where they said it. name, text */
#define PLEDGE_WAYS(X)                                                                             \
    X(PLEDGE_BY_PAGE, "page") /* found the session by themselves */                                \
    X(PLEDGE_BY_LINK, "link") /* of a text */                                                      \
    X(PLEDGE_BY_TEXT, "text")                                                                      \
    X(PLEDGE_BY_MEMBER, "member") /* a volunteer, for them */
enum pledge_way {
#define X(name, text) name,
    PLEDGE_WAYS(X)
#undef X
        PLEDGE_WAY_COUNT
};
const char *pledge_way_to_string(enum pledge_way way);

enum {
    PLEDGES_OF_SESSION_MAX = 20000,
    PLEDGES_OF_PERSON_MAX = 100, /* that are kept, also past ones */
    PLEDGE_TEXTS_MAX = 8,        /* about one pledge, all in all; beyond them it is quiet */
    PLEDGE_NAME_BYTES_MAX = 80,
    PLEDGE_PAGE_MAX = 200,
    PLEDGE_TELL_MAX = 100,                        /* in one call */
    PLEDGE_OFFER_YOUNG_MS = 3 * 24 * 3600 * 1000, /* [ms] a yes means an offer so long */
    PLEDGE_MARK_MS = 3600 * 1000, /* [ms] before the start: who came can be said from then */
};

struct pledge {
    uint32_t session, number; /* its number in the session, from 1 on; never another person's */
    struct slice person;      /* digits, or "~" and an id; none: forgotten */
    struct slice group;       /* whose person it is: who may know the number */
    struct slice name;        /* as they gave it; may be empty */
    struct slice by;          /* core/actor.h of a member; or "" */
    enum pledge_state state;
    enum pledge_way way;
    int64_t at_ms; /* [wall ms] when it was made, the last time */
};

/* ---- they come, they do not ---- */

struct pledge_ask { /* borrowed for the call */
    uint32_t session;
    uint64_t person;       /* E.164 digits; 0: */
    struct slice user_id;  /* "~GB.1349…"; none: */
    uint32_t conversation; /* who writes there, with its group and the way they are texted */
    const struct group_set *groups; /* whose conversations the asker may see */
    /* Whose person it is; none: the campaign's, else the group that they spoke with last, else the place's. */
    struct slice group;
    struct slice name; /* cut to PLEDGE_NAME_BYTES_MAX */
    struct slice by;
    enum pledge_way way;
    struct slice gateway, sender; /* by which they are texted; none: the usual one */
    /* Whose text told them of this session, and who of its people they are; 0: none did. */
    uint32_t campaign, index;
};

struct pledge_done {
    uint32_t session, number;
    enum pledge_state state; /* as it is now */
    bool again;              /* it was so before: nothing changed, and nobody is told */
};
/* d is NULL when result is not 0. */
typedef void pledge_cb(void *arg, int result, const struct pledge_done *d, const struct err *e);

/* ERR_NOT_FOUND: there is no such session, or conversation. ERR_CONFLICT: it is cancelled, or over. ERR_LIMIT:
 * PLEDGES_OF_SESSION_MAX, PLEDGES_OF_PERSON_MAX. */
void pledge_make(struct store *s, const struct pledge_ask *ask, int64_t now_ms, pledge_cb *cb,
                 void *arg);
/* ERR_NOT_FOUND. ERR_CONFLICT: the session is over. tells: the person gets a text about it. */
void pledge_cancel(struct store *s, uint32_t session, uint32_t number, bool tells, struct deed deed,
                   pledge_cb *cb, void *arg);
/* PLEDGE_CAME, PLEDGE_MISSED, or PLEDGE_COMING: it is not known after all. ERR_NOT_FOUND;
 * ERR_CONFLICT: they had cancelled, wait and did not come, or it is too early
 * (PLEDGE_MARK_MS). */
void pledge_mark(struct store *s, uint32_t session, uint32_t number, enum pledge_state state,
                 struct deed deed, pledge_cb *cb, void *arg);

/* What somebody wrote in that conversation, where it says so clearly (core/pledge_words.h): yes, to
 * the session that the campaign's text offered to them, unless one of us has written since; or that
 * they cannot come, to the session that we texted them about last. message: which one it was; said again, it
 * changes nothing. done NULL, result 0: it was about none. */
void pledge_said(struct store *s, uint32_t conversation, bool yes, struct slice message,
                 int64_t now_ms, pledge_cb *cb, void *arg);

/* ---- one person ---- */

struct pledge_open {
    uint32_t session, number;
    enum pledge_state state; /* coming or waiting */
};
struct pledge_standing { /* borrowed for the call */
    /* The session that we named to them last, when it is still to come; 0: none. Its campaign and who they are of its
     * people; 0: it was no campaign. */
    uint32_t named, campaign, index;
    const struct pledge_open *open; /* of sessions that are not over, the earliest first */
    size_t n;                       /* at most PLEDGES_OF_PERSON_MAX */
};
/* ERR_NOT_FOUND: there is no such conversation, or not in those groups. standing is NULL then. */
typedef void pledge_standing_cb(void *arg, int result, const struct pledge_standing *standing,
                                const struct err *e);
/* Of who writes in that conversation. O(their pledges). */
void pledge_standing(struct store *s, uint32_t conversation, const struct group_set *groups,
                     int64_t now_ms, pledge_standing_cb *cb, void *arg);

/* ---- who comes ---- */

struct pledge_view {
    const struct place *place;
    const struct session *session; /* with its room */
    const struct pledge *list;     /* by their numbers */
    size_t n;
    uint32_t next; /* 0 = that was the last page */
};
/* ERR_NOT_FOUND: there is no such session. v is NULL then. */
typedef void pledge_view_cb(void *arg, int result, const struct pledge_view *v,
                            const struct err *e);
/* At most PLEDGE_PAGE_MAX behind that number, 0 = from the first. */
void pledge_page(struct store *s, uint32_t session, uint32_t after, int64_t now_ms,
                 pledge_view_cb *cb, void *arg);
/* The one. ERR_NOT_FOUND: there is no such pledge, or its session is gone. */
void pledge_find(struct store *s, uint32_t session, uint32_t number, int64_t now_ms,
                 pledge_view_cb *cb, void *arg);

/* How many, of the sessions that begin on those days (UTC), at most PLEDGE_DAYS_MAX from the one of
 * from_ms on:
 * {"places": {"7": {"2026-12-05T09:00:00Z": {"coming": 12, "waiting": 1, …}}}: by place and hour of the start,
 *  "groups": {"leeds": {"coming": 9, …}}: by the group that people belong to,
 *  "from": {"7": {"2026-12-05T09:00:00Z": {"leeds": {"coming": 4}}}}: of `places`, people of other groups than the place's,
 *  "minutes": {"2026-12-05T08:59:00Z": 133}}: how many were made in each minute of these days.
 * What is not there is 0. O(places with sessions on these days). */
enum { PLEDGE_DAYS_MAX = 8 };
typedef void pledge_counts_cb(void *arg, int result, const json_t *counts, const struct err *e);
void pledge_counts(struct store *s, int64_t from_ms, int days, pledge_counts_cb *cb, void *arg);

/* How many people of a group pledged to sessions of a place of another group, all that were not taken away with it. */
enum { PLEDGE_BROUGHT_MAX = 72 };
struct pledge_brought_ask { /* borrowed for the call */
    uint32_t place;
    struct slice group;
};
struct pledge_brought {
    uint64_t coming, waiting, came, missed;
};
/* In the order of the asks; borrowed for the call. */
typedef void pledge_brought_cb(void *arg, int result, const struct pledge_brought *list, size_t n,
                               const struct err *e);
/* n: at most PLEDGE_BROUGHT_MAX, and may be none. */
void pledge_brought(struct store *s, const struct pledge_brought_ask *asks, size_t n,
                    pledge_brought_cb *cb, void *arg);

/* ---- for the leader, who tells them (flow/pledge_teller.h) ---- */

struct pledge_due {
    struct pledge pledge;
    enum pledge_notice notice;
    const struct session *session;
    const struct place *place;
};
/* Borrowed for the call. result negative: n is 0. */
typedef void pledge_due_cb(void *arg, int result, const struct pledge_due *list, size_t n,
                           uint32_t next);
/* To whom a text is due that concerns only them, at most PLEDGE_TELL_MAX; each comes again later
 * when it is not told. next is 0. */
void pledge_untold(struct store *s, int64_t now_ms, pledge_due_cb *cb, void *arg);
/* Who of a session is to be told DAY, HOURS, MOVED or OFF; a page of PLEDGE_TELL_MAX behind that
 * number. due_ms: reminders do not go to who was texted about it since. next: the next page begins
 * behind it, 0 = that was the last. */
void pledge_due(struct store *s, uint32_t session, enum pledge_notice notice, int64_t due_ms,
                uint32_t after, int64_t now_ms, pledge_due_cb *cb, void *arg);

struct pledge_text {
    uint32_t session, number;
    enum pledge_notice notice;
    struct slice text;            /* empty: it is not told, and not due any more */
    int64_t later_ms;             /* [wall ms] not before; 0 = now */
    struct slice gateway, sender; /* the usual ones; none: who has no other way gets no text */
};
/* Each that is due still is recorded in the direct book, once, whoever else does the same; indexes:
 * those are to be published. */
typedef void pledge_told_cb(void *arg, int result, const uint32_t *indexes, size_t n);
/* n: 1…PLEDGE_TELL_MAX; list is borrowed for the call. */
void pledge_tell(struct store *s, const struct pledge_text *list, size_t n, int64_t now_ms,
                 pledge_told_cb *cb, void *arg);

/* Sessions that somebody pledged to and that are not over, at most PLEDGE_SESSIONS_PAGE behind the
 * first `from` of them. A place NULL or a session NULL: it is gone. n less than a page: the last. */
enum { PLEDGE_SESSIONS_PAGE = 64 };
struct pledge_session {
    uint32_t id;
    const struct session *session;
    const struct place *place;
    uint64_t digest; /* another one when anything about the session is another */
};
typedef void pledge_sessions_cb(void *arg, int result, const struct pledge_session *list, size_t n);
void pledge_sessions(struct store *s, int64_t now_ms, uint32_t from, pledge_sessions_cb *cb,
                     void *arg);
/* There is more room than there was: those who wait move up. cb may be NULL. */
void pledge_fill(struct store *s, uint32_t session, int64_t now_ms, store_done_cb *cb, void *arg);

/* ---- what goes ---- */

/* Some pledges of one session that ended before that moment; how many, 0: there are none. What was
 * counted stays. */
typedef void pledge_expire_cb(void *arg, int result, int64_t count);
void pledge_expire(struct store *s, int64_t before_ms, int64_t now_ms, pledge_expire_cb *cb,
                   void *arg);
