#include "sim/config.h"

#include <ctype.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "sim/face.h"
#include "sim/people.h"

enum kind { KIND_INT, KIND_BOOL, KIND_CHANCE, KIND_TEXT, KIND_MIX, KIND_WEBHOOK, KIND_SECRETS };

struct key {
    const char *name, *argument;
    enum kind kind;
    bool start_only;
    size_t offset;
    int64_t min, max;                    /* KIND_INT */
    bool (*name_is_known)(const char *); /* KIND_MIX */
    const char *known, *help;
};

#define AT(field) offsetof(struct sim_config, field)
enum { HOUR_MS = 3600000 };

static bool receipt_is_known(const char *name)
{
    return receipt_find(name) != NULL;
}

static const char known_errors[] =
    "a provider's code (21610, 131026, …), unroutable, httpNNN, html, lost, drop, hang";

static const struct key keys[] = {
    {"listen", "HOST:PORT", KIND_TEXT, true, AT(listen), 0, 0, NULL, NULL,
     "where to listen; port 0 = any free one (127.0.0.1:0)"},
    {"port-file", "PATH", KIND_TEXT, true, AT(port_file), 0, 0, NULL, NULL,
     "write the port there once it is bound"},
    {"keep", "N", KIND_INT, true, AT(keep), 0, 10000000, NULL, NULL,
     "newest messages that /sim/messages and list requests can show (10000)"},
    {"latency-ms", "MS", KIND_INT, false, AT(latency_ms), 0, HOUR_MS, NULL, NULL,
     "time before each answer (20)"},
    {"latency-jitter-ms", "MS", KIND_INT, false, AT(latency_jitter_ms), 0, HOUR_MS, NULL, NULL,
     "up to this much more, by message (0)"},
    {"hang-ms", "MS", KIND_INT, false, AT(hang_ms), 0, HOUR_MS, NULL, NULL,
     "how late the answer of error 'hang' is (60000)"},
    {"rate-per-s", "N", KIND_INT, false, AT(rate_per_s), 0, 1000000, NULL, NULL,
     "accept at most N in any sliding second, throttle the rest (0 = no limit)"},
    {"passes-on-per-s", "N", KIND_INT, false, AT(passes_on_per_s), 0, 1000000, NULL, NULL,
     "messages that leave its own queue in a second; receipts and replies follow (0 = at once)"},
    {"retry-after-s", "S", KIND_INT, false, AT(retry_after_s), 0, 86400, NULL, NULL,
     "Retry-After of throttled answers (0 = none)"},
    {"errors", "MIX", KIND_MIX, false, AT(errors), 0, 0, fate_is_known, known_errors,
     "what goes wrong, e.g. 21610:0.01,30003:0.02,http500:0.001,drop:0.0001"},
    {"receipts", "MIX", KIND_MIX, false, AT(receipts), 0, 0, receipt_is_known,
     "sent, delivered, read, undelivered, failed",
     "last receipt, e.g. delivered:0.95,undelivered:0.03"},
    {"receipt-steps", "yes|no", KIND_BOOL, false, AT(receipt_steps), 0, 0, NULL, NULL,
     "also the receipts before the last one: sent, delivered (no)"},
    {"receipt-delay-ms", "MS", KIND_INT, false, AT(receipt_delay_ms), 0, HOUR_MS, NULL, NULL,
     "from the acceptance to the receipt (1000)"},
    {"receipt-jitter-ms", "MS", KIND_INT, false, AT(receipt_jitter_ms), 0, HOUR_MS, NULL, NULL,
     "up to this much more (1000)"},
    {"replies", "MIX", KIND_MIX, false, AT(replies), 0, 0, people_know,
     "yes, no, question, stop, postcode, other",
     "what people answer, e.g. yes:0.06,no:0.02,question:0.01,stop:0.005"},
    {"reply-delay-ms", "MS", KIND_INT, false, AT(reply_delay_ms), 0, HOUR_MS, NULL, NULL,
     "how long people think at least (2000)"},
    {"reply-jitter-ms", "MS", KIND_INT, false, AT(reply_jitter_ms), 0, HOUR_MS, NULL, NULL,
     "up to this much longer (3000)"},
    {"thanks", "CHANCE", KIND_CHANCE, false, AT(thanks), 0, 0, NULL, NULL,
     "that somebody who was answered says thanks (0.3)"},
    {"shapes", "MIX", KIND_MIX, false, AT(shapes), 0, 0, whatsapp_shape_is_known,
     "username, edit, reaction, button",
     "who answers on WhatsApp otherwise than with a text: people who show a user id and no "
     "number,\n"
     "who change their first words, who react, who press a button; e.g. username:0.1,edit:0.02"},
    {"webhook", "[FACE=]URL", KIND_WEBHOOK, false, 0, 0, 0, NULL, NULL,
     "where answers (and WhatsApp receipts) go; FACE is twilio, whatsapp or kannel, else all "
     "three.\n"
     "Kannel's may hold %I %T %p %P %a %i; without any the usual query is added"},
    {"account-sid", "SID", KIND_TEXT, false, AT(account_sid), 0, 0, NULL, NULL,
     "the one Twilio account that exists (any)"},
    {"auth-token", "TOKEN", KIND_TEXT, false, AT(auth_token), 0, 0, NULL, NULL,
     "Twilio's token: checked in requests, signs callbacks (sim-secret)"},
    {"access-token", "TOKEN", KIND_TEXT, false, AT(access_token), 0, 0, NULL, NULL,
     "WhatsApp's bearer token (sim-secret)"},
    {"app-secret", "SECRET", KIND_TEXT, false, AT(app_secret), 0, 0, NULL, NULL,
     "signs WhatsApp's webhooks (sim-secret)"},
    {"verify-token", "TOKEN", KIND_TEXT, false, AT(verify_token), 0, 0, NULL, NULL,
     "WhatsApp's webhook handshake, see POST /sim/handshake (sim-secret)"},
    {"username", "NAME", KIND_TEXT, false, AT(username), 0, 0, NULL, NULL,
     "Kannel's user (muster)"},
    {"password", "WORD", KIND_TEXT, false, AT(password), 0, 0, NULL, NULL,
     "Kannel's password (sim-secret)"},
    {"secret", "SECRET", KIND_SECRETS, false, 0, 0, 0, NULL, NULL,
     "sets auth-token, access-token, app-secret, verify-token and password at once"},
    {"seed", "N", KIND_INT, false, AT(seed), 0, INT64_MAX, NULL, NULL,
     "the same seed gives every message the same fate (1)"},
    {"pending-max", "N", KIND_INT, false, AT(pending_max), 0, 10000000, NULL, NULL,
     "receipts and replies that wait at once; more are dropped and counted (200000)"},
    {"post-retries", "N", KIND_INT, false, AT(post_retries), 0, 20, NULL, NULL,
     "tries after a receipt or reply was not taken, 1 s, 2 s, 4 s … apart (5)"},
};

