/* Compiles the section `send`: templates over account and message, checked for names that nothing
 * gives. */
#include "description.h"

#include <ctype.h>

/* What a template may use. The first group is the same for every message of a gateway. */
static const char *const CONSTANT_NAMES[] = {"account", "base_url", "public_url", "gateway",
                                             "channel", "hook_url", NULL};
static const char *const MESSAGE_NAMES[] = {"to",           "to_user_id", "from",     "text",
                                            "text_utf16be", "ucs2",       "ref",      "validity",
                                            "params",       "has_params", "template", "receipt_url",
                                            "lane",         "reply",      "reminder", NULL};
/* Inside the sections `template` and `params`. */
static const char *const INNER_NAMES[] = {"name", "language", "key", "value", "last", NULL};

static bool is_listed(struct slice name, const char *const *names)
{
    for (; *names; names++)
        if (slice_is(name, *names)) return true;
    return false;
}

struct name_check {
    struct slice unknown;
    bool constant, user_id;
};

static void check_name(void *arg, struct slice name, unsigned uses)
{
    struct name_check *check = arg;
    (void)uses;
    if (is_listed(name, CONSTANT_NAMES)) return;
    check->constant = false;
    check->user_id |= slice_is(name, "to_user_id");
    if (!is_listed(name, MESSAGE_NAMES) && !is_listed(name, INNER_NAMES)) check->unknown = name;
}

/* A misspelt account key would be an empty text without a word, so the names behind "account." are
 * looked for in the source. */
static int check_account_names(const struct compiler *c, const struct provider *p,
                               const struct yaml_node *n)
{
    static const char MARK[] = "account.";
    const char *at = yaml_text(n).p;
    while ((at = strstr(at, MARK)) != NULL) {
        at += sizeof MARK - 1;
        size_t length = 0;
        while (isalnum((unsigned char)at[length]) || at[length] == '_')
            length++;
        if (provider_key_index(p, slice_make(at, length)) < 0)
            return yaml_error(c->doc, n, ERR_INVALID, c->e,
                              "the account has no key '%.*s'; add it to 'account'", (int)length,
                              at);
    }
    return 0;
}

int template_keep(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                  struct template **ret)
{
    struct err inner = {0};
    struct template *t = NULL;
    if (yaml_kind_of(n) != YAML_SCALAR)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected a template");
    if (p->template_count == COUNT_OF(p->templates))
        return yaml_error(c->doc, n, ERR_LIMIT, c->e, "too many templates");
    int code = template_compile(yaml_text(n), "template", NULL, &t, &inner);
    if (code) return yaml_error(c->doc, n, code, c->e, "%s", inner.text);
    p->templates[p->template_count++] = t;
    *ret = t;
    return 0;
}

static int compile_template(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                            struct field *ret)
{
    struct template *t = NULL;
    int code = template_keep(c, p, n, &t);
    if (code) return code;
    struct name_check check = {.constant = true};
    template_fields(t, NULL, check_name, &check);
    if (check.unknown.n)
        return yaml_error(c->doc, n, ERR_INVALID, c->e,
                          "no message has a '%.*s'; see docs/PROVIDERS.md",
                          SLICE_ARG(check.unknown));
    ret->value = t;
    ret->constant = check.constant;
    p->takes_user_id |= check.user_id;
    return check_account_names(c, p, n);
}

/* A value that is the same for all messages: headers and credentials are rendered once. */
int constant_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                     struct field *ret)
{
    int code = compile_template(c, p, n, ret);
    if (!code && !ret->constant)
        code =
            yaml_error(c->doc, n, ERR_INVALID, c->e,
                       "only account, base_url, public_url, gateway and channel can be used here");
    return code;
}

static int compile_field_options(const struct compiler *c, const struct yaml_node *n,
                                 struct field *f)
{
    static const char *const keys[] = {"value", "escape", "empty", NULL};
    const struct yaml_node *escape = yaml_get(n, "escape"), *empty = yaml_get(n, "empty");
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code && escape && !template_escape_from_string(yaml_text(escape).p, &f->escape))
        code = yaml_error(c->doc, escape, ERR_INVALID, c->e, "escape is none, html, url or json");
    f->keep_empty = slice_is(yaml_text(empty), "keep");
    if (!code && empty && !f->keep_empty && !slice_is(yaml_text(empty), "omit"))
        code = yaml_error(c->doc, empty, ERR_INVALID, c->e, "empty is omit or keep");
    return code;
}

