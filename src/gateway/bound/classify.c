/* Judges a response. What decides is whether the provider said that it did not take the message:
 * only then may it be sent again. A page of HTML from something in between says nothing of that
 * kind. */
#include <stdio.h>

#include <jansson.h>

#include "private.h"
#include "scan.h"

static void set(struct verdict *v, enum outcome outcome, const char *reason)
{
    v->outcome = outcome;
    v->reason = slice_of(reason);
}

static bool looks_like_html(struct slice body)
{
    body = slice_trim(body);
    return body.n > 0 && body.p[0] == '<';
}

/* Whether the body is in the provider's language; fills the facts of a JSON one. */
static bool read_body(const struct gateway *g, const struct http_result *result, struct facts *f)
{
    json_error_t where;
    if (result->body_cut) return false;
    f->body = result->body;
    if (!g->p->answer.json) return !looks_like_html(result->body);
    if (result->body.n == 0) return false;
    json_t *json = json_loadb(result->body.p, result->body.n, 0, &where);
    if (!json) return false;
    f->trail[0] = json;
    f->depth = 1;
    return json_is_object(json);
}

/* A status about what was asked, and not about who asks, where, or how often. */
static bool is_about_the_message(int status)
{
    return status == 400 || status == 409 || status == 410 || status == 413 || status == 422;
}

static bool is_about_the_account(int status)
{
    return status == 401 || status == 402 || status == 407;
}

/* The provider said no, in its own language, and its description does not know what that means:
 * most such codes are about one person, and a campaign must not begin with that person again at
 * each resume. */
static bool is_unlisted_no(int status, bool in_language, struct slice code)
{
    if (!in_language || status < 400 || status > 499 || status == 408 || status == 429)
        return false;
    return is_about_the_message(status) || (code.n > 0 && !is_about_the_account(status));
}

/* Without the description's help: what the status alone says. */
static void judge_status(struct gateway *g, int status, struct verdict *v)
{
    set(v, v->unlisted ? REFUSED : BLOCKED, arena_printf(g->answer_arena, "http_%d", status));
    if (status == 429)
        set(v, THROTTLED, "too_many_requests");
    else if (status >= 500 || status == 408 || (status >= 200 && status < 300))
        v->outcome = UNKNOWN;
}

static void judge_by_rule(struct gateway *g, const struct rule *rule, const struct facts *f,
                          const struct http_result *result, struct verdict *v)
{
    v->outcome = rule->outcome;
    v->reason = rule->reason;
    v->scope = rule->scope;
    v->suppress = rule->suppress;
    v->provider_id = arena_dup(g->answer_arena, selector_read(&rule->id, f));
    v->retry_after_ms = result->retry_after_ms >= 0 ? result->retry_after_ms : rule->retry_after_ms;
    if (rule->outcome != ACCEPTED) return;
    const struct answer_description *a = &g->p->answer;
    v->to_known_as = address_read(g, selector_read(&a->to_known_as, f), g->answer_arena);
    v->to_known_as = arena_dup(g->answer_arena, v->to_known_as);
    v->to_user_id = arena_dup(g->answer_arena, selector_read(&a->to_user_id, f));
}

/* ---- the usual case: taken, and the first rule says so */

static bool is_plain_selector(const struct selector_list *list)
{
    if (list->count != 1) return false;
    const struct selector *s = list->list;
    bool plain = s->source == SELECT_JSON && s->up == 0 && s->after.n == 0 && s->until.n == 0;
    for (size_t i = 0; i < s->step_count; i++)
        plain &= !s->steps[i].each && !s->steps[i].only && s->steps[i].same_count == 0;
    return plain;
}

/* A rule that the scanner can apply: a status, something that is there, an id. */
static bool is_plain_acceptance(const struct rule *r)
{
    return r->outcome == ACCEPTED && !r->table && r->code.count == 0 && r->conditions.count == 0 &&
           r->contains.count == 0 && is_plain_selector(&r->has) && is_plain_selector(&r->id);
}

