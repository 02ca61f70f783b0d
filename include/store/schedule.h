#pragma once
/* Schedules: what makes campaigns again and again (docs/adr/0042). One is a campaign as JSON, when it
 * is to be launched (flow/plan.h), and what came of that until now. The store knows nothing of
 * calendars: whoever writes one works out when it fires next.
 *
 * status: active ⇄ paused; active → over (nothing comes any more) → gone after SCHEDULE_OVER_MS;
 * active → stopped (who made it may not launch any more) → active, for who lets it go on.
 *
 * Callbacks as in store/store.h. */
#include "core/group.h"
#include "store/deed.h"
#include "store/store.h"

/* Of who came by the unix socket, and is nobody's account: the owner of the machine. */
#define SCHEDULE_BY_SOCKET "local"

/* name, text */
#define SCHEDULE_STATUS_TABLE(X)                                                                   \
    X(SCHEDULE_ACTIVE, "active")                                                                   \
    X(SCHEDULE_PAUSED, "paused")                                                                   \
    X(SCHEDULE_STOPPED, "stopped")                                                                 \
    X(SCHEDULE_OVER, "over")
enum schedule_status {
#define X(name, text) name,
    SCHEDULE_STATUS_TABLE(X)
#undef X
        SCHEDULE_STATUS_COUNT
};
const char *schedule_status_to_string(enum schedule_status status);

/* What came of a firing. name, text */
#define SCHEDULE_OUTCOME_TABLE(X)                                                                  \
    X(SCHEDULE_LAUNCHED, "launched")                                                               \
    X(SCHEDULE_FAILED, "failed") /* the check found errors, or there was nothing to launch to */   \
    X(SCHEDULE_MISSED, "missed") /* nobody was there in time */
enum schedule_outcome {
#define X(name, text) name,
    SCHEDULE_OUTCOME_TABLE(X)
#undef X
        SCHEDULE_OUTCOME_COUNT
};
const char *schedule_outcome_to_string(enum schedule_outcome outcome);

enum {
    SCHEDULES_MAX = 2000,
    SCHEDULES_OF_GROUP_MAX = 100,
    SCHEDULE_NAME_BYTES_MAX = 100, /* a campaign's name is this, a date and a time */
    SCHEDULE_LOG_MAX = 50,         /* firings that are remembered */
    SCHEDULE_PAGE_MAX = 200,
    SCHEDULE_DUE_MAX = 16,
    SCHEDULE_LOOK_MS = 10 * 60 * 1000, /* each is looked at so often: its zone may be another */
    SCHEDULE_AGAIN_MS = 5000,          /* one that was looked at, and nothing came of it */
};
static const int64_t SCHEDULE_OVER_MS = INT64_C(30) * 24 * 3600 * 1000;

struct schedule {
    uint32_t id;
    struct slice name, group;
    struct slice plan;     /* JSON, flow/plan.h */
    struct slice campaign; /* JSON, as POST /api/v1/campaigns takes it, without name and times */
    int64_t within_ms;     /* [ms] nothing leaves later than that after a firing; 0 = no such end */
    int64_t late_ms;       /* [ms] a firing that could not be in time still is until then */
    int64_t from_local_s;  /* where its plan begins */
    struct slice by, by_id; /* who answers for it: who made or last changed it */
    int64_t made_ms;
    enum schedule_status status;
    struct slice status_by, status_why;
    int64_t status_ms;
    int64_t handled_ms; /* [wall ms] all firings until then are settled */
    int64_t next_ms;    /* [wall ms] 0 = none */
    struct slice zone;  /* by whose clock that is */
    uint64_t version;   /* larger with each change by a person */
    uint64_t outcomes[SCHEDULE_OUTCOME_COUNT];
    int64_t last_ms; /* [wall ms] of the newest firing that was settled; 0 = none */
    enum schedule_outcome last;
    uint32_t last_campaign;
    struct slice last_why;
};
struct schedule *schedule_dup(const struct schedule *s); /* returns owned */
void schedule_free(struct schedule *s);                  /* one from schedule_dup; NULL is fine */

/* id: of the schedule that stands there now; 0 when result is not 0. */
typedef void schedule_put_cb(void *arg, int result, uint32_t id, const struct err *e);
/* id 0: makes it; else it takes the place of what stands there, if that is still `version`. Read are
 * name to by_id, handled_ms, next_ms (not 0), zone. It is active then, unless it was paused.
 * ERR_EXISTS: the group has one of that name. ERR_LIMIT. ERR_NOT_FOUND. ERR_CONFLICT: it was changed
 * meanwhile. */
