#pragma once
/* A gateway's account as one dispatcher sends through it: how many people it may have open
 * (window.c), the gate (gate.c), the pace and the sending (send.c), whose turn it is (turns.c),
 * Redis' clock (clock.c), what responses say of it (response.c). */
#include "core/pace.h"
#include "flow/dispatch.h"
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
    double interval_us;                 /* of the even pace: how many slots to ask for */
    int64_t unused[GATE_GIVE_BACK_MAX]; /* slots that were missed [µs, Redis' time] */
    size_t unused_n;
    struct heap *replies, *paced; /* that may leave, by slot; replies first when both are due */
    struct turns turns;
    struct window window;
    size_t open;                     /* grants that are not recorded yet; of those … */
    size_t ahead;                    /* … have not left */
    size_t asked;                    /* recipients asked for: may become grants */
    int asks;                        /* gate calls under way */
    int64_t next_ask_us;             /* no slots before this are to be had */
    unsigned keeps;                  /* how often what was granted was kept back */
    unsigned jumps_told;             /* of d->jumps: the limiter knows of these */
    bool telling;                    /* … and is being told of more */
    int64_t tell_at_us;              /* not before: the last time it did not arrive */
    int later;                       /* responses "later" in a row */
    int failures;                    /* requests in a row that did not reach the provider */
    int silent;                      /* requests in a row of which nobody knows what became */
    int64_t dead_until_us, pause_us; /* no request before; how long this pause is */
    struct loop_timer *timer;
    struct dispatch_stats stats;
};

/* One recipient that passed the gate, until its outcome is recorded. */
struct grant {
    struct share *share;
    /* Redis' clock: its slot, which its record knows it by; where no reply came, when the gate was
     * asked. */
    int64_t redis_us;
    unsigned keeps;   /* outlet->keeps when the gate was asked */
    uint32_t session; /* that they are told of; 0 = none */
    uint8_t offset;
    bool ripe;          /* at the provider, and expected back soon */
    int64_t sent_us;    /* our clock */
    struct grant *next; /* of the same reply of the gate, or spare */
    TAILQ_ENTRY(grant) under_way;
};

/* ---- outlet.c ---- */
int outlet_init(struct outlet *o, struct dispatch *d, const struct account *account,
                struct err *e) MUST_USE;
void outlet_done(struct outlet *o);
/* Something has changed for it: it goes on before the loop sleeps. */
void outlet_wake(struct outlet *o);
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
