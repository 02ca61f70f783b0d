/* Checks who sent a webhook. Nothing is parsed for its meaning before the signature fits. */
#include "private.h"
#include "core/signature.h"

int hook_result_status(enum hook_result r)
{
    static const int statuses[] = {
#define X(name, status) [name] = status,
        HOOK_RESULT_TABLE(X)
#undef X
    };
    check((size_t)r < COUNT_OF(statuses));
    return statuses[r];
}

struct slice hook_query(const struct hook_request *hook)
{
    long at = slice_find(hook->target, '?');
    return at < 0 ? SLICE_NONE : slice_from(hook->target, (size_t)at + 1);
}

bool hook_is_get(const struct hook_request *hook)
{
    return slice_is(hook->method, "GET");
}

static struct slice account_value(const struct gateway *g, int key)
{
    return slice_of(g->account[key]);
}

static struct slice parameter(const struct form *query, struct slice name)
{
    const struct form_pair *pair = form_find(query, name);
    return pair ? pair->value : SLICE_NONE;
}

/* ---- handshake: the provider asks whether this address is ours */

static bool is_handshake(const struct gateway *g, const struct hook_request *hook,
                         const struct form *query)
{
    const struct handshake_description *h = &g->p->hooks.handshake;
    return h->key >= 0 && hook_is_get(hook) &&
           slice_eq(parameter(query, h->when_name), h->when_value);
}

static enum hook_result answer_handshake(const struct gateway *g, const struct form *query,
                                         struct slice *ret_challenge)
{
    const struct handshake_description *h = &g->p->hooks.handshake;
    struct slice token = parameter(query, h->token_name);
    if (token.n == 0) return HOOK_MISSING;
    if (!signature_token(account_value(g, h->key), token)) return HOOK_FORGED;
    *ret_challenge = parameter(query, h->answer_name);
    return HOOK_CHALLENGE;
}

/* ---- signature */

/* A body whose type is not said is read as a form: the signature vouches for its parameters then.
 */
static bool is_form(const struct hook_request *hook)
{
    struct slice type = hook->header(hook->header_arg, "Content-Type"), kind;
    bool said = slice_cut(&type, ';', &kind) && (kind = slice_trim(kind)).n > 0;
    return !said || slice_is_nocase(kind, "application/x-www-form-urlencoded");
}

static bool twilio_fits(const struct hook_request *hook, struct slice start, struct slice target,
                        struct slice key, struct slice given)
{
    struct buf url = BUF_INIT(GATEWAY_REQUEST_BYTES_MAX);
    buf_add_slice(&url, start);
    buf_add_slice(&url, target);
    bool fits =
        !url.failed && signature_twilio(key, buf_slice(&url), hook->body, is_form(hook), given);
    buf_done(&url);
    return fits;
}

bool hook_signed_for(const struct gateway *g, const struct hook_request *hook, struct slice start,
                     struct slice target)
{
    const struct hooks_description *h = &g->p->hooks;
    struct slice given = hook->header(hook->header_arg, h->signature_name.p);
    for (size_t i = 0; h->keys[i] >= 0; i++) {
        struct slice key = account_value(g, h->keys[i]);
        if (key.n && given.n && twilio_fits(hook, start, target, key, given)) return true;
    }
    return false;
}

/* False: a header that is signed is not there. */
static bool add_signed(const struct gateway *g, const struct hook_request *hook,
                       const struct signed_part *part, struct buf *out)
{
    struct slice header = SLICE_NONE;
    switch (part->kind) {
    case SIGNED_BODY:
        buf_add_slice(out, hook->body);
        break;
    case SIGNED_URL:
        buf_add_cstr(out, g->public_url);
        buf_add_slice(out, hook->target);
        break;
    case SIGNED_HEADER:
        header = hook->header(hook->header_arg, part->text.p);
        buf_add_slice(out, header);
        return header.n > 0;
    case SIGNED_TEXT:
        buf_add_slice(out, part->text);
        break;
    }
    return true;
}

