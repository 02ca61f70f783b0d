#pragma once
/* A provider's description bound to one account: builds requests, judges responses, checks and
 * reads webhooks. Knows nothing of campaigns and touches no network. Everything that is returned is
 * borrowed from the gateway and valid until the next call of the same function; in the steady state
 * a message costs no allocation but jansson's for a JSON response. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "core/outcome.h"
#include "core/state.h"
#include "gateway/provider.h"
#include "io/http_client.h"

enum {
    GATEWAY_PARAMS_MAX = 64,               /* of a template message */
    GATEWAY_REQUEST_BYTES_MAX = 64 * 1024, /* URL, body: each */
    GATEWAY_HOOK_BYTES_MAX = 3 << 20,      /* a webhook's body; Meta batches up to 3 MB */
};

struct gateway;

struct gateway_pair {
    const char *key, *value;
};

/* What conf/muster.yaml says about one account; all borrowed for the call. */
struct gateway_config {
    const char *name;       /* [a-z0-9_-], stands in callback URLs */
    const char *channel;    /* "sms" | "whatsapp" */
    const char *base_url;   /* NULL or "" = the provider's own */
    const char *public_url; /* how the outside reaches us, no trailing slash */
    const struct gateway_pair *account;
    size_t account_count;
    /* the daemon's: makes hook tokens that the account does not give; NULL = none */
    const char *secret;
    const char *place; /* where the entry stands ("muster.yaml:44:3"), for errors; NULL = none */
};

/* Refuses unknown and missing account keys and values that cannot stand in a header. */
int gateway_new(const struct provider *p, const struct gateway_config *config, struct gateway **ret,
                struct err *e) MUST_USE;
void gateway_free(struct gateway *g); /* NULL is fine */
/* What is to be entered at the provider so that replies come to us; may hold a secret. "" = not
 * said. */
const char *gateway_hook_url(const struct gateway *g);
/* Appends what a person has to do at the provider, in the provider's own words, ready to paste;
 * holds the token of the callback's address and no other secret. Nothing where the description says
 * nothing. */
int gateway_setup(struct gateway *g, struct buf *out, struct err *e) MUST_USE;

/* ---- is the account right? */

/* Whether the description says how to ask. */
bool gateway_has_probe(const struct gateway *g);
/* Renders a question that sends nothing and changes nothing; *ret is valid until the next call of
 * this or of another build. Only with gateway_has_probe. */
int gateway_probe_build(struct gateway *g, struct http_send *ret, struct err *e) MUST_USE;

/* ---- sending */

struct outgoing_param {
    struct slice name; /* none = by position */
    struct slice value;
};

struct outgoing {
    /* E.164 with +, or '~' and a user id ("~GB.1349…") where gateway_takes_user_id says yes. */
    struct slice to;
    struct slice from; /* E.164 with +, a short code, or a name */
    struct slice text;
    struct slice ref;   /* core/ref.h */
    struct slice lane;  /* "reply", "reminder" or "blast": who is to be served first; none */
    int64_t validity_s; /* [s] the provider may keep trying; 0 = its own default */
    /* a template that the provider holds (WhatsApp); none = free text */
    struct slice template_name;
    struct slice template_language; /* "en_GB" */
    const struct outgoing_param *params;
    size_t param_count;
};

/* Whether a message may go to somebody of whom only a user id is known. */
bool gateway_takes_user_id(const struct gateway *g);

/* Whether the provider can be told how long it may try. */
bool gateway_has_validity(const struct gateway *g);
/* Renders the request; *ret is what http_client_send takes. ERR_LIMIT when it does not fit,
 * ERR_INVALID when the message is not one (no recipient, a user id that the provider does not take,
 * text that is not UTF-8). */
int gateway_build(struct gateway *g, const struct outgoing *msg, struct http_send *ret,
                  struct err *e) MUST_USE;

/* Which rate a THROTTLED is about. */
#define VERDICT_SCOPE_TABLE(X)                                                                     \
    X(SCOPE_GATEWAY, "gateway") /* the whole account */                                            \
    X(SCOPE_SENDER, "sender")   /* this from-number */                                             \
    X(SCOPE_PAIR, "pair")       /* this sender to this person */

