/* What members do for themselves: their sessions and their number. */
#include "web/page.h"
#include "web/staff/ask.h"
#include "web/staff/staff.h"
#include "web/staff/view.h"

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
    json_put(data, "makes_tokens", json_boolean(access_may_somewhere(c->member, MAY_MAKE_TOKENS)));
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
    const struct staff_member *m = ask_self(c);
    if (m)
        staff_set_number(c->config->staff, slice_of(m->is.id), number, web_deed(c), on_changed, c);
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
        staff_end_session(c->config->staff, slice_of(m->is.id), id, web_deed(c), on_changed, c);
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
    const struct staff_member *m = ask_self(c);
    if (m)
        staff_end_sessions(c->config->staff, slice_of(m->is.id), current_of(c), web_deed(c),
                           on_changed, c);
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
};

const struct routes self_routes = {rows, COUNT_OF(rows)};
