#include "core/signature.h"

#include <openssl/sha.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/check.h"
#include "core/form.h"
#include "hmac.h"

/* Of a form that Twilio signs, as it is signed. Its webhooks have a few KB. */
enum { SIGNED_BYTES_MAX = 1 << 20 };
enum { SHA1_CHARS = 28, SHA256_CHARS = SIGNATURE_TWILIO_BYTES - 1 }; /* in base64 */

static bool same(struct slice a, struct slice b)
{
    return a.n > 0 && a.n == b.n && sodium_memcmp(a.p, b.p, a.n) == 0;
}

bool signature_token(struct slice secret, struct slice given)
{
    return same(secret, given);
}

const struct hmac_form hmac_of_meta = {.digest = DIGEST_SHA256, .prefix = {"sha256=", 7}};

bool signature_hmac_make(const struct hmac_form *form, struct slice key, struct slice bytes,
                         char out[SIGNATURE_HMAC_BYTES])
{
    unsigned char mac[HMAC_BYTES_MAX];
    if (key.n == 0) return false;
    check(form->prefix.n <= HMAC_PREFIX_BYTES_MAX);
    size_t n = hmac_make(form->digest, key, bytes, mac);
    if (form->prefix.n) memcpy(out, form->prefix.p, form->prefix.n);
    char *text = out + form->prefix.n;
    if (form->base64)
        sodium_bin2base64(text, SIGNATURE_HMAC_BYTES - form->prefix.n, mac, n,
                          sodium_base64_VARIANT_ORIGINAL);
    else
        sodium_bin2hex(text, SIGNATURE_HMAC_BYTES - form->prefix.n, mac, n);
    return true;
}

/* The digits of a hex text in small letters, behind what stands before them; a text that is longer than any is left as it is. */
static struct slice in_small_letters(struct slice given, size_t from,
                                     char out[SIGNATURE_HMAC_BYTES])
{
    if (given.n > SIGNATURE_HMAC_BYTES) return given;
    for (size_t i = 0; i < given.n; i++)
        out[i] = i < from ? given.p[i] : ascii_lower(given.p[i]);
    return slice_make(out, given.n);
}

bool signature_hmac(const struct hmac_form *form, struct slice key, struct slice bytes,
                    struct slice given)
{
    char text[SIGNATURE_HMAC_BYTES], small[SIGNATURE_HMAC_BYTES];
    if (!form->base64) given = in_small_letters(given, form->prefix.n, small);
    return signature_hmac_make(form, key, bytes, text) && same(slice_of(text), given);
}

void token_derive(struct slice secret, struct slice label, char out[TOKEN_DERIVED_CHARS + 1])
{
    unsigned char mac[HMAC_BYTES_MAX];
    (void)hmac_make(DIGEST_SHA256, secret, label, mac);
    sodium_bin2hex(out, TOKEN_DERIVED_CHARS + 1, mac, TOKEN_DERIVED_CHARS / 2);
}

static int compare_slices(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order) return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct form_pair *a = left, *b = right;
    int order = compare_slices(a->name, b->name);
    return order ? order : compare_slices(a->value, b->value);
}

static void add_parameters(struct buf *out, struct form *f)
{
    if (f->count) qsort(f->pairs, f->count, sizeof *f->pairs, compare_pairs);
    for (size_t i = 0; i < f->count; i++) {
        if (i > 0 && compare_pairs(&f->pairs[i - 1], &f->pairs[i]) == 0) continue;
        buf_add_slice(out, f->pairs[i].name);
        buf_add_slice(out, f->pairs[i].value);
    }
}

/* Adds the parameters of a raw form; false when they do not fit. */
static bool add_form(struct buf *out, struct slice raw)
{
    struct arena *a = arena_new(SIGNED_BYTES_MAX);
    struct form form;
    bool fine = form_parse(raw, a, &form) == 0;
    if (fine) add_parameters(out, &form);
    arena_free(a);
    return fine && !out->failed;
}

/* A URL cut around its port: `before` ends with the host, `port` starts with ':' or is empty. */
struct url_parts {
    struct slice before, port, after;
    const char *default_port;
};

