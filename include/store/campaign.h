#pragma once
/* Campaigns: what is to be sent to whom, through which gateway, until when; their status and
 * counters.
 *
 * status: preparing → scheduled → running → done; running ⇄ paused; running → blocked (the gateway
 * refused the whole account) → running; preparing, scheduled, running, paused, blocked → cancelled;
 * running … → expired (the deadline passed). One that a second person has to agree to begins as
 * proposed, and is so again when it was changed since (store/approval.h): proposed → preparing, or
 * paused when it is sent back. Campaign 0 is the direct book: always running.
 *
 * Callbacks as in store/store.h. */
#include "core/campaign_status.h"
#include "core/group.h"
#include "core/state.h"
#include "store/queue.h"
#include "store/store.h"

struct campaign_prices;

struct campaign {
    uint32_t id;
    enum campaign_status status;
    struct slice name, group, gateway;
    /* Senders of the gateway's that it leaves from, with a new line between two; "" = all. */
    struct slice sender;
    enum lane lane;
    uint32_t audience, blocks; /* id; blocks of it */
    struct slice audience_name;
    struct slice hours;   /* core/hours.h; "" = any */
    struct slice consent; /* what its people must have agreed to (core/consent.h); "" = nothing */
    /* The JSON that it was launched with, but for its message (flow/campaign_body.h); "": an older
     * Muster launched it. */
    struct slice said;
    /* Only those of its list who stood in the campaign `of` in one of these states (1 << enum state) when
     * its ledger was made; 0 = everybody. */
    uint32_t of;
    uint64_t only;
    uint32_t loan;       /* by which its list is lent (store/loan.h); 0 = by none, or it is over */
    struct slice helper; /* the group that launched it by a loan; none */
    uint64_t edits;      /* how often it was changed (store/campaign_edit.h) */
    uint64_t texts;      /* versions of its text; 0 = 1 */
    struct slice cap, cap_why; /* "exempt" from the frequency cap (core/cap.h), and why; or none */
    int64_t deadline_ms, start_ms;            /* [wall ms] 0 = none, 0 = at once */
    int64_t launched_ms, running_ms, done_ms; /* [wall ms] 0 = not yet */
    int64_t opens_ms;      /* [wall ms] people wait for allowed hours until then; 0 = nobody does */
    int64_t queue_full_ms; /* [wall ms, Redis' clock] the provider's own queue was full when the
                              gate was last asked; 0 = never (store/provider_queue.h) */
    int64_t unknown_since_ms; /* [wall ms] of the oldest unknown; 0 = there is none */
    int64_t trimmed_ms; /* [wall ms] when its details went (store/keep.h); 0 = they are there */
    struct slice launched_by, status_by, status_why;
    struct slice author; /* the member's id who wrote it as it is now; none of an older Muster */
    struct slice written_by;   /* the same, by name */
    struct slice schedule;     /* the name of the schedule that launched it; none: a person did */
    struct slice approval_why; /* why a second person has to agree; none = nobody has to */
    /* Of a launch: who would get it, and to how many more its author may have launched lately without a
     * second person (store/tried.h); 0 = to any. */
    uint64_t alone_people, alone_max;
    struct slice digest;      /* campaign_digest of what it is now; none of an older Muster */
    struct slice approved;    /* the digest of what was approved; none = nothing was */
    struct slice approved_by; /* who did, by name */
    int64_t approved_ms, proposed_ms; /* [wall ms] 0 = never */
    /* No more people are texted until those did well (core/canary.h); 0 = there is no such end. */
    uint64_t canary;
    struct slice canary_then; /* canary_then_to_string */
    int64_t canary_full_ms;   /* [wall ms] when all of them had it; of a rule */
    int64_t canary_done_ms;   /* [wall ms] when the others followed */
    struct slice brake_off;   /* why nothing stops it by itself; none = something does */
    /* When receipts pause it (struct receipt_limits); 0 = as the organisation says. */
    uint64_t pause_account_refusals, pause_failed_percent, pause_filtered_percent,
        pause_of_receipts;
    struct slice brake_warning; /* what is not well, for people; none = it is */
    /* What had been counted when it was resumed last (flow/watchman.h) [wall ms]; 0 = never. */
    int64_t brake_ms;
    uint64_t brake_texted, brake_stops, brake_failed, brake_receipts;
    struct slice paused_all; /* by which press of "pause everything" (store/pause_all.h); none */
    uint32_t made, next;     /* blocks of the ledger made; next block never released */
    uint64_t people;         /* in its blocks, as the audience said at the launch */
    uint64_t total; /* of them in the ledger, which is made step by step; counts add up to it */
    uint64_t counts[STATE_COUNT];
    uint64_t replies, stops; /* people who wrote back; who opted out */
    int64_t within_ms; /* [ms] in so long its people are to be answered; 0 = as their group says */
    int64_t answer_ms; /* [ms] people pace it, so that answers wait no longer; 0 = they do not */
    uint64_t people_left; /* who may be texted until it is looked again; of such a one */
    uint64_t answers_waiting, answers_there, answers_slow; /* as whoever paces it saw them last:
                           people who wait in its group, members who answer; 1: that is why it is slow */
    int64_t blocked_ms;  /* [wall ms] when the provider stopped it last; 0 = never */
    uint64_t rate_milli; /* people settled in 1,000 s, lately (flow/speedometer.h) */
    int64_t rate_ms;     /* [wall ms] when the leader saw that; 0 = never */
    struct slice zones;  /* people by clock: "GB=120 Europe/Paris=7"; "" = not known */
    /* [wall ms] when it will be done, as the leader saw it then (store/forecast.h); 0 = never */
    int64_t eta_early_ms, eta_ms, eta_late_ms, eta_seen_ms;
    int64_t eta_few_ms;   /* [wall ms] when its canary will be full; 0 = it has none, or it is */
    int64_t eta_money_ms; /* [wall ms] when a budget will end it; 0 = none will */
    uint64_t eta_money_people; /* about so many will have been texted by then */
    /* As the leader saw it then, what is left of the budget that is nearest its end [millionths], which one that is, and
     * what a person costs, as an average; purse_of none: there is no budget. */
    uint64_t purse_left, purse_each;
    struct slice purse_of; /* "campaign", "group", "organisation" */
    uint64_t held; /* of the skipped: held, since nobody had decided about what they wrote */
    struct slice currency; /* of what follows; none: nobody knows what it costs */
    uint64_t price;  /* [millionths] of all whom the check would have texted, and after an edit
                              of what is left */
    uint64_t budget; /* [millionths] that it may cost; 0 = as much as it does */
    uint64_t spent;  /* [millionths] on those who were texted or may be, and on who is on the way */
    uint64_t spent_twice; /* [millionths] of it: on people whose message may have been lost, and of
                              whom somebody decided since */
    uint64_t told_cost,
        told_cost_of; /* [millionths] by receipts that told a price; of so many people */
    uint64_t told_parts, told_parts_of;   /* parts by receipts that told them; of so many */
    const struct campaign_prices *prices; /* of a launch (store/money.h); NULL else */
    uint64_t can_again; /* refused or undelivered for a reason that has nothing to do with them: a
                           resume sends to them again */
};
struct campaign *campaign_dup(const struct campaign *c); /* returns owned */
void campaign_free(struct campaign *c);                  /* one from campaign_dup; NULL is fine */

