/* What one person agreed to, and what they take back of it. */
#include "web/api/api.h"

#include <stdio.h>

#include "core/number.h"
#include "store/consent.h"
#include "web/own.h"

enum { WHY_BYTES_MAX = 500 };

/* ---- what is kept ---- */

static json_t *kept_json(const struct consent_kept *k)
{
    json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:o,s:I}", "consent", json_text(k->what), "at",
                          json_text(k->at), "source", json_text(k->source), "wording",
                          json_text(k->wording), "group", json_text(k->group), "campaign",
                          (json_int_t)k->campaign);
    json_put_time(o, "first_used", k->first_ms);
    json_put_time(o, "last_used", k->last_ms);
    return o;
}

static bool is_theirs(const struct web_call *c, const struct consent_taken *t)
{
    return access_may_everywhere(c->member, c->route->may) ||
           (t->group.n && access_may(c->member, c->route->may, t->group));
}

/* That it was taken back is for every group; who noted it and why, for the group that did. */
static json_t *taken_json(const struct web_call *c, const struct consent_taken *t)
{
    bool theirs = is_theirs(c, t);
    json_t *o = json_pack("{s:o,s:o,s:o,s:b}", "consent", json_text(t->what), "by",
                          json_text(theirs ? t->by : SLICE_LIT("")), "why",
                          json_text(theirs ? t->why : SLICE_LIT("")), "yours", theirs);
    json_put_time(o, "at", t->at_ms);
    return o;
}

static void on_found(void *arg, int result, const struct consent_found *found, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *evidence = json_array(), *withdrawn = json_array();
    for (size_t i = 0; i < found->kept_n; i++)
        json_list_add(evidence, kept_json(&found->kept[i]));
    for (size_t i = 0; i < found->taken_n; i++)
        json_list_add(withdrawn, taken_json(c, &found->taken[i]));
    web_act(c, found->group, "a person's consent looked up");
    web_answer(c, 200, json_pack("{s:o,s:o}", "evidence", evidence, "withdrawn", withdrawn));
}

static void get_consent(struct web_call *c)
{
    const struct group_set groups = own_groups(c);
    uint64_t number;
    if (api_read_number(c, web_param(c, "number"), &number))
        consent_find(c->config->store, number, &groups, on_found, c);
}

/* ---- who wants no more of one thing ---- */

enum { PAGE_HINT = 500 };

static void on_less(void *arg, int result, const struct consent_less *list, size_t n,
                    const struct hash_cursor *next, const struct err *e)
{
    struct web_call *c = arg;
    char number[NUMBER_TEXT_BYTES];
    json_t *shown = json_array();
    for (size_t i = 0; i < n; i++) {
        if (!is_theirs(c, &list[i].taken) || !number_is_valid(list[i].number)) continue;
        number_format(list[i].number, number);
        json_t *o = taken_json(c, &list[i].taken);
        json_put(o, "number", json_string(number));
        json_put(o, "group", json_text(list[i].taken.group));
        json_list_add(shown, o);
    }
    if (json_array_size(shown) > 0 && web_query(c, "cursor").n == 0 && !c->asker)
        web_act(c, json_slice(json_object_get(json_array_get(shown, 0), "group")),
                "download of who wants no more %.*s", SLICE_ARG(web_param(c, "consent")));
    if (web_ok(c, result, e))
        web_answer(c, 200,
                   json_pack("{s:O,s:o}", "withdrawn", shown, "next", web_hash_cursor(next)));
    json_decref(shown);
}

static void get_less(struct web_call *c)
{
    struct slice word = web_param(c, "consent"), text = web_query(c, "cursor");
    struct hash_cursor from;
    if (!consent_word_ok(word)) {
        web_error(c, 400, "invalid", "'consent' is a word such as news: a-z, 0-9, _ and -");
    } else if (!hash_cursor_read(text, &from)) {
        web_error(c, 400, "invalid", "'cursor' is the 'next' of the page before");
    } else {
        consent_export(c->config->store, word, &from, PAGE_HINT, on_less, c);
    }
}

/* ---- taken back, given again ---- */

static void on_done(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

/* Whether somebody else said that they want no more of it, who then gives it again. */
static bool is_anothers(const struct web_call *c, const struct consent_found *found,
                        struct slice what)
{
    for (size_t i = 0; i < found->taken_n; i++)
        if (slice_eq(found->taken[i].what, what) && !is_theirs(c, &found->taken[i])) return true;
    return false;
}

static void on_known(void *arg, int result, const struct consent_found *found, const struct err *e)
{
    struct web_call *c = arg;
    struct consent_change *change = c->state;
    if (!web_ok(c, result, e)) return;
    if (change->given && is_anothers(c, found, change->what)) {
        web_error(c, 403, "forbidden",
                  "another group noted that they want no more '%.*s': only who belongs to every "
                  "group may give it again",
                  SLICE_ARG(change->what));
        return;
    }
    change->group = found->group;
    change->by = slice_of(c->member->name); /* the rest stands in the audit trail */
    web_act(c, found->group, "a person's consent to '%.*s' %s", SLICE_ARG(change->what),
            change->given ? "given again" : "taken back");
    consent_withdraw(c->config->store, change, c->now_ms, on_done, c);
}

/* False: c has its response. */
static bool read_change(struct web_call *c, struct consent_change *change)
{
    const json_t *given = json_object_get(c->body.root, "given");
    change->what = body_text(&c->body, "consent", CONSENT_WORD_BYTES - 1, BODY_NEEDED);
    change->why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED);
    change->given = json_is_true(given);
    if (!web_body_ok(c) || !api_read_number(c, web_param(c, "number"), &change->number))
        return false;
    if (consent_word_ok(change->what) && (!given || json_is_boolean(given))) return true;
    if (given && !json_is_boolean(given))
        web_refuse_key(c, "given", "'given' is true or false");
    else
        web_refuse_key(c, "consent", "'consent' is a word such as news: a-z, 0-9, _ and -");
    return false;
}

static void post_withdraw(struct web_call *c)
{
    struct consent_change *change = web_call_state(c, sizeof *change, NULL);
    const struct group_set groups = own_groups(c);
    if (read_change(c, change))
        consent_find(c->config->store, change->number, &groups, on_known, c);
}

enum { GROUPS = NEEDS_STORE | IN_GROUP };

static const struct route rows[] = {
    {"GET", "/api/v1/withdrawn/{consent}", MAY_SUPPRESS, GROUPS | AUDITED, NULL, get_less},
    {"GET", "/api/v1/consents/{number}", MAY_SUPPRESS, GROUPS, NULL, get_consent},
    {"POST", "/api/v1/consents/{number}", MAY_SUPPRESS, GROUPS | ONCE | AUDITED,
     KEYS("consent", "why", "given"), post_withdraw},
};

const struct routes consent_routes = {rows, COUNT_OF(rows)};
