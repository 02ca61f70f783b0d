#include "flow/budget.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/money.h"
#include "flow/zone_book.h"
#include "store/campaign.h"

#include <stdio.h>
#include <stdlib.h>

enum { MONTH_BYTES = 7 /* "2026-11" */, WORDS_BYTES_MAX = 500 };

struct budget {
    struct zone_book *zones;
    const struct zone *zone; /* NULL: UTC */
    char *organisation;      /* owned */
    char month[CLOCK_ISO_BYTES];
    struct campaign_purse purse;
};

struct budget *budget_new(const struct budget_config *config)
{
    struct budget *b = xcalloc(1, sizeof *b);
    struct err e;
    b->zones = zone_book_new();
    b->organisation = xstrdup(config->organisation);
    const struct zone_set *set = *config->zone
                                     ? zone_book_of(b->zones, 0, slice_of(config->zone))
                                     : zone_book_named(b->zones, slice_of(config->country));
    if (zone_book_check(b->zones, &e) < 0) log_warn("months are counted in UTC: %s", e.text);
    b->zone = set->n ? set->zones[0] : NULL;
    return b;
}

void budget_free(struct budget *b)
{
    if (!b) return;
    zone_book_free(b->zones);
    free(b->organisation);
    free(b);
}

const struct campaign_purse *budget_purse(struct budget *b, int64_t now_ms)
{
    static const struct campaign_purse none;
    if (!b) return &none;
    clock_iso(1000 * zone_local_s(b->zone, now_ms / 1000), b->month);
    b->purse.month = slice_make(b->month, MONTH_BYTES);
    b->purse.organisation = slice_of(b->organisation);
    return &b->purse;
}

/* Nobody is left to look for the place where that is done. */
static const char *where_raised(struct slice which)
{
    if (slice_is(which, "group")) return " on the group's page";
    return slice_is(which, "organisation")
               ? " (organisation.month_budget of muster.yaml, read when musterd starts)"
               : "";
}

void budget_words(const struct campaign_shortage *s, struct buf *out)
{
    char spent[MONEY_BYTES], budget[MONEY_BYTES], rest[MONEY_BYTES], enough[MONEY_BYTES];
    const char *month = slice_is(s->which, "campaign") ? "" : " for this month";
    if (!slice_eq(s->currency, s->priced_in)) {
        buf_addf(
            out,
            "the budget of the %.*s%s is in %.*s, and this campaign's prices are in %.*s: one is "
            "not held against the other. Change it%s, then go on",
            SLICE_ARG(s->which), month, SLICE_ARG(s->currency), SLICE_ARG(s->priced_in),
            where_raised(s->which));
        return;
    }
    money_text(s->spent, s->currency, spent);
    money_text(s->budget, s->currency, budget);
    money_text(s->rest, s->currency, rest);
    money_text(s->spent + s->rest, s->currency, enough);
    buf_addf(
        out,
        "the budget of the %.*s%s is used up: of %s, %s is spent, and those who still wait may "
        "cost %s. Raise it to %s%s, then go on",
        SLICE_ARG(s->which), month, budget, spent, rest, enough, where_raised(s->which));
}

void budget_pause(struct store *s, uint32_t campaign, const struct campaign_shortage *shortage,
                  int64_t now_ms, store_done_cb *cb, void *arg)
{
    struct buf why = BUF_INIT(WORDS_BYTES_MAX);
    budget_words(shortage, &why);
    log_warn("campaign %u is paused: %.*s", campaign, (int)why.n, why.p);
    campaign_move(s, campaign, MOVE_PAUSE, now_ms, SLICE_LIT("system:budget"), buf_slice(&why), cb,
                  arg);
    buf_done(&why);
}
