#pragma once
/* A gateway's account as one dispatcher sends through it: how many people it may have open
 * (window.c), the gate (gate.c), the pace and the sending (send.c), what leaves late (late.c), whose turn it is (turns.c),
 * Redis' clock (clock.c), what responses say of it (response.c). */
#include "core/pace.h"
#include "flow/dispatch.h"
#include "late.h"
#include "store/ledger.h"
#include "turns.h"
#include "window.h"

struct heap;
struct http_client;
struct loop_timer;

enum {
    ASKS_MAX = 4,     /* gate calls under way */
    LATER_MAX = 3,    /* "later" in a row until all of the gateway is slowed */
    DEAD_AFTER = 3,   /* refused connections in a row */
    SILENT_AFTER = 8, /* outcomes `unknown` in a row: nobody is made unknown at full speed */
};

struct outlet {
    struct dispatch *d;
    const struct account *account;
    bool awake;
    SLIST_ENTRY(outlet) awake_link;
    struct http_client *http;
    double interval_us;                 /* between two slots at an even pace */
    int64_t unused[GATE_GIVE_BACK_MAX]; /* slots that were missed [µs, Redis' time] */
    size_t unused_n;
    /* Grants that may leave, by their slots: of people who wrote to us, and of campaigns. When both are due, replies go first. */
    struct heap *replies, *paced;
    struct turns turns;
    struct window window;
    struct late late;
    size_t open;         /* grants whose outcome is not recorded yet */
    size_t ahead;        /* those of them that have not left yet */
    size_t asked;        /* people whom the gate is being asked for: they may become grants */
    int asks;            /* gate calls under way */
    int64_t next_ask_us; /* the gate has no slot to give before that */
    unsigned keeps;      /* how often all that was granted was kept back (outlet_keep_back) */
    unsigned jumps_told; /* so many of d->jumps the limiter knows of */
    bool telling;        /* it is being told of the others */
    int64_t tell_at_us;  /* it is told again at that time: the last call got no reply */
    int later;           /* responses "later" in a row */
    int failures;        /* requests in a row that did not reach the provider */
    int silent;          /* requests in a row with an unknown outcome */
    int64_t dead_until_us, pause_us; /* no request leaves before that; how long the pause is */
    struct loop_timer *timer;
    struct dispatch_stats stats;
};

/* One recipient that passed the gate, until its outcome is recorded. */
struct grant {
    struct share *share;
    /* [µs, Redis' clock] Its slot. The limiter's record and the contact are found by it. Where the gate's reply did not come: when
     * the gate was asked. */
    int64_t redis_us;
    /* [µs, our clock] When it leaves: that slot, as the clocks stood when the gate's reply came. Redis' clock may be set while it
     * waits for the disk or for a place. */
    int64_t slot_us;
    unsigned keeps;   /* outlet->keeps when the gate was asked */
    uint32_t session; /* that they are told of; 0 = none */
    uint8_t offset;
    bool ripe;              /* it is at the provider, and its response is expected soon */
    int64_t sent_us;        /* our clock */
    bool waits;             /* it is handed to libcurl, and waits for its connection */
    int64_t leave_until_us; /* [our clock] later it must not leave */
    int64_t left_us;        /* [our clock] it was written then, or right after; 0: it was not */
    /* Where the limiter counts it: our clock, Redis'. Its slot, until that is over. */
    int64_t counts_us, counts_redis_us;
    struct grant *next; /* the next one of the same reply of the gate, or of the spare ones */
    TAILQ_ENTRY(grant) under_way;
};

/* ---- outlet.c ---- */
int outlet_init(struct outlet *o, struct dispatch *d, const struct account *account,
                struct err *e) MUST_USE;
void outlet_done(struct outlet *o);
/* Something has changed for it: it goes on before the loop sleeps. */
void outlet_wake(struct outlet *o);
/* How many slots one call of the gate can give. */
size_t outlet_reach_slots(const struct outlet *o);
void outlets_pump(void *dispatch); /* the loop's hook: those that were woken go on */
bool outlet_is_dead(const struct outlet *o);
/* Those who are granted and have not left, and those who are being asked for, go back. Their slots
 * stay in the limiter's record, which so counts too many, and never too few. */
void outlet_keep_back(struct outlet *o);
struct grant *grant_new(struct share *s, uint8_t offset, int64_t redis_us);
void grant_free(struct grant *g);

/* ---- gate.c ---- */
/* Asks the gate for as many as may be, by turns. */
void gate_ask(struct outlet *o, int64_t now_us);
/* When it is to be called [our clock]; INT64_MAX: not before something happens. */
int64_t gate_wake_us(struct outlet *o, int64_t now_us);

/* ---- durable.c ---- */
/* These were granted together, with that mark: they may leave as soon as the disk has that. NULL is
 * fine. */
void durable_granted(struct grant *list, uint64_t mark);
/* Of those whose outcome is told next, with that mark: they were granted since then [Redis' clock],
 * and surely not texted. n may be 0. */
void durable_untexted(struct batch *b, uint64_t mark, const uint8_t *offsets, size_t n,
                      int64_t since_us);
/* What the ledger has of people of a batch; it is on the disk a little later. */
void durable_recorded(struct batch *b, uint64_t mark, const uint8_t *offsets, const uint8_t *states,
                      size_t n);
/* How long before a slot the gate is to be asked, so that what it grants is known and on the disk in
 * time. */
int64_t durable_lead_us(const struct dispatch *d);

/* ---- send.c ---- */
/* These were granted together, and all that has to stand before they leave does: from now on each
 * leaves at its slot, once there is a place at the provider; or not at all, when it is late. */
void send_may_leave(struct grant *list);
void send_may_not_leave(struct grant *list); /* it does not stand: they go back */
/* Sends what is due. */
void send_due(struct outlet *o);
/* When it is to be called [our clock]; INT64_MAX: not before there is more, or a place. */
int64_t send_wake_us(const struct outlet *o, int64_t now_us);
/* Those who may leave do not: they go back. */
void send_none(struct outlet *o);
