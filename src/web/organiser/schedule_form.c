/* /schedules/new?campaign=7, "Repeat this": the campaign is there already; what is missing is when. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/every.h"
#include "core/json.h"
#include "store/group.h"
#include "web/local_time.h"
#include "web/page.h"
#include "web/organiser/schedule_when.h"
#include "web/page_words.h"

enum { PATH_BYTES = 64, EVERY_BYTES = 64 };

struct choice {
    const char *value, *label;
};
static const struct choice often[] = {
    {"week", "Every week"}, {"second", "Every second week"},     {"month", "Every month"},
    {"day", "Every day"},   {"dates", "On dates that you give"}, {"event", "Before an event"}};
static const struct choice days[] = {{"mon", "Monday"},   {"tue", "Tuesday"}, {"wed", "Wednesday"},
                                     {"thu", "Thursday"}, {"fri", "Friday"},  {"sat", "Saturday"},
                                     {"sun", "Sunday"}};
static const struct choice reminders[] = {{"1 day before at 11:00", "The day before, at 11:00"},
                                          {"0 days before at 09:00", "That morning, at 09:00"},
                                          {"2 hours before", "2 hours before"}};

static struct slice field(const struct web_call *c, const char *name)
{
    struct slice typed = web_field(c, name);
    return slice_trim(typed.p ? typed : web_query(c, name));
}

static struct slice field_or(const struct web_call *c, const char *name, const char *otherwise)
{
    struct slice typed = field(c, name);
    return typed.n ? typed : slice_of(otherwise);
}

static json_t *options(const struct choice *list, size_t n, struct slice chosen)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++)
        page_option(all, list[i].value, list[i].label, chosen);
    return all;
}

static json_t *dates(struct slice chosen)
{
    json_t *all = json_array();
    for (int day = 1; day <= 31; day++) {
        char text[8];
        (void)snprintf(text, sizeof text, "%d", day);
        page_option(all, text, text, chosen);
    }
    page_option(all, "last", "the last day", chosen);
    return all;
}

static json_t *reminder_boxes(const struct web_call *c)
{
    json_t *all = json_array();
    for (size_t i = 0; i < COUNT_OF(reminders); i++) {
        char box[16];
        (void)snprintf(box, sizeof box, "remind%zu", i);
        bool chosen = c->form.count ? field(c, box).n > 0 : i == 0;
        json_list_add(all, json_pack("{s:s,s:s,s:b}", "name", box, "label", reminders[i].label,
                                     "chosen", chosen));
    }
    return all;
}

/* ---- the form ---- */

static void on_campaign(struct web_call *c, int status, const json_t *campaign)
{
    if (status != 200) {
        web_pass_on(c, status, campaign);
        return;
    }
    const char *problem = json_string_value(json_object_get(c->asked, "problem"));
    json_t *wrong = json_object_get(c->asked, "wrong");
    json_t *data = page_data(c, "Repeat", problem ? problem : "");
    const char *name = json_string_value(json_object_get(campaign, "name"));
    json_put(data, "campaign", json_incref(json_object_get(campaign, "id")));
    json_put(data, "name", c->form.count ? json_text(field(c, "name")) : json_string(name));
    json_put(data, "wrong", wrong ? json_incref(wrong) : json_object());
    json_put(data, "audience", json_incref(json_object_get(campaign, "audience")));
    json_put(data, "often", options(often, COUNT_OF(often), field_or(c, "often", "week")));
    json_put(data, "days", options(days, COUNT_OF(days), field_or(c, "day", "thu")));
    json_put(data, "dates", dates(field_or(c, "date", "1")));
    json_put(data, "time", json_text(c->form.count ? field(c, "time") : SLICE_LIT("09:00")));
    json_put(data, "until", json_text(field(c, "until")));
    json_put(data, "event", json_text(field(c, "event")));
    json_put(data, "dates_typed", json_text(field(c, "dates")));
    json_put(data, "reminders", reminder_boxes(c));
    const struct group_info *group =
        groups_find(c->config->groups, json_slice(json_object_get(campaign, "group")));
    json_put(data, "zone", json_string(group && *group->zone ? group->zone : local_zone_name(c)));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/schedules", "label", "Schedules"));
    page_answer(c, PAGE_SCHEDULE_NEW, problem ? 422 : 200, data);
}

static void show(struct web_call *c)
{
    uint64_t id = 0;
    if (slice_to_u64(field(c, "campaign"), UINT32_MAX, &id))
        web_ask(c, on_campaign, NULL, "GET", "/api/v1/campaigns/%u", (uint32_t)id);
    else
        web_answer_redirect(c, "/campaigns");
}

static void get_new(struct web_call *c)
{
    show(c);
}

/* ---- what was typed ---- */

static void again(struct web_call *c, const char *problem, json_t *wrong)
{
    json_decref(c->asked);
    c->asked = json_pack("{s:s,s:o}", "problem", problem, "wrong", wrong);
    show(c);
}

