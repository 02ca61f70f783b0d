#include "flow/watchman.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "flow/lending.h"
#include "store/brake.h"
#include "store/group.h"

enum {
    LOOK_MS = 2500,
    CAMPAIGNS_MAX = 200,
    RECEIPTS_USUAL_DAYS = 30, /* an account that sent one so lately sends them */
};
#define DAY_MS (24LL * 3600 * 1000)

/* A campaign that runs. */
struct watched {
    struct watchman *watchman;
    uint32_t id;
    struct brake *brake; /* owned; counts from from_ms on */
    int64_t from_ms;
    struct brake_seen seen;
    enum brake_cause warned; /* of what stands in the store */
    bool knows_warning;
    bool asking;
    unsigned look; /* in which it was seen last */
};

struct watchman {
    struct watchman_config config;
    struct loop_timer *tick;
    struct map *watched; /* campaign id → struct watched, owned */
    unsigned look;
    bool asking, dead;
};

static void pause_it(struct watchman *w, uint32_t id, const char *who, const char *why)
{
    campaign_move(w->config.store, id, MOVE_PAUSE, w->config.now_ms(), slice_of(who), slice_of(why),
                  NULL, NULL);
}

/* ---- the canary ---- */

static uint64_t failed_of(const struct campaign *c)
{
    return c->counts[STATE_UNDELIVERED] + c->counts[STATE_REFUSED];
}

static uint64_t receipts_of(const struct campaign *c)
{
    return c->counts[STATE_SENT] + c->counts[STATE_DELIVERED] + c->counts[STATE_READ] +
           c->counts[STATE_UNDELIVERED];
}

static void judge_canary(struct watchman *w, const struct campaign *c)
{
    char why[CANARY_WHY_BYTES];
    const struct canary_seen seen = {.since_ms = w->config.now_ms() - c->canary_full_ms,
                                     .texted = campaign_texted(c),
                                     .receipts = receipts_of(c),
                                     .failed = failed_of(c),
                                     .stops = c->stops};
    switch (canary_judge(&w->config.rule, &seen, why)) {
    case CANARY_WAITS:
        break;
    case CANARY_GOES_ON:
        canary_pass(w->config.store, c->id,
                    deed_of(SLICE_LIT("system:canary"), w->config.now_ms()));
        break;
    case CANARY_STANDS:
        log_warn("campaign %u: its first few did not do well; a person has to look", c->id);
        pause_it(w, c->id, "system:canary", why);
        break;
    }
}

static void watch_canary(struct watchman *w, const struct campaign *c)
{
    char why[CANARY_WHY_BYTES];
    enum canary_then then = CANARY_LOOK;
    uint64_t texted = campaign_texted(c);
    if (c->canary == 0 || texted < c->canary || c->counts[STATE_IN_FLIGHT]) return;
    (void)canary_then_from_string(c->canary_then, &then);
    if (then == CANARY_RULE && c->canary_full_ms == 0) {
        canary_note_full(w->config.store, c->id, w->config.now_ms());
    } else if (then == CANARY_RULE) {
        judge_canary(w, c);
    } else {
        (void)snprintf(why, sizeof why,
                       "the first %" PRIu64 " people have it: look at what comes back, then go on",
                       texted);
        pause_it(w, c->id, "system:canary", why);
    }
}

/* ---- the brake ---- */

static struct brake_seen seen_of(const struct watchman *w, const struct campaign *c)
{
    return (struct brake_seen){.at_ms = w->config.now_ms(),
                               .texted = campaign_texted(c),
                               .stops = c->stops,
                               .failed = failed_of(c),
                               .receipts = receipts_of(c),
                               .target_ms =
                                   groups_target_ms(w->config.groups, c->group,
                                                    c->within_ms ? c->within_ms : c->answer_ms,
                                                    w->config.target_ms)};
}

/* As it stood when it began or was resumed: whoever leads by now counts from there, too. */
static void begin_brake(struct watched *x, const struct campaign *c)
{
    const struct brake_seen from = {.at_ms = c->brake_ms ? c->brake_ms : c->running_ms,
                                    .texted = c->brake_texted,
                                    .stops = c->brake_stops,
                                    .failed = c->brake_failed,
                                    .receipts = c->brake_receipts};
    brake_free(x->brake);
    x->brake = brake_new(&from);
    x->from_ms = c->brake_ms;
    x->seen.receipts = c->brake_receipts;
}

