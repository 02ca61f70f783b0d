#include "web/organiser/day_words.h"

#include <stdio.h>

#include "core/campaign_status.h"
#include "core/iso8601.h"
#include "core/state.h"
#include "web/organiser/campaign_words.h"
#include "web/local_time.h"
#include "web/view/view.h"

enum {
    TEXT_BYTES = 1024,
    HREF_BYTES = 64,
    WORDS_BYTES = 128,
    COMES_MAX = 20,
};

static json_int_t number_at(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

/* ---- alarms ---- */

enum where { NOWHERE, AT_CAMPAIGN, AT_APPROVAL, AT_INBOX }; /* it is looked into */

/* what, the words before and behind the campaign's or the account's name. */
static const struct alarm_words {
    const char *what, *before, *behind;
    enum where where;
    const char *then; /* the same of the past; no campaign or account is named */
} alarm_words[] = {
    {"campaign_blocked", "", " was stopped by the provider", AT_CAMPAIGN,
     "A campaign was stopped by the provider"},
    {"campaign_stopped", "", " stopped by itself", AT_CAMPAIGN, "A campaign stopped by itself"},
    {"campaign_late", "", " will not reach everybody before its deadline", AT_CAMPAIGN,
     "A campaign would not have reached everybody before its deadline"},
    {"campaign_warning", "", " does not go well", AT_CAMPAIGN, "A campaign did not go well"},
    {"campaign_approve", "", " waits for a second person", AT_APPROVAL,
     "A campaign waited for a second person"},
    {"gateway_silent", "The provider account ", " does not answer. Muster goes on trying", NOWHERE,
     "A provider account did not answer"},
    {"gateway_full", "The provider account ", " has as much as it takes. It goes on by itself",
     NOWHERE, "A provider account had as much as it takes"},
    {"nobody_there", "People wait for an answer, and nobody is here to write it", "", AT_INBOX,
     "People waited for an answer, and nobody was here to write it"},
    {"inbox_overdue", "People wait too long for an answer", "", AT_INBOX,
     "People waited too long for an answer"},
};

static const struct alarm_words *words_of(const char *what)
{
    for (size_t i = 0; i < COUNT_OF(alarm_words); i++)
        if (strcmp(alarm_words[i].what, what) == 0) return &alarm_words[i];
    check(!"an alarm has no words");
    return NULL;
}

const char *day_alarm_words(const char *what)
{
    return words_of(what)->then;
}

static json_t *alarm_json(const json_t *alarm)
{
    char text[TEXT_BYTES], href[HREF_BYTES] = "";
    const struct alarm_words *w = words_of(json_cstr_at(alarm, "what"));
    const char *why = json_cstr_at(alarm, "why"), *name = json_cstr_at(alarm, "name"),
               *quote = *name ? "“" : "";
    (void)snprintf(text, sizeof text, "%s%s%s%s%s%s%s", w->before, quote,
                   *name ? name : json_cstr_at(alarm, "gateway"), *name ? "”" : "", w->behind,
                   *why ? ": " : "", why);
    if (w->where == AT_INBOX)
        (void)snprintf(href, sizeof href, "/inbox");
    else if (w->where != NOWHERE)
        (void)snprintf(href, sizeof href, "/campaigns/%lld%s", number_at(alarm, "campaign"),
                       w->where == AT_APPROVAL ? "/approve" : "");
    return json_pack("{s:o,s:o,s:b}", "text", json_text(slice_of(text)), "href",
                     *href ? json_string(href) : json_null(), "bad",
                     json_is_true(json_object_get(alarm, "bad")));
}

void day_put_alarms(json_t *data, const json_t *day)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(day, "alarms"), i, one) json_list_add(list, alarm_json(one));
    json_put(data, "any_alarms", json_boolean(json_array_size(list) > 0));
    json_int_t more = number_at(day, "alarms_more");
    json_put(data, "more_alarms", more ? json_integer(more) : json_null());
    json_put(data, "alarms", list);
}

/* ---- figures ---- */

static void add_figure(json_t *list, const char *label, const char *href, json_t *n, bool is_bad)
{
    json_list_add(list,
                  json_pack("{s:s,s:o,s:o,s:s}", "label", label, "n", n, "href",
                            href ? json_string(href) : json_null(), "kind", is_bad ? "bad" : ""));
}

static json_t *since(const struct web_call *c, const json_t *iso)
{
    char text[32];
    int64_t at_ms;
    if (!iso8601_parse(json_slice(iso), &at_ms)) return json_string("–");
    view_duration(c->now_ms - at_ms, text);
    return json_string(text);
}

enum { POLLS_AHEAD_MS = 36 * 3600 * 1000, POLLS_BEHIND_MS = 12 * 3600 * 1000 };

