/* Compiles what comes back: the sections `hooks`, `receipts` and `inbound`. */
#include "description.h"

/* ---- hooks */

static int compile_methods(const struct compiler *c, struct hooks_description *h,
                           const struct yaml_node *list)
{
    for (size_t i = 0; i < yaml_count(list); i++) {
        struct slice text = yaml_text(yaml_at(list, i));
        h->get |= slice_is(text, "GET");
        h->post |= slice_is(text, "POST");
        if (!slice_is(text, "GET") && !slice_is(text, "POST"))
            return yaml_error(c->doc, yaml_at(list, i), ERR_INVALID, c->e,
                              "a method is GET or POST");
    }
    return h->get || h->post
               ? 0
               : yaml_error(c->doc, list, ERR_INVALID, c->e, "expected [POST] or [GET, POST]");
}

int account_key_compile(const struct compiler *c, const struct provider *p,
                        const struct yaml_node *n, int *ret)
{
    *ret = provider_key_index(p, yaml_text(n));
    if (*ret >= 0) return 0;
    return yaml_error(c->doc, n, ERR_INVALID, c->e,
                      "the account has no key '%.*s'; add it to 'account'",
                      SLICE_ARG(yaml_text(n)));
}

static int compile_handshake(const struct compiler *c, struct provider *p,
                             const struct yaml_node *n)
{
    static const char *const keys[] = {"when", "token", "key", "answer", NULL};
    struct handshake_description *h = &p->hooks.handshake;
    const struct yaml_node *when = NULL, *token = NULL, *key = NULL, *answer = NULL;
    h->key = -1;
    if (!n) return 0;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "when", &when);
    if (!code) code = compile_required(c, n, "token", &token);
    if (!code) code = compile_required(c, n, "key", &key);
    if (!code) code = compile_required(c, n, "answer", &answer);
    if (!code && (yaml_kind_of(when) != YAML_MAPPING || yaml_count(when) != 1))
        code = yaml_error(c->doc, when, ERR_INVALID, c->e, "expected {parameter: value}");
    if (code) return code;
    h->when_name = yaml_key_at(when, 0);
    h->when_value = yaml_text(yaml_at(when, 0));
    h->token_name = yaml_text(token);
    h->answer_name = yaml_text(answer);
    return account_key_compile(c, p, key, &h->key);
}

static int compile_hook_answer(const struct compiler *c, struct provider *p,
                               const struct yaml_node *n)
{
    static const char *const keys[] = {"status", "content_type", "body", NULL};
    const struct yaml_node *status = NULL, *type = NULL;
    int64_t value = 0;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "status", &status);
    if (!code) code = compile_required(c, n, "content_type", &type);
    if (!code) code = yaml_int(c->doc, status, 200, 299, &value, c->e);
    if (!code) code = compile_text(c, type, &p->hooks.answer_type);
    p->hooks.answer_body = SLICE_LIT("");
    if (!code) code = compile_text(c, yaml_get(n, "body"), &p->hooks.answer_body);
    p->hooks.answer_status = (int)value;
    return code;
}

static int compile_own_ids(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    const struct yaml_node *own = yaml_get(n, "own_id"), *account = yaml_get(n, "account_id");
    p->hooks.own_key = p->hooks.account_key = -1;
    int code = own ? account_key_compile(c, p, own, &p->hooks.own_key) : 0;
    return !code && account ? account_key_compile(c, p, account, &p->hooks.account_key) : code;
}

static int compile_formats(const struct compiler *c, struct hooks_description *h,
                           const struct yaml_node *n)
{
    const struct yaml_node *format = NULL, *unrecognised = yaml_get(n, "unrecognised");
    int code = compile_required(c, n, "format", &format);
    if (code) return code;
    h->json = slice_is(yaml_text(format), "json");
    if (!h->json && !slice_is(yaml_text(format), "form"))
        return yaml_error(c->doc, format, ERR_INVALID, c->e, "a webhook's format is json or form");
    h->ignore_unrecognised = slice_is(yaml_text(unrecognised), "ignore");
    if (unrecognised && !h->ignore_unrecognised && !slice_is(yaml_text(unrecognised), "refuse"))
        return yaml_error(c->doc, unrecognised, ERR_INVALID, c->e,
                          "unrecognised is ignore or refuse");
    return selector_compile(c, yaml_get(n, "require"), &h->require);
}