enum verdict_scope {
#define X(name, text) name,
    VERDICT_SCOPE_TABLE(X)
#undef X
};

struct verdict {
    enum outcome outcome;
    struct slice provider_id; /* the provider's message id, when it gives one */
    /* Of ACCEPTED: how the provider knows the recipient, where it says so: as `from` and `user_id`
     * of an inbound event. May differ from the number that was asked for. */
    struct slice to_known_as, to_user_id;
    struct slice code;        /* the provider's error code, "21610"; none */
    struct slice reason;      /* a short slug, "unsubscribed"; none when ACCEPTED */
    enum verdict_scope scope; /* of THROTTLED */
    int64_t retry_after_ms;   /* [ms] of THROTTLED and TRANSIENT; -1 = not said */
    bool suppress;            /* the provider says that the person opted out */
    bool unlisted; /* REFUSED because the description does not know what the provider said */
    struct slice title, details; /* its own words for why not; none */
};

/* What the description does not know is UNKNOWN for 2xx and 5xx (the message may have been taken),
 * THROTTLED for 429. A 4xx in the provider's language, with a code of its own or a status that is
 * about what was asked (400, 409, 410, 413, 422), is REFUSED and `unlisted`: one message was not
 * taken, and nobody knows more. BLOCKED for any other status: no provider answered there, or not
 * about this message. */
void gateway_classify(struct gateway *g, const struct http_result *result, struct verdict *ret);
/* The response to gateway_probe_build: ACCEPTED, the account is right; BLOCKED, it is not; anything
 * else says neither. */
void gateway_probe_read(struct gateway *g, const struct http_result *result, struct verdict *ret);

/* ---- looking up what became of a message to which the response was lost */

/* Whether the description says how to ask. */
bool gateway_has_lookup(const struct gateway *g);

/* Renders the question; of msg only `to`, `text` and what the description uses are read.
 * ERR_INVALID for a message that would not be recognised in the provider's list: it has no text of
 * ours (a template that the provider holds). Only with gateway_has_lookup; *ret is valid until the
 * next call of this or of gateway_build. */
int gateway_lookup_build(struct gateway *g, const struct outgoing *msg, struct http_send *ret,
                         struct err *e) MUST_USE;

#define LOOKUP_RESULT_TABLE(X)                                                                     \
    X(LOOKUP_FOUND, "found")             /* the provider has it: `state` says what became of it */ \
    X(LOOKUP_NOT_FOUND, "not_found")     /* its list does not hold it; the list may lag behind */  \
    X(LOOKUP_CANNOT_TELL, "cannot_tell") /* no response, or one that says nothing */

enum lookup_result {
#define X(name, text) name,
    LOOKUP_RESULT_TABLE(X)
#undef X
};

/* Which message is meant: to whom, what, and when it may have been taken. */
struct lookup_wanted {
    struct slice to, text;
    int64_t from_ms, to_ms; /* [ms since 1970], both included */
};

struct lookup_verdict {
    enum lookup_result result;
    size_t fitting;   /* of FOUND: how many messages of the list fit; the rest is about the first */
    bool differ;      /* they do not all stand the same */
    enum state state; /* of FOUND: ACCEPTED, SENT, DELIVERED, READ or UNDELIVERED */
    struct slice provider_id;
    struct slice code, reason; /* of UNDELIVERED; none when not said */
    bool suppress;             /* the provider says that the person opted out */
};

/* Reads the response. When several messages fit, *ret is about the first: providers list the newest
 * first. Whether another of them may be meant is for the caller to judge. */
void gateway_lookup_read(struct gateway *g, const struct http_result *result,
                         const struct lookup_wanted *wanted, struct lookup_verdict *ret);

/* ---- webhooks */

struct hook_request {
    struct slice method;
    /* raw path and query, as on the request line: signatures are made over it */
    struct slice target;
    struct slice body;                                         /* raw */
    struct slice (*header)(const void *arg, const char *name); /* none when absent */
    const void *header_arg;
};

#define HOOK_RESULT_TABLE(X)                                                                       \
    X(HOOK_OK, 200)                                                                                \
    X(HOOK_CHALLENGE,                                                                              \
      200)               /* the provider asks whether we are there: answer with the given text */  \
    X(HOOK_MISSING, 400) /* no signature */                                                        \
    X(HOOK_MALFORMED, 400)                                                                         \
    X(HOOK_FORGED, 403)

