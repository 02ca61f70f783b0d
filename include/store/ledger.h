#pragma once
/* The gate and the ledger: Lua scripts that stand between "would send" and "is sending"
 * (src/store/gate/ gate.lua and its neighbours say what each does). Every promise about never twice
 * and totals rests on them.
 *
 * All callbacks run once, from the loop. result < 0 means that Redis gave no reply
 * (ERR_UNREACHABLE): it may have happened or not; for the gate the asked recipients must then be
 * left alone (the lease runs out and the next holder turns those in flight into unknown). */
#include "base/err.h"
#include "base/slice.h"
#include "core/cap.h"
#include "core/state.h"
#include "store/batch.h"
#include "store/provider_queue.h"
#include "store/store.h"

struct ledger;

enum { GATE_ASK_MAX = 128, LEDGER_SENDERS_MAX = 64, GATE_GIVE_BACK_MAX = 64 };

/* s is borrowed; instance names this dispatcher (no spaces), boot is larger for each of its starts.
 */
struct ledger *ledger_new(struct store *s, const char *instance, int64_t boot);
void ledger_free(struct ledger *l); /* NULL is fine */

/* ---- lease ---- */
enum lease_verdict { LEASE_TAKEN, LEASE_HELD, LEASE_SETTLED, LEASE_KEPT, LEASE_GONE };
struct lease_reply {
    int result;
    enum lease_verdict verdict;
    uint64_t fence;       /* TAKEN */
    int64_t redis_now_us; /* TAKEN */
    int64_t held_for_us;  /* HELD: until the other one's lease ends */
    uint32_t stamp;       /* TAKEN: of the references of what is sent under it (core/ref.h) */
    uint32_t edits; /* TAKEN: how often the campaign was changed: what is known of it from before
                             may not be sent under it */
    struct slice states; /* TAKEN: one hex digit per nibble ('f' = hole); borrowed for the call */
};
typedef void lease_cb(void *arg, const struct lease_reply *a);
void ledger_lease(struct ledger *l, struct batch_id batch, int64_t lease_us, lease_cb *cb,
                  void *arg);

/* Prolongs up to LEDGER_RENEW_MAX leases at once; letters[i] tells whether it is still ours. */
enum { LEDGER_RENEW_MAX = 256 };
struct lease_ref {
    struct batch_id batch;
    uint64_t fence;
};
#define RENEW_LETTERS(X)                                                                           \
    X(STAYS, 'k')                                                                                  \
    X(LOST, 'l')
enum renew_letter {
#define X(name, letter) RENEW_##name = letter,
    RENEW_LETTERS(X)
#undef X
};
typedef void renew_cb(void *arg, int result, struct slice letters); /* one each: renew_letter */
void ledger_renew(struct ledger *l, const struct lease_ref *leases, size_t n, int64_t lease_us,
                  renew_cb *cb, void *arg);

enum batch_end_verdict { BATCH_DONE, BATCH_KEPT, BATCH_LOST };
/* verdict is only said when result is 0. */
typedef void batch_end_cb(void *arg, int result, enum batch_end_verdict verdict);
/* Ends the lease. When somebody in it is not settled it is kept, and is not released again before that time
 * [wall ms, Redis' time; 0 = at once]. */
void ledger_batch_rest(struct ledger *l, struct lease_ref lease, int64_t not_before_ms,
                       batch_end_cb *cb, void *arg);

/* ---- gate ---- */
/* Allowed hours [wall µs, Redis' time]: slots in [open, close) only; 0, 0 = never: they are
 * skipped. */
struct gate_window {
    int64_t open_us, close_us;
};
/* What people are to be told of (docs/adr/0051): sessions with their places, and which of them fit
 * whom, the best first. */
