#pragma once
/* How providers sign their webhooks. Every comparison takes the same time wherever the difference
 * is; an empty key fits nothing. */
#include "base/slice.h"

/* Twilio, header X-Twilio-Signature: base64 of HMAC-SHA1 (key: the account's auth token) over the
 * URL as the provider knows it, followed by every form parameter, sorted by name then value, equal
 * ones once, name and value run together. The URL counts with and without its port, since proxies
 * and Twilio disagree about it. A URL with bodySHA256 in its query signs the hash of the body
 * instead of parameters. `body` is raw. O(n log n) in parameters. */
bool signature_twilio(struct slice auth_token, struct slice url, struct slice body,
                      bool body_is_form, struct slice header);
/* Meta, header X-Hub-Signature-256: "sha256=" and the lower-case hex of HMAC-SHA256 (key: the app
 * secret) over the raw bytes of the body. */
bool signature_meta(struct slice app_secret, struct slice body, struct slice header);
/* A shared secret that stands in the URL, for providers that sign nothing. */
bool signature_token(struct slice secret, struct slice given);

/* The header's value as the provider makes it: what the simulator sends. */
enum { SIGNATURE_TWILIO_BYTES = 29, SIGNATURE_META_BYTES = 72 }; /* NUL included */
/* Over the URL exactly as given; form is the raw body. False when the key is empty, or the form too
 * big. */
bool signature_twilio_make(struct slice auth_token, struct slice url, struct slice form,
                           char out[SIGNATURE_TWILIO_BYTES]);
bool signature_meta_make(struct slice app_secret, struct slice body,
                         char out[SIGNATURE_META_BYTES]);

/* A word for the URL of a provider that signs nothing, made from a secret: the same for the same
 * label. */
enum { TOKEN_DERIVED_CHARS = 32 };
void token_derive(struct slice secret, struct slice label, char out[TOKEN_DERIVED_CHARS + 1]);
