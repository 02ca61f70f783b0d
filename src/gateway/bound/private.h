#pragma once
/* A gateway from the inside: a description bound to an account, and the room that its calls work
 * in. */
#include "base/arena.h"
#include "base/buf.h"
#include "gateway/description/description.h"

/* A form or query pair, prepared. */
struct bound_field {
    const struct field *field;
    char *prefix; /* "Name=", encoded */
    char *ready;  /* of a constant field: "Name=value", or "" when it is omitted; NULL = to be
                     rendered */
};

/* One item of `params` as templates see it. */
struct param_view {
    const struct outgoing_param *param;
    char position[4]; /* "1", "2", … */
    bool last;
};

struct gateway {
    const struct provider *p;
    char *name, *channel_text, *base_url, *public_url;
    enum channel channel;
    char *account[PROVIDER_KEYS_MAX]; /* values, in the order of the provider's keys */
    char *url, *hook_url, *basic_user, *basic_password;
    char *headers[PROVIDER_FIELDS_MAX + 2]; /* "Name: value", NULL behind the last */
    struct bound_field form[PROVIDER_FIELDS_MAX], query[PROVIDER_FIELDS_MAX];
    char *lookup_url; /* NULL: the provider cannot be asked */
    struct bound_field lookup_query[PROVIDER_FIELDS_MAX];
    /* those of sending, but for the body's type */
    const char *lookup_headers[PROVIDER_FIELDS_MAX + 1];
    /* of the message that is being rendered */
    struct param_view params[GATEWAY_PARAMS_MAX];
    bool encoding_known, ucs2, utf16_ready;
    /* room that every call uses again */
    struct buf request_url, body, value, to, to_user_id, from, receipt_url, utf16;
    struct arena *answer_arena; /* of gateway_classify */
    struct arena *lookup_arena; /* of gateway_lookup_read */
    struct arena *verify_arena; /* of gateway_verify */
    struct arena *event_arena;  /* of gateway_read */
};

/* What templates are rendered over: an account and a message; msg NULL while constants are made. */
struct render {
    struct gateway *g;
    const struct outgoing *msg;
    bool shown; /* to a person: the account's secrets are not in it */
    char validity[24];
};

/* Appends "a=1&b=2" from fields, those that are empty left out; `separator` stands before the
 * first. */
int render_pairs(struct render *r, const struct bound_field *list, size_t count, struct buf *out,
                 char separator, struct err *e) MUST_USE;
/* Makes the addresses that templates see; ERR_INVALID when it is no message. */
int render_begin(struct render *r, struct err *e) MUST_USE;
/* Whether some buffer of the request reached its ceiling. */
bool render_overflowed(const struct gateway *g);

/* Appends the field's value. */
int render_field(const struct render *r, const struct field *f, struct buf *out,
                 struct err *e) MUST_USE;

/* The user id in "~GB.1349…"; none: it is a number. */
struct slice address_user_id(struct slice to);
/* Whether it is one as webhooks write it: "GB.1349…". */
bool address_is_user_id(const struct gateway *g, struct slice text);
/* Of all our accounts: "GB.ENT.…". */
bool address_is_parent_id(struct slice user_id);
/* Appends a number as the provider writes it. */
void address_write(const struct gateway *g, struct slice number, struct buf *out);
/* The other way: "whatsapp:+44…", "44…" and "0044…" become "+44…"; what is no number stays as it
 * is. */
struct slice address_read(const struct gateway *g, struct slice text, struct arena *a);
/* The same of a person: where digits may be national ones they stay as they came. */
struct slice address_of_person(const struct gateway *g, struct slice text, struct arena *a);
/* "sms" or "whatsapp": of which channel a number of ours is, by its prefix or by having none; none: the provider writes all
 * channels alike. */
struct slice address_channel(const struct gateway *g, struct slice text);

/* Whether Twilio signed it for this address: a start like public_url, and a target. */
bool hook_signed_for(const struct gateway *g, const struct hook_request *hook, struct slice start,
                     struct slice target);
/* Parts of a webhook's request line. */
struct slice hook_query(const struct hook_request *hook);
bool hook_is_get(const struct hook_request *hook);