static int compile_field(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                         struct field *f)
{
    if (yaml_kind_of(n) != YAML_MAPPING) return compile_template(c, p, n, f);
    const struct yaml_node *value = NULL;
    int code = compile_field_options(c, n, f);
    if (!code) code = compile_required(c, n, "value", &value);
    return code ? code : compile_template(c, p, value, f);
}

/* Pairs of name and template; `constant` for headers. */
int fields_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                   bool constant, struct field *list, size_t *ret_count)
{
    size_t count = yaml_count(n);
    if (n && yaml_kind_of(n) != YAML_MAPPING)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected name: template lines");
    if (count > PROVIDER_FIELDS_MAX)
        return yaml_error(c->doc, n, ERR_LIMIT, c->e, "too many of them");
    for (size_t i = 0; i < count; i++) {
        list[i].name = yaml_key_at(n, i);
        int code = constant ? constant_compile(c, p, yaml_at(n, i), &list[i])
                            : compile_field(c, p, yaml_at(n, i), &list[i]);
        if (code) return code;
    }
    *ret_count = count;
    return 0;
}

static int compile_basic(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const keys[] = {"user", "password", NULL};
    const struct yaml_node *user = NULL, *password = NULL;
    if (!n) return 0;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "user", &user);
    if (!code) code = compile_required(c, n, "password", &password);
    if (!code) code = constant_compile(c, p, user, &p->send.basic_user);
    if (!code) code = constant_compile(c, p, password, &p->send.basic_password);
    return code;
}

static int compile_body(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    struct send_description *s = &p->send;
    const struct yaml_node *form = yaml_get(n, "form"), *json = yaml_get(n, "json");
    if (form && json)
        return yaml_error(c->doc, json, ERR_INVALID, c->e,
                          "a request has a form or a json body, not both");
    s->body = form ? BODY_FORM : json ? BODY_JSON : BODY_NONE;
    s->json.escape = TEMPLATE_ESCAPE_JSON;
    int code = fields_compile(c, p, form, false, s->form, &s->form_count);
    if (!code && json) code = compile_template(c, p, json, &s->json);
    if (!code) code = fields_compile(c, p, yaml_get(n, "query"), false, s->query, &s->query_count);
    return code;
}

static int compile_method(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    p->send.method = yaml_text(n);
    if (slice_is(p->send.method, "GET") || slice_is(p->send.method, "POST")) return 0;
    return yaml_error(c->doc, n, ERR_INVALID, c->e, "method is GET or POST");
}

/* Where the provider finds us. */
static int compile_own_urls(const struct compiler *c, struct provider *p,
                            const struct yaml_node *root)
{
    const struct yaml_node *receipt_url = yaml_get(root, "receipt_url"),
                           *hook_url = yaml_get(root, "hook_url");
    p->receipt_url.escape = p->hook_url.escape = TEMPLATE_ESCAPE_URL;
    int code = receipt_url ? compile_template(c, p, receipt_url, &p->receipt_url) : 0;
    return !code && hook_url ? constant_compile(c, p, hook_url, &p->hook_url) : code;
}

int send_compile(const struct compiler *c, struct provider *p, const struct yaml_node *root)
{
    static const char *const keys[] = {"method", "url",  "basic", "headers",
                                       "form",   "json", "query", NULL};
    const struct yaml_node *n = NULL, *method = NULL, *url = NULL;
    p->send.url.escape = TEMPLATE_ESCAPE_URL;
    int code = compile_own_urls(c, p, root);
    if (!code) code = compile_required(c, root, "send", &n);
    if (!code) code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "method", &method);
    if (!code) code = compile_method(c, p, method);
    if (!code) code = compile_required(c, n, "url", &url);
    if (!code) code = constant_compile(c, p, url, &p->send.url);
    if (!code) code = compile_basic(c, p, yaml_get(n, "basic"));
    if (!code)
        code = fields_compile(c, p, yaml_get(n, "headers"), true, p->send.headers,
                              &p->send.header_count);
    if (!code) code = compile_body(c, p, n);
    return code;
}