enum { GATE_NEAR_NONE = 0xFFFF, GATE_NEAR_PER_MAX = 16 };
struct gate_session {
    uint32_t session;
    uint32_t capacity; /* people; 0 = any number */
    uint16_t place;    /* index of its place; GATE_NEAR_NONE = nobody said what that needs */
};
struct gate_place {
    uint32_t needed; /* people, in all of its sessions: */
    const uint32_t *sessions;
    size_t session_n;
};
struct gate_near {
    uint32_t texts_per_place; /* so many are told of a session for each of its places, >= 1 */
    const struct gate_session *sessions;
    size_t session_n; /* < GATE_NEAR_NONE */
    const struct gate_place *places;
    size_t place_n; /* < GATE_NEAR_NONE */
    size_t per;     /* 1…GATE_NEAR_PER_MAX choices for each who is asked for */
    /* n * per of them: an index into sessions, or GATE_NEAR_NONE from there on */
    const uint16_t *of;
};
struct gate_ask {
    struct lease_ref lease;
    const char *gateway;        /* name: whose limiter */
    const char *const *senders; /* names of the senders, for limiters of their own */
    size_t sender_count;
    const char *group;        /* suppression scope besides "all" */
    int64_t lead_us;          /* [µs] earliest slot after the script's now */
    int64_t window_us;        /* [µs] slots reach this far beyond */
    int64_t until_us;         /* [wall µs] no slot from then on; 0 = the campaign's deadline */
    double rate_per_s;        /* of the gateway: never more in any sliding second */
    double sender_rate_per_s; /* 0 = senders have no limit of their own */
    int grants_max;
    struct cap cap;            /* of a campaign: who was texted so often is skipped */
    bool to_suppressed_too;    /* the one confirmation of a STOP */
    bool is_reply;             /* may use the share that blasts leave free */
    const int64_t *given_back; /* [µs, Redis' time] slots that were granted and surely not used */
    size_t given_back_n;       /* ≤ GATE_GIVE_BACK_MAX */
    const struct provider_queue *queue; /* nobody passes while it is full; NULL = no bound */
    size_t n;                           /* 1..GATE_ASK_MAX */
    const uint8_t *offsets;             /* from lease.batch.first, ascending */
    const uint8_t *sender_of;           /* index into senders */
    const uint64_t *numbers;
    struct slice key; /* of one who has no number (store/inbox.h): then n is 1; none */
    const struct gate_window *windows; /* window_count ≤ GATE_ASK_MAX of them; none: any hour */
    size_t window_count;
    const uint8_t *window_of; /* index into windows; only read when there are any */
    /* what they must have agreed to, and what the text is: who wants no more of either is skipped; "" or NULL = none */
    const char *purpose, *kind;
    /* a letter each of CONSENT_LETTERS (core/consent.h); NULL = nobody is asked about either */
    const char *consent;
    const struct gate_near *near; /* NULL = they are told of no session */
};
/* What became of each who was asked for. */
#define GATE_LETTERS(X)                                                                            \
    X(GRANTED, 'g')      /* in flight: there is a slot */                                          \
    X(WAITS, 'w')        /* for a slot of the gateway */                                           \
    X(SENDER_WAITS, 'v') /* for one of its sender */                                               \
    X(CLOSED, 'h')       /* not an allowed hour */                                                 \
    X(STOPPED, 's')      /* suppressed, held, or never allowed: skipped */                         \
    X(TOO_LATE, 'x')     /* expired */                                                             \
    X(PLACES_FULL, 'p')  /* all sessions that they may be told of: ask again with others */        \
    X(NOT_PENDING, '-')
enum gate_letter {
#define X(name, letter) GATE_##name = letter,
    GATE_LETTERS(X)
#undef X
};
/* STORE: the store went back, or is not the one that was checked in with (store/mark.h); nobody was
 * moved. */
enum gate_verdict { GATE_OK, GATE_LEASE_LOST, GATE_NOT_RUNNING, GATE_STORE };
struct gate_reply {
    int result;
    enum gate_verdict verdict;
    struct slice status; /* NOT_RUNNING: the campaign's status; borrowed for the call */
    int64_t redis_now_us;
    int64_t wait_us;      /* [µs] from redis_now until a slot may be had; 0 = no need to wait */
    struct slice letters; /* OK: one each (enum gate_letter) */
    const uint8_t *slots; /* OK: 4 bytes little-endian for each GRANTED and SENDER_WAITS [µs from
                           * redis_now] and CLOSED [s from then until it opens; 0 = the window
                           * given is over] */
    uint64_t mark; /* OK: that the store moved on to with the grants; 0 = nobody is granted */
    const uint8_t *offers; /* OK, with near: 4 bytes little-endian for each GRANTED, the session */
    struct slice full;     /* OK, with near: ids of those of its sessions that have no room */
};
typedef void gate_cb(void *arg, const struct gate_reply *a);
void ledger_gate(struct ledger *l, const struct gate_ask *ask, gate_cb *cb, void *arg);
/* Of the i-th who has one. */
uint32_t gate_slot_us(const struct gate_reply *a, size_t i);
/* Of the i-th who is granted; 0 = none. */
uint32_t gate_offer(const struct gate_reply *a, size_t i);

/* ---- record ---- */
struct record_item {
    uint8_t offset;      /* from the batch's first nibble */
    uint8_t state;       /* enum state */
    struct slice detail; /* reason, "" = none */
    /* Of a campaign's person who was surely not texted, by a grant since then [wall µs, Redis'
     * time]: that contact counts no more (core/cap.h). 0 = it counts. */
    int64_t granted_us;
    uint64_t number; /* canonical; read only when granted_us is given */
    /* of a receipt: what it says that the message cost, in the campaign's currency, and how many parts
     * it had; 0 = not said. They count once, when the message comes to its end. */
    int64_t cost;
    unsigned parts;
};
/* states: one hex digit per item, what stands now (RECORD_NOBODY: nobody is there), then what else
 * is to be told; none when result < 0. */