static void set_text(char *field, const char *value)
{
    memcpy(field, value, strlen(value) + 1);
}

void config_defaults(struct sim_config *c)
{
    *c = (struct sim_config){.keep = 10000,
                             .latency_ms = 20,
                             .hang_ms = 60000,
                             .thanks = 0.3,
                             .receipt_delay_ms = 1000,
                             .receipt_jitter_ms = 1000,
                             .seed = 1,
                             .reply_delay_ms = 2000,
                             .reply_jitter_ms = 3000,
                             .post_retries = 5,
                             .pending_max = 200000};
    set_text(c->listen, "127.0.0.1:0");
    set_text(c->username, "muster");
    char *const secrets[] = {c->auth_token, c->access_token, c->app_secret, c->verify_token,
                             c->password};
    for (size_t i = 0; i < COUNT_OF(secrets); i++)
        set_text(secrets[i], "sim-secret");
}

static bool same_key(struct slice given, const char *name)
{
    if (given.n != strlen(name)) return false;
    for (size_t i = 0; i < given.n; i++)
        if ((given.p[i] == '_' ? '-' : given.p[i]) != name[i]) return false;
    return true;
}

static const struct key *find_key(struct slice given)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (same_key(given, keys[i].name)) return &keys[i];
    return NULL;
}

static int set_int(const struct key *k, int64_t *field, struct slice value, struct err *e)
{
    uint64_t number;
    if (!slice_to_u64(value, (uint64_t)k->max, &number) || number < (uint64_t)k->min)
        return err_set(e, ERR_INVALID, "%s: a whole number from %lld to %lld, not '%.*s'", k->name,
                       (long long)k->min, (long long)k->max, SLICE_ARG(value));
    *field = (int64_t)number;
    return 0;
}

