/* Binds a provider's description to one account. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "private.h"
#include "core/signature.h"

enum {
    CONSTANT_BYTES_MAX = 16 * 1024,
    ANSWER_BYTES = 16 * 1024,      /* ids and codes of one answer */
    VERIFY_BYTES = 64 * 1024,      /* one query string */
    LOOKUP_BYTES = 256 * 1024,     /* addresses and ids of a page of messages */
    EVENT_BYTES = 16 * 1024 * 1024 /* a webhook's body, decoded and cleaned, with its pairs */
};

/* ---- account */

static void join_required(const struct provider *p, struct buf *out)
{
    for (size_t i = 0; i < p->key_count; i++)
        if (p->keys[i].public.required)
            buf_addf(out, "%s%s", out->n ? ", " : "", p->keys[i].public.name);
}

static int missing_key(const struct provider *p, const struct gateway_config *config,
                       const char *key, struct err *e)
{
    struct buf needs = BUF_INIT(512);
    join_required(p, &needs);
    int code = err_set(e, ERR_INVALID, "gateways.%s.account: '%s' is missing; %s needs %s",
                       config->name, key, p->title.p, needs.n ? needs.p : key);
    buf_done(&needs);
    return code;
}

static int unknown_key(const struct provider *p, const struct gateway_config *config,
                       const char *key, struct err *e)
{
    struct buf known = BUF_INIT(512);
    for (size_t i = 0; i < p->key_count; i++)
        buf_addf(&known, "%s%s", i ? ", " : "", p->keys[i].public.name);
    int code = err_set(e, ERR_INVALID, "gateways.%s.account: unknown key '%s'; %s knows %s",
                       config->name, key, p->title.p, known.n ? known.p : "none");
    buf_done(&known);
    return code;
}

static const char *configured(const struct gateway_config *config, const char *key)
{
    for (size_t i = 0; i < config->account_count; i++)
        if (strcmp(config->account[i].key, key) == 0 && config->account[i].value[0])
            return config->account[i].value;
    return NULL;
}

static bool has_control(const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) return true;
    return false;
}

static int bind_key(struct gateway *g, const struct gateway_config *config, size_t i, struct err *e)
{
    const struct account_key *key = &g->p->keys[i];
    const char *value = configured(config, key->public.name);
    char made[TOKEN_DERIVED_CHARS + 1];
    if (!value && key->derived && config->secret) {
        token_derive(slice_of(config->secret), slice_of(config->name), made);
        value = made;
    }
    if (!value && (key->public.required || key->derived))
        return missing_key(g->p, config, key->public.name, e);
    if (!value) value = key->public.fallback;
    if (has_control(value))
        return err_set(
            e, ERR_INVALID,
            "gateways.%s.account: '%s' holds a control character; look for a line break in it",
            config->name, key->public.name);
    g->account[i] = xstrdup(value);
    return 0;
}

static int bind_account(struct gateway *g, const struct gateway_config *config, struct err *e)
{
    for (size_t i = 0; i < config->account_count; i++)
        if (provider_key_index(g->p, slice_of(config->account[i].key)) < 0)
            return unknown_key(g->p, config, config->account[i].key, e);
    for (size_t i = 0; i < g->p->key_count; i++) {
        int code = bind_key(g, config, i, e);
        if (code) return code;
    }
    return 0;
}

/* ---- head */

static int bind_channel(struct gateway *g, const struct gateway_config *config, struct err *e)
{
    struct slice text = slice_of(config->channel);
    if (slice_is(text, "sms")) g->channel = CHANNEL_SMS;
    if (slice_is(text, "whatsapp")) g->channel = CHANNEL_WHATSAPP;
    if (g->channel && (g->p->channels & g->channel)) return 0;
    return err_set(e, ERR_INVALID, "gateways.%s.channel: %s cannot do '%s'; it does %s",
                   config->name, g->p->title.p, config->channel,
                   g->p->channels == CHANNEL_SMS        ? "sms"
                   : g->p->channels == CHANNEL_WHATSAPP ? "whatsapp"
                                                        : "sms and whatsapp");
}

static char *without_slash(struct slice url)
{
    while (slice_ends(url, "/"))
        url.n--;
    return slice_strdup(url);
}

