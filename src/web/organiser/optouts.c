/* /optouts: who must not be texted, one person at a time: since when, why, and what was said; and what they agreed to. */
#include <stdio.h>

#include "base/buf.h"
#include "core/consent.h"
#include "core/form.h"
#include "core/json.h"
#include "core/number.h"
#include "web/local_time.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/optouts.h"
#include "web/organiser/organiser.h"
#include "web/page.h"
#include "web/typed_number.h"

enum { PATH_BYTES = 256 };

/* ---- showing ---- */

json_t *optout_scopes(const struct web_call *c)
{
    const struct group_set mine = access_groups(c->member, MAY_SUPPRESS);
    json_t *list = json_array();
    if (mine.all)
        json_list_add(list, json_pack("{s:s,s:s}", "value", "all", "label", "everybody here"));
    for (size_t i = 0; i < mine.count; i++)
        json_list_add(list, json_pack("{s:s,s:s}", "value", mine.names[i], "label", mine.names[i]));
    return list;
}

json_t *optout_by(struct slice scope)
{
    if (slice_is(scope, "all")) return json_string("by anybody here");
    return json_sprintf("by %.*s", SLICE_ARG(scope));
}

static const char *reason_words(struct slice reason)
{
    static const char *const words[][2] = {{"stop", "they said STOP"},
                                           {"import", "from a list of opt-outs"},
                                           {"manual", "one of us decided"},
                                           {"provider", "the provider refuses the number"},
                                           {"near_stop", "what they wrote sounds like STOP"}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_is(reason, words[i][0])) return words[i][1];
    return "";
}

static json_t *entry_json(const struct web_call *c, const json_t *found)
{
    struct slice scope = json_slice(json_object_get(found, "scope"));
    bool hold = slice_is(scope, "hold");
    char since[LOCAL_TIME_BYTES];
    json_t *o = json_object();
    json_put(o, "scope", json_text(scope));
    json_put(o, "where",
             hold                     ? json_string("until somebody decides")
             : slice_is(scope, "all") ? optout_by(scope)
                                      : json_text(scope));
    json_put(o, "hold", json_boolean(hold));
    json_put(o, "why", json_string(reason_words(json_slice(json_object_get(found, "reason")))));
    local_time_show_iso(c, json_object_get(found, "at"), since);
    json_put(o, "at", json_incref(json_object_get(found, "at")));
    json_put(o, "since", json_string(since));
    json_put(o, "evidence", json_text(json_slice(json_object_get(found, "evidence"))));
    json_put(o, "may_remove",
             json_boolean(!hold &&
                          (slice_is(scope, "all") ? access_may_everywhere(c->member, MAY_UNSUPPRESS)
                                                  : access_may(c->member, MAY_UNSUPPRESS, scope))));
    return o;
}

/* ---- lists that were imported ---- */

static json_t *batch_json(const struct web_call *c, const json_t *b)
{
    char when[LOCAL_TIME_BYTES], until[LOCAL_TIME_BYTES];
    struct slice scope = json_slice(json_object_get(b, "scope"));
    struct slice state = json_slice(json_object_get(b, "state"));
    local_time_show_iso(c, json_object_get(b, "at"), when);
    local_time_show_iso(c, json_object_get(b, "until"), until);
    bool everywhere = slice_is(scope, "all");
    bool may = everywhere ? access_may_everywhere(c->member, MAY_UNSUPPRESS)
                          : access_may(c->member, MAY_UNSUPPRESS, scope);
    bool undone = slice_is(state, "undone");
    json_t *o = json_pack("{s:s,s:s,s:b,s:b,s:b}", "when", when, "last", until, "undone", undone,
                          "half", slice_is(state, "setting") || slice_is(state, "undoing"),
                          "may_undo", may && !undone);
    json_put(o, "added", words_counted(json_object_get(b, "added"), "number", "numbers"));
    json_put(o, "may_go_on", json_boolean(may && slice_is(state, "setting")));
    json_put(o, "where", optout_by(scope));
    struct slice file = json_slice(json_object_get(b, "evidence"));
    json_put(o, "title", json_text(file.n ? file : SLICE_LIT("A list")));
    check(json_object_update_missing(o, (json_t *)b) == 0);
    return o;
}

/* found: what is kept of their consent; NULL: nobody here knows them. */
static void show(struct web_call *c, int status, const char *problem, const json_t *check,
                 const json_t *found)
{
    json_t *data = page_data(c, "Opt-outs", problem), *list = json_array();
    const char *number = json_string_value(json_object_get(c->asked, "number"));
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(check, "scopes"), i, one)
        json_list_add(list, entry_json(c, one));
    json_put(data, "typed", json_text(web_query(c, "number")));
    json_put(data, "number", json_text(slice_of(number ? number : "")));
    json_put(data, "asked", json_boolean(check != NULL));
    json_put(data, "free", json_boolean(check && json_array_size(list) == 0));
    json_put(data, "found", list);
    consents_put(c, data, found);
    json_put(data, "scopes", optout_scopes(c));
    json_put(data, "may_import", json_boolean(access_may_somewhere(c->member, MAY_SUPPRESS)));
    json_t *batches = json_array();
    json_array_foreach(json_object_get(c->asked, "batches"), i, one)
        json_list_add(batches, batch_json(c, one));
    json_put(data, "any_batches", json_boolean(json_array_size(batches) > 0));
    json_put(data, "batches", batches);
    page_answer(c, PAGE_OPTOUTS, status, data);
}