static bool hmac_fits(const struct gateway *g, const struct hook_request *hook, struct slice key,
                      struct slice given)
{
    const struct hooks_description *h = &g->p->hooks;
    if (h->over_n == 1 && h->over[0].kind == SIGNED_BODY)
        return signature_hmac(&h->hmac, key, hook->body, given);
    struct buf bytes = BUF_INIT(GATEWAY_HOOK_BYTES_MAX + GATEWAY_REQUEST_BYTES_MAX);
    bool whole = true;
    for (size_t i = 0; i < h->over_n; i++)
        whole = add_signed(g, hook, &h->over[i], &bytes) && whole;
    bool fits = whole && !bytes.failed && signature_hmac(&h->hmac, key, buf_slice(&bytes), given);
    buf_done(&bytes);
    return fits;
}

static bool signature_fits(const struct gateway *g, const struct hook_request *hook,
                           struct slice key, struct slice given)
{
    switch (g->p->hooks.scheme) {
    case SCHEME_TWILIO:
        return twilio_fits(hook, slice_of(g->public_url), hook->target, key, given);
    case SCHEME_HMAC:
        return hmac_fits(g, hook, key, given);
    case SCHEME_TOKEN:
        return signature_token(key, given);
    }
    return false;
}

static enum hook_result check_signature(const struct gateway *g, const struct hook_request *hook,
                                        const struct form *query)
{
    const struct hooks_description *h = &g->p->hooks;
    struct slice given = h->scheme == SCHEME_TOKEN
                             ? parameter(query, h->signature_name)
                             : hook->header(hook->header_arg, h->signature_name.p);
    bool fits = false;
    if (given.n == 0) return HOOK_MISSING;
    for (size_t i = 0; h->keys[i] >= 0; i++) {
        struct slice key = account_value(g, h->keys[i]);
        if (key.n) fits |= signature_fits(g, hook, key, given);
    }
    return fits ? HOOK_OK : HOOK_FORGED;
}

enum hook_result gateway_verify(struct gateway *g, const struct hook_request *hook,
                                struct slice *ret_challenge)
{
    struct form query;
    arena_clear(g->verify_arena);
    if (form_parse(hook_query(hook), g->verify_arena, &query) < 0) return HOOK_MALFORMED;
    if (is_handshake(g, hook, &query)) return answer_handshake(g, &query, ret_challenge);
    bool allowed =
        hook_is_get(hook) ? g->p->hooks.get : g->p->hooks.post && slice_is(hook->method, "POST");
    if (!allowed || hook->body.n > GATEWAY_HOOK_BYTES_MAX) return HOOK_MALFORMED;
    return check_signature(g, hook, &query);
}

/* ---- whose it is, where several gateways share an address */

static bool share_a_secret(const struct gateway *a, const struct gateway *b)
{
    const int *keys = a->p->hooks.keys;
    if (!slice_eq(a->p->title, b->p->title)) return false;
    for (size_t i = 0; keys[i] >= 0; i++) {
        struct slice value = account_value(a, keys[i]);
        if (value.n && slice_eq(value, account_value(b, keys[i]))) return true;
    }
    return false;
}

static bool has_id(const struct gateway *g, const struct gateway *by, int key, struct slice id)
{
    if (key < 0 || id.n == 0 || account_value(by, key).n == 0) return g == by;
    return slice_eq(account_value(g, key), id) && share_a_secret(g, by);
}

bool gateway_has_number(const struct gateway *g, const struct gateway *by, struct slice own_id)
{
    return has_id(g, by, by->p->hooks.own_key, own_id);
}

/* An account has many numbers: all gateways of it are concerned, and those that do not say whose
 * they are. */
bool gateway_has_account(const struct gateway *g, const struct gateway *by, struct slice account_id)
{
    int key = by->p->hooks.account_key;
    if (key < 0 || account_id.n == 0) return g == by;
    struct slice own = account_value(g, key);
    return (own.n == 0 || slice_eq(own, account_id)) && share_a_secret(g, by);
}

bool gateway_shares_address(const struct gateway *g, const struct gateway *by,
                            struct slice to_channel)
{
    struct slice channel = to_channel.n ? to_channel : slice_of(by->channel_text);
    return slice_is(channel, g->channel_text) && share_a_secret(g, by);
}

struct hook_answer gateway_answer(const struct gateway *g)
{
    const struct hooks_description *h = &g->p->hooks;
    return (struct hook_answer){
        .status = h->answer_status, .content_type = h->answer_type.p, .body = h->answer_body};
}
