#pragma once
/* The dispatcher's parts: dispatch.c (life, queue), lease.c (leases), run.c (what is known of a
 * campaign), hours.c (allowed hours), outlet.c (gate, pace, sending), turns.c (turns), clock.c
 * (Redis' clock is set), response.c (what a response means), record.c (outcomes to the ledger). */
#include "flow/dispatch.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/map.h"
#include "core/block.h"
#include "core/hours.h"
#include "core/pace.h"
#include "core/ref.h"
#include "flow/message.h"
#include "flow/zone_book.h"
#include "io/redis.h"
#include "store/audience.h"
#include "store/campaign.h"
#include "store/direct.h"
#include "store/ledger.h"
#include "store/suppress.h"

enum {
    RETRY_US = 200000,         /* after a reply of Redis that did not come */
    FLUSH_US = 2000,           /* outcomes wait this long for company */
    LEASE_SAFETY_US = 1000000, /* nothing is sent in the last second of a lease */
    LEAVE_LATE_US = 2000000, /* later than this after its slot a request leaves on no connection */
    ASKS_MAX = 4,            /* gate calls under way per gateway */
    UNLISTED_MAX = 10, /* people in a row, refused for what no description lists: it is about more
                          than them */
    LATER_MAX = 3,     /* "later" in a row until all of the gateway is slowed */
    GATEWAY_DEAD_AFTER = 3, /* refused connections in a row */
    /* outcomes `unknown` in a row: nobody is made unknown at full speed */
    GATEWAY_SILENT_AFTER = 8,
    TEXT_BYTES_MAX = MESSAGE_TEXT_BYTES_MAX,
};

/* Where a recipient stands in this dispatcher; the ledger's state is another matter. */
enum phase { PHASE_NONE, PHASE_TODO, PHASE_ASKED, PHASE_OPEN };

enum batch_state { BATCH_LEASING, BATCH_LOADING, BATCH_OPEN, BATCH_ENDING };

/* What is known of a campaign while batches of it are held. */
struct run {
    struct dispatch *d;
    uint32_t id;
    int refs;
    bool loading, ready;
    char *problem; /* why it cannot run here; owned */
    struct campaign *campaign;
    struct audience_info *audience;
    struct message *message;
    struct outlet *o;
    double turns; /* fairness: messages granted so far, divided by the weight */
    uint64_t counted;
    bool blocked_said;
    uint32_t unlisted[UNLISTED_MAX]; /* who was refused last for what no description lists */
    size_t unlisted_n;
    bool any_hour;
    struct hours hours;         /* when not any_hour */
    int zone_column;            /* of the audience, -1 = none */
    struct run_window *windows; /* owned; of each set of zones that was met */
    size_t window_n;
};

struct record {
    struct grant *grant;
    uint8_t offset, state;
    char *detail; /* owned; NULL = none, as for nearly everybody */
};

struct person_state {
    uint8_t phase;         /* enum phase */
    uint8_t tries;         /* that the provider surely did not take */
    uint8_t sender;        /* index of a sender */
    uint16_t window;       /* index into run->windows */
    int64_t not_before_us; /* [µs] our clock: a retry waits for this */
};

struct batch {
    struct dispatch *d;
    struct queue_message *queued;
    enum batch_state state;
    enum lane lane;
    struct lease_ref lease;
    int64_t lease_until_us; /* our clock */
    bool lost;              /* the lease is not ours, or not known to be: send nothing more */
    uint32_t stamp;         /* of its references: the lease says it */
    bool parked;            /* the campaign does not run: give it back */
    bool waits_said;        /* that only a few are left, who wait */
    struct run *run;        /* NULL: a direct message */
    struct direct_message *direct; /* owned */
    uint32_t direct_index;
    struct outlet *o;
    char *bytes; /* of the block, owned */
    struct block block;
    struct person_state *people;    /* owned; lease.batch.count of them, by offset */
    size_t todo_n, asked_n, open_n; /* recipients in each phase */
    int64_t wake_us;                /* nobody is ready before this */
    int64_t rest_until_ms; /* [wall ms, Redis' clock] given back because nobody may be texted
                              before; 0 = no */
    struct record *records;
    size_t record_n;
    bool dirty;                             /* is in d->dirty */
    bool listed;                            /* is in o->batches */
    bool waiting;                           /* is in d->waiting */
    struct batch *next_dirty, *next, *prev; /* next/prev: all batches of the dispatcher */
};

/* One recipient that passed the gate, until its outcome is recorded. */
struct grant {
    struct batch *batch;
    int64_t redis_us; /* its slot, Redis' clock: what its record knows it by */
    uint8_t offset;
    struct grant *next_spare;
};

