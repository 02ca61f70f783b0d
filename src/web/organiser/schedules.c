/* /schedules: campaigns that are made again and again; what each will do next, and what came of it. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/schedule_words.h"
#include "web/page.h"
#include "web/page_words.h"

enum { PATH_BYTES = 64, DAY_BYTES = 10 /* "2026-12-24" */ };

static bool is(const json_t *schedule, const char *status)
{
    return slice_is(json_slice(json_object_get(schedule, "status")), status);
}

/* The words of one; `data` is a card or the page. */
static void put_words(json_t *data, const json_t *s)
{
    static const char *const taken[] = {"id", "name", "group", "zone", "status_why"};
    char next[SCHEDULE_WORDS_BYTES];
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        json_put(data, taken[i], json_incref(json_object_get(s, taken[i])));
    json_put(data, "made_by", page_who(json_object_get(s, "made_by")));
    json_put(data, "when", schedule_words_plan(json_object_get(s, "plan")));
    json_put(data, "audience",
             json_incref(json_object_get(json_object_get(s, "campaign"), "audience")));
    schedule_words_time(json_slice(json_object_get(s, "next_local")), next);
    json_put(data, "next", json_string(next));
    json_put(data, "active", json_boolean(is(s, "active")));
    json_put(data, "paused", json_boolean(is(s, "paused")));
    json_put(data, "stopped", json_boolean(is(s, "stopped")));
    json_put(data, "over", json_boolean(is(s, "over")));
    const json_t *last = json_object_get(s, "last");
    bool launched = slice_is(json_slice(json_object_get(last, "outcome")), "launched");
    if (json_is_object(last) && !launched) {
        json_put(data, "trouble", schedule_words_outcome(last));
        json_put(data, "trouble_why", json_incref(json_object_get(last, "why")));
    }
}

/* ---- all of them ---- */

static void on_schedules(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Schedules", ""), *cards = json_array();
    json_array_foreach(json_object_get(body, "schedules"), i, one)
    {
        json_t *card = json_object();
        put_words(card, one);
        json_list_add(cards, card);
    }
    const char *next = json_string_value(json_object_get(body, "next"));
    json_put(data, "cursor", next ? json_string(next) : json_null());
    json_put(data, "cards", cards);
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/campaigns", "label", "Campaigns"));
    page_answer(c, PAGE_SCHEDULES, 200, data);
}

static void get_schedules(struct web_call *c)
{
    web_ask(c, on_schedules, NULL, "GET", "/api/v1/schedules");
}

/* ---- one ---- */

/* When the event is, as a form shows it; as it was typed, where that was refused. */
static void put_event(const struct web_call *c, json_t *data, const json_t *s)
{
    const char *event = json_string_value(json_object_get(json_object_get(s, "plan"), "event"));
    struct slice typed = web_typed(c, "event");
    if (!event || is(s, "over")) return;
    char *text = typed.n ? slice_strdup(typed) : xstrdup(event);
    char *space = strchr(text, ' ');
    if (space) *space = 'T';
    json_put(data, "event", json_text(slice_of(text)));
    free(text);
}

/* What leaves out that one alone: of a rule the day, which stays when its time is another; else the time, since there may be
 * several a day. */
static json_t *left_out_by(const json_t *s, const json_t *local)
{
    struct slice text = json_slice(local);
    bool rule = json_is_string(json_object_get(json_object_get(s, "plan"), "every"));
    if (rule && text.n > DAY_BYTES) text.n = DAY_BYTES;
    return json_text(text);
}

static json_t *next_list(const json_t *s)
{
    size_t i;
    char when[SCHEDULE_WORDS_BYTES];
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(s, "next_firings"), i, one)
    {
        schedule_words_time(json_slice(json_object_get(one, "local")), when);
        json_list_add(list, json_pack("{s:s,s:O,s:o}", "when", when, "campaign",
                                      json_object_get(one, "campaign"), "day",
                                      left_out_by(s, json_object_get(one, "local"))));
    }
    return list;
}

/* What is left out. */
static json_t *except_list(const json_t *s)
{
    size_t i;
    char when[SCHEDULE_WORDS_BYTES];
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(json_object_get(s, "plan"), "except"), i, one)
    {
        schedule_words_day(json_slice(one), when);
        json_list_add(list, json_pack("{s:s,s:O}", "when", when, "day", one));
    }
    return list;
}

