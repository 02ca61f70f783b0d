/* /sessions/{id}/people: who comes to a session, for who leads it: look, add somebody, say who came. */
#include "web/organiser/organiser.h"

#include <stdio.h>

#include "core/iso8601.h"
#include "store/pledge.h"
#include "web/local_time.h"
#include "web/page.h"

enum { PATH_BYTES = 64 };

/* A state's word on the page, and what may be said of somebody in it: from an hour before that they came or did not, until then
 * that they will not. */
static const struct standing {
    const char *state, *word;
    bool may_came, may_missed, may_gone, quiet;
} standings[] = {
    {"coming", "coming", .may_came = true, .may_missed = true, .may_gone = true},
    {"waiting", "waiting list", .may_came = true, .may_gone = true},
    {"came", "came", .may_missed = true},
    {"missed", "did not come", .may_came = true},
    {"gone", "not coming", .quiet = true},
    {"off", "told that it is off", .quiet = true},
};

static bool is(const json_t *o, const char *state)
{
    return slice_is(json_slice(json_object_get(o, "state")), state);
}

static struct standing standing_of(const json_t *pledge)
{
    for (size_t i = 0; i < COUNT_OF(standings); i++)
        if (is(pledge, standings[i].state)) return standings[i];
    return (struct standing){.word = ""};
}

/* Who came is said from an hour before. */
static bool has_begun(const struct web_call *c, const json_t *session)
{
    int64_t start_ms;
    return iso8601_parse(json_slice(json_object_get(session, "start")), &start_ms) &&
           start_ms - PLEDGE_MARK_MS <= c->now_ms;
}

static json_t *person(const json_t *pledge, bool begun)
{
    static const char *const taken[] = {"pledge", "person", "name", "by"};
    const struct standing is = standing_of(pledge);
    json_t *o = json_object();
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        json_put(o, taken[i], json_incref(json_object_get(pledge, taken[i])));
    json_put(o, "word", json_string(is.word));
    json_put(o, "quiet", json_boolean(is.quiet));
    json_put(o, "may_came", json_boolean(begun && is.may_came));
    json_put(o, "may_missed", json_boolean(begun && is.may_missed));
    json_put(o, "may_gone", json_boolean(!begun && is.may_gone));
    return o;
}

static json_t *people(const struct web_call *c, const json_t *body)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    bool begun = has_begun(c, json_object_get(body, "session"));
    json_array_foreach(json_object_get(body, "pledges"), i, one)
        json_list_add(list, person(one, begun));
    return list;
}

static json_t *figures(const json_t *session)
{
    return json_pack("[{s:s,s:O},{s:s,s:O}]", "label", "Coming", "n",
                     json_object_get(session, "pledged"), "label", "Waiting", "n",
                     json_object_get(session, "waiting"));
}

static void on_people(struct web_call *c, int status, const json_t *body)
{
    char when[LOCAL_TIME_BYTES];
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    const char *problem = json_string_value(c->asked);
    const json_t *session = json_object_get(body, "session");
    json_t *data = page_data(c, "Who comes", problem ? problem : "");
    local_time_show_iso(c, json_object_get(session, "start"), when);
    json_put(data, "id", json_integer((json_int_t)c->id));
    json_put(data, "place", json_incref(json_object_get(json_object_get(body, "place"), "name")));
    json_put(data, "when", json_string(when));
    json_put(data, "meeting_point", json_incref(json_object_get(session, "meeting_point")));
    json_put(data, "cancelled", json_incref(json_object_get(session, "cancelled")));
    json_put(data, "figures", figures(session));
    json_put(data, "people", people(c, body));
    json_put(data, "cursor", json_incref(json_object_get(body, "next")));
    json_put(data, "number", json_text(web_field(c, "number")));
    json_put(data, "name", json_text(web_field(c, "name")));
    page_answer(c, PAGE_PLEDGES, problem ? 422 : 200, data);
}

static void show(struct web_call *c)
{
    web_ask(c, on_people, NULL, "GET", "/api/v1/place-sessions/%u/pledges", c->id);
}

static void on_said(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    if (status == 200) {
        (void)snprintf(path, sizeof path, "/sessions/%u/people", c->id);
        web_answer_redirect(c, path);
        return;
    }
    if (status == 404) {
        web_pass_on(c, status, body);
        return;
    }
    json_decref(c->asked);
    c->asked = json_incref(json_object_get(body, "detail"));
    show(c);
}

static void post_person(struct web_call *c)
{
    json_t *body = json_pack("{s:o}", "number", json_text(web_typed(c, "number")));
    struct slice name = web_typed(c, "name");
    if (name.n) json_put(body, "name", json_text(name));
    web_ask(c, on_said, body, "POST", "/api/v1/place-sessions/%u/pledges", c->id);
}

static void post_state(struct web_call *c)
{
    struct slice pledge = web_param(c, "pledge");
    uint64_t number;
    if (!slice_to_u64(pledge, UINT32_MAX, &number)) number = 0;
    web_ask(c, on_said, json_pack("{s:o}", "state", json_text(web_field(c, "state"))), "POST",
            "/api/v1/place-sessions/%u/pledges/%u", c->id, (unsigned)number);
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID, ACTS = SEES | FORM };

static const struct route rows[] = {
    {"GET", "/sessions/{id}/people", MAY_READ_INBOX, SEES, NULL, show},
    {"POST", "/sessions/{id}/people", MAY_ANSWER, ACTS, NULL, post_person},
    {"POST", "/sessions/{id}/people/{pledge}", MAY_ANSWER, ACTS, NULL, post_state},
};

const struct routes pledge_page_routes = {rows, COUNT_OF(rows)};
