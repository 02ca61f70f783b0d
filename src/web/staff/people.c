#include "web/staff/people.h"

#include <stdio.h>
#include <stdlib.h>

#include "io/qr.h"
#include "web/page.h"
#include "web/staff/ask.h"
#include "web/staff/staff.h"
#include "web/staff/view.h"

enum {
    LIST_LIMIT = 200,
    LANGUAGE_BYTES_MAX = 16,
    SHIFT_DAYS_MAX = 3,
    PATH_BYTES = 96,
    QR_BYTES_MAX = 64 * 1024,
    SHIFT_USUAL = 50,
};

static struct staff *staff_of(const struct web_call *c)
{
    return c->config->staff;
}

/* ---- what comes of it ---- */

static void on_changed(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    const struct staff_member *m = roster_member(staff_roster(staff_of(c)), member);
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/people/%.*s", SLICE_ARG(member));
    if (ask_is_page(c))
        web_answer_redirect(c, path);
    else
        web_answer(c, 200, m ? staff_json(c, m) : json_object());
}

static void put_qr(json_t *data, const char *url)
{
    struct qr qr;
    struct buf path = BUF_INIT(QR_BYTES_MAX);
    if (!qr_make(slice_of(url), &qr)) return;
    qr_path(&qr, &path);
    json_put(data, "qr",
             json_pack("{s:i,s:o}", "side", qr.side, "path", json_text(buf_slice(&path))));
    buf_done(&path);
    qr_done(&qr);
}

/* The link is told once: the store has a hash of its code only. */
static void answer_link(struct web_call *c, json_t *of, const char *shift_group)
{
    const struct ask *a = c->state;
    char path[PATH_BYTES], url[ASK_URL_BYTES];
    (void)snprintf(path, sizeof path, "/join/%s", a->code);
    ask_url(c, path, url);
    if (!ask_is_page(c)) {
        json_put(of, "url", json_string(url));
        web_answer(c, 201, of);
        return;
    }
    json_t *data = page_data(c, "Show this", "");
    put_qr(data, url);
    json_put(data, "url", json_string(url));
    json_put(data, "of", of);
    json_put(data, "shift", shift_group ? json_string(shift_group) : json_null());
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/people", "label", "People"));
    page_answer(c, PAGE_LINK, 201, data);
}

/* A form is shown again with the problem; the API says it. */
typedef void show_form(struct web_call *c, int status, const char *problem);
static void refuse_typed(struct web_call *c, show_form *form, int status, const char *code,
                         const char *problem)
{
    if (ask_is_page(c))
        form(c, status, problem);
    else
        web_error(c, status, code, "%s", problem);
}

static bool typed_ok(struct web_call *c, show_form *form)
{
    const struct ask *a = c->state;
    if (!ask_is_page(c) || a->e.code == 0) return ask_ok(c);
    form(c, 400, a->e.text);
    return false;
}

static void on_invited(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    if (result == ERR_EXISTS && ask_is_page(c)) {
        people_show_invite(c, 409, e->text);
        return;
    }
    if (!web_ok(c, result, e)) return;
    const struct ask *a = c->state;
    const struct staff_member *m = roster_member(staff_roster(staff_of(c)), member);
    json_t *of = m ? staff_json(c, m) : json_object();
    json_put_time(of, "until", a->until_ms);
    answer_link(c, of, NULL);
}

/* ---- letting in ---- */

void people_invite(struct web_call *c)
{
    struct ask *a = ask_new(c);
    struct staff_invitation i = {
        .name = ask_name(c, "name"),
        .role = ask_role(c),
        .language = ask_text(c, "language", LANGUAGE_BYTES_MAX, BODY_OPTIONAL),
    };
    i.groups = *ask_groups(c);
    if (i.role == ROLE_OWNER) i.groups = (struct staff_groups){.everywhere = true};
    if (!i.groups.everywhere && i.groups.count == 0)
        ask_wrong(c, "which group? Name at least one, or 'everywhere'");
    if (!typed_ok(c, people_show_invite)) return;
    const struct group_set of = {i.groups.everywhere, i.groups.list, i.groups.count};
    if (!access_may_run(c->member, i.role, &of)) {
        refuse_typed(c, people_show_invite, 403, "forbidden",
                     "You can invite into your own groups, and up to your own role.");
        return;
    }
    ask_make_code(c);
    i.code = slice_of(a->hash);
    i.until_ms = a->until_ms = c->now_ms + STAFF_INVITED_MS;
    staff_invite(staff_of(c), &i, web_deed(c), on_invited, c);
}

void people_link(struct web_call *c)
{
    struct ask *a = ask_new(c);
    const struct staff_member *m = ask_member(c, ASK_TO_RUN);
    if (!m) return;
    ask_make_code(c);
    a->until_ms = c->now_ms + STAFF_INVITED_MS;
    const struct staff_invitation i = {
        .code = slice_of(a->hash), .member = slice_of(m->is.id), .until_ms = a->until_ms};
    staff_invite(staff_of(c), &i, web_deed(c), on_invited, c);
}