int hooks_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const keys[] = {
        "methods",      "format", "require", "signature",  "handshake",
        "unrecognised", "answer", "own_id",  "account_id", NULL};
    const struct yaml_node *methods = NULL, *signature = NULL, *answer = NULL;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "methods", &methods);
    if (!code) code = compile_methods(c, &p->hooks, methods);
    if (!code) code = compile_formats(c, &p->hooks, n);
    if (!code) code = compile_own_ids(c, p, n);
    if (!code) code = compile_required(c, n, "signature", &signature);
    if (!code) code = signature_compile(c, p, signature);
    if (!code) code = compile_handshake(c, p, yaml_get(n, "handshake"));
    if (!code) code = compile_required(c, n, "answer", &answer);
    if (!code) code = compile_hook_answer(c, p, answer);
    return code;
}

/* ---- readers */

/* The states that a receipt can tell of. */
static bool receipt_state(struct slice text, int *ret)
{
    enum state s;
    if (!state_from_string(text, &s)) return false;
    *ret = (int)s;
    return s == STATE_ACCEPTED || s == STATE_SENT || s == STATE_DELIVERED || s == STATE_READ ||
           s == STATE_UNDELIVERED || s == STATE_UNKNOWN;
}

int states_compile(const struct compiler *c, const struct yaml_node *n, struct word_list *ret)
{
    return words_compile(c, n, receipt_state, ret);
}

int reader_states_compile(const struct compiler *c, const struct provider *p,
                          const struct yaml_node *reader, struct word_list *ret)
{
    const struct yaml_node *own = yaml_get(reader, "states");
    if (own) return states_compile(c, own, ret);
    *ret = p->states;
    return ret->count ? 0
                      : yaml_error(c->doc, reader, ERR_INVALID, c->e,
                                   "'states' is missing, here or at the top of the file");
}

static int compile_common(const struct compiler *c, const struct yaml_node *n, struct reader *r)
{
    const struct selector_row rows[] = {
        {"present", &r->present}, {"absent", &r->absent},   {"to", &r->to},
        {"at", &r->at},           {"user_id", &r->user_id}, {"own_id", &r->own_id},
    };
    int code = selector_compile_each(c, yaml_get(n, "each"), &r->each);
    if (!code) code = selectors_compile(c, n, rows, COUNT_OF(rows));
    if (!code) code = conditions_compile(c, yaml_get(n, "match"), &r->match);
    if (!code && r->present.count == 0 && r->each.step_count == 0)
        code = yaml_error(c->doc, n, ERR_INVALID, c->e,
                          "'present' is missing: what tells this kind of event from others?");
    return code;
}

/* A price that comes with each part of a text is the price of that part only, and nobody would know of
 * how many: such a reader has none. */
static int compile_cost(const struct compiler *c, const struct yaml_node *n, struct reader *r)
{
    static const char *const keys[] = {"amount", "currency", "parts", "per_part", NULL};
    if (!n) return 0;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = selector_compile(c, yaml_get(n, "amount"), &r->cost);
    if (!code) code = selector_compile(c, yaml_get(n, "currency"), &r->cost_currency);
    if (!code) code = selector_compile(c, yaml_get(n, "parts"), &r->cost_parts);
    if (!code) code = compile_flag(c, yaml_get(n, "per_part"), &r->cost_per_part);
    if (!code && r->parts)
        code = yaml_error(c->doc, n, ERR_INVALID, c->e,
                          "'cost' cannot go with 'parts: true': a receipt tells of one part only");
    return code;
}

static int compile_receipt(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                           struct reader *r)
{
    static const char *const keys[] = {"each",   "present", "absent",  "match", "ref",  "id",
                                       "to",     "status",  "states",  "code",  "at",   "user_id",
                                       "own_id", "title",   "details", "parts", "cost", NULL};
    const struct selector_row rows[] = {
        {"status", &r->status}, {"ref", &r->ref},     {"id", &r->id},
        {"code", &r->code},     {"title", &r->title}, {"details", &r->details},
    };
    const struct yaml_node *status = NULL;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_common(c, n, r);
    if (!code) code = compile_required(c, n, "status", &status);
    if (!code) code = selectors_compile(c, n, rows, COUNT_OF(rows));
    if (!code) code = reader_states_compile(c, p, n, &r->states);
    if (!code) code = compile_flag(c, yaml_get(n, "parts"), &r->parts);
    return code ? code : compile_cost(c, yaml_get(n, "cost"), r);
}

