#include "web/organiser/campaign_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/actor.h"
#include "core/campaign_status.h"
#include "core/finding.h"
#include "core/state.h"
#include "web/local_time.h"
#include "web/organiser/organiser.h"
#include "web/page.h"
#include "web/page_words.h"

enum {
    COUNT_BYTES = 32,
    HREF_BYTES = 96,
    DONE_BYTES = 4 * LOCAL_TIME_BYTES,
    WAITS_BYTES = 4 * LOCAL_TIME_BYTES + 128,
    FEW = 20, /* one in so many: then a page of people looks through more of them */
};

/* ---- numbers ---- */

static void count_text(uint64_t n, char out[COUNT_BYTES])
{
    char digits[COUNT_BYTES];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

json_t *words_count(const json_t *n)
{
    char text[COUNT_BYTES];
    if (!json_is_integer(n) || json_integer_value(n) < 0) return json_string("?");
    count_text((uint64_t)json_integer_value(n), text);
    return json_string(text);
}

json_t *words_counted(const json_t *n, const char *one, const char *many)
{
    char text[COUNT_BYTES + 32];
    json_t *count = words_count(n);
    (void)snprintf(text, sizeof text, "%s %s", json_string_value(count),
                   json_is_integer(n) && json_integer_value(n) == 1 ? one : many);
    json_decref(count);
    return json_string(text);
}

json_t *words_people(const json_t *n)
{
    return words_counted(n, "person", "people");
}

json_t *words_price(const json_t *price)
{
    char text[64];
    const char *currency = json_string_value(json_object_get(price, "currency"));
    double amount = json_number_value(json_object_get(price, "amount"));
    if (amount <= 0) return json_null();
    (void)snprintf(text, sizeof text, "%.2f %s", amount, currency ? currency : "");
    return json_string(text);
}

json_t *words_duration(int64_t seconds)
{
    char text[COUNT_BYTES + 16];
    int64_t minutes = (seconds + 59) / 60;
    if (minutes < 2)
        (void)snprintf(text, sizeof text, "about a minute");
    else if (minutes < 120)
        (void)snprintf(text, sizeof text, "about %lld minutes", (long long)minutes);
    else
        (void)snprintf(text, sizeof text, "about %lld hours", (long long)((minutes + 30) / 60));
    return json_string(text);
}

void words_put_list(json_t *data, const char *key, const json_t *list)
{
    char any[COUNT_BYTES];
    (void)snprintf(any, sizeof any, "any_%s", key);
    json_put(data, any, json_boolean(json_array_size(list) > 0));
    json_put(data, key, list ? json_incref((json_t *)list) : json_array());
}

void words_put_people(json_t *data, const json_t *people)
{
    size_t i;
    json_t *person, *list = people ? json_deep_copy(people) : json_array();
    json_array_foreach(list, i, person)
    {
        const json_t *parts = json_object_get(person, "parts");
        json_put(person, "one", json_boolean(json_integer_value(parts) == 1));
        if (!json_object_get(person, "problem")) json_put(person, "problem", json_string(""));
    }
    words_put_list(data, "people", list);
    json_decref(list);
}

void words_put_findings(const struct web_call *c, json_t *data, const json_t *findings)
{
    static const char *const labels[FINDING_LEVELS] = {
        [FINDING_BLOCK] = "To be mended",
        [FINDING_APPROVE] = "A second person has to agree",
        [FINDING_WARN] = "",
        [FINDING_NOTE] = "Good to know",
    };
    size_t i;
    json_t *one, *list = findings ? json_deep_copy(findings) : json_array();
    json_array_foreach(list, i, one)
    {
        enum finding_level level = FINDING_WARN;
        (void)finding_level_from_string(json_slice(json_object_get(one, "level")), &level);
        char *said = local_time_words(c, json_slice(json_object_get(one, "message")));
        char *words = page_words(slice_of(said), NULL);
        json_put(one, "message", json_text(slice_of(words)));
        free(words);
        free(said);
        json_put(one, "label", json_string(labels[level]));
        json_put(one, "bad", json_boolean(level == FINDING_BLOCK));
        json_put(one, "quiet", json_boolean(level == FINDING_NOTE));
    }
    words_put_list(data, "findings", list);
    json_decref(list);
}

/* ---- states of people ---- */

static const struct {
    const char *label, *kind;
} states[STATE_COUNT] = {
    [STATE_READ] = {"read", "good"},
    [STATE_DELIVERED] = {"delivered", "good"},
    [STATE_SENT] = {"on the way", "going"},
    [STATE_ACCEPTED] = {"taken by the provider", "going"},
    [STATE_IN_FLIGHT] = {"being sent", "going"},
    [STATE_PENDING] = {"waiting", "waiting"},
    [STATE_UNDELIVERED] = {"not delivered", "bad"},
    [STATE_REFUSED] = {"refused", "bad"},
    [STATE_UNKNOWN] = {"not known", "doubt"},
    [STATE_SKIPPED] = {"left out", "off"},
    [STATE_EXPIRED] = {"too late", "off"},
    [STATE_CANCELLED] = {"cancelled", "off"},
};
static const enum state order[] = {STATE_READ,     STATE_DELIVERED,   STATE_SENT,
                                   STATE_ACCEPTED, STATE_IN_FLIGHT,   STATE_PENDING,
                                   STATE_UNKNOWN,  STATE_UNDELIVERED, STATE_REFUSED,
                                   STATE_SKIPPED,  STATE_EXPIRED,     STATE_CANCELLED};

static uint64_t count_of(const json_t *status, enum state s)
{
    return (uint64_t)json_integer_value(
        json_object_get(json_object_get(status, "counts"), state_to_string(s)));
}

/* Each figure opens to its people. */
static void put_links(json_t *bar, const enum state *shown, json_int_t id, uint64_t total)
{
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(bar, "parts"), i, part)
    {
        char href[HREF_BYTES], text[COUNT_BYTES];
        uint64_t n = (uint64_t)json_integer_value(json_object_get(part, "n"));
        (void)snprintf(href, sizeof href, "/campaigns/%lld/people?state=%s&blocks=%d",
                       (long long)id, state_to_string(shown[i]), n * FEW < total ? 16 : 1);
        json_put(part, "href", json_string(href));
        count_text(n, text);
        json_put(part, "n", json_string(text));
    }
}

