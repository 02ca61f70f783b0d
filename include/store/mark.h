#pragma once
/* Whether Redis still is the store that we knew, with all that we have seen in it.
 *
 * The hash `store` has the store's *id* (random, made once) and the *mark*: a number that each
 * grant, record, opt-out and hold moves on, in the step that does it. With each connection, and
 * then every second, a process *checks in*: it says which store it knows, and the highest mark that
 * it has seen. A store that is another one, or has less, *went back*: the check-in writes that into
 * it, and from then on nobody passes the gate, until somebody has said what becomes of what is
 * missing (docs/adr/0032). Each call of the gate says the same, and is refused in the same step:
 * also by a store that was emptied or replaced between two check-ins.
 *
 * A Redis that was started anew lets nobody pass before all who knew it have checked in, for one of
 * them may have seen more than the first; or before a grace is over, for some may be dead.
 *
 * When a store that went back is made good, it gets a new id, and its mark is set above all that
 * anybody has seen. Who still knows a former id is *behind*: what they know is to be made good
 * first (mark_adopt).
 *
 * Of two processes with one `instance` the one that was started last goes on: the other one is a
 * *twin*, and does not pass. They would take each other's leases, and one's journal would stand for
 * both when a store is made good. */
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MARK_ID_BYTES = 33,  /* 32 hex digits and the zero */
    MARK_RUN_BYTES = 48, /* Redis' run_id: 40 hex digits */
    MARK_NAME_BYTES =
        145, /* of a process: `instance` of muster.yaml, and of two that have one, '#' and a number */
    MARK_PEERS_MAX = 64, /* who knows a store; of more the one unheard of for longest is dropped */
};

/* ---- what this process has seen ---- */

/* The highest mark that a reply has told, of whatever script; 0 = none. With redis.replicas_min
 * only of what replicas have: a failover may take the rest back, and that is no store that went
 * back. */
uint64_t mark_seen(const struct store *s);
/* In a callback of this layer: the mark that this very reply moved on to; 0 = it moved none. */
uint64_t mark_told(const struct store *s);
/* The store that this process knows; "" = none yet. Borrowed until the loop turns. */
const char *mark_id(const struct store *s);
/* What a journal has told: before the first check-in. The larger mark stays. */
void mark_know(struct store *s, const char *id, uint64_t mark);

/* ---- checking in ---- */

enum mark_stand {
    MARK_AWAY,   /* not checked in with this connection */
    MARK_STANDS, /* the gate lets pass */
    MARK_WAITS,  /* for those who knew it before it was started anew */
    MARK_BACK,   /* it went back: nobody passes */
    MARK_BEHIND, /* this process knows a former id: it does not pass, others may */
    MARK_TWIN, /* another process was started under the same name: it does not pass, that one may */
};
/* Whether the store is the one that is known, as it was seen. */
bool mark_is_ours(enum mark_stand stand);

#define MARK_BACK_TABLE(X)                                                                         \
    X(MARK_EMPTY, "empty") /* it has no id, and somebody knew one */                               \
    X(MARK_OTHER, "other") /* it has another id than somebody knew */                              \
    X(MARK_LESS, "less")   /* its mark is lower than somebody has seen */
enum mark_back {
#define X(name, text) name,
    MARK_BACK_TABLE(X)
#undef X
};

struct mark_report {
    enum mark_stand stand;
    uint64_t mark; /* of the store, now */
    /* BACK: */
    enum mark_back back;
    int64_t since_ms;   /* [wall ms, Redis' time] when it was noticed */
    struct slice by;    /* the process that noticed */
    uint64_t had, seen; /* the store's mark then; the highest that anybody knows */
    bool apply;         /* what is missing is being brought back (docs/adr/0032) */
    /* WAITS: */
    int64_t waits_until_ms; /* [wall ms] at the latest */
    /* Who checks in with this store, this process among them, but for those unheard of for a week.
     */
    size_t peer_count;
    struct slice peers[MARK_PEERS_MAX];
};
/* report is NULL when Redis gave no reply; all in it is borrowed for the call. */
typedef void mark_cb(void *arg, const struct mark_report *report, const struct err *e);

struct mark_check_in {
    const char *instance;      /* this process; no spaces */
    const char *run;           /* run_id of the Redis process (INFO server); "" = not told */
    int64_t grace_ms;          /* [ms] how long those who do not come are waited for */
    const struct slice *peers; /* whom this process knew of; ≤ MARK_PEERS_MAX */
    size_t peer_count;
};
/* Brings mark_id and mark_seen, and takes over what the store says where it stands: a first start
 * makes the id, also of a store of an older version. */
void mark_check_in(struct store *s, const struct mark_check_in *in, mark_cb *cb, void *arg);
/* What this process knew is brought, or nothing of it counts: the next check-in, which is at once, takes the store as it is. Not one
 * that went back meanwhile: until then the former id is known. */
void mark_adopt(struct store *s);
/* As the last check-in left it. */
enum mark_stand mark_stand(const struct store *s);
/* Whether what was said of people counts: not while the store is gone back, or waits. True for who never checked in. */
bool mark_is_trusted(const struct store *s);
/* Whether nobody may come in by what the store says of people: it waits, or it went back and not all who knew it have taken away once
 * more what was taken away since (store/restore.h). As the last check-in said, also while Redis is away. */
bool mark_is_shut(const struct store *s);
/* The connection is gone: nobody passes until the next check-in. */
void mark_leave(struct store *s);
/* How often that was: behind each connection may be another store, with other campaigns under the
 * same ids. */
unsigned mark_era(const struct store *s);
/* Called when the gate was refused because of the store, so that the check-in need not wait for its
 * second; NULL = nobody. */
void mark_on_refused(struct store *s, void (*cb)(void *arg), void *arg);
