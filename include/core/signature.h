#pragma once
/* How providers sign their webhooks. Every comparison takes the same time wherever the difference
 * is; an empty key fits nothing. */
#include "base/slice.h"

/* Twilio, header X-Twilio-Signature: base64 of HMAC-SHA1 (key: the account's auth token) or of
 * HMAC-SHA256 (key: a SharedKey's secret; its length tells which, and so does the header
 * X-Twilio-Webhooks-Signature-Settings: twilio 9.13.0 of PyPI) over the URL as the provider knows it, followed by every form parameter, sorted by name then value, equal
 * ones once, name and value run together. The URL counts with and without its port, since proxies
 * and Twilio disagree about it. A URL with bodySHA256 in its query signs the hash of the body
 * instead of parameters. `body` is raw. O(n log n) in parameters. */
bool signature_twilio(struct slice key, struct slice url, struct slice body, bool body_is_form,
                      struct slice header);
/* Whether it is one with a SharedKey, by its length. */
bool signature_twilio_is_sha256(struct slice header);
/* An HMAC over some bytes, as most others sign. */
enum hmac_digest { DIGEST_SHA256, DIGEST_SHA1, DIGEST_SHA512 };
enum {
    HMAC_PREFIX_BYTES_MAX = 32,
    SIGNATURE_HMAC_BYTES = HMAC_PREFIX_BYTES_MAX + 2 * 64 + 1
}; /* NUL included */
struct hmac_form {
    enum hmac_digest digest;
    bool base64;         /* else lower-case hex */
    struct slice prefix; /* stands in front of it; HMAC_PREFIX_BYTES_MAX at most */
};
bool signature_hmac(const struct hmac_form *form, struct slice key, struct slice bytes,
                    struct slice given);
/* Meta's header X-Hub-Signature-256 is that over the raw body, with the app secret. */
extern const struct hmac_form hmac_of_meta;
/* A shared secret that stands in the URL, for providers that sign nothing. */
bool signature_token(struct slice secret, struct slice given);

/* The header's value as the provider makes it: what the simulator sends. */
enum { SIGNATURE_TWILIO_BYTES = 45 }; /* NUL included */
/* With the auth token, over the URL exactly as given; form is the raw body. False when the key is empty, or the form too
 * big. */
bool signature_twilio_make(struct slice auth_token, struct slice url, struct slice form,
                           char out[SIGNATURE_TWILIO_BYTES]);
/* False when the key is empty. */
bool signature_hmac_make(const struct hmac_form *form, struct slice key, struct slice bytes,
                         char out[SIGNATURE_HMAC_BYTES]);

/* A word for the URL of a provider that signs nothing, made from a secret: the same for the same
 * label. */
enum { TOKEN_DERIVED_CHARS = 32 };
void token_derive(struct slice secret, struct slice label, char out[TOKEN_DERIVED_CHARS + 1]);
