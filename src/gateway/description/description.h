#pragma once
/* A provider's description as compiled: what provider.c, rules.c and readers.c make of the file,
 * and what build.c, classify.c and hooks.c work with. Everything lives in the provider's arena or
 * its document. */
#include "core/signature.h"
#include "core/template.h"
#include "encoding.h"
#include "gateway/gateway.h"
#include "rules.h"
#include "select.h"
#include "shapes.h"
#include "words.h"

enum { PROVIDER_KEYS_MAX = 32, PROVIDER_FIELDS_MAX = 48, PROVIDER_READERS_MAX = 16 };

enum channel { CHANNEL_SMS = 1, CHANNEL_WHATSAPP = 2 };

struct account_key {
    struct provider_key public;
    bool derived; /* an absent one is made from the daemon's secret and the gateway's name */
};

/* One name and its value, a template over account and message. */
struct field {
    struct slice name;
    struct template *value;
    enum template_escape escape;
    bool keep_empty; /* an empty value does not omit the pair */
    bool constant;   /* uses nothing of the message: rendered once for each gateway */
};

enum body_kind { BODY_NONE, BODY_FORM, BODY_JSON };

struct send_description {
    struct slice method;
    struct field url;
    struct field basic_user, basic_password; /* value NULL = none */
    struct field headers[PROVIDER_FIELDS_MAX];
    size_t header_count;
    enum body_kind body;
    struct field query[PROVIDER_FIELDS_MAX];
    size_t query_count;
    struct field form[PROVIDER_FIELDS_MAX];
    size_t form_count;
    struct field json;
};

struct number_format {
    bool plus;
    struct slice prefix[CHANNEL_WHATSAPP + 1]; /* by enum channel */
    struct slice also[4]; /* other prefixes that are read; none behind the last */
    bool national;        /* digits without a plus may be a national number */
    unsigned user_ids;    /* enum channel, or-ed: where people may have an id and no number */
};

struct validity_format {
    int64_t unit_s, min, max; /* unit_s 0 = the provider knows none */
};

struct answer_description {
    bool json;
    struct selector_list code, title, details;
    struct selector_list to_known_as, to_user_id; /* of an acceptance */
    struct rule_list rules;
};

enum signature_scheme { SCHEME_TWILIO, SCHEME_HMAC, SCHEME_TOKEN };

/* What an HMAC is made over: these, one behind the other. */
enum signed_kind { SIGNED_BODY, SIGNED_URL, SIGNED_HEADER, SIGNED_TEXT };
struct signed_part {
    enum signed_kind kind;
    struct slice text; /* the name of a header, or the text itself */
};
enum { SIGNED_PARTS_MAX = 8 };

struct handshake_description {
    struct slice when_name, when_value; /* a query parameter and its value */
    struct slice token_name;            /* the query parameter that holds the shared word */
    struct slice answer_name;           /* the one to be sent back */
    int key;                            /* index of the account key; -1 = no handshake */
};

struct hooks_description {
    bool get, post;
    bool json;
    struct selector_list require;
    bool ignore_unrecognised;
    enum signature_scheme scheme;
    struct hmac_form hmac; /* SCHEME_HMAC */
    struct signed_part over[SIGNED_PARTS_MAX];
    size_t over_n;
    struct slice signature_name; /* header, or query parameter of SCHEME_TOKEN */
    int keys[5];                 /* indexes of account keys; -1 behind the last */
    int own_key, account_key;    /* that hold our number's and our account's id; -1 = none */
    struct handshake_description handshake;
    int answer_status;
    struct slice answer_type, answer_body;
};