enum hook_result {
#define X(name, status) name,
    HOOK_RESULT_TABLE(X)
#undef X
};

int hook_result_status(enum hook_result r); /* the HTTP status to answer with */

/* Whether the provider sent this; nothing may be done before it says HOOK_OK. *ret_challenge is
 * filled with HOOK_CHALLENGE only. */
enum hook_result gateway_verify(struct gateway *g, const struct hook_request *hook,
                                struct slice *ret_challenge);

/* Appends one line for an operator: why a webhook that was not HOOK_OK was likely refused, and the
 * mend. True when that is certain (the signature fits another address of ours). Costs some
 * signatures: now and then only. Holds no secret. */
bool gateway_explain_refusal(struct gateway *g, const struct hook_request *hook,
                             enum hook_result result, struct buf *out);

enum { RECEIPT_PARTS_MAX = 50 };

struct receipt_event {
    struct slice ref; /* as it came: core/ref.h says whether it is ours */
    enum state state; /* SENT, DELIVERED, READ, UNDELIVERED, UNKNOWN or ACCEPTED */
    struct slice provider_id;
    struct slice code;           /* the provider's error code; none */
    struct slice reason;         /* slug; none */
    struct slice title, details; /* of UNDELIVERED: the provider's own words for why; none */
    /* Of UNDELIVERED: whose fault it is. REFUSED: this person's or message's. BLOCKED, THROTTLED,
     * TRANSIENT: it was not sent, for a reason that has nothing to do with the person. */
    enum outcome outcome;
    enum verdict_scope scope; /* of THROTTLED */
    bool filtered;            /* of UNDELIVERED: taken for unwanted mail on the way */
    bool parts;               /* it may be about one part of a longer text */
    bool suppress;            /* the provider says that the person opted out, whatever `state` is */
    struct slice to;          /* as `from` of an inbound event; none when not said */
    struct slice to_user_id;  /* the person's user id, where it is said; none */
    struct slice from_id; /* our number's own id at the provider; as `to_id` of an inbound event */
    bool international;   /* digits without a plus in `to` are in international form */
    int64_t at_ms;        /* [ms since 1970] 0 = not said */
    int64_t cost; /* [millionths of `currency`] what the provider takes for it; 0 = not said */
    struct slice currency;
    unsigned part_count; /* ≤ RECEIPT_PARTS_MAX; 0 = not said */
};

/* What somebody did. All but ECHO are about the person who did it. A kind that is neither MESSAGE,
 * EDIT nor one of the three wishes waits for no answer and opts nobody out. */
#define INBOUND_KIND_TABLE(X)                                                                      \
    X(INBOUND_MESSAGE, "message") /* words, or a thing that `note` tells of */                     \
    X(INBOUND_OPT_OUT, "opt_out") /* the provider says so, whatever the text */                    \
    X(INBOUND_OPT_IN, "opt_in")                                                                    \
    X(INBOUND_HELP, "help")                                                                        \
    X(INBOUND_EDIT, "edit")         /* `about` now reads `text`: the new words count */            \
    X(INBOUND_REVOKED, "revoked")   /* `about` was taken back */                                   \
    X(INBOUND_REACTION, "reaction") /* `text` is the emoji, none = taken back; to `about` */       \
    X(INBOUND_ECHO, "echo")         /* our own side wrote `text` to `from`, past Muster */         \
    X(INBOUND_NOTE, "note")         /* something to be shown: `note` says what */                  \
    X(INBOUND_NUMBER_CHANGE, "number_change") /* now `new_from`, `new_user_id`: one or both */

enum inbound_kind {
#define X(name, text) name,
    INBOUND_KIND_TABLE(X)
#undef X
};

/* Texts are UTF-8 and cleaned; none = not said. One of `from`, `user_id` and
 * `parent_user_id` is always there. */
