/* Looks up what became of a message to which the response was lost: the section `lookup` compiled,
 * the question built, the provider's list read.
 *
 * A message is recognised by its person, its text and its time, for there is nothing else: the
 * response with its id is what was lost. A message that is found was taken, and that settles it.
 * One that is not found may still be on the way into the list, so that says nothing about sending
 * again. */
#include <jansson.h>

#include "private.h"
#include "told_time.h"
#include "io/person_number.h"

/* ---- compiling */

static int compile_reader(const struct compiler *c, const struct provider *p,
                          const struct yaml_node *n, struct reader *r)
{
    static const char *const needed[] = {"each", "to", "text", "at", "status"};
    const struct selector_row rows[] = {
        {"present", &r->present}, {"id", &r->id}, {"to", &r->to},
        {"text", &r->own.text},   {"at", &r->at}, {"status", &r->status},
        {"code", &r->code},
    };
    const struct yaml_node *there;
    int code = 0;
    for (size_t i = 0; !code && i < COUNT_OF(needed); i++)
        code = compile_required(c, n, needed[i], &there);
    if (!code) code = selector_compile_each(c, yaml_get(n, "each"), &r->each);
    if (!code) code = selectors_compile(c, n, rows, COUNT_OF(rows));
    return code ? code : reader_states_compile(c, p, n, &r->states);
}

int lookup_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const keys[] = {"url", "query", "present", "each",   "id",   "to", "text",
                                       "at",  "more",  "status",  "states", "code", NULL};
    struct lookup_description *l = &p->lookup;
    const struct yaml_node *url = NULL;
    if (!n) return 0;
    l->url.escape = TEMPLATE_ESCAPE_URL;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "url", &url);
    if (!code) code = constant_compile(c, p, url, &l->url);
    if (!code) code = fields_compile(c, p, yaml_get(n, "query"), false, l->query, &l->query_count);
    if (!code) code = compile_reader(c, p, n, &l->reader);
    if (!code) code = selector_compile(c, yaml_get(n, "more"), &l->more);
    return code;
}

/* ---- asking */

bool gateway_has_lookup(const struct gateway *g)
{
    return g->lookup_url != NULL;
}

int gateway_lookup_build(struct gateway *g, const struct outgoing *msg, struct http_send *ret,
                         struct err *e)
{
    struct render r = {.g = g, .msg = msg};
    check(gateway_has_lookup(g));
    if (msg->template_name.n || msg->text.n == 0)
        return err_set(e, ERR_INVALID,
                       "a template that the provider holds cannot be recognised in its list");
    int code = render_begin(&r, e);
    if (code) return code;
    buf_clear(&g->request_url);
    buf_add_cstr(&g->request_url, g->lookup_url);
    code = render_pairs(&r, g->lookup_query, g->p->lookup.query_count, &g->request_url,
                        strchr(g->lookup_url, '?') ? '&' : '?', e);
    if (code) return code;
    if (render_overflowed(g))
        return err_set(e, ERR_LIMIT, "the message is too long for one request");
    *ret = (struct http_send){.method = "GET",
                              .url = g->request_url.p,
                              .headers = g->lookup_headers,
                              .basic_user = g->basic_user,
                              .basic_password = g->basic_password};
    return 0;
}

/* ---- reading */

struct search {
    struct gateway *g;
    const struct lookup_wanted *wanted;
    struct lookup_verdict *verdict;
    bool doubtful; /* one that fits but for its time, which cannot be read */
};

/* The provider may cut blanks off the ends. */
static bool same_text(struct slice a, struct slice b)
{
    return slice_eq(slice_trim(a), slice_trim(b));
}

/* Both sides by the one spelling: a provider may write the number as the country does today. */
static bool same_person(struct slice a, struct slice b)
{
    uint64_t x, y;
    if (slice_eq(a, b)) return a.n > 0;
    return person_number_read(a, NULL, true, &x) == PERSON_NUMBER &&
           person_number_read(b, NULL, true, &y) == PERSON_NUMBER && x == y;
}

static bool fits(struct search *s, const struct facts *f)
{
    const struct reader *r = &s->g->p->lookup.reader;
    const struct lookup_wanted *w = s->wanted;
    struct slice to = address_read(s->g, selector_read(&r->to, f), f->arena);
    int64_t at_ms;
    struct slice user_id = address_user_id(w->to);
    if (!same_person(to, user_id.n ? user_id : w->to) ||
        !same_text(selector_read(&r->own.text, f), w->text))
        return false;
    if (!told_time_read(selector_read(&r->at, f), &at_ms)) {
        s->doubtful = true;
        return false;
    }
    return at_ms >= w->from_ms && at_ms <= w->to_ms;
}

static void explain(struct search *s, const struct facts *f)
{
    const struct selector_list *codes = &s->g->p->lookup.reader.code;
    struct slice code = rules_choose_code(&s->g->p->codes, codes, f, NULL);
    struct rule_input in = {.code = code, .facts = f};
    if (code.n == 0) return;
    const struct rule *rule = rules_find(&s->g->p->codes, NULL, &in);
    s->verdict->code = arena_dup(s->g->lookup_arena, code);
    if (!rule) return;
    s->verdict->reason = rule->reason;
    s->verdict->suppress = rule->suppress;
}

/* A word that the description does not know: it is in the list, so it was taken. */
static enum state state_of(const struct word_list *words, struct slice word)
{
    int state;
    return words_find(words, word, &state) && state != WORD_IGNORED ? (enum state)state
                                                                    : STATE_ACCEPTED;
}

static void look_at(void *arg, const struct facts *f)
{
    struct search *s = arg;
    const struct reader *r = &s->g->p->lookup.reader;
    if (!fits(s, f)) return;
    enum state state = state_of(&r->states, selector_read(&r->status, f));
    if (s->verdict->fitting++) {
        s->verdict->differ |= state != s->verdict->state;
        return;
    }
    s->verdict->result = LOOKUP_FOUND;
    s->verdict->state = state;
    s->verdict->provider_id = arena_dup(s->g->lookup_arena, selector_read(&r->id, f));
    if (s->verdict->state == STATE_UNDELIVERED) explain(s, f);
}

static void read_list(struct gateway *g, struct facts *f, struct search *s)
{
    const struct lookup_description *l = &g->p->lookup;
    if (!json_is_object(f->trail[0]) || !selector_all_present(&l->reader.present, f)) return;
    bool all = selector_read(&l->more, f).n == 0;
    selector_walk(&l->reader.each, f, look_at, s);
    bool sure = all && !s->doubtful && !arena_failed(g->lookup_arena);
    if (s->verdict->result != LOOKUP_FOUND && sure) s->verdict->result = LOOKUP_NOT_FOUND;
}

void gateway_lookup_read(struct gateway *g, const struct http_result *result,
                         const struct lookup_wanted *wanted, struct lookup_verdict *ret)
{
    struct search s = {.g = g, .wanted = wanted, .verdict = ret};
    json_error_t where;
    arena_clear(g->lookup_arena);
    *ret = (struct lookup_verdict){.result = LOOKUP_CANNOT_TELL};
    if (result->transport != HTTP_ANSWERED || result->status != 200 || result->body_cut) return;
    json_t *json = json_loadb(result->body.p, result->body.n, 0, &where);
    if (!json) return;
    struct facts f = {.arena = g->lookup_arena, .trail = {json}, .depth = 1};
    read_list(g, &f, &s);
    json_decref(json);
}
