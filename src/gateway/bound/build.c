/* Builds requests. What is the same for every message (URL, headers, credentials, most form fields)
 * was rendered when the gateway was made; per message only the rest is rendered, into buffers that
 * are used again. */
#include <stdio.h>

#include "private.h"

/* [the provider's unit], rounded down so that nothing arrives late, but never below its minimum. */
bool gateway_has_validity(const struct gateway *g)
{
    return g->p->validity.unit_s > 0;
}

static void set_validity(struct render *r)
{
    const struct validity_format *v = &r->g->p->validity;
    r->validity[0] = '\0';
    if (v->unit_s == 0 || r->msg->validity_s <= 0) return;
    int64_t units = r->msg->validity_s / v->unit_s;
    if (units < v->min) units = v->min;
    if (units > v->max) units = v->max;
    snprintf(r->validity, sizeof r->validity, "%lld", (long long)units);
}

static int add_pair(struct render *r, const struct bound_field *b, struct buf *out, char *separator,
                    struct err *e)
{
    struct buf *value = &r->g->value;
    size_t start = out->n;
    if (b->ready && !b->ready[0]) return 0;
    if (*separator) buf_add_char(out, *separator);
    if (b->ready) {
        buf_add_cstr(out, b->ready);
    } else {
        buf_clear(value);
        int code = render_field(r, b->field, value, e);
        if (code) return code;
        if (value->n == 0 && !b->field->keep_empty) {
            out->n = start;
            return 0;
        }
        buf_add_cstr(out, b->prefix);
        form_encode(out, buf_slice(value));
    }
    *separator = '&';
    return 0;
}

int render_pairs(struct render *r, const struct bound_field *list, size_t count, struct buf *out,
                 char separator, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        int code = add_pair(r, &list[i], out, &separator, e);
        if (code) return code;
    }
    return 0;
}

static int build_url(struct render *r, struct err *e)
{
    struct gateway *g = r->g;
    if (g->p->send.query_count == 0) return 0;
    buf_clear(&g->request_url);
    buf_add_cstr(&g->request_url, g->url);
    return render_pairs(r, g->query, g->p->send.query_count, &g->request_url,
                        strchr(g->url, '?') ? '&' : '?', e);
}

static int build_body(struct render *r, struct err *e)
{
    struct gateway *g = r->g;
    const struct send_description *s = &g->p->send;
    buf_clear(&g->body);
    if (s->body == BODY_JSON) return render_field(r, &s->json, &g->body, e);
    return render_pairs(r, g->form, s->form_count, &g->body, 0, e);
}

static int build_receipt_url(struct render *r, struct err *e)
{
    buf_clear(&r->g->receipt_url);
    if (!r->g->p->receipt_url.value) return 0;
    return render_field(r, &r->g->p->receipt_url, &r->g->receipt_url, e);
}

static int check_message(const struct outgoing *msg, struct err *e)
{
    if (msg->to.n == 0 || slice_is(msg->to, "~"))
        return err_set(e, ERR_INVALID, "the message has no recipient");
    if (msg->param_count > GATEWAY_PARAMS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d template parameters", GATEWAY_PARAMS_MAX);
    bool good = slice_is_utf8(msg->text, NULL);
    for (size_t i = 0; i < msg->param_count && good; i++)
        good = slice_is_utf8(msg->params[i].value, NULL);
    return good ? 0 : err_set(e, ERR_INVALID, "the text is not UTF-8");
}

bool render_overflowed(const struct gateway *g)
{
    return g->request_url.failed || g->body.failed || g->value.failed || g->to.failed ||
           g->to_user_id.failed || g->from.failed || g->receipt_url.failed || g->utf16.failed;
}

int render_begin(struct render *r, struct err *e)
{
    struct gateway *g = r->g;
    int code = check_message(r->msg, e);
    if (code) return code;
    g->encoding_known = g->utf16_ready = false;
    struct slice user_id = address_user_id(r->msg->to);
    if (user_id.n && !gateway_takes_user_id(g))
        return err_set(e, ERR_INVALID, "%s sends to numbers only by %s", g->p->title.p,
                       g->channel_text);
    buf_clear(&g->to);
    buf_clear(&g->to_user_id);
    buf_clear(&g->from);
    if (user_id.n)
        address_write(g, user_id, &g->to_user_id);
    else
        address_write(g, r->msg->to, &g->to);
    address_write(g, r->msg->from, &g->from);
    return 0;
}

int gateway_build(struct gateway *g, const struct outgoing *msg, struct http_send *ret,
                  struct err *e)
{
    struct render r = {.g = g, .msg = msg};
    int code = render_begin(&r, e);
    if (code) return code;
    set_validity(&r);
    code = build_receipt_url(&r, e);
    if (!code) code = build_url(&r, e);
    if (!code) code = build_body(&r, e);
    if (code) return code;
    if (render_overflowed(g))
        return err_set(e, ERR_LIMIT, "the message is too long for one request");
    *ret = (struct http_send){.method = g->p->send.method.p,
                              .url = g->p->send.query_count ? g->request_url.p : g->url,
                              .headers = (const char *const *)g->headers,
                              .basic_user = g->basic_user,
                              .basic_password = g->basic_password,
                              .body = buf_slice(&g->body)};
    return 0;
}
