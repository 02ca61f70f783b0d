#include "rules.h"

#include "description.h"

/* ---- compiling */

static int compile_value(const struct compiler *c, const struct yaml_node *n, bool words,
                         struct value_range *ret)
{
    struct slice text = yaml_text(n), rest = text, low;
    if (yaml_kind_of(n) != YAML_SCALAR || text.n == 0)
        return yaml_error(c->doc, n, ERR_INVALID, c->e,
                          "expected a number, a range like 400-499, or a word");
    *ret = (struct value_range){.word = text};
    if (words || !slice_cut(&rest, '-', &low) || !slice_to_u64(low, UINT32_MAX, &ret->low))
        return 0;
    ret->high = ret->low;
    bool range = rest.p != NULL;
    if (range && !slice_to_u64(rest, UINT32_MAX, &ret->high)) return 0;
    if (ret->high < ret->low)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "the range is upside down");
    ret->word = SLICE_NONE;
    return 0;
}

static int compile_set(const struct compiler *c, const struct yaml_node *n, bool words,
                       struct value_set *ret)
{
    bool list = yaml_kind_of(n) == YAML_SEQUENCE;
    size_t count = !n ? 0 : list ? yaml_count(n) : 1;
    struct value_set s = {.list = arena_zalloc(c->arena, sizeof *s.list * (count + 1))};
    if (!s.list) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    for (; s.count < count; s.count++) {
        int code = compile_value(c, list ? yaml_at(n, s.count) : n, words, &s.list[s.count]);
        if (code) return code;
    }
    *ret = s;
    return 0;
}

int conditions_compile(const struct compiler *c, const struct yaml_node *n,
                       struct condition_list *ret)
{
    size_t count = yaml_count(n);
    struct condition_list list = {.list = arena_zalloc(c->arena, sizeof *list.list * (count + 1))};
    if (!list.list) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    if (n && yaml_kind_of(n) != YAML_MAPPING)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected {selector: value}");
    for (; list.count < count; list.count++) {
        struct condition *condition = &list.list[list.count];
        int code = selector_compile(c, yaml_key_node_at(n, list.count), &condition->where);
        if (!code) code = compile_set(c, yaml_at(n, list.count), false, &condition->is);
        if (code) return code;
    }
    *ret = list;
    return 0;
}

static int compile_scope(const struct compiler *c, const struct yaml_node *n,
                         enum verdict_scope *ret)
{
    static const char *const texts[] = {
#define X(name, text) [name] = text,
        VERDICT_SCOPE_TABLE(X)
#undef X
    };
    int i = n ? slice_index(yaml_text(n), texts, COUNT_OF(texts)) : -1;
    if (i >= 0) *ret = (enum verdict_scope)i;
    return n && i < 0 ? yaml_error(c->doc, n, ERR_INVALID, c->e, "scope is gateway, sender or pair")
                      : 0;
}

static int compile_outcome(const struct compiler *c, const struct yaml_node *n, enum outcome *ret)
{
    if (outcome_from_string(yaml_text(n), ret)) return 0;
    return yaml_error(c->doc, n, ERR_INVALID, c->e,
                      "outcome is accepted, throttled, transient, refused, blocked or unknown");
}

/* -1: it says none. */
static int compile_retry(const struct compiler *c, const struct yaml_node *n, int64_t *ret_ms)
{
    int64_t seconds = 0;
    int code = n ? yaml_int(c->doc, n, 0, 86400, &seconds, c->e) : 0;
    *ret_ms = n ? seconds * 1000 : -1;
    return code;
}

static int compile_result(const struct compiler *c, const struct yaml_node *n, struct rule *r)
{
    const struct yaml_node *outcome = NULL;
    int code = compile_required(c, n, "outcome", &outcome);
    if (!code) code = compile_outcome(c, outcome, &r->outcome);
    if (!code) code = compile_scope(c, yaml_get(n, "scope"), &r->scope);
    if (!code) code = compile_flag(c, yaml_get(n, "suppress"), &r->suppress);
    if (!code) code = compile_flag(c, yaml_get(n, "filtered"), &r->filtered);
    if (!code) code = selector_compile(c, yaml_get(n, "id"), &r->id);
    if (!code) code = compile_retry(c, yaml_get(n, "retry_after_s"), &r->retry_after_ms);
    r->reason = yaml_text(yaml_get(n, "reason"));
    if (!code && r->outcome != ACCEPTED && r->reason.n == 0)
        code = yaml_error(c->doc, n, ERR_INVALID, c->e,
                          "a rule that is not 'accepted' needs a reason");
    return code;
}