/* Once, from the loop. c is borrowed for the call, NULL when result is not 0; e is NULL when it is. */
typedef void campaign_cb(void *arg, int result, const struct campaign *c, const struct err *e);

/* Stores it as `preparing`; the release role makes its ledger and starts it. With approval_why it is
 * `proposed`, and starts when a second person agrees (store/approval.h). Only the fields name,
 * group, gateway, sender, lane, audience, audience_name, blocks, people, of, only, hours, consent, said, deadline_ms, start_ms,
 * answer_ms, within_ms, launched_by, zones, author, written_by, schedule, approval_why, canary, canary_then, brake_off, pause_…, currency, price, budget, prices, alone_people, alone_max, loan, helper are read. message: JSON, see
 * flow/message.h; borrowed for the call. The callback gets
 * the campaign as it was stored. ERR_EXISTS: the group launched a campaign of that name before; names
 * are used once in a group, for ever. ERR_CONFLICT: their author launched to others meanwhile, and together they are
 * more than alone_max. */
void campaign_create(struct store *s, const struct campaign *c, struct slice message,
                     int64_t now_ms, campaign_cb *cb, void *arg);
/* All but its message: this is asked often. ERR_NOT_FOUND. */
void campaign_load(struct store *s, uint32_t id, campaign_cb *cb, void *arg);
/* The message that campaign_create was given, borrowed for the call. ERR_NOT_FOUND. */
typedef void campaign_message_cb(void *arg, int result, struct slice message, const struct err *e);
void campaign_message(struct store *s, uint32_t id, campaign_message_cb *cb, void *arg);
/* Which campaign of that group has that name: ret id 0 = none, the name is free. */
typedef void campaign_named_cb(void *arg, int result, uint32_t id, const struct err *e);
void campaign_named(struct store *s, struct slice group, struct slice name, campaign_named_cb *cb,
                    void *arg);