static void note_warning(struct watched *x, const struct brake_word *word)
{
    if (x->knows_warning && x->warned == word->cause) return;
    if (word->cause != BRAKE_NONE)
        log_warn("campaign %u: the brake warns: %s", x->id, brake_cause_to_string(word->cause));
    x->knows_warning = true;
    x->warned = word->cause;
    brake_note(x->watchman->config.store, x->id, slice_of(word->text));
}

static void on_asked(void *arg, int result, int64_t unanswered_ms, int64_t receipt_ms)
{
    struct watched *x = arg;
    struct watchman *w = x->watchman;
    struct brake_word word;
    x->asking = false;
    if (w->dead || result < 0) return;
    x->seen.unanswered_ms = unanswered_ms;
    x->seen.receipts_usual =
        receipt_ms && x->seen.at_ms - receipt_ms < RECEIPTS_USUAL_DAYS * DAY_MS;
    brake_look(x->brake, &w->config.limits, &x->seen, &word);
    if (word.stops_it) {
        log_error("campaign %u: paused by the brake: %s", x->id, brake_cause_to_string(word.cause));
        word.cause = BRAKE_NONE;
        pause_it(w, x->id, "system:brake", word.text);
        word.text[0] = '\0';
    }
    note_warning(x, &word);
}

static void watch_brake(struct watched *x, const struct campaign *c)
{
    struct watchman *w = x->watchman;
    if (x->asking || c->brake_off.n) return;
    if (!x->brake || x->from_ms != c->brake_ms) begin_brake(x, c);
    uint64_t receipts = x->seen.receipts;
    x->seen = seen_of(w, c);
    x->asking = true;
    brake_ask(w->config.store, c->group, c->gateway,
              x->seen.receipts > receipts ? x->seen.at_ms : 0, on_asked, x);
}

/* ---- looks ---- */

static void watch(struct watchman *w, const struct campaign *c)
{
    struct slice key = slice_make(&c->id, sizeof c->id);
    struct watched *x = map_get(w->watched, key);
    if (!x) {
        x = xcalloc(1, sizeof *x);
        x->watchman = w;
        x->id = c->id;
        (void)map_put(w->watched, key, x);
    }
    x->look = w->look;
    watch_canary(w, c);
    watch_brake(x, c);
}

static void let_go(struct watched *x)
{
    brake_free(x->brake);
    free(x);
}

/* Those that do not run any more. */
static void forget_old(struct watchman *w)
{
    size_t pos = 0;
    struct slice key;
    void *x;
    while (map_next(w->watched, &pos, &key, &x)) {
        struct watched *one = x;
        if (one->look != w->look && !one->asking) let_go(map_del(w->watched, key));
    }
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    struct watchman *w = arg;
    (void)next;
    (void)e;
    w->asking = false;
    if (w->dead || result < 0) return;
    w->look++;
    for (size_t i = 0; i < n; i++) {
        lending_end(w->config.store, w->config.loans, &list[i], w->config.now_ms());
        if (list[i].status == CAMPAIGN_RUNNING) watch(w, &list[i]);
    }
    forget_old(w);
}

void watchman_look(struct watchman *w)
{
    if (w->asking) return;
    w->asking = true;
    campaign_list_active(w->config.store, CAMPAIGNS_MAX, on_list, w);
}

static void on_tick(void *arg)
{
    struct watchman *w = arg;
    loop_timer_in(w->tick, LOOK_MS * 1000LL);
    if (w->config.leads(w->config.arg)) watchman_look(w);
}

struct watchman *watchman_new(const struct watchman_config *config)
{
    struct watchman *w = xcalloc(1, sizeof *w);
    w->config = *config;
    if (!w->config.now_ms) w->config.now_ms = clock_wall_ms;
    w->watched = map_new();
    w->tick = loop_timer_new(config->loop, on_tick, w);
    return w;
}

void watchman_start(struct watchman *w)
{
    loop_timer_in(w->tick, 0);
}

void watchman_free(struct watchman *w)
{
    if (!w) return;
    w->dead = true;
    loop_timer_free(w->tick);
    size_t pos = 0;
    struct slice key;
    void *x;
    while (map_next(w->watched, &pos, &key, &x))
        let_go(x);
    map_free(w->watched);
    free(w);
}
