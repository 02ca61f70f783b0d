/* What members do for themselves: their sessions, their number, their tokens. */
#include <stdio.h>

#include "web/page.h"
#include "web/staff/ask.h"
#include "web/staff/staff.h"
#include "web/staff/view.h"

enum { TOKEN_NAME_BYTES_MAX = 64, TOKEN_DAYS_MAX = 3650, SCOPES_BYTES_MAX = 256 };

/* NULL: they came by the unix socket, which is nobody's own; c is answered. */
static const struct staff_member *self_of(struct web_call *c)
{
    const struct staff_member *m =
        roster_member(staff_roster(c->config->staff), slice_of(c->member->id));
    if (!m)
        web_error(c, 409, "conflict",
                  "the unix socket is nobody's: sign in as somebody, or name a member");
    return m;
}

static struct slice current_of(const struct web_call *c)
{
    const struct staff_session *s = auth_session(c->web->auth, c->q, c->now_ms);
    return s ? slice_of(s->id) : SLICE_NONE;
}

/* ---- looking ---- */

static json_t *me_json(const struct web_call *c, const struct staff_member *m)
{
    json_t *o = staff_json(c, m);
    json_put(o, "sessions", staff_sessions_json(c, slice_of(m->is.id), current_of(c)));
    return o;
}

static void get_me(struct web_call *c)
{
    const struct staff_member *m =
        roster_member(staff_roster(c->config->staff), slice_of(c->member->id));
    if (m)
        web_answer(c, 200, me_json(c, m));
    else
        web_answer(c, 200,
                   json_pack("{s:s,s:s,s:b,s:[]}", "name", c->member->name, "role",
                             role_to_string(c->member->role), "everywhere", c->member->everywhere,
                             "sessions"));
}

static void show_me(struct web_call *c, int status, const char *problem)
{
    const struct staff_member *m =
        roster_member(staff_roster(c->config->staff), slice_of(c->member->id));
    json_t *data = page_data(c, "You", problem);
    if (m) json_put(data, "me", me_json(c, m));
    json_put(data, "saved", json_boolean(slice_is(web_query(c, "saved"), "1")));
    page_answer(c, PAGE_ME, status, data);
}

static void get_me_page(struct web_call *c)
{
    show_me(c, 200, "");
}

/* ---- changing ---- */

static void on_changed(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    if (result == ERR_EXISTS && ask_is_page(c)) {
        show_me(c, 409, e->text);
        return;
    }
    if (!web_ok(c, result, e)) return;
    const struct staff_member *m = roster_member(staff_roster(c->config->staff), member);
    if (ask_is_page(c))
        web_answer_redirect(c, "/me?saved=1");
    else
        web_answer(c, 200, m ? me_json(c, m) : json_object());
}

static void post_number(struct web_call *c)
{
    struct ask *a = ask_new(c);
    uint64_t number = ask_mobile(c, "number");
    if (a->e.code && ask_is_page(c)) {
        show_me(c, 400, a->e.text);
        return;
    }
    if (!ask_ok(c)) return;
    const struct staff_member *m = self_of(c);
    if (m)
        staff_set_number(c->config->staff, slice_of(m->is.id), number, web_by(c), c->now_ms,
                         on_changed, c);
}

/* One's own, or somebody's whom one may change. */
static void end_session(struct web_call *c, struct slice id)
{
    const struct roster *r = staff_roster(c->config->staff);
    const struct staff_session *s = roster_session(r, id);
    const struct staff_member *m = s ? roster_member(r, slice_of(s->member)) : NULL;
    bool own = m && strcmp(m->is.id, c->member->id) == 0;
    if (!m || (!own && (!ask_sees(c, m) || !ask_may_run(c, m))))
        web_error(c, 404, "not_found", "There is no such session, or it is over.");
    else
        staff_end_session(c->config->staff, slice_of(m->is.id), id, web_by(c), c->now_ms,
                          on_changed, c);
}

static void delete_session(struct web_call *c)
{
    end_session(c, web_param(c, "session"));
}

static void post_session_end(struct web_call *c)
{
    end_session(c, web_field(c, "session"));
}

/* All but the one that asks. */
static void post_others_end(struct web_call *c)
{
    const struct staff_member *m = self_of(c);
    if (m)
        staff_end_sessions(c->config->staff, slice_of(m->is.id), current_of(c), web_by(c),
                           c->now_ms, on_changed, c);
}

/* ---- tokens ---- */

static void get_tokens(struct web_call *c)
{
    bool all = access_may_everywhere(c->member, MAY_MAKE_TOKENS);
    json_t *list = staff_tokens_json(c, all ? SLICE_NONE : slice_of(c->member->id));
    web_answer(c, 200, json_pack("{s:o}", "tokens", list));
}

