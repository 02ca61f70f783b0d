/* Tokens: what a program signs in with. Each is told once. */
#include <stdio.h>
#include <string.h>

#include "web/page.h"
#include "web/staff/ask.h"
#include "web/staff/staff.h"
#include "web/staff/view.h"

enum { TOKEN_NAME_BYTES_MAX = 64, TOKEN_DAYS_MAX = 3650, SCOPES_BYTES_MAX = 256 };
#define DAY_MS INT64_C(86400000)

/* Those that they may end: their own, or all. */
static json_t *tokens_json(const struct web_call *c)
{
    bool all = access_may_everywhere(c->member, MAY_MAKE_TOKENS);
    return staff_tokens_json(c, all ? SLICE_NONE : slice_of(c->member->id));
}

static void get_tokens(struct web_call *c)
{
    web_answer(c, 200, json_pack("{s:o}", "tokens", tokens_json(c)));
}

/* ---- the page ---- */

static json_t *choices_json(const struct web_call *c)
{
    static const char *const labels[SCOPE_COUNT] = {
        [SCOPE_METRICS] = "Figures for Prometheus",
        [SCOPE_READ] = "Read lists, campaigns and reports",
        [SCOPE_SEND] = "Launch campaigns",
        [SCOPE_LISTS] = "Make and delete lists",
        [SCOPE_OPTOUTS] = "Look up, add and remove opt-outs",
        [SCOPE_INBOX] = "Read and answer people",
        [SCOPE_PLACES] = "Add and correct places and sessions",
        [SCOPE_REHEARSALS] = "Play rehearsals (a token of an owner)",
    };
    json_t *list = json_array();
    for (int i = 0; i < SCOPE_COUNT; i++) {
        const char *name = scope_to_string((enum scope)i);
        json_list_add(list, json_pack("{s:s,s:s,s:b}", "name", name, "label", labels[i], "chosen",
                                      web_field(c, name).n > 0));
    }
    return list;
}

static void show_tokens(struct web_call *c, int status, const char *problem)
{
    json_t *data = page_data(c, "Tokens for programs", problem);
    json_t *tokens = tokens_json(c);
    json_put(data, "none", json_boolean(json_array_size(tokens) == 0));
    json_put(data, "tokens", tokens);
    json_put(data, "choices", choices_json(c));
    json_put(data, "typed_name", json_text(web_field(c, "name")));
    json_put(data, "ended", json_boolean(slice_is(web_query(c, "ended"), "1")));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/me", "label", "You"));
    page_answer(c, PAGE_TOKENS, status, data);
}

static void get_page(struct web_call *c)
{
    show_tokens(c, 200, "");
}

static void show_new(struct web_call *c, const char *secret)
{
    json_t *data = page_data(c, "Your new token", "");
    json_put(data, "token", json_string(secret));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/me/tokens", "label", "Tokens"));
    page_answer(c, PAGE_TOKEN, 201, data);
}

/* ---- making one ---- */

static void add_scope(char out[SCOPES_BYTES_MAX], enum scope scope)
{
    size_t n = strlen(out);
    (void)snprintf(out + n, SCOPES_BYTES_MAX - n, "%s%s", n ? "," : "", scope_to_string(scope));
}

static void tick_scopes(struct web_call *c, char out[SCOPES_BYTES_MAX])
{
    out[0] = '\0';
    for (int i = 0; i < SCOPE_COUNT; i++)
        if (web_field(c, scope_to_string((enum scope)i)).n) add_scope(out, (enum scope)i);
    if (!*out) ask_wrong(c, "tick what the program may do");
}

/* Words with commas; "" = all that the member may, which has to be said as "everything". */
static void read_scopes(struct web_call *c, char out[SCOPES_BYTES_MAX])
{
    const json_t *list = body_list(&c->body, "scopes", SCOPE_COUNT, BODY_NEEDED);
    bool everything = false;
    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct slice word = json_slice(json_array_get(list, i));
        enum scope scope;
        if (slice_is(word, "everything"))
            everything = true;
        else if (!scope_from_string(word, &scope))
            ask_wrong(c, "'scopes' is a list of " SCOPE_NAMES "or everything, alone");
        else
            add_scope(out, scope);
    }
    if (json_array_size(list) == 0 || (everything && *out))
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
    if (!web_ok(c, result, e)) return;
    if (ask_is_page(c))
        show_new(c, a->secret);
    else
        web_answer(c, 201, json_pack("{s:s,s:s}", "id", a->hash, "token", a->secret));
}