/* How one kind of event is read from a webhook. */
struct reader {
    struct selector each;
    struct selector_list present, absent; /* all of the one, none of the other */
    struct condition_list match;          /* and these values */
    struct selector_list id, to, at;
    struct selector_list user_id, own_id; /* the person's; our number's own id at the provider */
    /* receipts */
    struct selector_list ref, status, code, title, details;
    struct word_list states;
    bool parts; /* each part of a long text may be told of by itself */
    struct selector_list cost, cost_currency, cost_parts;
    bool cost_per_part; /* what is told is the price of one part */
    /* inbound */
    struct selector_list parent_user_id, chat;
    struct encoding_choice encoding; /* of `text` */
    struct selector_list from, profile_name, kind;
    struct word_list kinds;
    bool handled;
    /* alerts */
    struct selector_list account_id, template_name, template_language;
    /* inbound and alerts: what it says where none of the shapes says otherwise */
    struct shape own;
    struct shape_list shapes;
};

/* How to ask the provider what became of a message to which the response was lost. */
struct lookup_description {
    struct field url; /* value NULL: the provider has no such question */
    struct field query[PROVIDER_FIELDS_MAX];
    size_t query_count;
    struct reader reader;      /* each, present, id, to, text, at, status, states, code */
    struct selector_list more; /* there: the list goes on, so who is not in it may still be */
};

/* How to ask whether the account is right, without sending anything. */
struct probe_description {
    struct field url; /* value NULL: there is no such question */
    struct field query[PROVIDER_FIELDS_MAX];
    size_t query_count;
    struct rule_list rules; /* accepted: it is right; blocked: it is not */
};

struct provider {
    struct yaml_doc *doc;
    struct arena *arena;
    struct template *templates[4 * PROVIDER_FIELDS_MAX]; /* owned, for the end */
    size_t template_count;
    struct slice title, base_url;
    unsigned channels; /* enum channel, or-ed */
    struct account_key keys[PROVIDER_KEYS_MAX + 1];
    size_t key_count;
    struct number_format numbers;
    struct validity_format validity;
    struct field receipt_url, hook_url; /* hook_url: what is to be entered at the provider */
    struct send_description send;
    bool takes_user_id; /* a request uses `to_user_id` */
    struct answer_description answer;
    struct rule_list codes;
    struct word_list states; /* of readers that have none of their own */
    struct hooks_description hooks;
    struct shape_book shapes; /* named lists of them, for several readers */
    struct reader receipts[PROVIDER_READERS_MAX], inbound[PROVIDER_READERS_MAX],
        alerts[PROVIDER_READERS_MAX];
    size_t receipt_count, inbound_count, alert_count;
    struct lookup_description lookup;
    struct probe_description probe;
    struct field setup; /* what a person enters at the provider; value NULL: only hook_url */
};

/* Index of an account key, -1 = unknown. */
int provider_key_index(const struct provider *p, struct slice name);

/* Parts of the compilation; each reads one section of the file. */
int send_compile(const struct compiler *c, struct provider *p, const struct yaml_node *root);
int hooks_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n);
int readers_compile(const struct compiler *c, struct provider *p, const struct yaml_node *root);
int lookup_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n);
int probe_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n);
int setup_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n);
/* Parts that several sections have. A constant uses nothing of the message; fields are pairs of
 * name and template (NULL gives none); states are the provider's words to those that a receipt can
 * tell of.
 */
int constant_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                     struct field *ret);
int fields_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                   bool constant, struct field *list, size_t *ret_count);
int states_compile(const struct compiler *c, const struct yaml_node *n, struct word_list *ret);
/* The `states` of a reader, or the provider's where it has none; ERR_INVALID when there are neither. */
int reader_states_compile(const struct compiler *c, const struct provider *p,
                          const struct yaml_node *reader, struct word_list *ret);
/* A template that ends with the provider. */
int template_keep(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                  struct template **ret);

/* The mapping `signature` of a description's hooks. */
int signature_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n);
/* The index of the account key that a node names. */
int account_key_compile(const struct compiler *c, const struct provider *p,
                        const struct yaml_node *n, int *ret);

/* Small reads that all of them need. */
int compile_required(const struct compiler *c, const struct yaml_node *parent, const char *key,
                     const struct yaml_node **ret);
int compile_text(const struct compiler *c, const struct yaml_node *n, struct slice *ret);
int compile_flag(const struct compiler *c, const struct yaml_node *n,
                 bool *ret); /* absent: untouched */