static void on_shift(void *arg, int result, struct slice code, const struct err *e)
{
    struct web_call *c = arg;
    const struct ask *a = c->state;
    if (!web_ok(c, result, e)) return;
    const struct staff_shift s = {.code = code,
                                  .group = slice_of(a->groups[0]),
                                  .until_ms = a->until_ms,
                                  .max = a->max,
                                  .approve = true,
                                  .by = slice_of(c->member->name)};
    json_t *of = staff_shift_json(c, &s);
    answer_link(c, of, a->groups[0]);
}

void people_add_shift(struct web_call *c)
{
    struct ask *a = ask_new(c);
    struct slice group = ask_text(c, "group", GROUP_BYTES_MAX, BODY_NEEDED);
    a->max = ask_count(c, "max", STAFF_SHIFT_MAX, SHIFT_USUAL);
    a->until_ms = ask_until(c, SHIFT_DAYS_MAX * INT64_C(86400000), BODY_NEEDED);
    if (group.n && !group_ok(group))
        ask_wrong(c, "'group' is one of yours: letters, digits, '-', '_', '.', at most %d",
                  GROUP_BYTES_MAX);
    if (!typed_ok(c, people_show_shift)) return;
    if (!access_may(c->member, MAY_RUN_PEOPLE, group)) {
        refuse_typed(c, people_show_shift, 403, "forbidden", "That is not a group of yours.");
        return;
    }
    a->groups[0] = a->texts[0] = slice_strdup(group);
    ask_make_code(c);
    const struct staff_shift s = {.code = slice_of(a->hash),
                                  .group = group,
                                  .until_ms = a->until_ms,
                                  .max = a->max,
                                  .approve = true};
    staff_add_shift(staff_of(c), &s, web_deed(c), on_shift, c);
}

/* ---- changing ---- */

void people_revoke(struct web_call *c)
{
    const struct staff_member *m = ask_member(c, ASK_TO_RUN);
    if (m) staff_revoke(staff_of(c), slice_of(m->is.id), web_deed(c), on_changed, c);
}

void people_move(struct web_call *c)
{
    (void)ask_new(c);
    const struct staff_member *m = ask_member(c, ASK_TO_RUN);
    if (!m) return;
    enum role role = ask_role(c);
    struct staff_groups groups = *ask_groups(c);
    if (role == ROLE_OWNER) groups = (struct staff_groups){.everywhere = true};
    if (!groups.everywhere && groups.count == 0)
        ask_wrong(c, "which group? Name at least one, or 'everywhere'");
    if (!ask_ok(c)) return;
    const struct group_set to = {groups.everywhere, groups.list, groups.count};
    if (access_may_run(c->member, role, &to))
        staff_move(staff_of(c), slice_of(m->is.id), role, &groups, web_deed(c), on_changed, c);
    else
        web_error(c, 403, "forbidden",
                  "You can move people within your own groups, and up to your own role.");
}

void people_end_sessions(struct web_call *c)
{
    const struct staff_member *m = ask_member(c, ASK_TO_RUN);
    if (m)
        staff_end_sessions(staff_of(c), slice_of(m->is.id), SLICE_NONE, web_deed(c), on_changed, c);
}

static void on_approved(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    if (ask_is_page(c) && result == 0)
        web_answer_redirect(c, "/people");
    else
        on_changed(arg, result, member, e);
}

void people_approve(struct web_call *c)
{
    const struct staff_member *m = ask_member(c, ASK_TO_RUN);
    if (m) staff_approve(staff_of(c), slice_of(m->is.id), web_deed(c), on_approved, c);
}

/* ---- all who wait ---- */

static void approve_next(struct web_call *c);

/* One who left meanwhile is passed over. */
static void on_one(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    struct ask *a = c->state;
    (void)member;
    if (result == ERR_UNREACHABLE)
        web_failed(c, result, e);
    else {
        a->max += result == 0;
        approve_next(c);
    }
}

static void approve_next(struct web_call *c)
{
    struct ask *a = c->state;
    if (a->done < a->left)
        staff_approve(staff_of(c), slice_of(a->ids[a->done++]), web_deed(c), on_one, c);
    else if (ask_is_page(c))
        web_answer_redirect(c, "/people");
    else
        web_answer(c, 200, json_pack("{s:i}", "approved", a->max));
}

