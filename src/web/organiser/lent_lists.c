#include "web/organiser/lent_lists.h"

#include <stdio.h>

#include "store/loan.h"
#include "web/organiser/campaign_words.h"
#include "web/local_time.h"
#include "web/organiser/list.h"
#include "web/organiser/organiser.h"
#include "web/own.h"
#include "web/page.h"
#include "web/page_words.h"
#include "web/view/view.h"

#define DAY_MS (24LL * 3600 * 1000)
enum { LABEL_BYTES = 512, PATH_BYTES = 96, USUAL_DAYS = 14 };

/* ---- what is borrowed ---- */

static void add_option(json_t *data, struct slice chosen, const json_t *loan)
{
    char value[LOAN_SCOPE_BYTES], label[LABEL_BYTES];
    json_t *people = words_people(json_object_get(loan, "recipients"));
    loan_scope((uint32_t)json_integer_value(json_object_get(loan, "id")), value);
    (void)snprintf(label, sizeof label, "%s of %s, lent to %s (%s)", json_cstr_at(loan, "audience"),
                   json_cstr_at(loan, "group"), json_cstr_at(loan, "to"),
                   json_string_value(people));
    json_decref(people);
    page_option(json_object_get(data, "audiences"), value, label, chosen);
    json_put(data, "no_lists", json_false());
    if (!slice_is(chosen, value)) return;
    json_put(data, "lent", json_true());
    words_put_list(data, "columns", json_object_get(loan, "columns"));
}

void lent_put_options(json_t *data, struct slice chosen, const json_t *body)
{
    size_t i;
    const json_t *loan;
    json_array_foreach(json_object_get(body, "loans"), i, loan) add_option(data, chosen, loan);
}

json_t *lent_name(const struct web_call *c, struct slice audience)
{
    char name[LABEL_BYTES];
    bool several;
    const struct group_set groups = own_groups(c);
    const struct loan *loan =
        slice_starts(audience, "@")
            ? loans_named(c->config->loans, &groups, audience, c->now_ms, &several)
            : NULL;
    if (!loan) return json_null();
    (void)snprintf(name, sizeof name, "%s of %s", loan->list_name, loan->group);
    return json_string(name);
}

/* A loan with its end as a page shows it. */
static json_t *shown(const struct web_call *c, const json_t *loan)
{
    char until[LOCAL_TIME_BYTES];
    json_t *o = json_deep_copy(loan);
    local_time_show_iso(c, json_object_get(loan, "until"), until);
    json_put(o, "until", json_string(until));
    json_put(o, "loan", json_incref(json_object_get(loan, "id")));
    (void)json_object_del(o, "id"); /* of a page it is the list's */
    json_put(o, "people", words_people(json_object_get(loan, "recipients")));
    return o;
}

void lent_put_borrowed(const struct web_call *c, json_t *data, const json_t *body)
{
    size_t i;
    const json_t *loan;
    json_t *list = json_array();
    json_array_foreach(json_object_get(body, "loans"), i, loan) json_list_add(list, shown(c, loan));
    words_put_list(data, "borrowed", list);
    json_put(data, "next_borrowed", json_incref(json_object_get(body, "next")));
    json_decref(list);
}

/* ---- what is lent ---- */

void lent_put_loans(const struct web_call *c, json_t *data, const json_t *body)
{
    char until[LOCAL_TIME_BYTES];
    size_t i;
    const json_t *loan;
    json_t *list = json_array();
    json_array_foreach(json_object_get(body, "loans"), i, loan) json_list_add(list, shown(c, loan));
    json_put(data, "loans", list);
    json_t *one, *to = view_other_groups(c, json_cstr_at(data, "group"));
    struct slice typed = web_typed(c, "to"), until_typed = web_field(c, "until");
    json_array_foreach(to, i, one) json_put(
        one, "chosen", json_boolean(slice_eq(json_slice(json_object_get(one, "name")), typed)));
    json_put(data, "lending", json_boolean(typed.n > 0));
    json_put(data, "lend_why", json_text(web_typed(c, "why")));
    words_put_list(data, "borrowers", to);
    json_decref(to);
    json_t *usual = json_time(c->now_ms + USUAL_DAYS * DAY_MS);
    local_time_field_iso(c, usual, until);
    json_decref(usual);
    json_put(data, "until_usual", until_typed.n ? json_text(until_typed) : json_string(until));
    json_put(data, "zone", json_string(local_zone_name(c)));
}

/* ---- the buttons ---- */

/* To the list's page; c->asked: which one, since what is asked has numbers of its own. */
static void on_done(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/lists/%lld", (long long)json_integer_value(c->asked));
    if (status == 200 || status == 201)
        web_answer_redirect(c, path);
    else
        web_pass_on(c, status, body);
}

static void on_lent(struct web_call *c, int status, const json_t *body)
{
    if (status == 200 || status == 201) {
        on_done(c, status, body);
        return;
    }
    list_show_again(c, status, page_detail(body), page_wrong(body));
}

static void post_lend(struct web_call *c)
{
    struct err e;
    int64_t until_ms = 0;
    struct slice typed = web_typed(c, "until");
    if (local_time_read(c, typed, &until_ms, &e) < 0) {
        list_show_again(c, 422, e.text, json_pack("{s:s}", "until", e.text));
        return;
    }
    c->asked = json_integer(c->id);
    json_t *said = json_pack("{s:o,s:o,s:o}", "to", json_text(web_typed(c, "to")), "why",
                             json_text(web_typed(c, "why")), "until", json_time(until_ms));
    web_ask(c, on_lent, said, "POST", "/api/v1/audiences/%u/loans", c->id);
}

static void post_take_back(struct web_call *c)
{
    uint64_t loan = 0;
    c->asked = json_integer(c->id);
    (void)slice_to_u64(web_field(c, "loan"), UINT32_MAX, &loan);
    web_ask(c, on_done, NULL, "POST", "/api/v1/loans/%llu/take-back", (unsigned long long)loan);
}

enum { ACTS = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID | FORM | AUDITED };

static const struct route rows[] = {
    {"POST", "/lists/{id}/lend", MAY_LEND_AUDIENCES, ACTS, NULL, post_lend},
    {"POST", "/lists/{id}/take-back", MAY_LEND_AUDIENCES, ACTS, NULL, post_take_back},
};

const struct routes lent_page_routes = {rows, COUNT_OF(rows)};