void schedule_put(struct store *s, const struct schedule *new, struct deed deed,
                  schedule_put_cb *cb, void *arg);

enum schedule_move { SCHEDULE_PAUSE, SCHEDULE_RESUME, SCHEDULE_STOP, SCHEDULE_DELETE };
/* next_ms, by, by_id: of a resume, from when on it fires again, and who answers for it if it was
 * stopped. ERR_NOT_FOUND; ERR_CONFLICT: it is in a status in which that means nothing. */
struct schedule_moving {
    uint32_t id;
    enum schedule_move move;
    struct slice actor, why, by, by_id, zone;
    int64_t next_ms;
};
void schedule_move(struct store *s, const struct schedule_moving *m, int64_t now_ms,
                   store_done_cb *cb, void *arg);

/* One time is left out, or comes after all: when it launches is another, and nothing else. Who answers for it stays. plan:
 * what takes the place of the one that stands there, if that is still `version`; next_ms, not 0: of the same. ERR_NOT_FOUND;
 * ERR_CONFLICT: it was changed meanwhile, so that plan was made of what does not stand there any more. */
struct schedule_excepting {
    uint32_t id;
    uint64_t version;
    struct slice plan;
    int64_t next_ms;
    struct slice what; /* for the audit trail: "leaves out 2026-12-24" */
};
void schedule_except(struct store *s, const struct schedule_excepting *x, struct deed deed,
                     store_done_cb *cb, void *arg);

/* s: borrowed for the call, NULL when result is not 0. */
typedef void schedule_cb(void *arg, int result, const struct schedule *s, const struct err *e);
void schedule_load(struct store *s, uint32_t id, schedule_cb *cb, void *arg); /* ERR_NOT_FOUND */
/* The newest first. Borrowed for the call. */
struct schedule_query {
    struct group_set groups;
    size_t limit;        /* 1…SCHEDULE_PAGE_MAX */
    struct slice before; /* `next` of the page before; none = from the newest */
};
typedef void schedule_list_cb(void *arg, int result, const struct schedule *list, size_t n,
                              struct slice next, const struct err *e);
void schedule_list(struct store *s, const struct schedule_query *q, schedule_list_cb *cb,
                   void *arg);

struct schedule_entry { /* a firing */
    int64_t at_ms;      /* [wall ms] when it was due */
    struct slice local; /* "2026-12-03 09:00", by the clock of the people */
    enum schedule_outcome outcome;
    uint32_t campaign; /* 0 = there is none */
    struct slice why;
};
/* The newest SCHEDULE_LOG_MAX, the newest first. Borrowed for the call. */
typedef void schedule_log_cb(void *arg, int result, const struct schedule_entry *list, size_t n,
                             const struct err *e);
void schedule_log(struct store *s, uint32_t id, schedule_log_cb *cb, void *arg);

/* ---- for the leader ---- */

struct schedule_due {
    struct schedule schedule;
    struct slice maker; /* who made it, as the roster has them (store/roster.h); none: gone */
};
/* Those to look at now; none of them is due again for SCHEDULE_AGAIN_MS. Those that have been over
 * for SCHEDULE_OVER_MS go. restored_ms: when the store was made good after it had gone back [wall ms],
 * 0 = never: what was due before may have been launched, and forgotten; while it is not made good,
 * there are none. The list is borrowed for the call. */
typedef void schedule_due_cb(void *arg, int result, int64_t restored_ms,
                             const struct schedule_due *list, size_t n);
void schedule_due(struct store *s, int64_t now_ms, schedule_due_cb *cb, void *arg);

/* What came of looking at it. A firing is noted once, however often this is said. Where a person has
 * changed it meanwhile (version), only the firings are noted. */
struct schedule_settling {
    uint32_t id;
    uint64_t version;
    int64_t handled_ms, next_ms; /* next_ms 0: it is over */
    struct slice zone;
    const struct schedule_entry *entries; /* oldest first */
    size_t n;
};
enum { SCHEDULE_SETTLE_MAX = 32 };
void schedule_settle(struct store *s, const struct schedule_settling *what, int64_t now_ms,
                     store_done_cb *cb, void *arg);

/* Of all groups, since ever; how many there are by status. */
struct schedule_counts {
    uint64_t outcomes[SCHEDULE_OUTCOME_COUNT], active, all;
};
typedef void schedule_counts_cb(void *arg, int result, const struct schedule_counts *counts);
void schedule_counts(struct store *s, schedule_counts_cb *cb, void *arg);