static int set_bool(const struct key *k, bool *field, struct slice value, struct err *e)
{
    if (slice_is(value, "yes") || slice_is(value, "true") || slice_is(value, "1")) {
        *field = true;
    } else if (slice_is(value, "no") || slice_is(value, "false") || slice_is(value, "0")) {
        *field = false;
    } else {
        return err_set(e, ERR_INVALID, "%s: yes or no, not '%.*s'", k->name, SLICE_ARG(value));
    }
    return 0;
}

static int set_chance(const struct key *k, double *field, struct slice value, struct err *e)
{
    char copy[32], *end = copy;
    if (value.n && value.n < sizeof copy) {
        memcpy(copy, value.p, value.n);
        copy[value.n] = '\0';
        double chance = strtod(copy, &end);
        if (*end == '\0' && chance >= 0 && chance <= 1) {
            *field = chance;
            return 0;
        }
    }
    return err_set(e, ERR_INVALID, "%s: a chance from 0 to 1, not '%.*s'", k->name,
                   SLICE_ARG(value));
}

static int copy_text(const char *name, char *field, struct slice value, struct err *e)
{
    if (value.n >= SIM_TEXT_BYTES || memchr(value.p ? value.p : "", '\0', value.n))
        return err_set(e, ERR_LIMIT, "%s: at most %d bytes, no NUL", name, SIM_TEXT_BYTES - 1);
    if (value.n) memcpy(field, value.p, value.n);
    field[value.n] = '\0';
    return 0;
}

static int set_mix(const struct key *k, struct mix *field, struct slice value, struct err *e)
{
    struct mix m;
    int rc = mix_parse(value, &m, e);
    if (rc) return err_prefix(e, "%s", k->name);
    for (int i = 0; i < m.count; i++)
        if (!k->name_is_known(m.items[i].name))
            return err_set(e, ERR_INVALID, "%s: '%s' is not known; use %s", k->name,
                           m.items[i].name, k->known);
    *field = m;
    return 0;
}

static bool is_url(struct slice s)
{
    return slice_starts(s, "http://") || slice_starts(s, "https://");
}

static int set_webhook(struct sim_config *c, struct slice value, struct err *e)
{
    struct target {
        const char *prefix;
        char *field;
    } targets[] = {{"twilio=", c->webhook_twilio},
                   {"whatsapp=", c->webhook_whatsapp},
                   {"kannel=", c->webhook_kannel}};
    bool for_all = true;
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        if (slice_starts(value, targets[i].prefix)) for_all = false;
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        size_t skip = for_all ? 0 : strlen(targets[i].prefix);
        if (!for_all && !slice_starts(value, targets[i].prefix)) continue;
        struct slice url = slice_from(value, skip);
        if (url.n && !is_url(url))
            return err_set(e, ERR_INVALID,
                           "webhook: a URL with http:// or https://, or FACE=URL, not '%.*s'",
                           SLICE_ARG(value));
        int rc = copy_text("webhook", targets[i].field, url, e);
        if (rc) return rc;
    }
    return 0;
}

static int set_secrets(struct sim_config *c, struct slice value, struct err *e)
{
    char *const fields[] = {c->auth_token, c->access_token, c->app_secret, c->verify_token,
                            c->password};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        int rc = copy_text("secret", fields[i], value, e);
        if (rc) return rc;
    }
    return 0;
}

static int set_key(struct sim_config *c, const struct key *k, struct slice value, struct err *e)
{
    void *field = (char *)c + k->offset;
    switch (k->kind) {
    case KIND_INT:
        return set_int(k, field, value, e);
    case KIND_BOOL:
        return set_bool(k, field, value, e);
    case KIND_CHANCE:
        return set_chance(k, field, value, e);
    case KIND_TEXT:
        return copy_text(k->name, field, value, e);
    case KIND_MIX:
        return set_mix(k, field, value, e);
    case KIND_WEBHOOK:
        return set_webhook(c, value, e);
    case KIND_SECRETS:
        return set_secrets(c, value, e);
    }
    return 0;
}

int config_set(struct sim_config *c, struct slice key, struct slice value, struct err *e)
{
    const struct key *k = find_key(key);
    if (!k)
        return err_set(e, ERR_INVALID, "there is no setting '%.*s'; see muster-sim --help",
                       SLICE_ARG(key));
    return set_key(c, k, value, e);
}

