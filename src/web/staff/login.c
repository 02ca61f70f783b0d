/* Coming and going. The end of a session is stored first, so that a copy of the cookie is worth
 * nothing any more. */
#include "store/sessions.h"
#include "web/page.h"
#include "web/staff/staff.h"

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

static void post_login(struct web_call *c)
{
    struct auth *auth = c->web->auth;
    const struct member *member = NULL;
    char cookie[AUTH_COOKIE_BYTES];
    struct slice token = slice_trim(web_field(c, "token"));
    switch (auth_login(auth, c->q, token, c->now_ms, &member)) {
    case AUTH_OK:
        auth_session_begin(auth, member, c->now_ms, cookie);
        http_request_set_header(c->q, "Set-Cookie", cookie);
        web_answer_redirect(c, page_home(member));
        return;
    case AUTH_TOO_MANY:
        web_refuse_guess(c);
        return;
    case AUTH_ABSENT:
    case AUTH_WRONG:
        break;
    }
    show_login(c, 401, SLICE_NONE,
               "That token is not known. Copy it whole, without blanks, or ask for a new one.");
}

static void leave(struct web_call *c)
{
    char cookie[AUTH_COOKIE_BYTES];
    auth_session_end(c->web->auth, cookie);
    http_request_set_header(c->q, "Set-Cookie", cookie);
    web_answer_redirect(c, "/login");
}

static void on_session_ended(void *arg, int result, const struct err *e)
{
    (void)e;
    if (result < 0)
        web_error(arg, 503, "unavailable",
                  "The end of your session could not be stored. Log out again in a moment.");
    else
        leave(arg);
}

static void post_logout(struct web_call *c)
{
    char id[AUTH_ID_BYTES];
    int64_t end_ms;
    if (c->config->sessions && auth_session_of(c->web->auth, c->q, c->now_ms, id, &end_ms))
        sessions_end(c->config->sessions, slice_of(id), end_ms, on_session_ended, c);
    else
        leave(c);
}

static const struct route rows[] = {
    {"GET", "/login", MAY_ANYBODY, PAGE, NULL, get_login},
    {"POST", "/login", MAY_ANYBODY, PAGE | FORM, NULL, post_login},
    {"POST", "/logout", MAY_ANYBODY, PAGE, NULL, post_logout},
};

const struct routes login_routes = {rows, COUNT_OF(rows)};
