/* Coming in by a link: an invitation, one that was texted, one of a shift. Looking at it changes
 * nothing, since programs look at links in advance: only the button does. */
#include <stdlib.h>

#include "web/page.h"
#include "web/staff/ask.h"
#include "web/staff/staff.h"
#include "web/staff/visit.h"

struct join {
    struct visit visit; /* first: what visit_welcome reads */
    char hash[AUTH_ID_BYTES];
    char *name; /* that was typed, owned */
    uint64_t number;
    const char *problem;
    int status;
};

static const char *const purposes[] = {"invite", "link", "login", "shift"};

static void show_over(struct web_call *c)
{
    json_t *data = page_data(c, "That link is over", "");
    page_answer(c, PAGE_JOIN_OVER, 404, data);
}

/* Who sat at the server itself is nobody whom they know. */
static struct slice inviter(const struct web_call *c, struct slice by)
{
    return slice_starts(by, "local") ? slice_of(c->config->organisation) : by;
}

static void on_looked(void *arg, int result, const struct staff_code *code, const struct err *e)
{
    struct web_call *c = arg;
    const struct join *j = c->state;
    if (result == ERR_NOT_FOUND) {
        show_over(c);
        return;
    }
    if (!web_ok(c, result, e)) return;
    json_t *data = page_data(c, code->kind == CODE_SHIFT ? "Join the shift" : "Come in",
                             j->problem ? j->problem : "");
    json_put(data, "path", json_text(http_request_path(c->q)));
    json_put(data, purposes[code->kind], json_true());
    json_put(data, "by", json_text(inviter(c, code->by)));
    json_put(data, "name", json_text(code->name));
    json_put(data, "typed", json_text(web_field(c, "name")));
    json_put(data, "number", json_text(web_field(c, "number")));
    json_put(data, "groups", json_text(code->groups));
    json_put(data, "everywhere", json_boolean(code->everywhere));
    json_put(data, "role", json_text(code->role));
    page_answer(c, PAGE_JOIN, j->status, data);
}

static void join_done(void *state)
{
    free(((struct join *)state)->name);
}

static struct join *join_new(struct web_call *c)
{
    struct join *j = web_call_state(c, sizeof *j, join_done);
    j->status = 200;
    auth_hash(c->web->auth, AUTH_CODE, web_param(c, "code"), j->hash);
    return j;
}

static void look(struct web_call *c)
{
    const struct join *j = c->state;
    staff_look(c->config->staff, slice_of(j->hash), c->now_ms, on_looked, c);
}

static void get_join(struct web_call *c)
{
    (void)join_new(c);
    look(c);
}

/* The form again, with what was typed. */
static void show_again(struct web_call *c, int status, const char *problem)
{
    struct join *j = c->state;
    j->status = status;
    j->problem = problem;
    look(c);
}

static void on_used(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    if (result == ERR_NOT_FOUND)
        show_over(c);
    else if (result == ERR_EXISTS)
        show_again(c, 409, "Somebody here has that name or number already. Add your surname.");
    else if (result == ERR_INVALID)
        show_again(c, 400, "Please write your name.");
    else if (result == ERR_CONFLICT)
        web_error(c, 409, "conflict", "As many as the shift needs are here already. Thank you!");
    else if (web_ok(c, result, e))
        visit_welcome(c, member);
}

/* What one who comes by a shift's link types; false: the form is shown again. */
static bool read_newcomer(struct web_call *c)
{
    struct join *j = c->state;
    struct slice name = web_typed(c, "name"), number = web_typed(c, "number");
    bool ok = name.n <= ROSTER_NAME_BYTES_MAX && is_one_line(name) && slice_is_utf8(name, NULL) &&
              !slice_is(name, "local");
    if (!ok) {
        show_again(c, 400, "Please write your name in one line.");
        return false;
    }
    j->name = slice_strdup(name);
    if (number.n && !ask_read_number(c, number, &j->number)) {
        show_again(c, 400, "That is not a mobile number. Write it with +, or leave it out.");
        return false;
    }
    return true;
}

static void post_join(struct web_call *c)
{
    if (ask_is_foreign(c)) return;
    struct join *j = join_new(c);
    visit_fill(c, &j->visit);
    if (!read_newcomer(c)) return;
    staff_use(c->config->staff, slice_of(j->hash), &j->visit.is, slice_of(j->name), j->number,
              c->now_ms, on_used, c);
}

/* ---- waiting for a person who approves ---- */

static void get_waiting(struct web_call *c)
{
    const struct member *m = NULL;
    switch (c->config->staff ? auth_check(c->web->auth, c->q, c->now_ms, &m) : AUTH_ABSENT) {
    case AUTH_OK:
        web_answer_redirect(c, page_home(m));
        return;
    case AUTH_WAITING:
        break;
    default:
        web_answer_redirect(c, "/login");
        return;
    }
    json_t *data = page_data(c, "One moment", "");
    json_put(data, "name", json_text(slice_of(m->name)));
    http_request_set_header(c->q, "Refresh", "3");
    page_answer(c, PAGE_WAITING, 200, data);
}

static const struct route rows[] = {
    {"GET", "/join/{code}", MAY_ANYBODY, PAGE | NEEDS_STORE | SIGNS_IN, NULL, get_join},
    {"POST", "/join/{code}", MAY_ANYBODY, PAGE | FORM | NEEDS_STORE | SIGNS_IN, NULL, post_join},
    {"GET", "/login/{code}", MAY_ANYBODY, PAGE | NEEDS_STORE | SIGNS_IN, NULL, get_join},
    {"POST", "/login/{code}", MAY_ANYBODY, PAGE | FORM | NEEDS_STORE | SIGNS_IN, NULL, post_join},
    {"GET", "/waiting", MAY_ANYBODY, PAGE, NULL, get_waiting},
};

const struct routes join_routes = {rows, COUNT_OF(rows)};