struct inbound_event {
    enum inbound_kind kind;
    bool handled; /* the provider has answered the person by itself: send no confirmation */
    struct slice event_id; /* the provider's; the same when it repeats itself */
    /* The person as the provider wrote them, trimmed and without its own prefix ("whatsapp:"): a
     * number, a short code, a name; none when only a user id is known. E.164 with + where that is
     * certain. */
    struct slice from;
    bool international;   /* digits without a plus in `from` and `new_from` are in international
                             form; false = they may be national ones */
    struct slice user_id; /* "GB.1349…": the person for this account; changes with the number */
    struct slice parent_user_id; /* the same person for all accounts of our company: "GB.ENT.…" */
    struct slice to;             /* our sender */
    /* "sms", "whatsapp": which of its channels was written to, where `to` says so; else none */
    struct slice to_channel;
    struct slice to_id;  /* its own id at the provider (phone_number_id) */
    struct slice chat;   /* id of the group chat it was said in; none = in private */
    struct slice text;   /* the person's words, or a button's title */
    struct slice action; /* the payload or id of the button that was pressed */
    struct slice about;  /* event id of the message that is edited, revoked, reacted to */
    struct slice new_from, new_user_id; /* of NUMBER_CHANGE; as from and user_id */
    /* One line in English that says what came besides, or in place of, words: "Contact card: Ann,
     * +44…", "Place: Town hall (51.5, -0.1)". Never none where text and media_count are. */
    struct slice note;
    struct slice profile_name;
    int media_count; /* pictures and other attachments that came along */
    int64_t at_ms;   /* [ms since 1970] when it happened; 0 = not said */
};

/* How bad. */
#define ACCOUNT_LEVEL_TABLE(X)                                                                     \
    X(ACCOUNT_INFO, "info")       /* good to know */                                               \
    X(ACCOUNT_WARNING, "warning") /* somebody should look */                                       \
    X(ACCOUNT_BLOCKED, "blocked") /* nothing leaves any more: what uses it is to be stopped */

enum account_level {
#define X(name, text) name,
    ACCOUNT_LEVEL_TABLE(X)
#undef X
};

/* Something that the provider says about our account, not about a person. */
struct account_event {
    enum account_level level;
    struct slice reason;        /* slug, "template_paused" */
    struct slice text;          /* one line in English, without anybody's number or words */
    struct slice template_name; /* it is about this template only; none = the whole account */
    struct slice template_language;
    struct slice account_id; /* whose: the account's id as the provider writes it; none */
    int64_t at_ms;           /* [ms since 1970] 0 = not said */
};

/* Events and all they point to are borrowed for the callback. NULL = not wanted, of each of them. */
struct hook_sink {
    void (*receipt)(void *arg, const struct receipt_event *event);
    void (*inbound)(void *arg, const struct inbound_event *event);
    void (*account)(void *arg, const struct account_event *event);
    /* A receipt whose word the description does not know; nothing follows from it. */
    void (*unlisted)(void *arg, struct slice word);
    /* Something in it is of no kind that is known, or nobody can be told from it: the webhook
     * should be kept for people. */
    void (*unread)(void *arg);
    /* It was not well-formed, and was mended before it was read. Last of all. */
    void (*mended)(void *arg);
    void *arg;
};

/* Reads a verified webhook: one may hold many events of all kinds, or none that concern us. What is
 * not well-formed is mended as far as that is certain (core/json_repair.h). HOOK_OK or
 * HOOK_MALFORMED: nothing of it can be read (or, after some callbacks, it is too large to be read
 * whole). */
enum hook_result gateway_read(struct gateway *g, const struct hook_request *hook,
                              const struct hook_sink *sink);

/* Several numbers of ours may share one callback address. Whether what a webhook of `by` says of
 * our number `own_id` (of the account `account_id`) concerns g: it is g's, and both have the secret
 * that signs it. An id that is none, or that the provider does not tell apart, is `by`'s own. */
bool gateway_has_number(const struct gateway *g, const struct gateway *by, struct slice own_id);
bool gateway_has_account(const struct gateway *g, const struct gateway *by,
                         struct slice account_id);
/* Whether a webhook of `by` may be about a sender of g: one provider, both have the secret that signs it, and g is of the
 * channel that was written to (`to_channel` of the event; none: by's). */
bool gateway_shares_address(const struct gateway *g, const struct gateway *by,
                            struct slice to_channel);

/* What the provider wants to hear when all is stored. */
struct hook_answer {
    int status;
    const char *content_type;
    struct slice body;
};
struct hook_answer gateway_answer(const struct gateway *g);
