/* What a response of the provider means for the recipient, the pace, the gateway and the campaign.
 * The provider's description decides which outcome it is (gateway_classify); here is what follows
 * from it. */
#include "batch.h"
#include "outlet.h"
#include "private.h"
#include "record.h"
#include "run.h"

#include "core/failure.h"
#include "flow/optout.h"
#include "io/person_number.h"
#include "store/inbox.h"

#include <stdio.h>

enum {
    HOLD_DEFAULT_US = 1000000, /* a throttle that does not say for how long */
    RETRY_FIRST_US = 1000000, /* transient: 1 s, 4 s, 16 s … (the schedule that Meta documents) */
    RETRY_MAX_US = 60000000,
    DEAD_FIRST_US = 250000,
    DEAD_MAX_US = 30000000,
};

/* The same in slow.lua: nobody waits for days because of a mistaken header. */
static const int64_t hold_max_us = 3600000000;

static int64_t backoff_us(int tries)
{
    int64_t us = RETRY_FIRST_US;
    for (int i = 1; i < tries && us < RETRY_MAX_US; i++)
        us *= 4;
    return us < RETRY_MAX_US ? us : RETRY_MAX_US;
}

void try_later(struct grant *g, int64_t after_us, const char *detail)
{
    batch_delay(g->share->batch, g->offset, clock_mono_us() + after_us);
    record_outcome(g, STATE_PENDING, detail);
}

static void say_throttled(const struct outlet *o, int64_t hold_us)
{
    uint64_t n = o->stats.throttled;
    if (log_worth_saying(n))
        log_warn("gateway %s asks for less (%llu times so far); nothing for %.1f s, then slower: "
                 "is its `rate_per_s` "
                 "more than the account allows?",
                 o->account->name, (unsigned long long)n, (double)hold_us / 1e6);
}

static void on_throttled(struct grant *g, const struct verdict *v)
{
    struct outlet *o = g->share->outlet;
    struct batch *b = g->share->batch;
    int64_t hold = v->retry_after_ms >= 0 ? v->retry_after_ms * 1000 : HOLD_DEFAULT_US;
    o->stats.throttled++;
    if (hold > hold_max_us) hold = hold_max_us;
    say_throttled(o, hold);
    int tries = batch_tried(b, g->offset);
    if (v->scope == SCOPE_PAIR) {
        try_later(g, backoff_us(tries), "");
        return;
    }
    /* A sender without a rate of its own has no limiter that could hold it: then all of the gateway
     * waits. */
    bool sender_only = v->scope == SCOPE_SENDER && o->account->sender_rate_per_s > 0;
    ledger_slow(o->d->config.ledger, o->account->name,
                sender_only ? o->account->senders[batch_sender(b, g->offset)] : NULL, hold);
    if (!sender_only) outlet_keep_back(o); /* a reply's slot may be far ahead */
    try_later(g, hold, "");
}

static void say_silent(const struct outlet *o, const char *what, int count,
                       const struct http_result *result)
{
    char answer[96];
    (void)snprintf(answer, sizeof answer, "HTTP %d %.*s", result->status,
                   SLICE_ARG(result->content_type));
    log_warn("gateway %s %s (%s; %d times in a row): is its `base_url` right? Trying with one "
             "request now and then",
             o->account->name, what, result->error ? result->error : answer, count);
}

/* Nobody is there, or nobody understands us: a pause, after which one request is tried;
 * when that fails, a longer one. What was under way when the pause began belongs to it. */
static void fall_silent(struct outlet *o, int *count, int limit, const char *what,
                        const struct http_result *result)
{
    if (++*count < limit) return;
    int64_t now = clock_mono_us();
    if (now < o->dead_until_us) return;
    say_silent(o, what, *count, result);
    o->pause_us = o->pause_us ? 2 * o->pause_us : DEAD_FIRST_US;
    if (o->pause_us > DEAD_MAX_US) o->pause_us = DEAD_MAX_US;
    o->dead_until_us = now + o->pause_us;
}