/* Words with commas; "" = all that the member may, which has to be said as "everything". */
static void read_scopes(struct web_call *c, char out[SCOPES_BYTES_MAX])
{
    const json_t *list = body_list(&c->body, "scopes", SCOPE_COUNT, BODY_NEEDED);
    size_t n = 0;
    bool everything = false;
    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct slice word = json_slice(json_array_get(list, i));
        enum scope scope;
        if (slice_is(word, "everything"))
            everything = true;
        else if (!scope_from_string(word, &scope))
            ask_wrong(c, "'scopes' is a list of metrics, read, send, lists, optouts, inbox; or "
                         "everything, alone");
        else
            n += (size_t)snprintf(out + n, SCOPES_BYTES_MAX - n, "%s%s", n ? "," : "",
                                  scope_to_string(scope));
    }
    if (json_array_size(list) == 0 || (everything && n))
        ask_wrong(c, "'scopes' names at least one scope; or everything, alone");
}

struct token_ask {
    struct ask ask; /* first: what ask_… uses */
    char secret[AUTH_SECRET_BYTES], hash[AUTH_ID_BYTES], scopes[SCOPES_BYTES_MAX];
};

static void on_token(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    const struct token_ask *a = c->state;
    (void)member;
    if (web_ok(c, result, e))
        web_answer(c, 201, json_pack("{s:s,s:s}", "id", a->hash, "token", a->secret));
}

/* Whose it becomes: one's own, or by an owner anybody's. NULL: c is answered. */
static const struct staff_member *owner_of(struct web_call *c, struct slice name)
{
    if (name.n == 0) return self_of(c);
    const struct staff_member *m = roster_named(staff_roster(c->config->staff), name);
    bool own = m && strcmp(m->is.id, c->member->id) == 0;
    if (m && (own || access_may_everywhere(c->member, MAY_MAKE_TOKENS))) return m;
    web_error(c, 404, "not_found", "There is no member of that name whose tokens you make.");
    return NULL;
}

static void post_token(struct web_call *c)
{
    struct token_ask *a = web_call_state(c, sizeof *a, NULL);
    struct staff_new_token t = {.name = ask_text(c, "name", TOKEN_NAME_BYTES_MAX, BODY_NEEDED)};
    struct slice whose = ask_text(c, "member", ROSTER_NAME_BYTES_MAX, BODY_OPTIONAL);
    t.until_ms = ask_until(c, TOKEN_DAYS_MAX * INT64_C(86400000), BODY_OPTIONAL);
    read_scopes(c, a->scopes);
    if (t.name.n && !is_one_line(t.name)) ask_wrong(c, "'name' is one line");
    if (!ask_ok(c)) return;
    const struct staff_member *m = owner_of(c, whose);
    if (!m) return;
    auth_make_secret(a->secret);
    auth_hash(c->web->auth, AUTH_TOKEN, slice_of(a->secret), a->hash);
    t.member = slice_of(m->is.id);
    t.hash = slice_of(a->hash);
    t.scopes = slice_of(a->scopes);
    staff_add_token(c->config->staff, &t, web_by(c), c->now_ms, on_token, c);
}

static void on_token_ended(void *arg, int result, struct slice member, const struct err *e)
{
    (void)member;
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void delete_token(struct web_call *c)
{
    const struct staff_token *t =
        roster_token(staff_roster(c->config->staff), web_param(c, "token"));
    bool own = t && strcmp(t->member, c->member->id) == 0;
    if (t && (own || access_may_everywhere(c->member, MAY_MAKE_TOKENS)))
        staff_end_token(c->config->staff, slice_of(t->member), slice_of(t->id), web_by(c),
                        c->now_ms, on_token_ended, c);
    else
        web_error(c, 404, "not_found", "There is no such token of yours.");
}

enum { SELF = NEEDS_STORE | IN_GROUP };

static const struct route rows[] = {
    {"GET", "/me", MAY_SEE_SELF, SELF | PAGE, NULL, get_me_page},
    {"POST", "/me/number", MAY_SEE_SELF, SELF | AUDITED | PAGE | FORM, NULL, post_number},
    {"POST", "/me/sessions/end", MAY_SEE_SELF, SELF | AUDITED | PAGE | FORM, NULL,
     post_session_end},
    {"POST", "/me/sessions/end-others", MAY_SEE_SELF, SELF | AUDITED | PAGE | FORM, NULL,
     post_others_end},
    {"GET", "/api/v1/me", MAY_SEE_SELF, SELF, NULL, get_me},
    {"POST", "/api/v1/me/number", MAY_SEE_SELF, SELF | AUDITED, KEYS("number"), post_number},
    {"POST", "/api/v1/me/sessions/end-others", MAY_SEE_SELF, SELF | AUDITED, NO_KEYS,
     post_others_end},
    {"DELETE", "/api/v1/sessions/{session}", MAY_SEE_SELF, SELF | AUDITED, NO_KEYS, delete_session},
    {"GET", "/api/v1/tokens", MAY_MAKE_TOKENS, SELF, NULL, get_tokens},
    {"POST", "/api/v1/tokens", MAY_MAKE_TOKENS, SELF | AUDITED | ONCE,
     KEYS("name", "scopes", "until", "member"), post_token},
    {"DELETE", "/api/v1/tokens/{token}", MAY_MAKE_TOKENS, SELF | AUDITED, NO_KEYS, delete_token},
};

const struct routes self_routes = {rows, COUNT_OF(rows)};