/* A selector, or {field, encoding}. */
static int compile_text_of(const struct compiler *c, const struct yaml_node *n, struct reader *r)
{
    static const char *const keys[] = {"field", "encoding", NULL};
    const struct yaml_node *encoding = yaml_get(n, "encoding"), *field = n;
    int code = encoding ? yaml_only_keys(c->doc, n, keys, c->e) : 0;
    if (!code && encoding) code = compile_required(c, n, "field", &field);
    if (!code) code = selector_compile(c, field, &r->own.text);
    return code ? code : encoding_compile(c, encoding, &r->encoding);
}

static int compile_otherwise(const struct compiler *c, const struct yaml_node *n, int *ret)
{
    *ret = INBOUND_MESSAGE;
    if (!n || inbound_kind_from_string(yaml_text(n), ret)) return 0;
    return yaml_error(c->doc, n, ERR_INVALID, c->e,
                      "'%.*s' is none of our words; see docs/PROVIDERS.md",
                      SLICE_ARG(yaml_text(n)));
}

static int compile_inbound(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                           struct reader *r)
{
    static const char *const keys[] = {
        "each",        "present",        "absent", "match",    "event_id",    "from",
        "user_id",     "parent_user_id", "to",     "own_id",   "chat",        "text",
        "action",      "about",          "note",   "new_from", "new_user_id", "profile_name",
        "media_count", "media",          "kind",   "kinds",    "otherwise",   "handled",
        "at",          "shapes",         NULL};
    const struct selector_row rows[] = {
        {"from", &r->from}, {"event_id", &r->id}, {"parent_user_id", &r->parent_user_id},
        {"chat", &r->chat}, {"kind", &r->kind},   {"profile_name", &r->profile_name},
    };
    const struct yaml_node *from = NULL;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_common(c, n, r);
    if (!code) code = compile_required(c, n, "from", &from);
    if (!code) code = selectors_compile(c, n, rows, COUNT_OF(rows));
    if (!code) code = compile_text_of(c, yaml_get(n, "text"), r);
    if (!code) code = words_compile(c, yaml_get(n, "kinds"), inbound_kind_from_string, &r->kinds);
    if (!code) code = compile_otherwise(c, yaml_get(n, "otherwise"), &r->own.kind);
    if (!code) code = compile_flag(c, yaml_get(n, "handled"), &r->handled);
    if (!code) code = shape_words_compile(c, p, n, &r->own);
    return code ? code : shapes_compile(c, p, yaml_get(n, "shapes"), &r->shapes);
}

static int compile_alert(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                         struct reader *r)
{
    static const char *const keys[] = {"each",       "present",  "absent",   "match", "at",
                                       "account_id", "template", "language", "level", "reason",
                                       "note",       "keep",     "shapes",   NULL};
    const struct selector_row rows[] = {{"account_id", &r->account_id},
                                        {"template", &r->template_name},
                                        {"language", &r->template_language}};
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_common(c, n, r);
    if (!code) code = selectors_compile(c, n, rows, COUNT_OF(rows));
    if (!code) code = shape_words_compile(c, p, n, &r->own);
    return code ? code : shapes_compile(c, p, yaml_get(n, "shapes"), &r->shapes);
}

static int compile_list(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                        int (*one)(const struct compiler *, struct provider *,
                                   const struct yaml_node *, struct reader *),
                        struct reader *readers, size_t *ret_count)
{
    if (n && (yaml_kind_of(n) != YAML_SEQUENCE || yaml_count(n) > PROVIDER_READERS_MAX))
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected a list of at most %d readers",
                          PROVIDER_READERS_MAX);
    for (; *ret_count < yaml_count(n); (*ret_count)++) {
        int code = one(c, p, yaml_at(n, *ret_count), &readers[*ret_count]);
        if (code) return code;
    }
    return 0;
}

int readers_compile(const struct compiler *c, struct provider *p, const struct yaml_node *root)
{
    int code = compile_list(c, p, yaml_get(root, "receipts"), compile_receipt, p->receipts,
                            &p->receipt_count);
    if (!code)
        code = compile_list(c, p, yaml_get(root, "inbound"), compile_inbound, p->inbound,
                            &p->inbound_count);
    if (!code)
        code =
            compile_list(c, p, yaml_get(root, "alerts"), compile_alert, p->alerts, &p->alert_count);
    return code;
}