/* One person's bad luck is theirs alone; when nobody gets through any more, all of the gateway goes
 * slower. */
static void slow_down(struct outlet *o, int64_t hold_us)
{
    if (++o->later < LATER_MAX) return;
    uint64_t n = o->stats.transient;
    if (log_worth_saying(n))
        log_warn("gateway %s says \"later\" (%llu times so far): nothing for %.1f s, then slower. "
                 "Nobody is given up for it before the deadline",
                 o->account->name, (unsigned long long)n, (double)hold_us / 1e6);
    ledger_slow(o->d->config.ledger, o->account->name, NULL, hold_us);
    outlet_keep_back(o);
}

/* However often: it is the provider's trouble and not the person's, so it never uses up their
 * chances. The deadline ends it, or a person who cancels. */
static void on_not_taken(struct grant *g, const struct verdict *v, const struct http_result *result)
{
    struct outlet *o = g->share->outlet;
    o->stats.transient++;
    if (result->transport != HTTP_ANSWERED) {
        fall_silent(o, &o->failures, DEAD_AFTER, "cannot be reached", result);
        try_later(g, 0, "");
        return;
    }
    int64_t said = v->retry_after_ms >= 0 ? v->retry_after_ms * 1000 : HOLD_DEFAULT_US;
    if (said > hold_max_us) said = hold_max_us;
    int64_t after = backoff_us(batch_tried(g->share->batch, g->offset));
    slow_down(o, said > HOLD_DEFAULT_US ? said : HOLD_DEFAULT_US);
    try_later(g, after > said ? after : said, "");
}

/* Where to look first. */
static const char *mend_of(int status)
{
    if (status == 401 || status == 403) return "is its `account` right?";
    if (status == 404 || status == 405 || (status >= 300 && status < 400))
        return "is its `base_url` right?";
    return "the provider's pages say what this is about";
}

static void block_campaign(struct share *s, const char *what, const char *detail, const char *mend)
{
    struct run *r = batch_run(s->batch);
    batch_park(s->batch);
    if (r->blocked_said) return;
    r->blocked_said = true;
    log_error("campaign %u: gateway %s %s (%s): %s The campaign is blocked. When that is mended "
              "(muster.yaml is read when musterd starts): `muster campaign resume %u`",
              r->id, s->outlet->account->name, what, detail, mend, r->id);
    campaign_move(r->d->config.store, r->id, MOVE_BLOCK, clock_wall_ms(), SLICE_LIT("gateway"),
                  slice_of(detail), NULL, NULL);
}

static void on_blocked(struct grant *g, int status, const char *detail)
{
    struct batch *b = g->share->batch;
    g->share->outlet->stats.blocked++;
    if (batch_direct(b)) {
        record_outcome(g, STATE_REFUSED, detail);
        return;
    }
    block_campaign(g->share, "refuses the whole account or message", detail, mend_of(status));
    record_outcome(g, STATE_PENDING, "");
}

/* What nobody listed is mostly about one person, who is refused and does not stand in the way of a
 * resume. When it is said of many in a row it is about more than them: then they are to be sent to
 * again, after the others, and nobody further is tried. */
static void on_refused(struct grant *g, const struct verdict *v, const char *detail)
{
    struct batch *b = g->share->batch;
    g->share->outlet->stats.refused++;
    record_outcome(g, STATE_REFUSED, detail);
    if (!v->unlisted || batch_direct(b)) return;
    struct run *r = batch_run(b);
    r->unlisted[r->unlisted_n++] = batch_ref(b, g->offset).index;
    if (r->unlisted_n < UNLISTED_MAX) return;
    ledger_again(r->d->config.ledger, r->id, r->unlisted, r->unlisted_n);
    r->unlisted_n = 0;
    block_campaign(g->share,
                   "refused many people in a row for a reason that its description does not list",
                   detail, "the provider's pages say what this is about");
}

