#include "template.h"

#include <stdlib.h>

#include "core/json.h"
#include "core/parts.h"
#include "core/template.h"
#include "flow/message.h"
#include "gateway/gateway.h"

/* of a text that has no other: nothing is chosen by it */
static const char inline_language[] = "en";

struct reading {
    const struct yaml_doc *d;
    bool smart;
    struct err *e;
};

static int fail(const struct reading *r, const struct yaml_node *at, const char *what)
{
    return yaml_error(r->d, at, ERR_INVALID, r->e, "%s", what);
}

/* A scalar that says something, as a template that compiles. */
static int check_source(const struct reading *r, const struct yaml_node *n, const char *what)
{
    struct template *t;
    struct err inner;
    if (yaml_kind_of(n) != YAML_SCALAR || slice_trim(yaml_text(n)).n == 0)
        return yaml_error(r->d, n, ERR_INVALID, r->e, "%s: a text is needed", what);
    if (template_compile(yaml_text(n), what, &message_partials, &t, &inner) < 0)
        return yaml_error(r->d, n, ERR_SYNTAX, r->e, "%s", inner.text);
    template_free(t);
    return 0;
}

/* *ret = {"text": …} */
static int read_text(const struct reading *r, const struct yaml_node *n, json_t **ret)
{
    int rc = check_source(r, n, "text");
    if (rc < 0) return rc;
    struct buf smart = BUF_INIT(TEMPLATE_SOURCE_BYTES_MAX);
    if (r->smart) parts_smart(yaml_text(n), &smart);
    *ret = json_pack("{s:o}", "text", json_text(r->smart ? buf_slice(&smart) : yaml_text(n)));
    if (smart.failed) rc = fail(r, n, "text: too long");
    buf_done(&smart);
    return rc;
}

/* ---- a template that the provider holds ---- */

/* "{{x}}", or {name: …, value: "{{x}}"}. */
static int read_param(const struct reading *r, const struct yaml_node *n, json_t *list)
{
    static const char *const keys[] = {"name", "value", NULL};
    const struct yaml_node *value = n, *name = NULL;
    if (yaml_kind_of(n) == YAML_MAPPING) {
        int rc = yaml_only_keys(r->d, n, keys, r->e);
        if (rc < 0) return rc;
        name = yaml_get(n, "name");
        value = yaml_get(n, "value");
        if (yaml_text(name).n == 0)
            return fail(r, n, "a parameter is a text, or {name: …, value: …}");
    }
    int rc = check_source(r, value ? value : n, "a parameter");
    if (rc < 0) return rc;
    json_t *param = json_text(yaml_text(value));
    if (name) param = json_pack("{s:o,s:o}", "name", json_text(yaml_text(name)), "value", param);
    json_list_add(list, param);
    return 0;
}

static int read_params(const struct reading *r, const struct yaml_node *n, json_t *held)
{
    json_t *list = json_array();
    json_put(held, "params", list);
    if (yaml_is_null(n)) return 0;
    if (yaml_kind_of(n) != YAML_SEQUENCE)
        return fail(r, n, "params: a list of texts is needed, such as [\"{{first_name}}\"]");
    if (yaml_count(n) > GATEWAY_PARAMS_MAX)
        return yaml_error(r->d, n, ERR_LIMIT, r->e, "params: at most %d", GATEWAY_PARAMS_MAX);
    for (size_t i = 0; i < yaml_count(n); i++) {
        int rc = read_param(r, yaml_at(n, i), list);
        if (rc < 0) return rc;
    }
    return 0;
}

static int read_held(const struct reading *r, const struct yaml_node *n, json_t **ret)
{
    static const char *const keys[] = {"template", "language", "params", NULL};
    int rc = yaml_only_keys(r->d, n, keys, r->e);
    if (rc < 0) return rc;
    const struct yaml_node *name = yaml_get(n, "template"), *language = yaml_get(n, "language");
    if (yaml_text(name).n == 0)
        return fail(r, name, "template: the name of a template that the provider holds");
    *ret = json_pack("{s:o}", "template", json_text(yaml_text(name)));
    if (yaml_text(language).n) json_put(*ret, "language", json_text(yaml_text(language)));
    return read_params(r, yaml_get(n, "params"), *ret);
}

/* ---- channels and languages ---- */

/* One language: a text, {text: …} or {template: …}. *ret is to be freed also after an error. */
static int read_variant(const struct reading *r, const struct yaml_node *n, json_t **ret)
{
    static const char *const keys[] = {"text", NULL};
    if (yaml_kind_of(n) == YAML_SCALAR) return read_text(r, n, ret);
    if (yaml_get(n, "template")) return read_held(r, n, ret);
    int rc = yaml_only_keys(r->d, n, keys, r->e);
    if (rc < 0) return rc;
    return read_text(r, yaml_get(n, "text") ? yaml_get(n, "text") : n, ret);
}

static int read_channel(const struct reading *r, const struct yaml_node *root, const char *channel,
                        json_t *message)
{
    const struct yaml_node *n = yaml_get(root, channel);
    if (!n) return 0;
    if (yaml_kind_of(n) != YAML_MAPPING)
        return yaml_error(
            r->d, n, ERR_INVALID, r->e,
            "%s: a message by language is needed, such as `en: \"Hi {{first_name}}\"`", channel);
    json_t *variants = json_object();
    json_put(message, channel, variants);
    for (size_t i = 0; i < yaml_count(n); i++) {
        json_t *variant = NULL;
        int rc = read_variant(r, yaml_at(n, i), &variant);
        struct slice language = yaml_key_at(n, i);
        if (rc == 0)
            check(json_object_setn_new(variants, language.p, language.n, json_incref(variant)) ==
                  0);
        json_decref(variant);
        if (rc < 0) return rc;
    }
    return 0;
}

