/* /rehearsals: what would happen, as a rehearsal on the server has shown it; and how far one is. */
#include "web/organiser/organiser.h"

#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "web/local_time.h"
#include "web/organiser/campaign_form.h"
#include "web/organiser/campaign_refill.h"
#include "web/page.h"
#include "web/page_words.h"

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : "";
}

static bool is(const json_t *r, const char *state)
{
    return strcmp(text_of(r, "state"), state) == 0;
}

static bool is_open(const json_t *r)
{
    return is(r, "waiting") || is(r, "under_way");
}

/* The words of one; `data` is a card or the page. */
static void put_words(const struct web_call *c, json_t *data, const json_t *r)
{
    static const char *const taken[] = {"id", "name", "group", "why", "people", "sent", "replies"};
    char when[LOCAL_TIME_BYTES];
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        json_put(data, taken[i], json_incref(json_object_get(r, taken[i])));
    bool go = json_is_true(json_object_get(r, "go")), finished = is(r, "finished");
    char *note = local_time_words(c, json_slice(json_object_get(r, "note")));
    json_put(data, "note", json_text(slice_of(note)));
    free(note);
    local_time_show_iso(c, json_object_get(r, "made_at"), when);
    json_put(data, "when", json_string(when));
    json_put(data, "by", page_who(json_object_get(r, "by")));
    json_put(data, "waiting", json_boolean(is(r, "waiting")));
    json_put(data, "under_way", json_boolean(is(r, "under_way")));
    json_put(data, "failed", json_boolean(is(r, "failed")));
    json_put(data, "go", json_boolean(finished && go));
    json_put(data, "no_go", json_boolean(finished && !go));
}

/* ---- all of them ---- */

static void on_list(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Rehearsals", ""), *cards = json_array();
    json_array_foreach(json_object_get(body, "rehearsals"), i, one)
    {
        json_t *card = json_object();
        put_words(c, card, one);
        json_list_add(cards, card);
    }
    json_put(data, "cards", cards);
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/campaigns", "label", "Campaigns"));
    page_answer(c, PAGE_REHEARSALS, 200, data);
}

static void get_rehearsals(struct web_call *c)
{
    web_ask(c, on_list, NULL, "GET", "/api/v1/rehearsals");
}

/* ---- one ---- */

/* A sentence of the report, for who has no terminal. Returns owned. */
static json_t *sentence(const struct web_call *c, const json_t *line, const char *key)
{
    char *local = local_time_words(c, json_slice(json_object_get(line, key)));
    char *words = page_words(slice_of(local), NULL);
    json_t *said = json_text(slice_of(words));
    free(words);
    free(local);
    return said;
}

/* In the words in which the client says them: they came with the report. What it is about is told by the title; a report of
 * an older client has none. */
static json_t *line_of(const struct web_call *c, const json_t *one)
{
    static const struct {
        const char *level, *kind, *mark;
    } marks[] = {
        {"no", "notice bad", "No go"}, {"go", "notice good", "Go"}, {"", "notice", "Look"}};
    const char *level = text_of(one, "level");
    size_t i = 0;
    while (i + 1 < COUNT_OF(marks) && strcmp(level, marks[i].level) != 0)
        i++;
    return json_pack("{s:s,s:s,s:s,s:o,s:o}", "kind", marks[i].kind, "mark", marks[i].mark, "title",
                     text_of(one, "title"), "says", sentence(c, one, "why"), "mend",
                     sentence(c, one, "mend"));
}

static json_t *lines_of(const struct web_call *c, const json_t *report)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(report, "list"), i, one)
        json_list_add(list, line_of(c, one));
    return list;
}

static json_t *facts_of(const struct web_call *c, const json_t *report)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(report, "facts"), i, one)
    {
        char *says = local_time_words(c, json_slice(json_object_get(one, "text")));
        json_list_add(list, json_pack("{s:s,s:s}", "term", text_of(one, "term"), "says", says));
        free(says);
    }
    return list;
}

static json_t *bar_of(const json_t *r)
{
    json_int_t people = json_integer_value(json_object_get(r, "people")),
               sent = json_integer_value(json_object_get(r, "sent"));
    const struct page_bar_part parts[] = {
        {"sent", "good", (uint64_t)sent},
        {"to come", "waiting", (uint64_t)(people > sent ? people - sent : 0)}};
    return people > 0 ? page_bar("How far the rehearsal is", parts, COUNT_OF(parts)) : json_null();
}

static void on_one(struct web_call *c, int status, const json_t *r)
{
    if (status != 200) {
        web_pass_on(c, status, r);
        return;
    }
    const json_t *report = json_object_get(r, "report");
    json_t *data = page_data(c, "Rehearsal", "");
    put_words(c, data, r);
    json_put(data, "open", json_boolean(is_open(r)));
    json_put(data, "bar", bar_of(r));
    json_put(data, "state", json_incref(json_object_get(r, "state")));
    if (json_is_object(report)) {
        json_put(data, "lines", lines_of(c, report));
        json_put(data, "facts", json_pack("{s:o}", "list", facts_of(c, report)));
    }
    json_put(data, "may", json_boolean(access_may_somewhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/rehearsals", "label", "Rehearsals"));
    page_answer(c, PAGE_REHEARSAL, 200, data);
}

static void get_rehearsal(struct web_call *c)
{
    web_ask(c, on_one, NULL, "GET", "/api/v1/rehearsals/%u", c->id);
}

/* ---- what one does next ---- */

static void on_campaign(struct web_call *c, int status, const json_t *r)
{
    const json_t *campaign = json_object_get(r, "campaign");
    if (status != 200)
        web_pass_on(c, status, r);
    else if (campaign_refill(c, campaign))
        campaign_form_show(c, 200, "", NULL);
}

/* The form of the campaign as it was rehearsed, from which it is launched. */
static void post_form(struct web_call *c)
{
    web_ask(c, on_campaign, NULL, "GET", "/api/v1/rehearsals/%u", c->id);
}

static void on_removed(struct web_call *c, int status, const json_t *body)
{
    if (status == 200)
        web_answer_redirect(c, "/rehearsals");
    else
        web_pass_on(c, status, body);
}

static void post_remove(struct web_call *c)
{
    web_ask(c, on_removed, NULL, "DELETE", "/api/v1/rehearsals/%u", c->id);
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE, ACTS = SEES | FORM | WITH_ID };

static const struct route rows[] = {
    {"GET", "/rehearsals", MAY_READ_CAMPAIGNS, SEES, NULL, get_rehearsals},
    {"GET", "/rehearsals/{id}", MAY_READ_CAMPAIGNS, SEES | WITH_ID, NULL, get_rehearsal},
    {"POST", "/rehearsals/{id}/form", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_form},
    {"POST", "/rehearsals/{id}/remove", MAY_LAUNCH_CAMPAIGNS, ACTS | AUDITED, NULL, post_remove},
};

const struct routes rehearsal_page_routes = {rows, COUNT_OF(rows)};