json_t *campaign_bar(const json_t *status)
{
    struct page_bar_part parts[STATE_COUNT];
    enum state shown[STATE_COUNT];
    size_t n = 0;
    json_t *label = words_people(json_object_get(status, "total"));
    uint64_t total = (uint64_t)json_integer_value(json_object_get(status, "total"));
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        uint64_t count = count_of(status, order[i]);
        if (count == 0) continue;
        shown[n] = order[i];
        parts[n++] = (struct page_bar_part){states[order[i]].label, states[order[i]].kind, count};
    }
    json_t *bar = page_bar(json_string_value(label), parts, n);
    json_decref(label);
    put_links(bar, shown, json_integer_value(json_object_get(status, "id")), total);
    return bar;
}

/* ---- the campaign itself ---- */

static const struct {
    const char *words, *kind;
} statuses[CAMPAIGN_STATUS_COUNT] = {
    [CAMPAIGN_PROPOSED] = {"Waits for a second person", "doubt"},
    [CAMPAIGN_PREPARING] = {"Getting ready", "going"},
    [CAMPAIGN_SCHEDULED] = {"Planned", "waiting"},
    [CAMPAIGN_RUNNING] = {"Running", "going"},
    [CAMPAIGN_PAUSED] = {"Paused", "doubt"},
    [CAMPAIGN_BLOCKED] = {"Stopped by the provider", "bad"},
    [CAMPAIGN_DONE] = {"Done", "good"},
    [CAMPAIGN_CANCELLED] = {"Cancelled", "off"},
    [CAMPAIGN_EXPIRED] = {"Its time is over", "off"},
};