/* [wall ms] When the polls close, where that is of today's concern; else 0. */
static int64_t polls_of(const struct web_call *c, const json_t *day)
{
    int64_t at_ms;
    if (!iso8601_parse(json_slice(json_object_get(day, "polls_close")), &at_ms)) return 0;
    bool near = at_ms < c->now_ms + POLLS_AHEAD_MS && at_ms > c->now_ms - POLLS_BEHIND_MS;
    return near ? at_ms : 0;
}

void day_put_polls(const struct web_call *c, json_t *data, const json_t *day)
{
    char words[WORDS_BYTES], at[LOCAL_TIME_BYTES], left[32];
    int64_t polls_ms = polls_of(c, day);
    if (polls_ms == 0) return;
    local_time_soon_iso(c, json_object_get(day, "polls_close"), at);
    view_duration(polls_ms - c->now_ms, left);
    if (polls_ms > c->now_ms)
        (void)snprintf(words, sizeof words, "Polls close at %s: in %s.", at, left);
    else
        (void)snprintf(words, sizeof words, "The polls are closed since %s.", at);
    json_put(data, "polls", json_string(words));
}

static json_t *rate_words(const json_t *day)
{
    double rate = json_number_value(json_object_get(json_object_get(day, "sum"), "rate_per_s"));
    json_t *whole = json_integer((json_int_t)(rate + 0.5)), *text = words_count(whole);
    json_decref(whole);
    return text;
}

void day_put_figures(const struct web_call *c, json_t *data, const json_t *day)
{
    const json_t *inbox = json_object_get(day, "inbox"), *people = json_object_get(day, "people");
    json_t *list = json_array();
    bool late = number_at(inbox, "overdue") > 0;
    if (json_is_object(inbox)) {
        add_figure(list, "wait for an answer", "/inbox",
                   words_count(json_object_get(inbox, "waiting")), late);
        add_figure(list, "wait longest", NULL, since(c, json_object_get(inbox, "waiting_since")),
                   late);
    }
    add_figure(list, "volunteers here", NULL, words_count(json_object_get(people, "volunteers")),
               false);
    const json_t *pledges = json_object_get(day, "pledges"),
                 *minute = json_object_get(pledges, "last_minute");
    if (number_at(pledges, "coming"))
        add_figure(list, "are coming", NULL, words_count(json_object_get(pledges, "coming")),
                   false);
    if (number_at(pledges, "coming") && json_is_integer(minute))
        add_figure(list, "pledged in a minute", NULL, words_count(minute), false);
    add_figure(list, "texted a second", NULL, rate_words(day), false);
    json_put(data, "figures", list);
}

/* ---- campaigns ---- */

static enum campaign_status status_of(const json_t *campaign)
{
    enum campaign_status now = CAMPAIGN_BLOCKED;
    (void)campaign_status_from_string(json_slice(json_object_get(campaign, "status")), &now);
    return now;
}

/* What runs stands first, then what stands still, then what waits for its time. */
static int place_of(const json_t *campaign)
{
    switch (status_of(campaign)) {
    case CAMPAIGN_RUNNING:
    case CAMPAIGN_PREPARING:
        return 0;
    case CAMPAIGN_BLOCKED:
    case CAMPAIGN_PAUSED:
    case CAMPAIGN_PROPOSED:
        return 1;
    case CAMPAIGN_SCHEDULED:
        return 2;
    default:
        return 3;
    }
}
enum { PLACES = 3, PLACE_OVER = 3 };

static void unlink_parts(json_t *bar)
{
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(bar, "parts"), i, part)(void) json_object_del(part, "href");
}

/* Whether some would be texted after the polls close: nothing of its own ends it before. */
static bool outlasts_polls(const json_t *campaign, int64_t polls_ms)
{
    int64_t done_ms, until_ms;
    const json_t *done = json_object_get(json_object_get(campaign, "forecast"), "at");
    if (polls_ms == 0 || !iso8601_parse(json_slice(done), &done_ms) || done_ms <= polls_ms)
        return false;
    return !iso8601_parse(json_slice(json_object_get(campaign, "deadline")), &until_ms) ||
           until_ms > polls_ms;
}

static json_t *card_json(const struct web_call *c, const json_t *campaign, int64_t polls_ms)
{
    json_t *card = json_object();
    campaign_put_words(c, card, campaign);
    unlink_parts(json_object_get(card, "bar"));
    campaign_put_speed(card, campaign);
    campaign_put_forecast(c, card, campaign);
    char until[LOCAL_TIME_BYTES];
    local_time_soon_iso(c, json_object_get(campaign, "deadline"), until);
    json_put(card, "until", *until ? json_string(until) : json_null());
    json_put(card, "outlasts_polls", json_boolean(outlasts_polls(campaign, polls_ms)));
    return card;
}

