#pragma once
/* What the watchers of the promises share: promises.c (the ledger and the end), promises_wire.c
 * (what leaves, what arrives), promises_quiet.c (shares, gaps and use where nothing goes wrong). */
#include "promises.h"

enum {
    PROMPT_US = 60 * SIM_MS, /* from a pause or a STOP that is stored to the last request */
    /* Redis' clock was set forward: whoever asks for the first time since does not see it, and
     * where slots are far apart those who do see it ask late (docs/adr/0004). */
    JUMP_RATE_US = 2500 * SIM_MS,
    JUMP_RATE_MAX = 20, /* [1/s] beyond it no second may be too full, whatever the clock does */
    JUMP_TIME_US = 200 * SIM_MS, /* … and a deadline is not where it was */
    JUMP_LEASE_US = 4 * SIM_S,   /* … and a lease that is not renewed since may be over already */
    LEASE_LAST_US = 500 * SIM_MS, /* nothing is sent in the last second, and clocks run apart */
    LEASE_MAX_US = 10 * SIM_S,
    FAULT_US = 100 * SIM_MS,    /* a gate call that was on its way when something broke */
    FAULT_ENDS_US = 15 * SIM_S, /* by then no fault of the plan goes on */
    OPEN_LONG_US = 20 * SIM_S,  /* nobody should have to wait for so long in an open window */
    AHEAD_US = 600 * SIM_MS,    /* the gate looks this far ahead at the most: lead and window */
    /* … and for a message by hand by one interval more, of a gateway that sends one a second */
    AHEAD_DIRECT_US = AHEAD_US + 1100 * SIM_MS,
    SENDERS_MAX = 4,
    HOLDS_MAX = SIM_GATEWAYS_MAX * (SENDERS_MAX + 1),
    STATUS_BYTES = 16,
    NOBODY = 15,
};

struct person {
    uint8_t state;
    uint8_t taken;       /* since somebody decided about them */
    bool before;         /* … and before: a person decided to send it again, or to leave it */
    bool doubt;          /* unknown is an honest answer */
    bool said_no;        /* the provider did not take them, and said so */
    bool again;          /* a resume had them sent to again */
    bool owed;           /* … or will: the provider did not send, for no fault of theirs */
    bool granted;        /* at some time */
    bool ever;           /* the provider took a message of this number, also of one that is lost */
    bool had;            /* another campaign has reached them, in the place of which this one is */
    bool granted_before; /* … or its gate let them pass */
    uint8_t loss;        /* enum sim_loss, of what was taken */
    uint8_t told;        /* the furthest receipt that was stored, 0 = none */
    bool named;          /* a message by hand: it is lost, and that was said */
    uint32_t stamp;      /* of the last reference */
    uint64_t to;         /* of a message by hand: whose it is; each has another one */
    int64_t flight_us;   /* since when they are in flight, or were last */
    int64_t failed_us;   /* since when they are refused or undelivered */
    int64_t until_us;    /* of a direct message: of no use any more from then on; 0 = never */
    int64_t pair_until_us; /* not before this again: the provider said so, of this person */
};

struct campaign {
    struct promised_campaign plan;
    char key[48], ledger_key[48];
    struct person *people;
    uint64_t counts[STATE_COUNT];
    char status[STATUS_BYTES];
    int64_t status_since_us, running_us; /* running_us: when it was started or resumed last */
    int faults;                          /* receipts since, that refused the whole account */
    uint64_t changed;     /* when its keys were written last, as far as it was seen */
    uint32_t stamp;       /* of its references, without the copies; 0: not seen yet */
    bool lost;            /* the store went back to before it */
    bool named;           /* … and said so */
    int64_t cancelled_us; /* since when somebody was told that it is; 0: nobody */
    struct quiet_campaign {
        uint64_t sent, paired; /* messages; people who had too many, and wait */
        double due, part;   /* messages that were its share since the first; the least part of it */
        int64_t last_us;    /* of the last request, or since when there might have been one */
        int64_t running_us; /* since when it runs; 0 = not yet */
        uint64_t answers;   /* replies that had left when it sent last */
    } quiet;
};

/* Arrivals of the last second, oldest first in a ring of rate + 1. */
struct window {
    int rate;
    uint64_t sender;
    int64_t *at_us;
    size_t n;
};

/* A limiter that may grant nothing for a while: a provider said so. */
struct hold {
    char key[64];
    int64_t from_us, until_us;
};

struct suppressed {
    char number[24];
    int64_t since_us;
    bool answered; /* whoever said so was told that it is stored */
    bool lost;     /* it was not, and the store went back */
};

struct promises_seen {
    const uint8_t *ref_key;
    struct campaign campaigns[PROMISED_CAMPAIGNS_MAX];
    size_t campaign_n;
    struct window windows[SIM_GATEWAYS_MAX], senders[SIM_GATEWAYS_MAX][SENDERS_MAX];
    int sender_rate[SIM_GATEWAYS_MAX];
    struct hold holds[HOLDS_MAX];
    /* a throttle must have reached Redis by then; 0 = none */
    int64_t slow_due_us[SIM_GATEWAYS_MAX];
    unsigned asked_s[SIM_GATEWAYS_MAX]; /* a bit for each Retry-After that it said [s] */
    struct suppressed *suppressed;
    size_t suppressed_n;
    struct person *messages; /* by hand, of all pasts: promises_direct.c */
    size_t message_n;
    uint64_t writes_seen, taken;
    int64_t fault_us, jump_us;
    bool jumped, quiet;
    int64_t back_us; /* when the store went back last; 0: never */
    bool silent;     /* it did, and is not made good */
};
extern struct promises_seen seen;

/* promises.c */
struct campaign *promises_campaign(uint32_t id);
struct person *promises_person(const struct sim_request *q, struct campaign **ret_campaign);

bool promises_denies(uint8_t state); /* a state that says: no message of ours is out there */

/* promises_back.c */
void promises_see_report(const struct sim_done *done);
bool promises_may_be_restored(uint8_t from, uint8_t to);
void promises_note_stamp(struct campaign *c);
void promises_take_place(struct campaign *c); /* of others with the same people */
/* A request, of a campaign or a message that the store does not know any more. */
bool promises_of_lost(const struct ref *ref, uint64_t to); /* to: 0 = not known, of a receipt */
void promises_lost_sent(const struct ref *ref);
void promises_lost_taken(const struct ref *ref, uint64_t to);
bool promises_is_named(uint32_t campaign, uint32_t stamp); /* somebody says that it is lost */
void promises_check_silence(const struct campaign *c, size_t index);

/* promises_direct.c */
void promises_direct_written(struct person *p, size_t index);
void promises_read_direct(struct campaign *c); /* what the store has of them now */
bool promises_direct_is_lost(const struct ref *ref, uint64_t to);
void promises_direct_lost_taken(const struct ref *ref, uint64_t to);
void promises_check_direct_named(void);

/* promises_wire.c */
void promises_wire_end(void);
void promises_see_suppression(const struct sim_done *done);
void promises_see_slow(const struct sim_done *done);
void promises_see_gate(const struct sim_done *done);
/* [µs] since when that person's window is open; 0: it is not. */
int64_t promises_open_for_us(const struct campaign *c, size_t index);
bool promises_is_suppressed(const struct campaign *c, size_t index, int64_t *ret_since_us);

/* promises_quiet.c; each does nothing where the world is not quiet. */
void promises_quiet_moved(struct campaign *c); /* its status, or its counts */
void promises_quiet_sent(struct campaign *c, const struct sim_request *q, uint32_t index);
void promises_quiet_arrived(const struct sim_request *q);
void promises_quiet_end(void);