struct outlet {
    struct dispatch *d;
    const struct account *account;
    struct http_client *http;
    double interval_us;                 /* of the even pace: how many slots to ask for */
    int64_t unused[GATE_GIVE_BACK_MAX]; /* slots that were missed [µs, Redis' time] */
    size_t unused_n;
    struct heap *paced;     /* grants by slot */
    struct batch **batches; /* with recipients to do, in order of arrival */
    size_t batch_n, batch_cap;
    size_t occupied;                 /* grants that are not recorded yet */
    size_t asked;                    /* recipients asked for: may become grants */
    int asks;                        /* gate calls under way */
    int64_t next_ask_us;             /* no slots before this are to be had */
    unsigned keeps;                  /* how often what was granted was kept back */
    unsigned jumps_told;             /* of d->jumps: the limiter knows of these */
    bool telling;                    /* … and is being told of more */
    int64_t tell_at_us;              /* not before: the last time it did not arrive */
    double turn_floor;               /* the most that a run has had */
    int64_t took_us;                 /* when a campaign was granted something last [our clock] */
    uint64_t count;                  /* … of who has weight, so that nobody has it twice */
    int later;                       /* responses "later" in a row */
    int failures;                    /* requests in a row that did not reach the provider */
    int silent;                      /* requests in a row of which nobody knows what became */
    int64_t dead_until_us, pause_us; /* no request before; how long this pause is */
    struct loop_timer *timer;
    struct dispatch_stats stats;
};

struct dispatch {
    struct dispatch_config config;
    struct queue *queue;
    struct zone_book *zones;
    struct outlet *outlets; /* by account */
    size_t outlet_n;
    struct pace_clock clock;
    unsigned clock_sets; /* how often Redis' clock was set */
    unsigned jumps;      /* … forward */
    struct batch *batches;
    size_t batch_n, held[LANE_COUNT];
    struct map *runs;
    struct batch *dirty;
    struct loop_timer *flush, *renew, *later;
    struct heap *waiting; /* batches by when to go on */
    struct grant *spare;
    struct buf text;
    bool stopping;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

/* dispatch.c */
void batch_go(struct batch *b);                /* the next step of its life */
void batch_later(struct batch *b, int64_t us); /* … after a while */
void batch_check_end(struct batch *b);         /* ends it when nothing of it is under way */
struct outlet *dispatch_outlet(struct dispatch *d, struct slice name); /* or NULL */
void dispatch_check_stopped(struct dispatch *d);

/* lease.c: the timer that prolongs leases. */
void lease_renew(void *dispatch);

/* run.c: gives b->run, loaded or with a problem, then batch_go(b). */
void run_join(struct dispatch *d, uint32_t campaign, struct batch *b);
void run_leave(struct run *r);

/* hours.c; the answers are those for any hour where there is no limit, and for direct
 * messages. */
int hours_open_run(struct run *r, struct err *e) MUST_USE; /* campaign and audience are there */
void hours_open_batch(struct batch *b); /* the block is there, Redis' clock is known */
/* When that person may be texted [µs, our clock]; now, when it is now. */
int64_t hours_ready_us(struct batch *b, size_t offset, int64_t now);
/* What the gate is told of n people; returns how many windows there are. Both arrays hold
 * GATE_ASK_MAX. */
size_t hours_windows(struct batch *b, const uint8_t *offsets, size_t n, int64_t now,
                     struct gate_window *windows, uint8_t *window_of);
/* The provider may try until then [wall ms]; 0 = as long as it likes. */
int64_t hours_until_ms(struct batch *b, size_t offset, int64_t now);
/* Whether nobody who is left may be texted for so long that the batch is given back; sets
 * rest_until_ms. */
bool hours_rest(struct batch *b);

/* outlet.c */
int outlet_init(struct outlet *o, struct dispatch *d, const struct account *account,
                struct err *e) MUST_USE;
void outlet_done(struct outlet *o);
void outlet_add(struct outlet *o, struct batch *b);
void outlet_remove(struct batch *b);
void outlet_pump(struct outlet *o);
bool outlet_is_dead(const struct outlet *o);
/* What is granted and has not left, or is being asked for, goes back; its slots stay in the
 * limiter's record, where they are too many and not too few. */
void outlet_keep_back(struct outlet *o);
/* Whether a request may still go onto the wire: the lease is ours, the campaign was not stopped. */
bool grant_may_leave(void *grant);

/* clock.c */
/* A reply of the gate: redis_us is the script's `now`. Calls that were sent before a jump was seen have no
 * slots to give (outlet_keep_back). */
void clock_see(struct dispatch *d, int64_t sent_us, int64_t redis_us);
/* Whether the limiter knows of every jump; tells it otherwise, and pumps when it does. Until then
 * the gate is not asked. */
bool clock_is_told(struct outlet *o);

/* turns.c */
/* Whose turn it is; replies only when `replies_only`. NULL: nobody's. O(batches). */
struct batch *turns_next(struct outlet *o, int64_t now, bool replies_only);
/* When the next batch that waits (for a retry) wants to go on; INT64_MAX: none does. */
int64_t turns_wake_us(const struct outlet *o);
void turns_took(struct batch *b, size_t messages); /* b's campaign was granted so many */
/* How much earlier than usual to ask for the next slot: other dispatchers had the last ones. */
int64_t turns_early_us(struct outlet *o);

/* response.c */
void response_take(void *grant, const struct http_result *result); /* an http_client_cb */
/* It did not leave, or surely was not taken: pending again, and not before a while. */
void try_later(struct grant *g, int64_t after_us, const char *detail);

/* record.c */
void record_outcome(struct grant *g, enum state state, const char *detail);
void record_flush(void *dispatch);
void record_free(struct record *r);
void grant_free(struct grant *g);