static json_t *over_json(const json_t *campaign)
{
    return json_pack("{s:O,s:O,s:s,s:o}", "id", json_object_get(campaign, "id"), "name",
                     json_object_get(campaign, "name"), "words",
                     status_of(campaign) == CAMPAIGN_DONE ? "done" : "ended early", "total",
                     words_people(json_object_get(campaign, "total")));
}

static void put_more(json_t *data, const json_t *more)
{
    char words[WORDS_BYTES];
    json_int_t n = number_at(more, "not_over");
    bool at_least = json_is_true(json_object_get(more, "at_least"));
    (void)snprintf(words, sizeof words, "And %s%lld more", at_least ? "at least " : "", n);
    json_put(data, "more", n || at_least ? json_string(words) : json_null());
}

static void put_lists(const struct web_call *c, json_t *data, const json_t *day, int64_t polls_ms)
{
    size_t i;
    const json_t *one, *campaigns = json_object_get(day, "campaigns");
    json_t *cards = json_array(), *over = json_array();
    for (int place = 0; place < PLACES; place++)
        json_array_foreach(campaigns, i, one)
        {
            if (place_of(one) == place) json_list_add(cards, card_json(c, one, polls_ms));
        }
    json_array_foreach(campaigns, i, one) if (place_of(one) == PLACE_OVER)
        json_list_add(over, over_json(one));
    put_more(data, json_object_get(day, "more"));
    json_put(data, "any_over", json_boolean(json_array_size(over) > 0));
    json_put(data, "none", json_boolean(json_array_size(cards) == 0));
    json_put(data, "cards", cards);
    json_put(data, "over", over);
}

void day_put_campaigns(const struct web_call *c, json_t *data, const json_t *day)
{
    put_lists(c, data, day, polls_of(c, day));
    if (number_at(json_object_get(day, "sum"), "campaigns") < 2) return;
    json_t *sum = json_deep_copy(json_object_get(day, "sum"));
    json_put_count(sum, "id", 0);
    json_t *bar = campaign_bar(sum);
    unlink_parts(bar);
    json_put(
        data, "sum",
        json_pack("{s:o,s:o}", "bar", bar, "total", words_people(json_object_get(sum, "total"))));
    json_decref(sum);
}

/* ---- who comes ---- */

/* "4 of leeds, 2 of york": of other groups than the place's. */
static json_t *from_words(const json_t *from)
{
    const char *group;
    json_t *n, *text;
    struct buf b = BUF_INIT(WORDS_BYTES);
    json_object_foreach((json_t *)from, group, n)
        buf_addf(&b, "%s%lld of %s", b.n ? ", " : "", json_integer_value(n), group);
    text = b.failed ? json_string("of several groups") : json_text(buf_slice(&b));
    buf_done(&b);
    return text;
}

void day_put_pledges(const struct web_call *c, json_t *data, const json_t *day)
{
    size_t i;
    const json_t *one, *at = json_object_get(json_object_get(day, "pledges"), "at");
    json_t *list = json_array();
    json_array_foreach(at, i, one)
    {
        char when[LOCAL_TIME_BYTES];
        if (i == COMES_MAX) break;
        local_time_soon_iso(c, json_object_get(one, "start"), when);
        json_list_add(list,
                      json_pack("{s:O,s:s,s:o,s:o,s:o}", "name", json_object_get(one, "name"), "at",
                                when, "coming", words_count(json_object_get(one, "coming")),
                                "waiting", words_count(json_object_get(one, "waiting")), "from",
                                from_words(json_object_get(one, "from"))));
    }
    json_put(data, "any_comes", json_boolean(json_array_size(list) > 0));
    json_put(data, "comes", list);
}

/* ---- accounts ---- */

static json_t *account_json(const json_t *account)
{
    char words[WORDS_BYTES];
    const json_t *flight = json_object_get(account, "in_flight");
    bool dead = json_is_true(json_object_get(account, "dead"));
    if (dead)
        (void)snprintf(words, sizeof words, "does not answer");
    else if (json_is_integer(flight))
        (void)snprintf(words, sizeof words, "works · %lld on the way", json_integer_value(flight));
    else
        (void)snprintf(words, sizeof words, "%.0f a second at most",
                       json_number_value(json_object_get(account, "rate_per_s")));
    return json_pack("{s:O,s:s,s:b}", "name", json_object_get(account, "name"), "words", words,
                     "bad", dead);
}

void day_put_accounts(json_t *data, const json_t *day)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(day, "gateways"), i, one)
        json_list_add(list, account_json(one));
    json_put(data, "any_accounts", json_boolean(json_array_size(list) > 0));
    json_put(data, "accounts", list);
}
