/* Lists that a group lends to another one (store/loan.h). */
#include "web/api/api.h"

#include <stdlib.h>

#include "base/clock.h"
#include "flow/lending.h"
#include "store/audience.h"
#include "store/group.h"
#include "store/loan.h"
#include "web/own.h"
#include "web/view/view.h"

#define DAY_MS (24LL * 3600 * 1000)
enum { LIMIT = 50, LIMIT_MAX = 200 }; /* loans of a page */

static bool is_yours(const struct web_call *c, const struct loan *loan)
{
    return access_may(c->member, MAY_READ_AUDIENCES, slice_of(loan->group));
}

static json_t *loan_json(const struct web_call *c, const struct loan *loan)
{
    json_t *o = json_pack("{s:I,s:s,s:s,s:s,s:s,s:s}", "id", (json_int_t)loan->id, "audience",
                          loan->list_name, "group", loan->group, "to", loan->to, "why", loan->why,
                          "by", loan->by);
    json_put_time(o, "lent_at", loan->at_ms);
    json_put_time(o, "until", loan->until_ms);
    json_put(o, "yours", json_boolean(is_yours(c, loan)));
    return o;
}

/* ---- a page of them, with how many people each list has ---- */

struct asked {
    enum loan_side side;
    uint64_t after, limit;
    uint32_t list; /* 0 = of any */
};

static bool read_asked(struct web_call *c, struct asked *ret)
{
    static const char *const sides[] = {"", "lent", "borrowed"};
    int side = slice_index(web_query(c, "side"), sides, COUNT_OF(sides));
    if (!web_query_number(c, "cursor", UINT32_MAX, 0, &ret->after) ||
        !web_query_number(c, "limit", LIMIT_MAX, LIMIT, &ret->limit))
        return false;
    if (ret->limit > 0 && side >= 0) {
        ret->side = side ? (enum loan_side)side : LOAN_EITHER;
        return true;
    }
    if (side < 0)
        web_error(c, 400, "invalid", "'side' is lent or borrowed");
    else
        web_error(c, 400, "invalid", "'limit' is a number from 1 to %d", LIMIT_MAX);
    return false;
}

/* A list of one's own is not borrowed, whichever of one's groups works with it. */
static bool is_asked_for(const struct web_call *c, const struct asked *a, const struct loan *loan)
{
    return loan->id > a->after && (!a->list || a->list == loan->list) &&
           (a->side != LOAN_BORROWED || !is_yours(c, loan));
}

/* Owned array, by id; next: json, taken. */
static const struct loan **page_of(const struct web_call *c, const struct asked *a, size_t *ret_n,
                                   json_t **ret_next)
{
    const struct group_set groups = own_groups(c);
    size_t n, found = 0;
    bool more = false;
    const struct loan **list = loans_of(c->config->loans, &groups, a->side, c->now_ms, &n);
    for (size_t i = 0; i < n && !more; i++) {
        if (!is_asked_for(c, a, list[i])) continue;
        more = found == a->limit;
        if (!more) list[found++] = list[i];
    }
    *ret_n = found;
    *ret_next = web_cursor(more ? list[found - 1]->id : 0);
    return list;
}

static json_t *columns_json(const struct audience_info *info)
{
    json_t *list = json_array();
    for (size_t i = 0; i < info->column_count; i++)
        json_list_add(list, json_text(info->columns[i]));
    return list;
}

static void put_list(json_t *loan, const struct audience_info *info)
{
    json_put_count(loan, "recipients", info->total);
    json_put(loan, "columns", columns_json(info));
}

struct listing {
    json_t *loans, *next;
    uint32_t lists[LIMIT_MAX]; /* of each loan */
};

static void listing_done(void *state)
{
    json_decref(((struct listing *)state)->loans);
    json_decref(((struct listing *)state)->next);
}

/* A list that was deleted is lent no more, and neither is another one of its name. */
static void on_lists(void *arg, int result, const struct audience_info *const *infos, size_t count,
                     struct slice next, const struct err *e)
{
    struct web_call *c = arg;
    struct listing *l = c->state;
    (void)next;
    if (!web_ok(c, result, e)) return;
    json_t *lent = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *loan = json_array_get(l->loans, i);
        if (!infos[i] || infos[i]->list != l->lists[i]) continue;
        put_list(loan, infos[i]);
        json_list_add(lent, json_incref(loan));
    }
    web_answer(c, 200, json_pack("{s:o,s:O}", "loans", lent, "next", l->next));
}

static void get_loans(struct web_call *c)
{
    struct asked a = {0};
    struct audience_name names[LIMIT_MAX];
    size_t n;
    if (!read_asked(c, &a)) return;
    struct listing *l = web_call_state(c, sizeof *l, listing_done);
    const struct loan **page = page_of(c, &a, &n, &l->next);
    l->loans = json_array();
    for (size_t i = 0; i < n; i++) {
        json_list_add(l->loans, loan_json(c, page[i]));
        l->lists[i] = page[i]->list;
        names[i] = (struct audience_name){slice_of(page[i]->list_name), slice_of(page[i]->group)};
    }
    if (n > 0)
        audience_list_named(c->config->store, names, n, on_lists, c);
    else
        web_answer(c, 200, json_pack("{s:O,s:O}", "loans", l->loans, "next", l->next));
    free(page);
}

