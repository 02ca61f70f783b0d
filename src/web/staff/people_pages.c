/* The pages about people. What they change is people.c's. */
#include <stdlib.h>

#include "store/group.h"
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
        page_option(list, role_to_string((enum role)role), labels[role],
                    slice_of(role_to_string(chosen)));
    return list;
}

static bool has_option(const json_t *list, struct slice value)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        if (slice_eq(json_slice(json_object_get(one, "value")), value)) return true;
    }
    return false;
}

/* The groups that they may choose of: their own, whatever is said of them; of who is everywhere all that there
 * are, and the one that an organisation begins with. */
static json_t *groups_json(const struct web_call *c, struct slice chosen)
{
    size_t n;
    json_t *list = json_array();
    const struct group_set mine = access_groups(c->member, MAY_RUN_PEOPLE);
    const struct group_info **known = groups_list(c->config->groups, &mine, &n);
    for (size_t i = 0; i < n; i++)
        page_option(list, known[i]->name, *known[i]->title ? known[i]->title : known[i]->name,
                    chosen);
    free(known);
    for (size_t i = 0; i < mine.count; i++)
        if (!has_option(list, slice_of(mine.names[i])))
            page_option(list, mine.names[i], mine.names[i], chosen);
    if (mine.all && !has_option(list, SLICE_LIT("main"))) page_option(list, "main", "main", chosen);
    return list;
}

static void put_choices(json_t *data, const struct web_call *c, enum role role, struct slice group)
{
    const char *only = c->member->group_count == 1 ? c->member->groups[0] : NULL;
    json_put(data, "roles", roles_json(c, role));
    json_put(data, "own_groups", groups_json(c, group));
    json_put(data, "any_group", json_boolean(access_may_everywhere(c->member, MAY_RUN_PEOPLE)));
    json_put(data, "is_everywhere", json_boolean(slice_is(group, ASK_EVERYWHERE)));
    json_put(data, "one_group", only ? json_string(only) : json_null());
}

/* ---- list ---- */

static void on_shifts(void *arg, int result, const struct staff_shift *list, size_t n,
                      const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    const char *next, *none;
    const struct staff_query all = {.q = web_query(c, "q"),
                                    .group = web_query(c, "group"),
                                    .after = web_query(c, "after"),
                                    .limit = PAGE_LIMIT};
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
    json_put(data, "of_group", json_text(web_query(c, "group")));
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
    put_choices(data, c, role, web_field(c, "groups"));
    put_typed(data, c, "name", "typed_name");
    put_typed(data, c, "more", "typed_more");
    json_put(data, "back", back_json());
    page_answer(c, PAGE_INVITE, status, data);
}

void people_show_shift(struct web_call *c, int status, const char *problem)
{
    json_t *data = page_data(c, "One link for a shift", problem);
    put_choices(data, c, ROLE_VOLUNTEER, web_field(c, "group"));
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

/* What the form of a move begins with: the first group is chosen, the others are typed. */
static void put_now(json_t *data, const struct web_call *c, const struct staff_member *m)
{
    struct buf more = BUF_INIT(GROUPS_BYTES_MAX);
    const char *first = m->is.group_count ? m->is.groups[0] : "";
    for (size_t i = 1; i < m->is.group_count; i++)
        buf_addf(&more, "%s%s", i > 1 ? ", " : "", m->is.groups[i]);
    put_choices(data, c, m->is.role, slice_of(m->is.everywhere ? ASK_EVERYWHERE : first));
    json_put(data, "typed_more", json_text(buf_slice(&more)));
    buf_done(&more);
}

static void get_person(struct web_call *c)
{
    const struct staff_member *m = ask_member(c, ASK_TO_SEE);
    if (!m) return;
    bool may = ask_may_run(c, m) && m->state != STAFF_OUT;
    json_t *data = page_data(c, m->is.name, ""), *one = staff_json(c, m);
    json_put(one, "waiting", json_boolean(m->state == STAFF_WAITING));
    put_now(data, c, m);
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