static int check_url(const struct gateway_config *config, const char *key, const char *url,
                     struct err *e)
{
    bool good = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    for (const char *c = url; *c; c++)
        good &= (unsigned char)*c > 0x20 && *c != 0x7f;
    if (good) return 0;
    return err_set(e, ERR_INVALID, "gateways.%s: %s is not an http:// or https:// address",
                   config->name, key);
}

static int bind_head(struct gateway *g, const struct gateway_config *config, struct err *e)
{
    bool own = config->base_url && config->base_url[0];
    g->name = xstrdup(config->name);
    g->channel_text = xstrdup(config->channel);
    g->base_url = without_slash(own ? slice_of(config->base_url) : g->p->base_url);
    g->public_url = without_slash(slice_of(config->public_url));
    int code = bind_channel(g, config, e);
    if (!code) code = check_url(config, "base_url", g->base_url, e);
    if (!code) code = check_url(config, "public_url", g->public_url, e);
    return code;
}

/* ---- constants */

static int render_constant(struct gateway *g, const struct field *f, char **ret, struct err *e)
{
    struct render r = {.g = g};
    struct buf out = BUF_INIT(CONSTANT_BYTES_MAX);
    if (!f->value) return 0;
    int code = render_field(&r, f, &out, e);
    if (!code) *ret = slice_strdup(buf_slice(&out));
    buf_done(&out);
    return code;
}

static int bind_headers(struct gateway *g, struct err *e)
{
    const struct send_description *s = &g->p->send;
    for (size_t i = 0; i < s->header_count; i++) {
        char *value = NULL;
        int code = render_constant(g, &s->headers[i], &value, e);
        if (code) return code;
        struct buf line = BUF_INIT(CONSTANT_BYTES_MAX);
        buf_addf(&line, "%.*s: %s", SLICE_ARG(s->headers[i].name), value);
        g->headers[i] = slice_strdup(buf_slice(&line));
        buf_done(&line);
        free(value);
    }
    if (s->body != BODY_NONE)
        g->headers[s->header_count] =
            xstrdup(s->body == BODY_JSON ? "Content-Type: application/json"
                                         : "Content-Type: application/x-www-form-urlencoded");
    return 0;
}

static int bind_field(struct gateway *g, const struct field *f, struct bound_field *ret,
                      struct err *e)
{
    struct buf pair = BUF_INIT(CONSTANT_BYTES_MAX);
    char *value = NULL;
    ret->field = f;
    form_encode(&pair, f->name);
    buf_add_char(&pair, '=');
    ret->prefix = slice_strdup(buf_slice(&pair));
    int code = f->constant ? render_constant(g, f, &value, e) : 0;
    if (!code && f->constant) {
        form_encode(&pair, slice_of(value));
        ret->ready = value[0] || f->keep_empty ? slice_strdup(buf_slice(&pair)) : xstrdup("");
    }
    free(value);
    buf_done(&pair);
    return code;
}

static int bind_lookup(struct gateway *g, struct err *e)
{
    const struct lookup_description *l = &g->p->lookup;
    int code = render_constant(g, &l->url, &g->lookup_url, e);
    for (size_t i = 0; i < l->query_count && !code; i++)
        code = bind_field(g, &l->query[i], &g->lookup_query[i], e);
    for (size_t i = 0; i < g->p->send.header_count; i++)
        g->lookup_headers[i] = g->headers[i];
    return code;
}

static int bind_send(struct gateway *g, struct err *e)
{
    const struct send_description *s = &g->p->send;
    int code = render_constant(g, &s->url, &g->url, e);
    if (!code) code = render_constant(g, &g->p->hook_url, &g->hook_url, e);
    if (!code) code = render_constant(g, &s->basic_user, &g->basic_user, e);
    if (!code) code = render_constant(g, &s->basic_password, &g->basic_password, e);
    if (!code) code = bind_headers(g, e);
    for (size_t i = 0; i < s->form_count && !code; i++)
        code = bind_field(g, &s->form[i], &g->form[i], e);
    for (size_t i = 0; i < s->query_count && !code; i++)
        code = bind_field(g, &s->query[i], &g->query[i], e);
    return code;
}

/* ---- rehearsal: a body that does not become JSON would fail with every message */

