/* The pages about people. What they change is people.c's. */
#include "web/page.h"
#include "web/staff/ask.h"
#include "web/staff/people.h"
#include "web/staff/staff.h"
#include "web/staff/view.h"

enum { PAGE_LIMIT = 50, WAITING_LIMIT = 300, GROUPS_BYTES_MAX = 8192 };

static json_t *back_json(void)
{
    return json_pack("{s:s,s:s}", "href", "/people", "label", "People");
}

/* ---- choices ---- */

static json_t *roles_json(const struct web_call *c, enum role chosen)
{
    static const char *const labels[] = {"Volunteer: answers people",
                                         "Organiser: lists, campaigns, people",
                                         "Owner: everything, everywhere"};
    json_t *list = json_array();
    for (int role = 0; role <= (int)c->member->role; role++)
        json_list_add(list, json_pack("{s:s,s:s,s:b}", "value", role_to_string((enum role)role),
                                      "label", labels[role], "chosen", role == (int)chosen));
    return list;
}

/* The groups that they may choose of; of who is everywhere it is a field to type in. */
static json_t *own_groups_json(const struct web_call *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->member->group_count; i++)
        json_list_add(list, json_pack("{s:s}", "name", c->member->groups[i]));
    return list;
}

static void put_choices(json_t *data, const struct web_call *c, enum role chosen)
{
    bool all = access_may_everywhere(c->member, MAY_RUN_PEOPLE);
    json_put(data, "roles", roles_json(c, chosen));
    json_put(data, "own_groups", own_groups_json(c));
    json_put(data, "any_group", json_boolean(all));
    json_put(data, "one_group",
             c->member->group_count == 1 ? json_string(c->member->groups[0]) : json_null());
}

/* ---- list ---- */

static void on_shifts(void *arg, int result, const struct staff_shift *list, size_t n,
                      const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    const char *next, *none;
    const struct staff_query all = {
        .q = web_query(c, "q"), .after = web_query(c, "after"), .limit = PAGE_LIMIT};
    const struct staff_query waiting = {.limit = WAITING_LIMIT, .waiting = true};
    json_t *data = page_data(c, "People", ""), *shifts = json_array();
    json_t *waits = staff_list_json(c, &waiting, &none);
    for (size_t i = 0; i < n; i++)
        if (access_may(c->member, MAY_READ_PEOPLE, list[i].group))
            json_list_add(shifts, staff_shift_json(c, &list[i]));
    json_put(data, "waiting_count", json_integer((json_int_t)json_array_size(waits)));
    json_put(data, "some_wait", json_boolean(json_array_size(waits) > 0));
    json_put(data, "waiting", waits);
    json_put(data, "people", staff_list_json(c, &all, &next));
    json_put(data, "next", next ? json_text(slice_of(next)) : json_null());
    json_put(data, "q", json_text(web_query(c, "q")));
    json_put(data, "some_shifts", json_boolean(json_array_size(shifts) > 0));
    json_put(data, "shifts", shifts);
    page_answer(c, PAGE_PEOPLE, 200, data);
}

static void get_people(struct web_call *c)
{
    staff_list_shifts(c->config->staff, c->now_ms, on_shifts, c);
}

/* ---- forms ---- */

static void put_typed(json_t *data, const struct web_call *c, const char *field, const char *as)
{
    json_put(data, as, json_text(web_field(c, field)));
}

void people_show_invite(struct web_call *c, int status, const char *problem)
{
    enum role role = ROLE_VOLUNTEER;
    (void)role_from_string(web_field(c, "role"), &role);
    json_t *data = page_data(c, "Invite somebody", problem);
    put_choices(data, c, role);
    put_typed(data, c, "name", "typed_name");
    put_typed(data, c, "groups", "typed_groups");
    json_put(data, "is_everywhere", json_boolean(web_field(c, "everywhere").n > 0));
    json_put(data, "back", back_json());
    page_answer(c, PAGE_INVITE, status, data);
}

