#pragma once
/* The parts of flow/hook_intake.h: taking what comes (intake.c), the spool when Redis is back (drain.c), and what both do with
 * a webhook's events (storing.c). */
#include "flow/hook_intake.h"

enum {
    /* between tries when Redis is there and takes nothing */
    INTAKE_AGAIN_FIRST_US = 100 * 1000,
};

struct intake_gateway {
    const struct account *account;
    struct hook_intake_stats stats;
    uint64_t news[ACCOUNT_BLOCKED + 1]; /* by level */
};

/* A webhook on its way into the store: one reply for each event, and one for the reading itself.
 */
struct storing {
    struct hook_intake *in;
    struct intake_gateway *g;
    int64_t received_ms;
    size_t waiting;
    int result;       /* the first failure */
    bool unread;      /* something in it is nobody's, or of no known kind: it is kept for people */
    bool misdirected; /* something in it is about a number that no gateway has: it is kept, too */
    bool again;       /* it was in the spool: what it needed to be read is counted */
    void (*ended)(struct storing *w);
};

/* One whose sender waits for us. */
struct taking {
    struct storing storing; /* first member */
    struct hook_request hook;
    hook_intake_cb *cb;
    void *arg;
    struct taking *next; /* that waits for the disk */
};

enum { INTAKE_WAVE_MAX = 64 };

/* A record of the spool that is being stored. */
struct draining {
    struct storing storing; /* first member */
    struct spool_place place;
    enum spool_why before;  /* why it was kept, when it is tried again */
    enum spool_why why;     /* of unreadable */
    const char *unreadable; /* why it can never be stored; or NULL */
};

/* The oldest records, stored side by side; no two of them hold words of one person. */
struct wave {
    struct draining records[INTAKE_WAVE_MAX];
    size_t n, waiting; /* waiting: for Redis */
    bool alone;        /* the oldest was refused: it goes alone until it is gone */
};

struct hook_intake {
    struct hook_intake_config config;
    struct intake_gateway *gateways; /* by account */
    struct taking *written,
        **written_end; /* in the spool's files, not yet known to be on the disk */
    struct loop_timer *commit, *drain;
    int64_t again_us;
    struct receipt_batches *batches;
    struct wave wave;
    bool probing;             /* whether Redis refuses the oldest, or everything */
    int refusals;             /* of the oldest alone */
    size_t drained, rejected; /* since the spool was empty */
    bool add_failing, drain_failing, keep_failing, unreadable; /* said so */
};

/* HOOK_OK: w->ended has run or will; w->unread: the webhook is to be kept. Else nothing was done. The hook is borrowed for the
 * call. */
enum hook_result intake_store(struct storing *w, const struct hook_request *hook);
struct intake_gateway *intake_of(const struct hook_intake *in, const struct account *account);
/* Why it is kept: something in it is unread or misdirected. */
enum spool_why intake_why(const struct storing *w);
/* Counts and says it. */
void intake_say_kept(const struct hook_intake *in, struct intake_gateway *g);
/* Of the timer `drain`. */
void intake_on_drain(void *arg);
