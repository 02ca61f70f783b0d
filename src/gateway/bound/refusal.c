/* Why a webhook was likely refused. Who entered an address at the provider and who wrote
 * `public_url` must have written the same; most refusals are a difference between the two, and
 * Twilio's signature tells which. */
#include "core/signature.h"
#include "private.h"

/* Starts of an address: what a proxy or a person makes of public_url. */
struct starts {
    struct buf room;
    size_t end[6], count; /* of each in the room */
};

static struct slice start_at(const struct starts *s, size_t i)
{
    size_t from = i ? s->end[i - 1] : 0;
    return slice_make(s->room.p + from, s->end[i] - from);
}

static void add_starts(const struct gateway *g, const struct hook_request *hook, struct starts *s)
{
    static const char *const headers[] = {"X-Forwarded-Host", "Host"};
    static const char *const schemes[] = {"https://", "http://"};
    struct slice own = slice_of(g->public_url);
    own = slice_from(own, slice_starts(own, "https://") ? 8 : 7);
    for (size_t i = 0; i <= COUNT_OF(headers); i++) {
        struct slice host = i == 0 ? own : hook->header(hook->header_arg, headers[i - 1]);
        for (size_t k = 0; host.n && k < COUNT_OF(schemes); k++) {
            buf_addf(&s->room, "%s%.*s", schemes[k], SLICE_ARG(host));
            s->end[s->count++] = s->room.n;
        }
    }
}

/* "/hooks/tw/?x" for "/hooks/tw?x", and back. */
static void add_toggled_slash(struct slice target, struct buf *out)
{
    long query = slice_find(target, '?');
    struct slice path = query < 0 ? target : slice_make(target.p, (size_t)query);
    bool slash = slice_ends(path, "/");
    buf_add_slice(out, slice_make(path.p, path.n - slash));
    if (!slash) buf_add_char(out, '/');
    if (query >= 0) buf_add_slice(out, slice_from(target, (size_t)query));
}

static void say_address(const struct gateway *g, struct slice start, bool slash, struct buf *out)
{
    if (slash)
        buf_addf(out,
                 "the provider's address differs from the request's by a slash at its end, which a "
                 "proxy adds or takes: enter %s there",
                 gateway_hook_url(g));
    else
        buf_addf(out,
                 "it was signed for %.*s, and public_url is %s: make both the same, in "
                 "muster.yaml or at the provider",
                 SLICE_ARG(start), g->public_url);
}

/* True when an address is found that it was signed for. */
static bool explain_address(const struct gateway *g, const struct hook_request *hook,
                            const struct starts *s, struct slice toggled, struct buf *out)
{
    for (size_t i = 0; i < 2 * s->count; i++) {
        struct slice start = start_at(s, i / 2);
        if (!hook_signed_for(g, hook, start, i % 2 ? toggled : hook->target)) continue;
        say_address(g, start, i % 2, out);
        return true;
    }
    return false;
}

static bool is_shared_key(const struct gateway *g, const struct hook_request *hook)
{
    return signature_twilio_is_sha256(hook->header(hook->header_arg, g->p->hooks.signature_name.p));
}

static bool explain_twilio(const struct gateway *g, const struct hook_request *hook,
                           struct buf *out)
{
    struct starts s = {.room = BUF_INIT(GATEWAY_REQUEST_BYTES_MAX)};
    struct buf toggled = BUF_INIT(GATEWAY_REQUEST_BYTES_MAX);
    add_starts(g, hook, &s);
    add_toggled_slash(hook->target, &toggled);
    bool found =
        !s.room.failed && !toggled.failed && explain_address(g, hook, &s, buf_slice(&toggled), out);
    if (!found && is_shared_key(g, hook))
        buf_addf(out,
                 "it is signed with a SharedKey: put that key's secret into "
                 "gateways.%s.account.shared_key",
                 g->name);
    else if (!found)
        buf_addf(out,
                 "the signature fits neither public_url (%s) nor what it may have been: is the "
                 "secret in `account` the provider's, and does a proxy change the path?",
                 g->public_url);
    buf_done(&s.room);
    buf_done(&toggled);
    return found;
}

bool gateway_explain_refusal(struct gateway *g, const struct hook_request *hook,
                             enum hook_result result, struct buf *out)
{
    enum signature_scheme scheme = g->p->hooks.scheme;
    if (result == HOOK_FORGED && scheme == SCHEME_TWILIO) return explain_twilio(g, hook, out);
    if (result == HOOK_MALFORMED)
        buf_add_cstr(out, "it is no webhook of this provider: is the gateway's `provider` right, "
                          "and the method that is entered there?");
    else if (scheme == SCHEME_TOKEN)
        buf_addf(out,
                 "%s token in its address: enter the address that `muster gateway show %s` prints "
                 "(it changes with `secret` and with the gateway's name)",
                 result == HOOK_MISSING ? "there is no" : "there is another", g->name);
    else if (result == HOOK_MISSING)
        buf_addf(out,
                 "it is not signed: it did not come from the provider, or a proxy takes the "
                 "header %.*s away",
                 SLICE_ARG(g->p->hooks.signature_name));
    else
        buf_add_cstr(out, "it is signed with another secret: is the one in `account` that of the "
                          "app whose webhooks come here?");
    return false;
}