/* ---- of one list ---- */

static void on_list(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct asked a = {0};
    size_t n;
    json_t *next, *loans = json_array();
    if (!own_audience(c, result, info, e) || !read_asked(c, &a)) {
        json_decref(loans);
        return;
    }
    a.list = info->list;
    const struct loan **page = page_of(c, &a, &n, &next);
    for (size_t i = 0; i < n; i++) {
        json_t *loan = loan_json(c, page[i]);
        put_list(loan, info);
        json_list_add(loans, loan);
    }
    free(page);
    web_answer(c, 200, json_pack("{s:o,s:o}", "loans", loans, "next", next));
}

static void get_loans_of_list(struct web_call *c)
{
    const struct group_set groups = own_groups(c);
    audience_find(c->config->store, &groups, web_param(c, "id"), on_list, c);
}

/* ---- lending ---- */

struct lending {
    int64_t until_ms;
    struct slice to, why; /* of the body */
};

static void on_lent(void *arg, int result, uint32_t id, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    const struct loan *loan = loans_find(c->config->loans, id, c->now_ms);
    if (loan)
        web_answer(c, 201, loan_json(c, loan));
    else
        web_error(c, 503, "unavailable", "It was lent, and Redis does not tell of it yet.");
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    const struct lending *l = c->state;
    struct err draft;
    if (result == 0 && !info->frozen_ms) {
        result = audience_not_found(info->id, &draft);
        e = &draft;
    }
    if (!own_audience(c, result, info, e)) return;
    if (slice_eq(l->to, info->group)) {
        web_refuse_key(c, "to", "the list is that group's already");
        return;
    }
    const struct loan_made made = {info->list, info->name, info->group, l->to, l->why, l->until_ms};
    loans_lend(c->config->loans, &made, web_deed(c), on_lent, c);
}

/* False: c has its response. */
static bool values_ok(struct web_call *c, const struct lending *l)
{
    if (!groups_find(c->config->groups, l->to))
        web_refuse_key(c, "to", "there is no group of that name; `muster group list` shows them");
    else if (l->why.n == 0 || !is_one_line(l->why))
        web_refuse_key(c, "why", "say why, in one line: both groups read it");
    else if (l->until_ms <= c->now_ms || l->until_ms > c->now_ms + LOAN_DAYS_MAX * DAY_MS)
        web_refuse_key(c, "until", "say until when: a time to come, at most a year from now");
    else
        return true;
    return false;
}

static void post_loan(struct web_call *c)
{
    struct lending *l = web_call_state(c, sizeof *l, NULL);
    const struct group_set groups = own_groups(c);
    l->to = body_text(&c->body, "to", GROUP_BYTES_MAX, BODY_NEEDED);
    l->why = slice_trim(body_text(&c->body, "why", LOAN_WHY_BYTES_MAX, BODY_NEEDED));
    l->until_ms = body_time(&c->body, "until", BODY_NEEDED);
    if (web_body_ok(c) && values_ok(c, l))
        audience_find(c->config->store, &groups, web_param(c, "id"), on_audience, c);
}

/* ---- taking back ---- */

static void on_ended(void *arg)
{
    struct web_call *c = arg;
    web_answer(c, 200, json_pack("{s:I}", "id", (json_int_t)c->id));
}

static void on_back(void *arg, int result, uint32_t id, const struct err *e)
{
    struct web_call *c = arg;
    (void)id;
    if (web_ok(c, result, e))
        lending_end_all(c->config->store, c->config->loans, c->now_ms, on_ended, c);
}

static void post_take_back(struct web_call *c)
{
    const struct loan *loan = loans_find(c->config->loans, c->id, c->now_ms);
    struct slice why = slice_trim(body_text(&c->body, "why", LOAN_WHY_BYTES_MAX, BODY_OPTIONAL));
    if (!web_body_ok(c)) return;
    if (loan && access_may(c->member, c->route->may, slice_of(loan->group)))
        loans_take_back(c->config->loans, c->id, web_deed_for(c, why), on_back, c);
    else
        web_error(c, 404, "not_found",
                  "there is no loan %u of yours, or it is over; `muster audience lent` shows them",
                  c->id);
}

enum { LENDS = NEEDS_STORE | IN_GROUP | AUDITED };

static const struct route rows[] = {
    {"GET", "/api/v1/loans", MAY_READ_AUDIENCES, NEEDS_STORE | IN_GROUP, NULL, get_loans},
    {"GET", "/api/v1/audiences/{id}/loans", MAY_READ_AUDIENCES, NEEDS_STORE | IN_GROUP, NULL,
     get_loans_of_list},
    {"POST", "/api/v1/audiences/{id}/loans", MAY_LEND_AUDIENCES, LENDS | ONCE,
     KEYS("to", "until", "why"), post_loan},
    {"POST", "/api/v1/loans/{id}/take-back", MAY_LEND_AUDIENCES, LENDS | WITH_ID, KEYS("why"),
     post_take_back},
};

const struct routes loan_routes = {rows, COUNT_OF(rows)};
