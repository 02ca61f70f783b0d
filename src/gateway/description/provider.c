/* Compiles a provider's description: one YAML file into selectors, rules and templates. Nothing
 * here runs per message. What is unknown is refused with its place, so that a typing error cannot
 * become a rule that never fits. */
#include "description.h"

#include <stdlib.h>

enum { PROVIDER_BYTES_MAX = 4 << 20 };

/* ---- small reads */

int compile_required(const struct compiler *c, const struct yaml_node *parent, const char *key,
                     const struct yaml_node **ret)
{
    const struct yaml_node *n = yaml_get(parent, key);
    if (yaml_is_null(n))
        return yaml_error(c->doc, parent, ERR_INVALID, c->e, "'%s' is missing", key);
    *ret = n;
    return 0;
}

int compile_text(const struct compiler *c, const struct yaml_node *n, struct slice *ret)
{
    if (!n) return 0;
    if (yaml_kind_of(n) != YAML_SCALAR)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected a text");
    *ret = yaml_text(n);
    return 0;
}

int compile_flag(const struct compiler *c, const struct yaml_node *n, bool *ret)
{
    return n ? yaml_bool(c->doc, n, ret, c->e) : 0;
}

/* ---- sections */

static int compile_channels(const struct compiler *c, const struct yaml_node *list, unsigned *ret)
{
    for (size_t i = 0; i < yaml_count(list); i++) {
        struct slice text = yaml_text(yaml_at(list, i));
        if (slice_is(text, "sms"))
            *ret |= CHANNEL_SMS;
        else if (slice_is(text, "whatsapp"))
            *ret |= CHANNEL_WHATSAPP;
        else
            return yaml_error(c->doc, yaml_at(list, i), ERR_INVALID, c->e,
                              "a channel is sms or whatsapp");
    }
    return *ret ? 0
                : yaml_error(c->doc, list, ERR_INVALID, c->e, "expected [sms], [whatsapp] or both");
}

static int compile_key(const struct compiler *c, struct provider *p, const struct yaml_node *name,
                       const struct yaml_node *n)
{
    static const char *const keys[] = {"required", "secret", "default", "derived", NULL};
    struct account_key *key = &p->keys[p->key_count];
    struct slice fallback = SLICE_LIT("");
    if (p->key_count == PROVIDER_KEYS_MAX)
        return yaml_error(c->doc, name, ERR_LIMIT, c->e, "too many account keys");
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_flag(c, yaml_get(n, "required"), &key->public.required);
    if (!code) code = compile_flag(c, yaml_get(n, "secret"), &key->public.secret);
    if (!code) code = compile_flag(c, yaml_get(n, "derived"), &key->derived);
    if (!code) code = compile_text(c, yaml_get(n, "default"), &fallback);
    if (code) return code;
    key->public.name = yaml_text(name).p; /* texts of the document end with a zero byte */
    key->public.fallback = fallback.p;
    p->key_count++;
    return 0;
}

static int compile_account(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    int code = 0;
    for (size_t i = 0; i < yaml_count(n) && !code; i++)
        code = compile_key(c, p, yaml_key_node_at(n, i), yaml_at(n, i));
    return code;
}

static int compile_prefixes(const struct compiler *c, struct number_format *numbers,
                            const struct yaml_node *list)
{
    int code = 0;
    if (yaml_count(list) >= COUNT_OF(numbers->also))
        return yaml_error(c->doc, list, ERR_LIMIT, c->e, "at most 3 other prefixes");
    for (size_t i = 0; i < yaml_count(list) && !code; i++)
        code = compile_text(c, yaml_at(list, i), &numbers->also[i]);
    return code;
}

static int compile_numbers(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const keys[] = {"plus", "prefix", "also", "national", "user_ids", NULL};
    static const char *const channels[] = {"sms", "whatsapp", NULL};
    const struct yaml_node *prefix = yaml_get(n, "prefix"), *user_ids = yaml_get(n, "user_ids");
    p->numbers.plus = true;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_flag(c, yaml_get(n, "plus"), &p->numbers.plus);
    if (!code) code = yaml_only_keys(c->doc, prefix, channels, c->e);
    if (!code) code = compile_text(c, yaml_get(prefix, "sms"), &p->numbers.prefix[CHANNEL_SMS]);
    if (!code)
        code = compile_text(c, yaml_get(prefix, "whatsapp"), &p->numbers.prefix[CHANNEL_WHATSAPP]);
    if (!code) code = compile_flag(c, yaml_get(n, "national"), &p->numbers.national);
    if (!code) code = compile_prefixes(c, &p->numbers, yaml_get(n, "also"));
    if (!code && user_ids) code = compile_channels(c, user_ids, &p->numbers.user_ids);
    return code;
}

static int compile_validity(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const keys[] = {"unit_s", "min", "max", NULL};
    struct validity_format *v = &p->validity;
    const struct yaml_node *unit = NULL, *min = NULL, *max = NULL;
    if (!n) return 0;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "unit_s", &unit);
    if (!code) code = compile_required(c, n, "min", &min);
    if (!code) code = compile_required(c, n, "max", &max);
    if (!code) code = yaml_int(c->doc, unit, 1, 86400, &v->unit_s, c->e);
    if (!code) code = yaml_int(c->doc, min, 0, 1000000, &v->min, c->e);
    if (!code) code = yaml_int(c->doc, max, v->min, 100000000, &v->max, c->e);
    return code;
}