void people_show_shift(struct web_call *c, int status, const char *problem)
{
    json_t *data = page_data(c, "One link for a shift", problem);
    put_choices(data, c, ROLE_VOLUNTEER);
    put_typed(data, c, "group", "typed_group");
    json_put(data, "hours",
             json_text(web_field(c, "hours").n ? web_field(c, "hours") : SLICE_LIT("8")));
    json_put(data, "max", json_text(web_field(c, "max").n ? web_field(c, "max") : SLICE_LIT("50")));
    json_put(data, "back", back_json());
    page_answer(c, PAGE_SHIFT, status, data);
}

static void get_invite(struct web_call *c)
{
    people_show_invite(c, 200, "");
}

static void get_shift(struct web_call *c)
{
    people_show_shift(c, 200, "");
}

/* What the form of a move begins with. */
static void put_now(json_t *data, const struct staff_member *m)
{
    struct buf groups = BUF_INIT(GROUPS_BYTES_MAX);
    for (size_t i = 0; i < m->is.group_count; i++)
        buf_addf(&groups, "%s%s", i ? ", " : "", m->is.groups[i]);
    json_put(data, "typed_groups", json_text(buf_slice(&groups)));
    json_put(data, "is_everywhere", json_boolean(m->is.everywhere));
    buf_done(&groups);
}

static void get_person(struct web_call *c)
{
    const struct staff_member *m = ask_member(c, ASK_TO_SEE);
    if (!m) return;
    bool may = ask_may_run(c, m) && m->state != STAFF_OUT;
    json_t *data = page_data(c, m->is.name, ""), *one = staff_json(c, m);
    put_choices(data, c, m->is.role);
    json_put(one, "waiting", json_boolean(m->state == STAFF_WAITING));
    put_now(data, m);
    json_put(data, "one", one);
    json_put(data, "may", json_boolean(may));
    if (may) {
        json_t *sessions = staff_sessions_json(c, slice_of(m->is.id), SLICE_NONE);
        json_put(data, "some_sessions", json_boolean(json_array_size(sessions) > 0));
        json_put(data, "sessions", sessions);
    }
    json_put(data, "back", back_json());
    page_answer(c, PAGE_PERSON, 200, data);
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE, DOES = SEES | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/people", MAY_READ_PEOPLE, SEES, NULL, get_people},
    {"GET", "/people/invite", MAY_RUN_PEOPLE, SEES, NULL, get_invite},
    {"POST", "/people/invite", MAY_RUN_PEOPLE, DOES, NULL, people_invite},
    {"GET", "/people/shift", MAY_RUN_PEOPLE, SEES, NULL, get_shift},
    {"POST", "/people/shift", MAY_RUN_PEOPLE, DOES, NULL, people_add_shift},
    {"POST", "/people/shift/{code}/end", MAY_RUN_PEOPLE, DOES, NULL, people_end_shift},
    {"POST", "/people/approve", MAY_RUN_PEOPLE, DOES, NULL, people_approve_all},
    {"GET", "/people/{id}", MAY_READ_PEOPLE, SEES | WITH_ID, NULL, get_person},
    {"POST", "/people/{id}/approve", MAY_RUN_PEOPLE, DOES | WITH_ID, NULL, people_approve},
    {"POST", "/people/{id}/revoke", MAY_RUN_PEOPLE, DOES | WITH_ID, NULL, people_revoke},
    {"POST", "/people/{id}/move", MAY_RUN_PEOPLE, DOES | WITH_ID, NULL, people_move},
    {"POST", "/people/{id}/link", MAY_RUN_PEOPLE, DOES | WITH_ID, NULL, people_link},
    {"POST", "/people/{id}/sessions/end", MAY_RUN_PEOPLE, DOES | WITH_ID, NULL,
     people_end_sessions},
};

const struct routes people_page_routes = {rows, COUNT_OF(rows)};