void people_approve_all(struct web_call *c)
{
    struct ask *a = ask_new(c);
    const struct roster *r = staff_roster(staff_of(c));
    struct slice group = ask_text(c, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    const struct staff_member *m;
    size_t pos = 0;
    if (!ask_ok(c)) return;
    a->ids = xcalloc(roster_count(r, ROSTER_MEMBERS) + 1, sizeof *a->ids);
    while ((m = roster_next_member(r, &pos)))
        if (m->state == STAFF_WAITING && c->now_ms < m->until_ms && ask_may_run(c, m) &&
            (group.n == 0 || slice_index(group, m->is.groups, m->is.group_count) >= 0))
            a->ids[a->left++] = xstrdup(m->is.id);
    approve_next(c);
}

/* ---- links of shifts ---- */

static void on_shift_ended(void *arg, int result, struct slice code, const struct err *e)
{
    struct web_call *c = arg;
    (void)code;
    if (!web_ok(c, result, e)) return;
    if (ask_is_page(c))
        web_answer_redirect(c, "/people");
    else
        web_answer(c, 200, json_object());
}

/* Whose group it is has to be known first. */
static void on_shifts_before_end(void *arg, int result, const struct staff_shift *list, size_t n,
                                 const struct err *e)
{
    struct web_call *c = arg;
    struct slice id = web_param(c, "code");
    if (!web_ok(c, result, e)) return;
    for (size_t i = 0; i < n; i++)
        if (slice_eq(list[i].code, id) && access_may(c->member, MAY_RUN_PEOPLE, list[i].group)) {
            staff_end_shift(staff_of(c), id, ((const struct ask *)c->state)->people_too,
                            web_deed(c), on_shift_ended, c);
            return;
        }
    web_error(c, 404, "not_found", "There is no such link, or it is over.");
}

void people_end_shift(struct web_call *c)
{
    ask_new(c)->people_too = ask_flag(c, "people");
    if (ask_ok(c)) staff_list_shifts(staff_of(c), c->now_ms, on_shifts_before_end, c);
}

static void on_shifts(void *arg, int result, const struct staff_shift *list, size_t n,
                      const struct err *e)
{
    struct web_call *c = arg;
    json_t *shifts = json_array();
    if (!web_ok(c, result, e)) {
        json_decref(shifts);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (access_may(c->member, MAY_READ_PEOPLE, list[i].group))
            json_list_add(shifts, staff_shift_json(c, &list[i]));
    web_answer(c, 200, json_pack("{s:o}", "shifts", shifts));
}

static void get_shifts(struct web_call *c)
{
    staff_list_shifts(staff_of(c), c->now_ms, on_shifts, c);
}

/* ---- looking ---- */

static void get_people(struct web_call *c)
{
    struct slice state = web_query(c, "state");
    if (state.n && !slice_is(state, "waiting")) {
        web_error(c, 400, "invalid", "'state' is waiting, or left out");
        return;
    }
    const struct staff_query query = {.q = web_query(c, "q"),
                                      .group = web_query(c, "group"),
                                      .after = web_query(c, "cursor"),
                                      .limit = LIST_LIMIT,
                                      .waiting = state.n > 0};
    const char *next;
    json_t *list = staff_list_json(c, &query, &next);
    web_answer(c, 200, json_pack("{s:o,s:s?}", "people", list, "next", next));
}

static void get_person(struct web_call *c)
{
    const struct staff_member *m = ask_member(c, ASK_TO_SEE);
    if (!m) return;
    json_t *o = staff_json(c, m);
    if (ask_may_run(c, m))
        json_put(o, "sessions", staff_sessions_json(c, slice_of(m->is.id), SLICE_NONE));
    web_answer(c, 200, o);
}

enum { RUNS = NEEDS_STORE | IN_GROUP | AUDITED };

static const struct route rows[] = {
    {"GET", "/api/v1/people", MAY_READ_PEOPLE, NEEDS_STORE | IN_GROUP, NULL, get_people},
    {"POST", "/api/v1/people/approve", MAY_RUN_PEOPLE, RUNS, KEYS("group"), people_approve_all},
    {"GET", "/api/v1/people/{id}", MAY_READ_PEOPLE, NEEDS_STORE | IN_GROUP | WITH_ID, NULL,
     get_person},
    {"POST", "/api/v1/people/{id}/approve", MAY_RUN_PEOPLE, RUNS | WITH_ID, NO_KEYS,
     people_approve},
    {"POST", "/api/v1/people/{id}/revoke", MAY_RUN_PEOPLE, RUNS | WITH_ID, NO_KEYS, people_revoke},
    {"POST", "/api/v1/people/{id}/move", MAY_RUN_PEOPLE, RUNS | WITH_ID,
     KEYS("role", "groups", "everywhere"), people_move},
    {"POST", "/api/v1/people/{id}/link", MAY_RUN_PEOPLE, RUNS | ONCE | WITH_ID, NO_KEYS,
     people_link},
    {"POST", "/api/v1/people/{id}/sessions/end", MAY_RUN_PEOPLE, RUNS | WITH_ID, NO_KEYS,
     people_end_sessions},
    {"POST", "/api/v1/invitations", MAY_RUN_PEOPLE, RUNS | ONCE,
     KEYS("name", "role", "groups", "everywhere", "language"), people_invite},
    {"GET", "/api/v1/shifts", MAY_READ_PEOPLE, NEEDS_STORE | IN_GROUP, NULL, get_shifts},
    {"POST", "/api/v1/shifts", MAY_RUN_PEOPLE, RUNS | ONCE, KEYS("group", "max", "until"),
     people_add_shift},
    {"POST", "/api/v1/shifts/{code}/end", MAY_RUN_PEOPLE, RUNS, KEYS("people"), people_end_shift},
};

const struct routes staff_routes = {rows, COUNT_OF(rows)};