enum { CAMPAIGN_PAGE_MAX = 1000 };
struct campaign_query {
    struct group_set groups; /* whose */
    size_t limit;            /* 1…CAMPAIGN_PAGE_MAX */
    struct slice before;     /* `next` of the page before; none = from the newest */
};
/* The newest first. next is where the next page begins, none at the end. Borrowed for the call. */
typedef void campaign_list_cb(void *arg, int result, const struct campaign *list, size_t n,
                              struct slice next, const struct err *e);
void campaign_list(struct store *s, const struct campaign_query *query, campaign_list_cb *cb,
                   void *arg);
/* Those that are not over, of all groups: first what runs, then what stands still, each the newest first, then what waits for
 * its time, the soonest first. At most limit (1…CAMPAIGN_PAGE_MAX); next: there are more, and how many in all. O(all that are not over). */
void campaign_list_active(struct store *s, size_t limit, campaign_list_cb *cb, void *arg);
/* What ERR_NOT_FOUND says of an id; returns it. */
int campaign_not_found(uint32_t id, struct err *e);
/* pause, resume, cancel, and what the system does by itself (run, expire, block). A resume sends
 * again to whom the provider did not, for no fault of theirs (can_again), after everybody else; for
 * that also one that is done is resumed. ERR_CONFLICT says
 * in which status it is and what may be done; ERR_NOT_FOUND. who and why go to the audit trail. */
void campaign_move(struct store *s, uint32_t id, enum campaign_move move, int64_t now_ms,
                   struct slice who, struct slice why, store_done_cb *cb, void *arg);

/* Its loan is over: it is its group's alone from now on. Nobody waits for it. */
void campaign_end_loan(struct store *s, uint32_t id);

/* ---- one that people pace (flow/answer_pacer.h) ---- */

/* How many wait for an answer in a group, since when the first does [wall ms]; 0 = nobody waits. */
typedef void campaign_answers_cb(void *arg, int result, uint64_t waiting, int64_t since_ms);
void campaign_answers(struct store *s, struct slice group, campaign_answers_cb *cb, void *arg);
struct campaign_pace {
    uint64_t people_left, waiting, there;
    bool slow;
};
/* Sets what its gate lets out until the next time, and what people are shown of it. Nobody waits for it. */
void campaign_let_out(struct store *s, uint32_t id, const struct campaign_pace *p);

/* Who were handed to the provider, whatever became of it; in flight, too. */
uint64_t campaign_texted(const struct campaign *c);
/* Who are not settled yet: they wait, or are being sent. */
uint64_t campaign_waiting(const struct campaign *c);
/* How fast it goes: see rate_milli, rate_ms. */
void campaign_note_rate(struct store *s, uint32_t id, uint64_t milli, int64_t now_ms);

/* When people wrote back and when they opted out, counted as it happens: bars of `step` minutes. */
enum { CAMPAIGN_BARS_MAX = 90 };
struct campaign_minutes {
    int64_t from_ms; /* [wall ms] where the first begins; 0 = nobody wrote yet */
    uint32_t step;   /* [minutes] 1, 2, 4, … */
    size_t bars;     /* up to the last with somebody in it */
    uint64_t replies[CAMPAIGN_BARS_MAX], stops[CAMPAIGN_BARS_MAX];
};
typedef void campaign_minutes_cb(void *arg, int result, const struct campaign_minutes *m,
                                 const struct err *e);
void campaign_minutes(struct store *s, uint32_t id, campaign_minutes_cb *cb, void *arg);

/* What a person's state is to whoever looks: in a campaign that is over, nobody waits any more,
 * also before a sweep has come to them. */
enum state campaign_shown_state(const struct campaign *c, enum state in_ledger);
/* The same for all, those whose ledger is not made yet among them: ret_counts add up to what is
 * returned at every instant. */
uint64_t campaign_shown_counts(const struct campaign *c, uint64_t ret_counts[STATE_COUNT]);

/* The people of one block: their states (a byte per nibble, enum state, 15 = nobody) and the
 * details of those that have one. Borrowed for the call; details[i] is none without. */
typedef void campaign_people_cb(void *arg, int result, const uint8_t *states,
                                const struct slice *details, size_t n);
void campaign_people(struct store *s, uint32_t id, uint32_t block, campaign_people_cb *cb,
                     void *arg);

/* Makes sure that the direct book exists. */
void campaign_open_direct(struct store *s, store_done_cb *cb, void *arg);