/* A text that is there without escapes, or is not there; false: left to the slow way. */
static bool scan_text(struct slice body, const struct selector_list *list, struct slice *ret)
{
    bool is_string;
    *ret = SLICE_NONE;
    if (list->count == 0) return true;
    if (!is_plain_selector(list)) return false;
    if (!scan_find(body, list->list, ret, &is_string)) return true;
    return is_string && slice_find(*ret, '\\') < 0;
}

/* True only when the slow way would come to the same verdict; in any doubt it is left to that one.
 */
static bool judge_quickly(struct gateway *g, const struct http_result *result, struct slice status,
                          struct verdict *v)
{
    const struct rule *first = g->p->answer.rules.list;
    const struct answer_description *a = &g->p->answer;
    struct slice there, id, known_as, user_id;
    bool is_string;
    if (!g->p->answer.json || result->body_cut || !is_plain_acceptance(first)) return false;
    if (!rules_status_fits(first, status) || !scan_is_plain_object(result->body)) return false;
    if (!scan_find(result->body, first->has.list, &there, &is_string)) return false;
    if (!scan_text(result->body, &first->id, &id) || !id.p) return false;
    if (!scan_text(result->body, &a->to_known_as, &known_as)) return false;
    if (!scan_text(result->body, &a->to_user_id, &user_id)) return false;
    v->outcome = ACCEPTED;
    v->reason = first->reason;
    v->provider_id = arena_dup(g->answer_arena, id);
    v->to_known_as = address_read(g, known_as, g->answer_arena);
    v->to_user_id = user_id;
    return true;
}

static void judge_answer(struct gateway *g, const struct rule_list *rules,
                         const struct http_result *result, struct verdict *v)
{
    struct facts f = {.arena = g->answer_arena};
    char status[16];
    snprintf(status, sizeof status, "%d", result->status);
    if (rules == &g->p->answer.rules && judge_quickly(g, result, slice_of(status), v)) return;
    const struct rule *rule = NULL;
    bool in_language = read_body(g, result, &f);
    if (in_language) {
        bool first;
        struct slice code = rules_choose_code(&g->p->codes, &g->p->answer.code, &f, &first);
        struct rule_input in = {
            .status = slice_of(status), .code = code, .body = result->body, .facts = &f};
        rule = rules_find(rules, &g->p->codes, &in);
        v->code = arena_dup(g->answer_arena, code);
        if (first) {
            v->title = arena_dup(g->answer_arena, selector_read(&g->p->answer.title, &f));
            v->details = arena_dup(g->answer_arena, selector_read(&g->p->answer.details, &f));
        }
    }
    v->unlisted = !rule && result->body.n && is_unlisted_no(result->status, in_language, v->code);
    if (rule)
        judge_by_rule(g, rule, &f, result, v);
    else
        judge_status(g, result->status, v);
    if (v->outcome == ACCEPTED) v->code = v->title = v->details = SLICE_NONE;
    if (f.depth) json_decref(f.trail[0]);
}

static void classify(struct gateway *g, const struct rule_list *rules,
                     const struct http_result *result, struct verdict *ret)
{
    arena_clear(g->answer_arena);
    *ret = (struct verdict){.retry_after_ms = result->retry_after_ms};
    if (result->transport == HTTP_NOT_SENT)
        set(ret, TRANSIENT, "not_sent");
    else if (result->transport == HTTP_UNKNOWN)
        set(ret, UNKNOWN, "no_answer");
    else
        judge_answer(g, rules, result, ret);
    if (ret->outcome != THROTTLED && ret->outcome != TRANSIENT) ret->retry_after_ms = -1;
}

void gateway_classify(struct gateway *g, const struct http_result *result, struct verdict *ret)
{
    classify(g, &g->p->answer.rules, result, ret);
}

void gateway_probe_read(struct gateway *g, const struct http_result *result, struct verdict *ret)
{
    classify(g, &g->p->probe.rules, result, ret);
}