static json_t *log_list(const json_t *s)
{
    size_t i;
    char when[SCHEDULE_WORDS_BYTES];
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(s, "firings"), i, one)
    {
        schedule_words_time(json_slice(json_object_get(one, "local")), when);
        json_list_add(list,
                      json_pack("{s:s,s:o,s:O,s:O}", "when", when, "words",
                                schedule_words_outcome(one), "why", json_object_get(one, "why"),
                                "campaign", json_object_get(one, "campaign")));
    }
    return list;
}

static void on_schedule(struct web_call *c, int status, const json_t *s)
{
    if (status != 200) {
        web_pass_on(c, status, s);
        return;
    }
    const char *problem = json_string_value(c->asked);
    json_t *data =
        page_data(c, json_string_value(json_object_get(s, "name")), problem ? problem : "");
    put_words(data, s);
    json_t *people = json_object_get(s, "people");
    if (json_is_integer(people)) json_put(data, "people", words_people(people));
    json_put(data, "gone", json_boolean(json_is_null(people)));
    json_put(data, "bubbles",
             campaign_message_bubbles(json_object_get(json_object_get(s, "campaign"), "message")));
    json_put(data, "firings", next_list(s));
    json_put(data, "except", except_list(s));
    json_put(data, "maker_lost", json_boolean(json_is_false(json_object_get(s, "maker_may"))));
    json_put(data, "log", log_list(s));
    put_event(c, data, s);
    json_put(data, "may", json_boolean(access_may_somewhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/schedules", "label", "Schedules"));
    page_answer(c, PAGE_SCHEDULE, problem ? 422 : 200, data);
}

static void show(struct web_call *c)
{
    web_ask(c, on_schedule, NULL, "GET", "/api/v1/schedules/%u", c->id);
}

static void get_schedule(struct web_call *c)
{
    show(c);
}

/* ---- the buttons ---- */

static void on_moved(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    if (status == 200) {
        (void)snprintf(path, sizeof path, "/schedules/%u", c->id);
        web_answer_redirect(c, path);
        return;
    }
    json_decref(c->asked);
    c->asked = json_incref(json_object_get(body, "detail"));
    show(c);
}

static void post_pause(struct web_call *c)
{
    web_ask(c, on_moved, json_pack("{s:o}", "why", json_text(web_typed(c, "why"))), "POST",
            "/api/v1/schedules/%u/pause", c->id);
}

static void post_resume(struct web_call *c)
{
    web_ask(c, on_moved, NULL, "POST", "/api/v1/schedules/%u/resume", c->id);
}

static void post_event(struct web_call *c)
{
    web_ask(c, on_moved, json_pack("{s:o}", "event", json_text(web_typed(c, "event"))), "POST",
            "/api/v1/schedules/%u", c->id);
}

static void post_except(struct web_call *c)
{
    web_ask(c, on_moved,
            json_pack("{s:o,s:b}", "day", json_text(web_typed(c, "day")), "after_all",
                      web_typed(c, "after_all").n > 0),
            "POST", "/api/v1/schedules/%u/except", c->id);
}

static void on_deleted(struct web_call *c, int status, const json_t *body)
{
    if (status == 200)
        web_answer_redirect(c, "/schedules");
    else
        web_pass_on(c, status, body);
}

static void post_delete(struct web_call *c)
{
    web_ask(c, on_deleted, NULL, "DELETE", "/api/v1/schedules/%u", c->id);
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE, ACTS = SEES | FORM | AUDITED | WITH_ID };

static const struct route rows[] = {
    {"GET", "/schedules", MAY_READ_CAMPAIGNS, SEES, NULL, get_schedules},
    {"GET", "/schedules/{id}", MAY_READ_CAMPAIGNS, SEES | WITH_ID, NULL, get_schedule},
    {"POST", "/schedules/{id}/pause", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_pause},
    {"POST", "/schedules/{id}/resume", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_resume},
    {"POST", "/schedules/{id}/event", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_event},
    {"POST", "/schedules/{id}/except", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_except},
    {"POST", "/schedules/{id}/delete", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_delete},
};

const struct routes schedule_page_routes = {rows, COUNT_OF(rows)};