static bool is_choice(const struct web_call *c, const char *name, const struct choice *list,
                      size_t n)
{
    bool is = false;
    for (size_t i = 0; i < n; i++)
        is |= slice_is(field(c, name), list[i].value);
    return is;
}

static bool is_date(struct slice typed)
{
    uint64_t day;
    return slice_is(typed, "last") || (slice_to_u64(typed, 31, &day) && day > 0);
}

static bool any_reminder(const struct web_call *c)
{
    return field(c, "remind0").n || field(c, "remind1").n || field(c, "remind2").n;
}

static void need(json_t *wrong, bool is_there, const char *name, const char *words)
{
    if (!is_there) json_put(wrong, name, json_string(words));
}

/* What the form itself can tell; whether anything of it is still to come, the API says. */
static json_t *what_is_wrong(const struct web_call *c)
{
    int minute;
    int64_t at_s;
    json_t *wrong = json_object();
    struct slice how = field(c, "often");
    bool before = slice_is(how, "event"), daily = slice_is(how, "day"),
         monthly = slice_is(how, "month");
    need(wrong, field(c, "name").n > 0, "name", "Give it a name.");
    need(wrong, is_choice(c, "often", often, COUNT_OF(often)), "often", "Choose how often.");
    if (before) {
        need(wrong, wall_time_parse(field(c, "event"), &at_s), "event", "Say when the event is.");
        need(wrong, any_reminder(c), "remind", "Choose at least one.");
        return wrong;
    }
    if (slice_is(how, "dates")) {
        need(wrong, field(c, "dates").n > 0, "dates", "Give one date at least, with its time.");
        return wrong;
    }
    need(wrong, daily || monthly || is_choice(c, "day", days, COUNT_OF(days)), "day",
         "Choose a day.");
    need(wrong, !monthly || is_date(field(c, "date")), "date", "Choose a day.");
    need(wrong, wall_minute_parse(field(c, "time"), &minute), "time", "Say at what time.");
    need(wrong, field(c, "until").n == 0 || wall_date_parse(field(c, "until"), &at_s), "until",
         "Write it as 2027-06-30.");
    return wrong;
}

static void put_event(const struct web_call *c, json_t *body)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(reminders); i++) {
        char box[16];
        (void)snprintf(box, sizeof box, "remind%zu", i);
        if (field(c, box).n) json_list_add(list, json_string(reminders[i].value));
    }
    json_put(body, "event", json_text(field(c, "event")));
    json_put(body, "remind", list);
}

static void put_every(const struct web_call *c, json_t *body)
{
    /* what is chosen, how the text begins, and the field that says which; the last: every week */
    static const struct {
        const char *how, *first, *which;
    } ways[] = {{"second", "2 weeks ", "day"},
                {"month", "month ", "date"},
                {"day", "day", ""},
                {"", "", "day"}};
    char every[EVERY_BYTES];
    struct slice how = field(c, "often"), time = field(c, "time");
    size_t i = 0;
    while (i + 1 < COUNT_OF(ways) && !slice_is(how, ways[i].how))
        i++;
    struct slice which = *ways[i].which ? field(c, ways[i].which) : SLICE_NONE;
    (void)snprintf(every, sizeof every, "%s%.*s %.*s", ways[i].first, SLICE_ARG(which),
                   SLICE_ARG(time));
    json_put(body, "every", json_text(slice_of(every)));
    if (field(c, "until").n) json_put(body, "until", json_text(field(c, "until")));
}

static void on_made(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    if (status == 201) {
        (void)snprintf(path, sizeof path, "/schedules/%lld",
                       (long long)json_integer_value(json_object_get(body, "id")));
        web_answer_redirect(c, path);
        return;
    }
    again(c, page_detail(body), page_wrong(body));
}

static void post_new(struct web_call *c)
{
    uint64_t id = 0;
    json_t *wrong = what_is_wrong(c);
    if (json_object_size(wrong)) {
        char *words = page_wrong_words(wrong);
        again(c, words, wrong);
        free(words);
        return;
    }
    json_decref(wrong);
    json_t *body = json_object();
    (void)slice_to_u64(field(c, "campaign"), UINT32_MAX, &id);
    json_put(body, "from_campaign", json_integer((json_int_t)id));
    json_put(body, "name", json_text(field(c, "name")));
    if (slice_is(field(c, "often"), "event"))
        put_event(c, body);
    else if (slice_is(field(c, "often"), "dates"))
        json_put(body, "dates", schedule_when_lines(field(c, "dates")));
    else
        put_every(c, body);
    web_ask(c, on_made, body, "POST", "/api/v1/schedules");
}

enum { WRITES = NEEDS_STORE | IN_GROUP | PAGE };

static const struct route rows[] = {
    {"GET", "/schedules/new", MAY_LAUNCH_CAMPAIGNS, WRITES, NULL, get_new},
    {"POST", "/schedules/new", MAY_LAUNCH_CAMPAIGNS, WRITES | FORM | AUDITED, NULL, post_new},
};

const struct routes schedule_form_routes = {rows, COUNT_OF(rows)};