/* Which language somebody gets whose own is not there. */
static int read_default(const struct reading *r, const struct yaml_node *root, json_t *message)
{
    const struct yaml_node *n = yaml_get(root, "default");
    struct slice language = yaml_text(n);
    const char *channel;
    json_t *variants;
    json_object_foreach(message, channel, variants)
    {
        if (json_object_size(variants) == 0)
            return yaml_error(r->d, yaml_get(root, channel), ERR_INVALID, r->e, "%s: no language",
                              channel);
        if (language.n == 0 && json_object_size(variants) > 1)
            return yaml_error(r->d, yaml_get(root, channel), ERR_INVALID, r->e,
                              "%s has several languages: say who gets which with `default:`, the "
                              "one for everybody else",
                              channel);
        if (language.n && !json_object_getn(variants, language.p, language.n))
            return yaml_error(r->d, n, ERR_INVALID, r->e, "default: %s has no '%.*s'", channel,
                              SLICE_ARG(language));
    }
    if (language.n) json_put(message, "default", json_text(language));
    return 0;
}

/* ---- for the volunteers ---- */

static int read_list(const struct reading *r, const struct yaml_node *root, const char *key,
                     const char *example,
                     int (*read_item)(const struct reading *r, const struct yaml_node *n,
                                      json_t *list),
                     json_t *message)
{
    const struct yaml_node *n = yaml_get(root, key);
    if (yaml_is_null(n)) return 0;
    if (yaml_kind_of(n) != YAML_SEQUENCE)
        return yaml_error(r->d, n, ERR_INVALID, r->e, "%s: a list is needed, such as %s", key,
                          example);
    json_t *list = json_array();
    json_put(message, key, list);
    for (size_t i = 0; i < yaml_count(n); i++) {
        int rc = read_item(r, yaml_at(n, i), list);
        if (rc < 0) return rc;
    }
    return 0;
}

static int read_shown(const struct reading *r, const struct yaml_node *n, json_t *list)
{
    if (yaml_kind_of(n) != YAML_SCALAR || yaml_text(n).n == 0)
        return fail(r, n, "show: the name of a column is needed");
    json_list_add(list, json_text(yaml_text(n)));
    return 0;
}

/* A text, or {tag: …, text: …}. */
static int read_suggestion(const struct reading *r, const struct yaml_node *n, json_t *list)
{
    static const char *const keys[] = {"tag", "text", NULL};
    const struct yaml_node *text = n, *tag = NULL;
    if (yaml_kind_of(n) == YAML_MAPPING) {
        int rc = yaml_only_keys(r->d, n, keys, r->e);
        if (rc < 0) return rc;
        tag = yaml_get(n, "tag");
        text = yaml_get(n, "text");
    }
    int rc = check_source(r, text ? text : n, "a suggestion");
    if (rc < 0) return rc;
    json_t *one = json_pack("{s:o}", "text", json_text(yaml_text(text)));
    if (!yaml_is_null(tag)) json_put(one, "tag", json_text(yaml_text(tag)));
    json_list_add(list, one);
    return 0;
}

static int read_aside(const struct reading *r, const struct yaml_node *root, json_t *message)
{
    int rc = read_list(r, root, "show", "[first_name]", read_shown, message);
    if (rc < 0) return rc;
    return read_list(r, root, "suggestions", "[{tag: question, text: \"It is at the hall.\"}]",
                     read_suggestion, message);
}

int campaign_template_aside(const struct yaml_doc *d, const struct yaml_node *root, json_t *message,
                            struct err *e)
{
    return read_aside(&(struct reading){.d = d, .e = e}, root, message);
}

static int read_whole(const struct reading *r, const struct yaml_node *root, json_t *message)
{
    static const char *const keys[] = {"default", "sms", "whatsapp", "show", "suggestions", NULL};
    const struct reading as_is = {.d = r->d, .e = r->e}; /* WhatsApp counts no parts */
    int rc = yaml_only_keys(r->d, root, keys, r->e);
    if (rc == 0 && !yaml_get(root, "sms") && !yaml_get(root, "whatsapp"))
        rc = fail(r, root, "a template needs `sms:` or `whatsapp:`");
    if (rc == 0) rc = read_channel(r, root, "sms", message);
    if (rc == 0) rc = read_channel(&as_is, root, "whatsapp", message);
    if (rc == 0) rc = read_default(r, root, message);
    return rc < 0 ? rc : read_aside(r, root, message);
}

int campaign_template_load(const char *path, bool smart, json_t **ret, struct err *e)
{
    struct yaml_doc *d;
    int rc = yaml_load(path, &d, e);
    if (rc < 0) return rc;
    rc = campaign_template_here(d, yaml_root(d), smart, ret, e);
    yaml_doc_free(d);
    return rc;
}

int campaign_template_here(const struct yaml_doc *d, const struct yaml_node *root, bool smart,
                           json_t **ret, struct err *e)
{
    json_t *message = json_object();
    int rc = read_whole(&(struct reading){d, smart, e}, root, message);
    if (rc < 0)
        json_decref(message);
    else
        *ret = message;
    return rc;
}

int campaign_template_text(const struct yaml_doc *d, const struct yaml_node *text, bool smart,
                           json_t **ret, struct err *e)
{
    json_t *variant = NULL;
    int rc = read_text(&(struct reading){d, smart, e}, text, &variant);
    if (rc == 0)
        *ret =
            json_pack("{s:s,s:{s:O}}", "default", inline_language, "sms", inline_language, variant);
    json_decref(variant);
    return rc;
}