int config_from_args(struct sim_config *c, int argc, char **argv, bool *ret_help, struct err *e)
{
    struct sim_config next = *c;
    bool help = false;
    for (int i = 0; i < argc; i++) {
        struct slice arg = slice_of(argv[i]), key = SLICE_NONE, value;
        if (slice_is(arg, "--help") || slice_is(arg, "-h")) {
            help = true;
            continue;
        }
        if (!slice_starts(arg, "--"))
            return err_set(e, ERR_INVALID, "'%s' is not an option; see muster-sim --help", argv[i]);
        value = slice_from(arg, 2);
        (void)slice_cut(&value, '=', &key);
        if (!memchr(arg.p, '=', arg.n)) {
            if (i + 1 == argc) return err_set(e, ERR_INVALID, "%s: a value must follow", argv[i]);
            value = slice_of(argv[++i]);
        }
        int rc = config_set(&next, key, value, e);
        if (rc) return rc;
    }
    *ret_help = help;
    if (!help) *c = next;
    return 0;
}

static int set_from_json(struct sim_config *c, const char *name, const json_t *value, struct err *e)
{
    const struct key *k = find_key(slice_of(name));
    char number[64];
    if (k && k->start_only)
        return err_set(e, ERR_CONFLICT, "%s: only at the start; start muster-sim with --%s", name,
                       k->name);
    if (json_is_integer(value))
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(number, sizeof number, "%.17g", json_real_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(number, sizeof number, "%s", json_is_true(value) ? "yes" : "no");
    else if (!json_is_string(value))
        return err_set(e, ERR_INVALID, "%s: a string, a number, true or false", name);
    return config_set(c, slice_of(name),
                      slice_of(json_is_string(value) ? json_string_value(value) : number), e);
}

int config_from_json(struct sim_config *c, struct slice json, struct err *e)
{
    struct sim_config next = *c;
    json_error_t why;
    json_t *root = json_loadb(json.p ? json.p : "", json.n, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        return err_set(e, ERR_SYNTAX, "line %d, column %d: %s", why.line, why.column, why.text);
    int rc =
        json_is_object(root) ? 0 : err_set(e, ERR_INVALID, "a JSON object of settings is needed");
    const char *name;
    json_t *value;
    if (rc == 0) {
        json_object_foreach(root, name, value)
        {
            rc = set_from_json(&next, name, value, e);
            if (rc) break;
        }
    }
    json_decref(root);
    if (rc == 0) *c = next;
    return rc;
}

static void help_of_key(struct buf *b, const struct key *k)
{
    int wide = 28 - (int)strlen(k->name) - 3;
    buf_addf(b, "  --%s %-*s ", k->name, wide, k->argument);
    for (const char *p = k->help; *p; p++) {
        buf_add_char(b, *p);
        if (*p == '\n') buf_addf(b, "%*s", 31, "");
    }
    buf_add_char(b, '\n');
    if (k->known) buf_addf(b, "%*s%s\n", 31, "", k->known);
}

char *config_help(void)
{
    struct buf b = BUF_INIT(64 * 1024);
    buf_add_cstr(
        &b, "muster-sim: Twilio, WhatsApp Cloud and Kannel on one port, with people who answer.\n\n"
            "Usage: muster-sim [--KEY VALUE]…\n\n");
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        help_of_key(&b, &keys[i]);
    buf_add_cstr(
        &b,
        "\nA MIX is NAME:CHANCE,…; what is left of 1 is the good case. The errors besides codes:\n"
        "  httpNNN  that status with a page of HTML; not taken\n"
        "  html     200 with a page of HTML, as a captive portal; not taken\n"
        "  lost     the connection closes before the message is taken\n"
        "  drop     the message is taken, then the connection closes without an answer\n"
        "  hang     the message is taken, the answer comes --hang-ms later\n"
        "Codes that a provider tells by receipt (30003, 131026, …) are accepted first.\n\n"
        "Faces:\n"
        "  POST /2010-04-01/Accounts/{sid}/Messages.json   GET the same with To, From, PageSize\n"
        "  POST /{version}/{phone number id}/messages\n"
        "  GET|POST /cgi-bin/sendsms\n"
        "Control:\n"
        "  GET  /sim/stats            what happened so far, as JSON\n"
        "  GET  /sim/messages?to=N    the newest messages to a number (limit=100)\n"
        "  POST /sim/config           the keys above as a JSON object, but listen, port-file, "
        "keep\n"
        "  POST /sim/reset            forgets all messages, people and counters\n"
        "  POST /sim/handshake        asks the WhatsApp webhook for the challenge as Meta does\n");
    return b.p;
}
