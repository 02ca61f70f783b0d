/* Coming and going. The end of a session is stored first, so that a copy of the cookie is worth
 * nothing any more. */
#include "web/page.h"
#include "web/staff/staff.h"
#include "web/staff/visit.h"

static void show_login(struct web_call *c, int status, struct slice token, const char *problem)
{
    json_t *data = page_data(c, "Log in", problem);
    json_put(data, "token", json_text(token));
    page_answer(c, PAGE_LOGIN, status, data);
}

/* An invitation's link holds the token. It is only put into the form: a program that looks at links
 * in advance must not begin a session. */
static void get_login(struct web_call *c)
{
    show_login(c, 200, web_query(c, "token"), "");
}

static void on_begun(void *arg, int result, struct slice member, const struct err *e)
{
    if (web_ok(arg, result, e)) visit_welcome(arg, member);
}

static void begin_session(struct web_call *c, const struct member *m)
{
    staff_begin_session(c->config->staff, slice_of(m->id), &visit_make(c)->is, c->now_ms, on_begun,
                        c);
}

static void post_login(struct web_call *c)
{
    const struct member *member = NULL;
    struct slice token = slice_trim(web_field(c, "token"));
    switch (auth_login(c->web->auth, c->q, token, c->now_ms, &member)) {
    case AUTH_OK:
        begin_session(c, member);
        return;
    case AUTH_TOO_MANY:
        web_refuse_guess(c);
        return;
    case AUTH_ABSENT:
    case AUTH_WAITING:
    case AUTH_WRONG:
        break;
    }
    show_login(c, 401, SLICE_NONE,
               "That token is not known. Copy it whole, without blanks, or ask for a new one.");
}

static void leave(struct web_call *c)
{
    char cookie[AUTH_COOKIE_BYTES];
    auth_cookie_end(c->web->auth, cookie);
    http_request_set_header(c->q, "Set-Cookie", cookie);
    web_answer_redirect(c, "/login");
}

static void on_session_ended(void *arg, int result, struct slice member, const struct err *e)
{
    (void)member, (void)e;
    if (result < 0 && result != ERR_NOT_FOUND)
        web_error(arg, 503, "unavailable",
                  "The end of your session could not be stored. Log out again in a moment.");
    else
        leave(arg);
}

static void post_logout(struct web_call *c)
{
    const struct staff_session *s = auth_session(c->web->auth, c->q, c->now_ms);
    const struct staff_member *m =
        s && c->config->staff ? roster_member(staff_roster(c->config->staff), slice_of(s->member))
                              : NULL;
    if (m) {
        c->member = member_copy(&m->is);
        staff_end_session(c->config->staff, slice_of(s->member), slice_of(s->id), web_by(c),
                          c->now_ms, on_session_ended, c);
    } else {
        leave(c);
    }
}

static const struct route rows[] = {
    {"GET", "/login", MAY_ANYBODY, PAGE, NULL, get_login},
    {"POST", "/login", MAY_ANYBODY, PAGE | FORM | NEEDS_STORE, NULL, post_login},
    {"POST", "/logout", MAY_ANYBODY, PAGE, NULL, post_logout},
};

const struct routes login_routes = {rows, COUNT_OF(rows)};