static bool cut_url(struct slice url, struct url_parts *ret)
{
    bool tls = slice_starts(url, "https://");
    if (!tls && !slice_starts(url, "http://")) return false;
    size_t host = tls ? 8 : 7, end = host, port = 0;
    for (; end < url.n && !strchr("/?#", url.p[end]); end++) {
        char c = url.p[end];
        if (c == '@' || c == ']') port = 0; /* what stood before was a password or an address */
        if (c == ':') port = end;
    }
    if (!port) port = end;
    *ret = (struct url_parts){.before = slice_make(url.p, port),
                              .port = slice_make(url.p + port, end - port),
                              .after = slice_make(url.p + end, url.n - end),
                              .default_port = tls ? ":443" : ":80"};
    return true;
}

static void twilio_text(enum hmac_digest digest, struct slice key, struct slice signed_bytes,
                        char out[SIGNATURE_TWILIO_BYTES])
{
    unsigned char mac[HMAC_BYTES_MAX];
    size_t n = hmac_make(digest, key, signed_bytes, mac);
    sodium_bin2base64(out, SIGNATURE_TWILIO_BYTES, mac, n, sodium_base64_VARIANT_ORIGINAL);
}

static bool twilio_fits(struct slice key, const struct url_parts *url, struct slice port,
                        struct slice parameters, struct slice header, struct buf *scratch)
{
    char text[SIGNATURE_TWILIO_BYTES];
    buf_clear(scratch);
    buf_add_slice(scratch, url->before);
    buf_add_slice(scratch, port);
    buf_add_slice(scratch, url->after);
    buf_add_slice(scratch, parameters);
    if (scratch->failed) return false;
    twilio_text(signature_twilio_is_sha256(header) ? DIGEST_SHA256 : DIGEST_SHA1, key,
                buf_slice(scratch), text);
    return same(slice_of(text), header);
}

/* The value of bodySHA256 in the URL's query; none when it is not there. */
static struct slice body_hash_of(struct slice url)
{
    static const struct slice NAME = {"bodySHA256=", 11};
    long query = slice_find(url, '?');
    struct slice rest = query < 0 ? SLICE_NONE : slice_from(url, (size_t)query + 1), part;
    while (slice_cut(&rest, '&', &part))
        if (part.n > NAME.n && memcmp(part.p, NAME.p, NAME.n) == 0) return slice_from(part, NAME.n);
    return SLICE_NONE;
}

static bool body_hash_fits(struct slice body, struct slice hash)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char text[2 * sizeof digest + 1];
    SHA256((const unsigned char *)body.p, body.n, digest);
    sodium_bin2hex(text, sizeof text, digest, sizeof digest);
    return same(slice_of(text), hash);
}

/* Checks all spellings of the URL without stopping at the first that fits. */
static bool twilio_any_port(struct slice key, const struct url_parts *url, struct slice parameters,
                            struct slice header)
{
    struct buf scratch = BUF_INIT(SIGNED_BYTES_MAX);
    struct slice with_port = url->port.n ? url->port : slice_of(url->default_port);
    bool fits = twilio_fits(key, url, SLICE_NONE, parameters, header, &scratch);
    fits |= twilio_fits(key, url, with_port, parameters, header, &scratch);
    buf_done(&scratch);
    return fits;
}

bool signature_twilio_is_sha256(struct slice header)
{
    return header.n == SHA256_CHARS;
}

bool signature_twilio(struct slice key, struct slice url, struct slice body, bool body_is_form,
                      struct slice header)
{
    struct url_parts parts;
    if (key.n == 0 || (header.n != SHA1_CHARS && header.n != SHA256_CHARS) || !cut_url(url, &parts))
        return false;
    struct slice hash = body_hash_of(url);
    if (hash.n)
        return body_hash_fits(body, hash) && twilio_any_port(key, &parts, SLICE_NONE, header);
    /* a body that nothing vouches for must not pass on the strength of the URL alone */
    if (!body_is_form) return body.n == 0 && twilio_any_port(key, &parts, SLICE_NONE, header);

    struct buf parameters = BUF_INIT(SIGNED_BYTES_MAX);
    bool fits =
        add_form(&parameters, body) && twilio_any_port(key, &parts, buf_slice(&parameters), header);
    buf_done(&parameters);
    return fits;
}

bool signature_twilio_make(struct slice auth_token, struct slice url, struct slice form,
                           char out[SIGNATURE_TWILIO_BYTES])
{
    struct buf signed_bytes = BUF_INIT(SIGNED_BYTES_MAX);
    buf_add_slice(&signed_bytes, url);
    bool fine = auth_token.n && add_form(&signed_bytes, form);
    if (fine) twilio_text(DIGEST_SHA1, auth_token, buf_slice(&signed_bytes), out);
    buf_done(&signed_bytes);
    return fine;
}