static int compile_rule(const struct compiler *c, const struct yaml_node *n, bool with_table,
                        struct rule *r)
{
    static const char *const keys[] = {"status",   "code",     "has", "is",    "contains",
                                       "outcome",  "reason",   "id",  "scope", "retry_after_s",
                                       "suppress", "filtered", NULL};
    if (with_table && slice_is(yaml_text(n), "codes")) {
        r->table = true;
        return 0;
    }
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_set(c, yaml_get(n, "status"), false, &r->status);
    if (!code) code = compile_set(c, yaml_get(n, "code"), false, &r->code);
    if (!code) code = selector_compile(c, yaml_get(n, "has"), &r->has);
    if (!code) code = conditions_compile(c, yaml_get(n, "is"), &r->conditions);
    if (!code) code = compile_set(c, yaml_get(n, "contains"), true, &r->contains);
    if (!code) code = compile_result(c, n, r);
    return code;
}

int rules_compile(const struct compiler *c, const struct yaml_node *n, bool with_table,
                  struct rule_list *ret)
{
    size_t count = yaml_count(n);
    struct rule_list rules = {.list = arena_zalloc(c->arena, sizeof *rules.list * (count + 1))};
    if (!rules.list) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    if (n && yaml_kind_of(n) != YAML_SEQUENCE)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected a list of rules (- {…})");
    for (; rules.count < count; rules.count++) {
        int code = compile_rule(c, yaml_at(n, rules.count), with_table, &rules.list[rules.count]);
        if (code) return code;
    }
    *ret = rules;
    return 0;
}

/* ---- matching */

static bool set_fits(const struct value_set *s, struct slice text)
{
    uint64_t number = 0;
    text = slice_trim(text);
    bool is_number = slice_to_u64(text, UINT32_MAX, &number);
    for (size_t i = 0; i < s->count; i++) {
        const struct value_range *v = &s->list[i];
        if (v->word.n ? slice_eq_nocase(v->word, text)
                      : is_number && number >= v->low && number <= v->high)
            return true;
    }
    return s->count == 0;
}

static bool any_contained(const struct value_set *words, struct slice body)
{
    for (size_t i = 0; i < words->count; i++) {
        struct slice word = words->list[i].word;
        if (body.n && memmem(body.p, body.n, word.p, word.n)) return true;
    }
    return words->count == 0;
}

bool conditions_fit(const struct condition_list *conditions, const struct facts *f)
{
    for (size_t i = 0; i < conditions->count; i++)
        if (!set_fits(&conditions->list[i].is, selector_read(&conditions->list[i].where, f)))
            return false;
    return true;
}

static bool rule_fits(const struct rule *r, const struct rule_input *in)
{
    if (!set_fits(&r->status, in->status) || !set_fits(&r->code, in->code)) return false;
    if (!selector_all_present(&r->has, in->facts)) return false;
    if (!conditions_fit(&r->conditions, in->facts)) return false;
    return any_contained(&r->contains, in->body);
}

bool rules_status_fits(const struct rule *r, struct slice status)
{
    return set_fits(&r->status, status);
}

const struct rule *rules_find(const struct rule_list *rules, const struct rule_list *table,
                              const struct rule_input *in)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *r = &rules->list[i];
        if (r->table)
            r = rules_find(table, NULL, in);
        else if (!rule_fits(r, in))
            r = NULL;
        if (r) return r;
    }
    return NULL;
}

static bool is_opt_out(const struct rule_list *codes, struct slice code, const struct facts *f)
{
    const struct rule_input in = {.code = code, .facts = f};
    const struct rule *rule = rules_find(codes, NULL, &in);
    return rule && rule->suppress;
}

struct slice rules_choose_code(const struct rule_list *codes, const struct selector_list *list,
                               const struct facts *f, bool *ret_first)
{
    struct slice first = SLICE_NONE, found = SLICE_NONE;
    for (size_t i = 0; i < list->count && found.n == 0; i++) {
        const struct selector_list one = {&list->list[i], 1};
        struct slice code = slice_trim(selector_read(&one, f));
        if (first.n == 0) first = code;
        if (code.n && is_opt_out(codes, code, f)) found = code;
    }
    if (ret_first) *ret_first = found.n == 0 || slice_eq(found, first);
    return found.n ? found : first;
}
