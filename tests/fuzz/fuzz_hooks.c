/* Webhooks of every provider: checking and reading them never trips, what comes out is clean text,
 * and no input passes the signature check but one that was signed with the key. All that a stranger
 * can vary is varied: the first byte chooses the provider, and whether the request is signed; the
 * rest is "method NUL target NUL headers NUL body". A header is a line "Name: value"; one without a
 * line is absent, one with '*' in front of its value is huge. */
#include "fuzz.h"

#include <stdio.h>

#include "base/buf.h"
#include "core/signature.h"
#include "gateway/gateway.h"

static const struct gateway_pair ACCOUNTS[3][4] = {
    {{"account_sid", "AC1"}, {"auth_token", "an unguessable token"}},
    {{"phone_number_id", "1"},
     {"access_token", "t"},
     {"app_secret", "an unguessable secret"},
     {"verify_token", "an unguessable word"}},
    {{"username", "u"}, {"password", "p"}, {"hook_token", "an unguessable word"}},
};
static const size_t COUNTS[3] = {2, 4, 3};

static struct gateway *make(int i)
{
    static const char *const names[3] = {"twilio", "whatsapp_cloud", "kannel"};
    struct gateway_config config = {.name = "g",
                                    .channel = i == 1 ? "whatsapp" : "sms",
                                    .public_url = "https://m.example",
                                    .account = ACCOUNTS[i],
                                    .account_count = COUNTS[i]};
    struct provider *p = NULL;
    struct gateway *g = NULL;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s.yaml", MUSTER_PROVIDERS, names[i]);
    check(provider_load(path, &p, NULL) == 0);
    check(gateway_new(p, &config, &g, NULL) == 0);
    return g;
}

static void check_text(struct slice s)
{
    check(slice_is_utf8(s, NULL) && (s.n == 0 || !memchr(s.p, 0, s.n)));
}

static void see_receipt(void *arg, const struct receipt_event *e)
{
    (void)arg;
    check_text(e->ref);
    check_text(e->provider_id);
    check_text(e->to);
    check_text(e->code);
    check(e->state >= STATE_ACCEPTED && e->state <= STATE_UNDELIVERED && e->at_ms >= 0);
}

static void see_inbound(void *arg, const struct inbound_event *e)
{
    (void)arg;
    check_text(e->event_id);
    check_text(e->from);
    check_text(e->to);
    check_text(e->text);
    check_text(e->profile_name);
    const struct slice all[] = {e->user_id, e->parent_user_id, e->to_id,       e->chat, e->action,
                                e->about,   e->new_from,       e->new_user_id, e->note};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        check_text(all[i]);
    check(e->from.n || e->user_id.n || e->parent_user_id.n);
    bool blank = e->text.n == 0 && e->media_count == 0 && e->note.n == 0;
    check(!blank || e->kind == INBOUND_REACTION || e->kind == INBOUND_REVOKED);
    check(e->media_count >= 0 && e->at_ms >= 0);
}

struct input {
    bool is_signed;
    char signature[SIGNATURE_HMAC_BYTES];
    struct slice method, target, headers, body;
};

enum { SIGNED = 0x80, HUGE_BYTES = 40000 };

static struct input read_input(const uint8_t *data, size_t n)
{
    struct input in = {.is_signed = data[0] & SIGNED};
    struct slice rest = slice_make(data + 1, n - 1);
    (void)slice_cut(&rest, '\0', &in.method);
    (void)slice_cut(&rest, '\0', &in.target);
    (void)slice_cut(&rest, '\0', &in.headers);
    in.body = rest;
    return in;
}

static struct slice huge(struct slice value)
{
    static char out[HUGE_BYTES];
    for (size_t i = 0; i < sizeof out; i++)
        out[i] = value.n ? value.p[i % value.n] : 'x';
    return slice_make(out, sizeof out);
}

static void see_account(void *arg, const struct account_event *e)
{
    (void)arg;
    check_text(e->text);
    check_text(e->template_name);
    check_text(e->template_language);
    check_text(e->account_id);
    check(e->reason.n > 0 && e->at_ms >= 0);
}

static void see_unread(void *arg)
{
    (void)arg;
}

static struct slice header(const void *arg, const char *name)
{
    const struct input *in = arg;
    struct slice rest = in->headers, line;
    if (in->signature[0] && strcmp(name, "Content-Type") != 0) return slice_of(in->signature);
    while (slice_cut(&rest, '\n', &line)) {
        struct slice key;
        if (!slice_cut(&line, ':', &key) || !line.p || !slice_is_nocase(key, name)) continue;
        struct slice value = slice_trim(line);
        return slice_starts(value, "*") ? huge(slice_from(value, 1)) : value;
    }
    return SLICE_NONE;
}

/* Signs as the provider would. */
static void sign(struct input *in, int provider)
{
    struct buf url = BUF_INIT(1 << 20);
    buf_add_cstr(&url, "https://m.example");
    buf_add_slice(&url, in->target);
    if (provider == 0)
        (void)signature_twilio_make(SLICE_LIT("an unguessable token"), buf_slice(&url), in->body,
                                    in->signature);
    if (provider == 1)
        (void)signature_hmac_make(&hmac_of_meta, SLICE_LIT("an unguessable secret"), in->body,
                                  in->signature);
    buf_done(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct gateway *gateways[3]; /* made once: a run is many inputs */
    static const struct hook_sink sink = {.receipt = see_receipt,
                                          .inbound = see_inbound,
                                          .account = see_account,
                                          .unread = see_unread};
    if (n == 0) return 0;
    int i = (data[0] & ~SIGNED) % 3;
    if (!gateways[i]) gateways[i] = make(i);
    struct input in = read_input(data, n);
    if (in.is_signed) sign(&in, i);
    struct hook_request hook = {.method = in.method,
                                .target = in.target,
                                .body = in.body,
                                .header = header,
                                .header_arg = &in};
    struct slice challenge;
    enum hook_result r = gateway_verify(gateways[i], &hook, &challenge);
    check(in.is_signed || (r != HOOK_OK && r != HOOK_CHALLENGE));
    check(hook_result_status(r) >= 200);
    (void)gateway_read(gateways[i], &hook, &sink);
    return 0;
}