static int try_message(struct gateway *g, const struct outgoing *msg, struct err *e)
{
    struct http_send send;
    json_error_t where;
    int code = gateway_build(g, msg, &send, e);
    if (code || g->p->send.body != BODY_JSON) return code;
    json_t *json = json_loadb(send.body.p, send.body.n, JSON_REJECT_DUPLICATES, &where);
    if (!json)
        return err_set(e, ERR_INVALID, "%s: send.json gives no JSON (%s, line %d of the body)",
                       g->p->title.p, where.text, where.line);
    json_decref(json);
    return 0;
}

static int try_messages(struct gateway *g, struct err *e)
{
    static const struct outgoing_param params[] = {{.value = {"a \"b\"\n", 6}},
                                                   {.name = {"n", 1}, .value = {"\\", 1}}};
    struct outgoing msg = {.to = SLICE_LIT("+447700900123"),
                           .from = SLICE_LIT("+447700900000"),
                           .text = SLICE_LIT("say \"hi\"\\\n"),
                           .ref = SLICE_LIT("AAAAAQAAAAJbd2__yLltUQ"),
                           .validity_s = 60};
    int code = try_message(g, &msg, e);
    msg.template_name = SLICE_LIT("reminder");
    msg.template_language = SLICE_LIT("en_GB");
    if (!code) code = try_message(g, &msg, e);
    msg.params = params;
    msg.param_count = COUNT_OF(params);
    if (!code) code = try_message(g, &msg, e);
    msg.to = SLICE_LIT("~GB.1349\"");
    if (!code && gateway_takes_user_id(g)) code = try_message(g, &msg, e);
    return code;
}

/* ---- life */

static void make_room(struct gateway *g)
{
    struct buf *bufs[] = {&g->request_url, &g->body, &g->value,       &g->to,
                          &g->to_user_id,  &g->from, &g->receipt_url, &g->utf16};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        buf_init(bufs[i], GATEWAY_REQUEST_BYTES_MAX);
    for (size_t i = 0; i < GATEWAY_PARAMS_MAX; i++)
        snprintf(g->params[i].position, sizeof g->params[i].position, "%u",
                 (unsigned)(i + 1) % 1000);
    g->answer_arena = arena_new(ANSWER_BYTES);
    g->verify_arena = arena_new(VERIFY_BYTES);
    g->lookup_arena = arena_new(LOOKUP_BYTES);
    g->event_arena = arena_new(EVENT_BYTES);
}

int gateway_new(const struct provider *p, const struct gateway_config *config, struct gateway **ret,
                struct err *e)
{
    struct gateway *g = xcalloc(1, sizeof *g);
    g->p = p;
    make_room(g);
    int code = bind_head(g, config, e);
    if (!code) code = bind_account(g, config, e);
    if (!code) code = bind_send(g, e);
    if (!code) code = bind_lookup(g, e);
    if (!code) code = try_messages(g, e);
    if (code) {
        gateway_free(g);
        return config->place && e ? err_prefix(e, "%s", config->place) : code;
    }
    *ret = g;
    return 0;
}

static void free_fields(struct bound_field *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].prefix);
        free(list[i].ready);
    }
}

static void free_texts(struct gateway *g)
{
    char *texts[] = {g->name,     g->channel_text, g->base_url,       g->public_url, g->url,
                     g->hook_url, g->basic_user,   g->basic_password, g->lookup_url};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < COUNT_OF(g->account); i++)
        free(g->account[i]);
    for (size_t i = 0; i < COUNT_OF(g->headers); i++)
        free(g->headers[i]);
}

void gateway_free(struct gateway *g)
{
    if (!g) return;
    struct buf *bufs[] = {&g->request_url, &g->body, &g->value,       &g->to,
                          &g->to_user_id,  &g->from, &g->receipt_url, &g->utf16};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        buf_done(bufs[i]);
    free_fields(g->form, COUNT_OF(g->form));
    free_fields(g->query, COUNT_OF(g->query));
    free_fields(g->lookup_query, COUNT_OF(g->lookup_query));
    free_texts(g);
    arena_free(g->answer_arena);
    arena_free(g->verify_arena);
    arena_free(g->lookup_arena);
    arena_free(g->event_arena);
    free(g);
}

bool gateway_takes_user_id(const struct gateway *g)
{
    return g->p->takes_user_id && (g->p->numbers.user_ids & g->channel);
}

const char *gateway_hook_url(const struct gateway *g)
{
    return g->hook_url ? g->hook_url : "";
}