static void put_when(const struct web_call *c, json_t *data, const json_t *status,
                     enum campaign_status now)
{
    char at[LOCAL_TIME_BYTES], text[LOCAL_TIME_BYTES + 32];
    const char *word = "started", *key = "started_at";
    if (now == CAMPAIGN_SCHEDULED || now == CAMPAIGN_PREPARING) word = "starts", key = "start";
    if (now == CAMPAIGN_DONE) word = "since", key = "done_at";
    local_time_show_iso(c, json_object_get(status, key), at);
    if (!*at) word = "launched", local_time_show_iso(c, json_object_get(status, "launched_at"), at);
    (void)snprintf(text, sizeof text, "%s %s", word, at);
    json_put(data, "when", json_string(text));
    local_time_show_iso(c, json_object_get(status, "deadline"), at);
    if (*at) json_put(data, "until", json_string(at));
    local_time_show_iso(c, json_object_get(status, "opens"), at);
    if (*at) json_put(data, "opens", json_string(at));
}

static bool can_pause(enum campaign_status now)
{
    return now != CAMPAIGN_BLOCKED && now != CAMPAIGN_PROPOSED &&
           campaign_may_move(MOVE_PAUSE, now);
}

static void put_buttons(json_t *data, enum campaign_status now)
{
    json_put(data, "can_pause", json_boolean(can_pause(now)));
    json_put(data, "can_resume", json_boolean(now == CAMPAIGN_PAUSED || now == CAMPAIGN_BLOCKED));
    json_put(data, "can_change", json_boolean(campaign_may_edit(now)));
    json_put(data, "can_cancel", json_boolean(campaign_may_move(MOVE_CANCEL, now)));
    json_put(data, "over", json_boolean(campaign_is_over(now)));
}

const char *campaign_status_words(enum campaign_status s)
{
    return statuses[s].words;
}

/* Somebody has got it, or may have. */
static bool has_begun(const json_t *status)
{
    uint64_t nobody = count_of(status, STATE_PENDING) + count_of(status, STATE_SKIPPED) +
                      count_of(status, STATE_EXPIRED) + count_of(status, STATE_CANCELLED);
    return nobody < (uint64_t)json_integer_value(json_object_get(status, "total"));
}

/* Who wrote the text as it is now, where that is somebody else than the one who launched it. */
static void put_writer(json_t *data, const json_t *status)
{
    const json_t *writer = json_object_get(status, "written_by");
    bool other = json_is_string(writer) && json_is_string(json_object_get(status, "launched_by")) &&
                 !json_equal(writer, json_object_get(status, "launched_by"));
    json_put(data, "written_by", page_who(other ? writer : NULL));
}

/* A second person has to agree to it: now, or when it goes on. */
static void put_approval(const struct web_call *c, json_t *data, const json_t *status,
                         enum campaign_status now)
{
    const json_t *approval = json_object_get(status, "approval"),
                 *by = json_object_get(approval, "approved_by");
    bool lacks = json_is_false(json_object_get(approval, "given"));
    json_put(data, "proposed", json_boolean(now == CAMPAIGN_PROPOSED));
    json_put(
        data, "proposed_mine",
        json_boolean(slice_is(json_slice(json_object_get(approval, "author")), c->member->id)));
    json_put(data, "asks_again", json_boolean(lacks && now == CAMPAIGN_PAUSED));
    json_put(data, "approved_by", page_who(by));
}

