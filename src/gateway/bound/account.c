/* What a person does with an account: asks the provider whether it is right (the section `probe`),
 * and enters our addresses at the provider (`setup`). Both happen now and then, so everything is
 * rendered when it is asked for. */
#include "private.h"

/* ---- compiling */

int probe_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    static const char *const keys[] = {"url", "query", "rules", NULL};
    struct probe_description *probe = &p->probe;
    const struct yaml_node *url = NULL, *rules = NULL;
    if (!n) return 0;
    probe->url.escape = TEMPLATE_ESCAPE_URL;
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = compile_required(c, n, "url", &url);
    if (!code) code = constant_compile(c, p, url, &probe->url);
    if (!code)
        code = fields_compile(c, p, yaml_get(n, "query"), true, probe->query, &probe->query_count);
    if (!code) code = compile_required(c, n, "rules", &rules);
    return code ? code : rules_compile(c, rules, true, &probe->rules);
}

int setup_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    p->setup.escape = TEMPLATE_ESCAPE_NONE;
    return n ? constant_compile(c, p, n, &p->setup) : 0;
}

/* ---- is the account right? */

bool gateway_has_probe(const struct gateway *g)
{
    return g->p->probe.url.value != NULL;
}

static int add_query(const struct render *r, struct err *e)
{
    const struct probe_description *probe = &r->g->p->probe;
    struct buf *out = &r->g->request_url, *value = &r->g->value;
    char separator = strchr(out->p, '?') ? '&' : '?';
    for (size_t i = 0; i < probe->query_count; i++) {
        buf_clear(value);
        int code = render_field(r, &probe->query[i], value, e);
        if (code) return code;
        buf_add_char(out, separator);
        form_encode(out, probe->query[i].name);
        buf_add_char(out, '=');
        form_encode(out, buf_slice(value));
        separator = '&';
    }
    return 0;
}

int gateway_probe_build(struct gateway *g, struct http_send *ret, struct err *e)
{
    const struct render r = {.g = g};
    check(gateway_has_probe(g));
    buf_clear(&g->request_url);
    int code = render_field(&r, &g->p->probe.url, &g->request_url, e);
    if (!code) code = add_query(&r, e);
    if (code) return code;
    if (render_overflowed(g)) return err_set(e, ERR_LIMIT, "the probe's address is too long");
    *ret = (struct http_send){.method = "GET",
                              .url = g->request_url.p,
                              .headers = g->lookup_headers,
                              .basic_user = g->basic_user,
                              .basic_password = g->basic_password};
    return 0;
}

/* ---- what is to be entered at the provider */

int gateway_setup(struct gateway *g, struct buf *out, struct err *e)
{
    const struct render r = {.g = g, .shown = true};
    return g->p->setup.value ? render_field(&r, &g->p->setup, out, e) : 0;
}