#define RECORD_LETTERS(X)                                                                          \
    X(NOBODY, 'f')                                                                                 \
    X(BLOCKED, 'b') /* behind them: the campaign is blocked because of this */                     \
    X(ENDED, 'z')   /* behind them: the batch has ended, the lease is given up */
enum record_letter {
#define X(name, letter) RECORD_##name = letter,
    RECORD_LETTERS(X)
#undef X
};
/* mark_told() is what the store moved on to (store/mark.h). */
typedef void record_cb(void *arg, int result, struct slice states);
/* Outcomes of our own requests, under the lease. n ≤ 256. queue: of the gateway that they went
 * through, NULL = it has no bound. last: they are the last ones that the batch waits for; when
 * everybody in it is settled then, it ends in the same step (RECORD_ENDED), as by ledger_batch_rest. */
void ledger_record(struct ledger *l, struct lease_ref lease, const struct provider_queue *queue,
                   const struct record_item *items, size_t n, bool last, record_cb *cb, void *arg);
/* What a receipt says besides the state (src/store/gate/told.lua). */
enum receipt_fault {
    FAULT_PERSON,     /* it failed because of this person or message, or did not fail */
    FAULT_NOT_THEIRS, /* it was not sent, and that has nothing to do with them */
    FAULT_ACCOUNT,    /* … and nothing of this campaign or account is sent */
};
/* A campaign pauses when so many of a hundred receipts say so; 0 = any share is fine. What the campaign
 * says of it itself counts instead (pause_… of store/campaign.h). */
struct receipt_limits {
    int account_refusals; /* so many receipts of FAULT_ACCOUNT: one may be a slip of the provider, and each
                             of them has cost a person's message; at least 1 */
    int failed_percent, filtered_percent;
    int of; /* receipts, at least: fewer say nothing */
};
enum {
    LEDGER_ACCOUNT_REFUSALS = 3, /* receipts of FAULT_ACCOUNT that pause a campaign, as a rule */
    LEDGER_AGAIN_MAX = 64,
};
struct receipt_told {
    const struct provider_queue *queue; /* of the gateway that it came by; NULL: it has no bound */
    uint32_t campaign, first;           /* about whom: items count from `first` */
    enum state_cause cause;             /* RECEIPT; PART: it may be about one part of the text */
    int64_t stamp; /* of the reference; -1: not by a reference, and surely about this campaign */
    enum receipt_fault fault;
    bool filtered;
    struct receipt_limits limits;
};
/* Receipts about recipients of one block, n ≤ 256; `told` is the same of all. One that says
 * `undelivered` comes alone. states: as ledger_record;
 * RECORD_NOBODY also when the stamp is not of this campaign: it had this id in a store that is
 * lost; then RECORD_BLOCKED when the campaign is blocked because of this one. People who are
 * undelivered through no fault of theirs are sent to again when the campaign is resumed. */
void ledger_told(struct ledger *l, const struct receipt_told *told, const struct record_item *items,
                 size_t n, record_cb *cb, void *arg);
/* These (≤ LEDGER_AGAIN_MAX), refused in responses, are sent to again at the next resume, too.
 * Nobody waits for the reply: when the call is lost, they stay refused. */
void ledger_again(struct ledger *l, uint32_t campaign, const uint32_t *indexes, size_t n);

/* ---- pace ---- */
/* The gateway (or, when sender is not NULL, that sender of it) said "too fast". */
void ledger_slow(struct ledger *l, const char *gateway, const char *sender, int64_t hold_us);
/* [µs, Redis' time] Granted requests that left, or will leave, later than the limiter counts them: from where it does (0: it
 * goes on to count there, too) to where it shall. */
struct slot_move {
    int64_t from_us, to_us;
};
/* Told to the limiter of the gateway (or, when sender is not NULL, of that sender of it), with the rate that the gate is asked
 * with. Nobody waits for the reply: when the call is lost, they count where they did. n ≥ 1. */
void ledger_moved(struct ledger *l, const char *gateway, const char *sender, double rate_per_s,
                  const struct slot_move *moves, size_t n);
/* Redis' clock was set forward (core/pace.h): what the limiters of the gateway and of these senders
 * (none, when senders have no rate of their own) know of the last second is older than it seems.
 * They grant nothing until a second has passed since this call; told again, since the last one.
 * When it did not arrive (result < 0), the gate must not be asked before it did. */
typedef void told_cb(void *arg, int result);
void ledger_clock_set(struct ledger *l, const char *gateway, const char *const *senders,
                      size_t sender_count, told_cb *cb, void *arg);

/* ---- bounded steps over a whole ledger ---- */
typedef void count_cb(void *arg, int result, int64_t count);
enum { LEDGER_SWEEP_BLOCKS = 16 };
/* Pending → `to` (CANCELLED or EXPIRED) in up to LEDGER_SWEEP_BLOCKS blocks. */
void ledger_sweep(struct ledger *l, uint32_t campaign, uint32_t block, uint32_t blocks,
                  enum state to, count_cb *cb, void *arg);
