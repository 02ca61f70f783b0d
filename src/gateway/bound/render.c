/* The data that request templates see: constants of the gateway, and the message's own values.
 * Values that cost something (the encoding, the UTF-16 bytes) are made when a template asks for
 * them. */
#include "private.h"
#include "core/parts.h"

static struct tvalue text_or_false(struct slice text)
{
    return text.n ? tvalue_string(text) : (struct tvalue){.kind = TVALUE_FALSE};
}

static struct tvalue flag(bool on)
{
    return text_or_false(on ? SLICE_LIT("true") : SLICE_NONE);
}

/* A map or list over the whole rendering; which part of it, the functions know. */
static struct tvalue view(enum tvalue_kind kind, const struct tvalue_ops *ops, const void *node)
{
    return (struct tvalue){.kind = kind, .node = node, .ops = ops};
}

/* ---- account */

static struct tvalue account_get(const struct tvalue *map, struct slice key)
{
    const struct render *r = map->node;
    int i = provider_key_index(r->g->p, key);
    if (r->shown && i >= 0 && r->g->p->keys[i].public.secret)
        return tvalue_string(SLICE_LIT("(the one in muster.yaml)"));
    return i < 0 ? tvalue_none() : text_or_false(slice_of(r->g->account[i]));
}

static const struct tvalue_ops ACCOUNT_OPS = {.get = account_get};

/* ---- params: each item knows whether it is the last, for the commas of JSON */

static struct tvalue param_get(const struct tvalue *map, struct slice key)
{
    const struct param_view *v = map->node;
    /* never NONE for these: an absent name must not be found in the template around */
    if (slice_is(key, "value")) return text_or_false(v->param->value);
    if (slice_is(key, "name")) return text_or_false(v->param->name);
    if (slice_is(key, "last")) return flag(v->last);
    if (slice_is(key, "key"))
        return tvalue_string(v->param->name.n ? v->param->name : slice_of(v->position));
    return tvalue_none();
}

static const struct tvalue_ops PARAM_OPS = {.get = param_get};

static struct tvalue params_at(const struct tvalue *list, size_t i)
{
    const struct render *r = list->node;
    struct param_view *v = &r->g->params[i];
    v->param = &r->msg->params[i];
    v->last = i + 1 == r->msg->param_count;
    return view(TVALUE_MAP, &PARAM_OPS, v);
}

static size_t params_count(const struct tvalue *list)
{
    const struct render *r = list->node;
    return r->msg->param_count;
}

static const struct tvalue_ops PARAMS_OPS = {.at = params_at, .count = params_count};

/* ---- template: the one that the provider holds */

static struct tvalue template_get(const struct tvalue *map, struct slice key)
{
    const struct render *r = map->node;
    if (slice_is(key, "name")) return text_or_false(r->msg->template_name);
    if (slice_is(key, "language")) return text_or_false(r->msg->template_language);
    return tvalue_none();
}

static const struct tvalue_ops TEMPLATE_OPS = {.get = template_get};

/* ---- message */

static bool is_ucs2(const struct render *r)
{
    struct gateway *g = r->g;
    if (!g->encoding_known) {
        struct parts parts;
        parts_count(r->msg->text, &parts);
        g->encoding_known = true;
        g->ucs2 = parts.encoding == PARTS_UCS2;
    }
    return g->ucs2;
}

static void add_unit(struct buf *out, uint32_t unit)
{
    buf_add_char(out, (char)(unit >> 8));
    buf_add_char(out, (char)unit);
}

static struct slice utf16_of(const struct render *r)
{
    struct buf *out = &r->g->utf16;
    struct slice text = r->msg->text;
    if (r->g->utf16_ready) return buf_slice(out);
    buf_clear(out);
    for (size_t at = 0; at < text.n;) {
        uint32_t c = parts_next_code_point(text, &at);
        if (c >= 0x10000) {
            add_unit(out, 0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        add_unit(out, c);
    }
    r->g->utf16_ready = true;
    return buf_slice(out);
}

/* What of a message is a text, and may be empty. */
static bool message_text(const struct render *r, struct slice key, struct slice *ret)
{
    if (slice_is(key, "to"))
        *ret = buf_slice(&r->g->to);
    else if (slice_is(key, "to_user_id"))
        *ret = buf_slice(&r->g->to_user_id);
    else if (slice_is(key, "from"))
        *ret = buf_slice(&r->g->from);
    else if (slice_is(key, "text"))
        *ret = r->msg->text;
    else if (slice_is(key, "ref"))
        *ret = r->msg->ref;
    else if (slice_is(key, "lane"))
        *ret = r->msg->lane;
    else if (slice_is(key, "validity"))
        *ret = slice_of(r->validity);
    else if (slice_is(key, "receipt_url"))
        *ret = buf_slice(&r->g->receipt_url);
    else if (slice_is(key, "text_utf16be"))
        *ret = utf16_of(r);
    else
        return false;
    return true;
}

static struct tvalue message_get(const struct render *r, struct slice key)
{
    const struct outgoing *msg = r->msg;
    struct slice text;
    if (message_text(r, key, &text)) return text_or_false(text);
    if (slice_is(key, "reply") || slice_is(key, "reminder")) return flag(slice_eq(msg->lane, key));
    if (slice_is(key, "ucs2")) return flag(is_ucs2(r));
    if (slice_is(key, "template"))
        return msg->template_name.n ? view(TVALUE_MAP, &TEMPLATE_OPS, r) : flag(false);
    if (slice_is(key, "has_params")) return flag(msg->param_count > 0);
    if (slice_is(key, "params")) return view(TVALUE_LIST, &PARAMS_OPS, r);
    return tvalue_none();
}

static struct tvalue root_get(const struct tvalue *map, struct slice key)
{
    const struct render *r = map->node;
    const struct gateway *g = r->g;
    if (slice_is(key, "account")) return view(TVALUE_MAP, &ACCOUNT_OPS, r);
    if (slice_is(key, "base_url")) return text_or_false(slice_of(g->base_url));
    if (slice_is(key, "public_url")) return text_or_false(slice_of(g->public_url));
    if (slice_is(key, "gateway")) return text_or_false(slice_of(g->name));
    if (slice_is(key, "channel")) return text_or_false(slice_of(g->channel_text));
    if (slice_is(key, "hook_url")) return text_or_false(slice_of(g->hook_url));
    return r->msg ? message_get(r, key) : tvalue_none();
}

static const struct tvalue_ops ROOT_OPS = {.get = root_get};

int render_field(const struct render *r, const struct field *f, struct buf *out, struct err *e)
{
    struct tvalue root = view(TVALUE_MAP, &ROOT_OPS, r);
    return template_render(f->value, &root, f->escape, out, e);
}