static int compile_answer(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const keys[] = {"format",     "code",  "to_known_as", "title",
                                       "to_user_id", "rules", "details",     NULL};
    struct answer_description *a = &p->answer;
    const struct selector_row rows[] = {{"code", &a->code},
                                        {"title", &a->title},
                                        {"details", &a->details},
                                        {"to_known_as", &a->to_known_as},
                                        {"to_user_id", &a->to_user_id}};
    const struct yaml_node *format = NULL, *rules = NULL;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "format", &format);
    if (!code) code = compile_required(c, n, "rules", &rules);
    if (code) return code;
    a->json = slice_is(yaml_text(format), "json");
    if (!a->json && !slice_is(yaml_text(format), "text"))
        return yaml_error(c->doc, format, ERR_INVALID, c->e, "an answer's format is json or text");
    code = selectors_compile(c, n, rows, COUNT_OF(rows));
    return code ? code : rules_compile(c, rules, true, &a->rules);
}

static int compile_head(const struct compiler *c, struct provider *p, const struct yaml_node *root)
{
    const struct yaml_node *name = NULL, *base_url = NULL, *channels = NULL;
    int code = compile_required(c, root, "name", &name);
    if (!code) code = compile_required(c, root, "base_url", &base_url);
    if (!code) code = compile_text(c, name, &p->title);
    if (!code) code = compile_text(c, base_url, &p->base_url);
    if (!code) code = compile_required(c, root, "channels", &channels);
    if (!code) code = compile_channels(c, channels, &p->channels);
    if (!code) code = compile_account(c, p, yaml_get(root, "account"));
    if (!code) code = compile_numbers(c, p, yaml_get(root, "numbers"));
    if (!code) code = compile_validity(c, p, yaml_get(root, "validity"));
    return code;
}

/* What comes back by itself, and what is asked for. */
static int compile_return(const struct compiler *c, struct provider *p,
                          const struct yaml_node *root)
{
    const struct yaml_node *hooks = NULL;
    int code = compile_required(c, root, "hooks", &hooks);
    if (!code) code = hooks_compile(c, p, hooks);
    if (!code) code = shape_book_compile(c, p, yaml_get(root, "shapes"));
    if (!code) code = readers_compile(c, p, root);
    if (!code) code = lookup_compile(c, p, yaml_get(root, "lookup"));
    if (!code) code = probe_compile(c, p, yaml_get(root, "probe"));
    return code;
}

static int compile_root(const struct compiler *c, struct provider *p, const struct yaml_node *root)
{
    static const char *const keys[] = {
        "name",     "channels", "base_url", "account", "numbers", "validity", "receipt_url",
        "hook_url", "send",     "answer",   "codes",   "hooks",   "receipts", "inbound",
        "alerts",   "shapes",   "lookup",   "probe",   "setup",   "states",   NULL};
    const struct yaml_node *answer = NULL;
    int code = yaml_only_keys(c->doc, root, keys, c->e);
    if (!code) code = compile_head(c, p, root);
    if (!code) code = send_compile(c, p, root);
    if (!code) code = compile_required(c, root, "answer", &answer);
    if (!code) code = compile_answer(c, p, answer);
    if (!code) code = rules_compile(c, yaml_get(root, "codes"), false, &p->codes);
    if (!code) code = states_compile(c, yaml_get(root, "states"), &p->states);
    if (!code) code = compile_return(c, p, root);
    if (!code) code = setup_compile(c, p, yaml_get(root, "setup"));
    return code;
}

/* ---- the public face */

static int compile_document(struct yaml_doc *doc, struct provider **ret, struct err *e)
{
    struct provider *p = xcalloc(1, sizeof *p);
    p->doc = doc;
    p->arena = arena_new(PROVIDER_BYTES_MAX);
    struct compiler c = {.doc = doc, .arena = p->arena, .e = e};
    int code = compile_root(&c, p, yaml_root(doc));
    if (code) {
        provider_free(p);
        return code;
    }
    *ret = p;
    return 0;
}

int provider_load(const char *path, struct provider **ret, struct err *e)
{
    struct yaml_doc *doc;
    int code = yaml_load(path, &doc, e);
    return code ? code : compile_document(doc, ret, e);
}

int provider_parse(struct slice text, const char *name, struct provider **ret, struct err *e)
{
    struct yaml_doc *doc;
    int code = yaml_parse(text, name, &doc, e);
    return code ? code : compile_document(doc, ret, e);
}

void provider_free(struct provider *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->template_count; i++)
        template_free(p->templates[i]);
    arena_free(p->arena);
    yaml_doc_free(p->doc);
    free(p);
}

const char *provider_title(const struct provider *p)
{
    return p->title.p;
}

const struct provider_key *provider_key_at(const struct provider *p, size_t i)
{
    return i < p->key_count ? &p->keys[i].public : NULL;
}

int provider_key_index(const struct provider *p, struct slice name)
{
    for (size_t i = 0; i < p->key_count; i++)
        if (slice_is(name, p->keys[i].public.name)) return (int)i;
    return -1;
}