/* What it said is used once more: by a new campaign, or to those who surely did not get it. */
static void put_again(const struct web_call *c, json_t *data, const json_t *status,
                      enum campaign_status now)
{
    bool over = campaign_is_over(now);
    uint64_t missed = count_of(status, STATE_UNDELIVERED) + count_of(status, STATE_REFUSED) +
                      count_of(status, STATE_EXPIRED) + count_of(status, STATE_CANCELLED);
    bool kept = json_is_null(json_object_get(status, "details_until"));
    json_put(data, "may_launch",
             json_boolean(access_may_somewhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    json_put(data, "missed", over && kept && missed ? json_true() : json_false());
}

static void put_copy(json_t *data, const json_t *status, const char *key)
{
    json_t *value = json_object_get(status, key);
    if (value && !json_is_null(value)) json_put(data, key, json_incref(value));
}

/* Which buttons make something of the result (a list, a report), while it is still known what became of each person; before
 * the first is texted nobody said anything. */
static void put_outcome(const struct web_call *c, json_t *data, const json_t *status)
{
    bool kept = json_is_null(json_object_get(status, "details_until"));
    json_put(data, "may_see_numbers",
             json_boolean(kept && access_may_somewhere(c->member, MAY_SEE_NUMBERS)));
    json_put(data, "may_make_lists",
             json_boolean(kept && has_begun(status) &&
                          access_may_somewhere(c->member, MAY_MAKE_AUDIENCES)));
}

/* It begins with a few, and something is not well. */
static void put_canary(json_t *data, const json_t *status, enum campaign_status now)
{
    char text[160];
    const json_t *canary = json_object_get(status, "canary"),
                 *warning = json_object_get(status, "brake_warning"),
                 *off = json_object_get(status, "brake_off");
    bool rule = slice_is(json_slice(json_object_get(canary, "then")), "rule");
    const json_t *few = json_object_get(canary, "people");
    json_t *people = words_people(few);
    (void)snprintf(text, sizeof text, "Only the first %s %s it now. %s", json_string_value(people),
                   json_integer_value(few) == 1 ? "gets" : "get",
                   rule ? "When they did well, the others follow by themselves."
                        : "Then it waits until somebody looks and presses Go on.");
    json_decref(people);
    bool shown = now == CAMPAIGN_RUNNING || now == CAMPAIGN_SCHEDULED || now == CAMPAIGN_PROPOSED;
    json_put(data, "canary", json_is_object(canary) && shown ? json_string(text) : json_null());
    json_put(data, "brake_warning",
             json_is_string(warning) ? json_incref((json_t *)warning) : json_null());
    json_put(data, "brake_off", json_is_string(off) ? json_incref((json_t *)off) : json_null());
}

/* When receipts pause it, where it says so itself. */
static void put_bounds(json_t *data, const json_t *status)
{
    const json_t *text = json_object_get(json_object_get(status, "pause_when"), "text");
    json_put(data, "bounds", json_is_string(text) ? json_incref((json_t *)text) : json_null());
}

static enum campaign_status status_of(const json_t *status)
{
    enum campaign_status now = CAMPAIGN_BLOCKED;
    (void)campaign_status_from_string(json_slice(json_object_get(status, "status")), &now);
    return now;
}

bool campaign_can_pause(const json_t *status)
{
    return can_pause(status_of(status));
}

bool campaign_owes_a_reason(const struct web_call *c, const json_t *status)
{
    return status_of(status) == CAMPAIGN_PAUSED &&
           json_is_null(json_object_get(status, "status_why")) &&
           slice_is(json_slice(json_object_get(status, "status_by")), c->member->name);
}

/* Of a group that borrows the list: the figures do not open. */
static void take_links(json_t *bar)
{
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(bar, "parts"), i, part)(void) json_object_del(part, "href");
}

/* A group that borrows the list has the counts, and the buttons that stop it and let it go on; its own group has all of it. */
static void put_helper(const struct web_call *c, json_t *data, const json_t *status)
{
    bool helps =
        json_is_integer(json_object_get(status, "loan")) &&
        !access_may(c->member, MAY_READ_CAMPAIGNS, json_slice(json_object_get(status, "group")));
    json_put(data, "helps", json_boolean(helps));
    put_copy(data, status, "helper");
    if (!helps) return;
    static const char *const not_theirs[] = {"can_change", "missed", "may_launch",
                                             "may_see_numbers", "may_make_lists"};
    for (size_t i = 0; i < COUNT_OF(not_theirs); i++)
        json_put(data, not_theirs[i], json_false());
    take_links(json_object_get(data, "bar"));
}

void campaign_put_words(const struct web_call *c, json_t *data, const json_t *status)
{
    static const char *const copied[] = {"id",       "name",   "group",    "gateway",
                                         "audience", "status", "schedule", "cap_why"};
    enum campaign_status now = status_of(status);
    for (size_t i = 0; i < COUNT_OF(copied); i++)
        put_copy(data, status, copied[i]);
    struct slice who = json_slice(json_object_get(status, "status_by"));
    bool by_itself = slice_is(who, "release");
    json_put(data, "launched_by", page_who(json_object_get(status, "launched_by")));
    json_put(
        data, "status_by",
        page_who(by_itself || actor_is_part(who) ? NULL : json_object_get(status, "status_by")));
    /* nobody asks why it goes on */
    put_copy(data, status, by_itself ? "" : "status_why");
    json_put(data, "words", json_string(statuses[now].words));
    json_put(data, "kind", json_string(statuses[now].kind));
    put_when(c, data, status, now);
    json_put(data, "total", words_people(json_object_get(status, "total")));
    json_put(data, "replies", words_count(json_object_get(status, "replies")));
    json_put(data, "stops", words_count(json_object_get(status, "stops")));
    json_put(data, "bar", campaign_bar(status));
    put_buttons(data, now);
    put_writer(data, status);
    json_put(data, "begun", json_boolean(has_begun(status)));
    put_again(c, data, status, now);
    put_outcome(c, data, status);
    put_approval(c, data, status, now);
    put_canary(data, status, now);
    put_bounds(data, status);
    put_helper(c, data, status);
}

/* ---- how it goes ---- */

/* "20 a second", or of a slow one "12 a minute". */
void campaign_put_speed(json_t *data, const json_t *status)
{
    char text[32];
    double rate = json_number_value(json_object_get(status, "rate_per_s"));
    const json_t *left = json_object_get(status, "left_s");
    if (rate <= 0) return;
    if (rate >= 1)
        (void)snprintf(text, sizeof text, "%.0f a second", rate);
    else
        (void)snprintf(text, sizeof text, "%.0f a minute", ceil(rate * 60));
    json_put(data, "rate", json_string(text));
    if (json_is_integer(left)) json_put(data, "left", words_duration(json_integer_value(left)));
}

/* When its first few all have it, and when a budget ends it. */
static void put_what_it_waits_for(const struct web_call *c, json_t *data, const json_t *forecast)
{
    char at[LOCAL_TIME_BYTES], text[WAITS_BYTES];
    const json_t *money = json_object_get(forecast, "money_ends");
    local_time_soon_iso(c, json_object_get(json_object_get(forecast, "waits"), "at"), at);
    if (*at) json_put(data, "waits_at", json_string(at));
    local_time_soon_iso(c, json_object_get(money, "at"), at);
    if (!*at) return;
    struct slice budget = json_slice(json_object_get(money, "budget"));
    json_t *people = words_people(json_object_get(money, "after"));
    (void)snprintf(text, sizeof text,
                   "The budget of the %.*s%s ends it after about %s, about %s. "
                   "Raise it before, or it pauses then.",
                   SLICE_ARG(budget), slice_is(budget, "campaign") ? "" : " for this month",
                   json_string_value(people), at);
    json_decref(people);
    json_put(data, "money_ends", json_string(text));
}

/* "about 18:40 (18:30 to 19:05)" */
void campaign_put_forecast(const struct web_call *c, json_t *data, const json_t *status)
{
    char at[LOCAL_TIME_BYTES], early[LOCAL_TIME_BYTES], late[LOCAL_TIME_BYTES], text[DONE_BYTES];
    const json_t *forecast = json_object_get(status, "forecast");
    local_time_soon_iso(c, json_object_get(forecast, "at"), at);
    local_time_soon_iso(c, json_object_get(forecast, "early"), early);
    local_time_soon_iso(c, json_object_get(forecast, "late"), late);
    if (!*at) return;
    bool is_range = *early && *late && (strcmp(early, at) != 0 || strcmp(late, at) != 0);
    (void)snprintf(text, sizeof text, is_range ? "about %s (%s to %s)" : "about %s", at, early,
                   late);
    json_put(data, "done_about", json_string(text));
    json_put(data, "in_danger", json_incref(json_object_get(forecast, "in_danger")));
    put_what_it_waits_for(c, data, forecast);
}