static void on_batches(struct web_call *c, int status, const json_t *body)
{
    const char *problem = json_string_value(json_object_get(c->asked, "problem"));
    json_int_t answer = json_integer_value(json_object_get(c->asked, "status"));
    if (status == 200)
        json_put(c->asked, "batches", json_incref(json_object_get(body, "batches")));
    else
        problem = json_string_value(json_object_get(body, "detail"));
    show(c, status == 200 ? (int)answer : status, problem, NULL, NULL);
}

void optouts_show(struct web_call *c, int status, const char *problem)
{
    if (!c->asked) c->asked = json_object();
    json_put(c->asked, "problem", json_text(slice_of(problem)));
    json_put(c->asked, "status", json_integer(status));
    web_ask(c, on_batches, NULL, "GET", "/api/v1/suppression-batches");
}

static void on_consent(struct web_call *c, int status, const json_t *body)
{
    const char *before = json_string_value(json_object_get(c->asked, "problem"));
    const json_t *check = json_object_get(c->asked, "check");
    if (status == 200 || status == 404)
        show(c, before ? 422 : 200, before ? before : "", check, status == 200 ? body : NULL);
    else
        show(c, status, json_string_value(json_object_get(body, "detail")), NULL, NULL);
}

static void on_check(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        show(c, status, json_string_value(json_object_get(body, "detail")), NULL, NULL);
        return;
    }
    json_put(c->asked, "check", json_deep_copy(body));
    web_ask(c, on_consent, NULL, "GET", "/api/v1/consents/%s",
            json_string_value(json_object_get(c->asked, "number")));
}

/* c->asked has the number. */
static void look(struct web_call *c)
{
    web_ask(c, on_check, NULL, "GET", "/api/v1/suppressions/check/%s",
            json_string_value(json_object_get(c->asked, "number")));
}

/* False: the page says why, behind `first`. */
static bool take_number(struct web_call *c, struct slice typed, const char *first)
{
    char number[NUMBER_TEXT_BYTES], why[ERR_TEXT_BYTES], problem[2 * ERR_TEXT_BYTES];
    c->asked = json_object();
    if (!typed_number(c, typed, number, why)) {
        (void)snprintf(problem, sizeof problem, "%s%s", first, why);
        optouts_show(c, 400, problem);
        return false;
    }
    json_put(c->asked, "number", json_string(number));
    return true;
}

static void get_optouts(struct web_call *c)
{
    struct slice typed = web_query(c, "number");
    if (typed.n == 0) {
        optouts_show(c, 200, "");
    } else if (take_number(c, typed, "")) {
        look(c);
    }
}

/* ---- changing ---- */

/* Leads to the person, or shows them again with what went wrong. */
static void on_changed(struct web_call *c, int status, const json_t *body)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    if (status < 300) {
        buf_add_cstr(&path, "/optouts?number=");
        form_encode(&path, json_slice(json_object_get(c->asked, "number")));
        web_answer_redirect(c, path.p);
    } else {
        json_put(c->asked, "problem", json_incref(json_object_get(body, "detail")));
        look(c);
    }
    buf_done(&path);
}

static void post_add(struct web_call *c)
{
    if (!take_number(c, web_field(c, "number"), "Nothing was changed. ")) return;
    json_t *body = json_pack("{s:o,s:[O],s:s,s:o}", "scope", json_text(web_field(c, "scope")),
                             "numbers", json_object_get(c->asked, "number"), "reason", "manual",
                             "evidence", json_text(web_typed(c, "why")));
    web_ask(c, on_changed, body, "POST", "/api/v1/suppressions");
}

static void post_remove(struct web_call *c)
{
    struct buf scope = BUF_INIT(PATH_BYTES);
    if (!take_number(c, web_field(c, "number"), "Nothing was changed. ")) return;
    buf_add_cstr(&scope, "");
    form_encode(&scope, web_field(c, "scope"));
    json_t *body = json_pack("{s:o}", "why", json_text(web_typed(c, "why")));
    web_ask(c, on_changed, body, "DELETE", "/api/v1/suppressions/%s/%s",
            scope.failed ? "" : scope.p, json_string_value(json_object_get(c->asked, "number")));
    buf_done(&scope);
}

/* As people type a word: "News". */
static json_t *word_json(struct slice typed)
{
    char word[2 * CONSENT_WORD_BYTES];
    typed = slice_trim(typed);
    return json_text(typed.n < CONSENT_WORD_BYTES && consent_words(typed, word) ? slice_of(word)
                                                                                : typed);
}

static void change_consent(struct web_call *c, bool given)
{
    if (!take_number(c, web_field(c, "number"), "Nothing was changed. ")) return;
    json_t *body = json_pack("{s:o,s:o,s:b}", "consent", word_json(web_field(c, "consent")), "why",
                             json_text(web_typed(c, "why")), "given", given);
    web_ask(c, on_changed, body, "POST", "/api/v1/consents/%s",
            json_string_value(json_object_get(c->asked, "number")));
}

static void post_withdraw(struct web_call *c)
{
    change_consent(c, false);
}

static void post_give(struct web_call *c)
{
    change_consent(c, true);
}

enum { SHOWS = NEEDS_STORE | IN_GROUP | PAGE, CHANGES = SHOWS | FORM };

static const struct route rows[] = {
    {"GET", "/optouts", MAY_READ_SUPPRESSIONS, SHOWS, NULL, get_optouts},
    {"POST", "/optouts/add", MAY_SUPPRESS, CHANGES, NULL, post_add},
    {"POST", "/optouts/remove", MAY_UNSUPPRESS, CHANGES, NULL, post_remove},
    {"POST", "/optouts/consent/withdraw", MAY_SUPPRESS, CHANGES, NULL, post_withdraw},
    {"POST", "/optouts/consent/give", MAY_UNSUPPRESS, CHANGES, NULL, post_give},
};

const struct routes optout_page_routes = {rows, COUNT_OF(rows)};