/* Whose it becomes: one's own, or by an owner anybody's. NULL: c is answered. */
static const struct staff_member *owner_of(struct web_call *c, struct slice name)
{
    if (name.n == 0) return ask_self(c);
    const struct staff_member *m = roster_named(staff_roster(c->config->staff), name);
    bool own = m && strcmp(m->is.id, c->member->id) == 0;
    if (m && (own || access_may_everywhere(c->member, MAY_MAKE_TOKENS))) return m;
    web_error(c, 404, "not_found", "There is no member of that name whose tokens you make.");
    return NULL;
}

static void read_page(struct web_call *c, struct token_ask *a, int64_t *ret_until_ms)
{
    int days = ask_count(c, "days", TOKEN_DAYS_MAX, 0);
    *ret_until_ms = days ? c->now_ms + days * DAY_MS : 0;
    tick_scopes(c, a->scopes);
}

static void read_body(struct web_call *c, struct token_ask *a, int64_t *ret_until_ms)
{
    *ret_until_ms = ask_until(c, TOKEN_DAYS_MAX * DAY_MS, BODY_OPTIONAL);
    read_scopes(c, a->scopes);
}

static void post_token(struct web_call *c)
{
    struct token_ask *a = web_call_state(c, sizeof *a, NULL);
    struct staff_new_token t = {.name = ask_text(c, "name", TOKEN_NAME_BYTES_MAX, BODY_NEEDED)};
    struct slice whose =
        ask_is_page(c) ? SLICE_NONE : ask_text(c, "member", ROSTER_NAME_BYTES_MAX, BODY_OPTIONAL);
    (ask_is_page(c) ? read_page : read_body)(c, a, &t.until_ms);
    if (t.name.n && !is_one_line(t.name)) ask_wrong(c, "'name' is one line");
    if (a->ask.e.code && ask_is_page(c)) {
        show_tokens(c, 400, a->ask.e.text);
        return;
    }
    if (!ask_ok(c)) return;
    const struct staff_member *m = owner_of(c, whose);
    if (!m) return;
    auth_make_secret(a->secret);
    auth_hash(c->web->auth, AUTH_TOKEN, slice_of(a->secret), a->hash);
    t.member = slice_of(m->is.id);
    t.hash = slice_of(a->hash);
    t.scopes = slice_of(a->scopes);
    staff_add_token(c->config->staff, &t, web_deed(c), on_token, c);
}

/* ---- ending one ---- */

static void on_token_ended(void *arg, int result, struct slice member, const struct err *e)
{
    struct web_call *c = arg;
    (void)member;
    if (!web_ok(c, result, e)) return;
    if (ask_is_page(c))
        web_answer_redirect(c, "/me/tokens?ended=1");
    else
        web_answer(c, 200, json_object());
}

static void end_token(struct web_call *c, struct slice id)
{
    const struct staff_token *t = roster_token(staff_roster(c->config->staff), id);
    bool own = t && strcmp(t->member, c->member->id) == 0;
    if (t && (own || access_may_everywhere(c->member, MAY_MAKE_TOKENS)))
        staff_end_token(c->config->staff, slice_of(t->member), slice_of(t->id), web_deed(c),
                        on_token_ended, c);
    else
        web_error(c, 404, "not_found", "There is no such token of yours.");
}

static void delete_token(struct web_call *c)
{
    end_token(c, web_param(c, "token"));
}

static void post_end(struct web_call *c)
{
    end_token(c, web_field(c, "token"));
}

enum { OWN = NEEDS_STORE | IN_GROUP, ACTS = OWN | AUDITED };

static const struct route rows[] = {
    {"GET", "/me/tokens", MAY_MAKE_TOKENS, OWN | PAGE, NULL, get_page},
    {"POST", "/me/tokens", MAY_MAKE_TOKENS, ACTS | PAGE | FORM, NULL, post_token},
    {"POST", "/me/tokens/end", MAY_MAKE_TOKENS, ACTS | PAGE | FORM, NULL, post_end},
    {"GET", "/api/v1/tokens", MAY_MAKE_TOKENS, OWN, NULL, get_tokens},
    {"POST", "/api/v1/tokens", MAY_MAKE_TOKENS, ACTS | ONCE,
     KEYS("name", "scopes", "until", "member"), post_token},
    {"DELETE", "/api/v1/tokens/{token}", MAY_MAKE_TOKENS, ACTS, NO_KEYS, delete_token},
};

const struct routes token_routes = {rows, COUNT_OF(rows)};
