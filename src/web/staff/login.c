/* Coming and going: by a link that is texted to one's own number, or by a token. The end of a session
 * is stored first, so that a copy of the cookie is worth nothing any more. */
#include <stdio.h>

#include "core/own_text.h"
#include "flow/outbox.h"
#include "web/page.h"
#include "web/staff/ask.h"
#include "web/staff/staff.h"
#include "web/staff/visit.h"

enum { WHO_BYTES = 32, TEXT_BYTES = 512, ORGANISATION_BYTES_MAX = 40 };

static const struct account *text_account(const struct web_call *c)
{
    const struct accounts *a = c->config->accounts;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->list[i].channel, "sms") == 0) return &a->list[i];
    return NULL;
}

static void show_login(struct web_call *c, int status, struct slice token, const char *problem)
{
    json_t *data = page_data(c, "Log in", problem);
    json_put(data, "token", json_text(token));
    json_put(data, "by_token", json_boolean(token.n || *problem || !text_account(c)));
    json_put(data, "can_text", json_boolean(text_account(c) != NULL));
    page_answer(c, PAGE_LOGIN, status, data);
}

/* A token in the link is only put into the form: a program that looks at links in advance must not
 * begin a session. */
static void get_login(struct web_call *c)
{
    show_login(c, 200, web_query(c, "token"), "");
}

static void get_old_login(struct web_call *c)
{
    web_answer_redirect(c, "/login");
}

/* ---- by a token ---- */

static void on_begun(void *arg, int result, struct slice member, const struct err *e)
{
    if (web_ok(arg, result, e)) visit_welcome(arg, member);
}

static void begin_session(struct web_call *c, const struct member *m)
{
    staff_begin_session(c->config->staff, slice_of(m->id), &visit_make(c)->is, c->now_ms, on_begun,
                        c);
}

static void log_in_by_token(struct web_call *c, struct slice token)
{
    const struct member *member = NULL;
    switch (auth_login(c->web->auth, c->q, token, c->now_ms, &member)) {
    case AUTH_OK:
        if (member->scopes)
            show_login(c, 403, SLICE_NONE, "That token is for a program. Ask for a link.");
        else
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

/* ---- by a link that is texted ---- */

/* Nobody waits for it: what came of it is told to the phone alone. */
static void on_recorded(void *arg, int result, uint32_t index)
{
    const struct web *w = arg;
    if (result == 0) outbox_publish(w->config.outbox, index);
}

/* Digits of a number, where it is one; else the name as it was typed. */
static struct slice who_of(const struct web_call *c, struct slice typed, char digits[WHO_BYTES])
{
    uint64_t number;
    if (!ask_read_number(c, typed, &number)) return typed;
    (void)snprintf(digits, WHO_BYTES, "%llu", (unsigned long long)number);
    return slice_of(digits);
}

/* Not cut inside a character. */
static struct slice name_that_fits(const char *organisation)
{
    struct slice name = slice_of(organisation);
    while (name.n > ORGANISATION_BYTES_MAX || !slice_is_utf8(name, NULL))
        name.n--;
    return name;
}

static void ask_for_link(struct web_call *c, struct slice typed, const struct account *by)
{
    const struct ask *a = ask_new(c);
    char path[64], url[ASK_URL_BYTES], text[TEXT_BYTES], digits[WHO_BYTES], address[AUTH_ID_BYTES];
    ask_make_code(c);
    (void)snprintf(path, sizeof path, "/login/%s", a->code);
    ask_url(c, path, url);
    struct slice name = name_that_fits(c->config->organisation);
    /* Nothing is looked up of who it is before the response: their phone says their language. */
    struct slice languages = http_request_header(c->q, "Accept-Language"), language = SLICE_NONE;
    (void)slice_cut(&languages, ',', &language);
    (void)slice_cut(&language, ';', &language);
    (void)snprintf(text, sizeof text, "%.*s%s%s%s", SLICE_ARG(name),
                   own_text(slice_trim(language), OWN_LOGIN), url,
                   own_text(slice_trim(language), OWN_LOGIN_AFTER));
    auth_address_hash(c->web->auth, c->q, address);
    const struct staff_login l = {.code = slice_of(a->hash),
                                  .who = who_of(c, typed, digits),
                                  .address = slice_of(address),
                                  .text = slice_of(text),
                                  .gateway = slice_of(by->name),
                                  .sender = slice_of(by->senders[0])};
    staff_ask_login(c->config->staff, &l, c->now_ms, on_recorded, c->web);
}

/* The response is made and sent alike and at the same time, whoever is known. */
static void post_login(struct web_call *c)
{
    struct slice token = web_typed(c, "token"), who = web_typed(c, "who");
    const struct account *by = text_account(c);
    if (ask_is_foreign(c)) return;
    if (token.n || who.n == 0) {
        log_in_by_token(c, token);
        return;
    }
    if (by && who.n <= ROSTER_NAME_BYTES_MAX) ask_for_link(c, who, by);
    page_answer(c, PAGE_LOGIN_SENT, 200, page_data(c, "Look at your phone", ""));
}

/* ---- going ---- */

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
        c->member = member_copy(&m->is, NULL);
        staff_end_session(c->config->staff, slice_of(s->member), slice_of(s->id), web_deed(c),
                          on_session_ended, c);
    } else {
        leave(c);
    }
}

static const struct route rows[] = {
    {"GET", "/login", MAY_ANYBODY, PAGE, NULL, get_login},
    {"POST", "/login", MAY_ANYBODY, PAGE | FORM | NEEDS_STORE | SIGNS_IN, NULL, post_login},
    {"POST", "/logout", MAY_ANYBODY, PAGE, NULL, post_logout},
    {"GET", "/inbox/login", MAY_ANYBODY, PAGE, NULL, get_old_login},
};

const struct routes login_routes = {rows, COUNT_OF(rows)};