static void suppress_person(struct grant *g, const char *detail)
{
    struct batch *b = g->share->batch;
    const struct dispatch_config *c = &batch_dispatch(b)->config;
    const struct optout told = {
        .number = batch_number(b, g->offset),
        .ours = batch_direct(b) != NULL, /* they may have no number; the book knows them */
        .index = batch_ref(b, g->offset).index,
        .at_ms = clock_wall_ms(),
        .evidence = slice_of(detail),
    };
    optout_store(c->store, &told, NULL, NULL);
}

/* How the provider knows whom it was sent to: what they write comes from there. */
static void learn(struct grant *g, const struct verdict *v)
{
    struct batch *b = g->share->batch;
    struct inbox *inbox = batch_dispatch(b)->config.inbox;
    struct inbox_known_as known = {
        .number = person_number_canonical(batch_number(b, g->offset)),
        .user_id = v->to_user_id,
    };
    bool other = v->to_known_as.n &&
                 person_number_read(v->to_known_as, "", true, &known.as_number) == PERSON_NUMBER;
    if (!other || known.as_number == known.number) known.as_number = 0;
    if (!inbox || !known.number || (!known.as_number && !known.user_id.n)) return;
    known.group = batch_group(b);
    inbox_learn(inbox, &known);
}

static void on_unknown(struct grant *g, const struct http_result *result, const char *detail)
{
    struct outlet *o = g->share->outlet;
    o->stats.unknown++;
    fall_silent(o, &o->silent, SILENT_AFTER, "takes requests and gives no answer that makes sense",
                result);
    record_outcome(g, STATE_UNKNOWN,
                   *detail         ? detail
                   : result->error ? result->error
                                   : "no answer");
}

static void on_accepted(struct grant *g, const struct verdict *v)
{
    g->share->outlet->stats.accepted++;
    learn(g, v);
    record_outcome(g, STATE_ACCEPTED, "");
}

/* What the response says of the gateway itself: that it can be reached, answers, and takes messages. */
static void note_signs_of_life(struct outlet *o, const struct verdict *v,
                               const struct http_result *result)
{
    if (v->outcome != TRANSIENT) o->later = 0;
    if (result->transport != HTTP_NOT_SENT) o->failures = 0;
    if (v->outcome != UNKNOWN && result->transport == HTTP_ANSWERED) o->silent = 0;
    if (!outlet_is_dead(o)) o->dead_until_us = o->pause_us = 0;
}

static void follow(struct grant *g, const struct verdict *v, const struct http_result *result,
                   const char *detail)
{
    switch (v->outcome) {
    case ACCEPTED:
        on_accepted(g, v);
        break;
    case THROTTLED:
        on_throttled(g, v);
        break;
    case TRANSIENT:
        on_not_taken(g, v, result);
        break;
    case REFUSED:
        on_refused(g, v, detail);
        break;
    case BLOCKED:
        on_blocked(g, result->status, detail);
        break;
    case UNKNOWN:
        on_unknown(g, result, detail);
        break;
    case OUTCOME_COUNT:
        check(false);
    }
}

void response_take(void *arg, const struct http_result *result)
{
    struct grant *g = arg;
    struct outlet *o = g->share->outlet;
    struct run *r = batch_run(g->share->batch);
    struct verdict v;
    char detail[FAILURE_BYTES] = "";
    window_returned(g, result);
    late_ended(g);
    if (result->kept_back) {
        record_outcome(g, STATE_PENDING, ""); /* nothing that the gateway did */
        outlet_wake(o);
        return;
    }
    gateway_classify(o->account->gateway, result, &v);
    if (v.outcome != ACCEPTED)
        failure_text(&(struct failure){v.code, v.reason, v.title, v.details}, detail);
    if (r && !v.unlisted) r->unlisted_n = 0;
    note_signs_of_life(o, &v, result);
    if (v.suppress) suppress_person(g, detail);
    follow(g, &v, result, detail);
    outlet_wake(o);
}
