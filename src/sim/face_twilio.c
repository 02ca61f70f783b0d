/* Twilio Programmable Messaging: Messages.json with Basic auth and a form, errors by number, status
 * callbacks and inbound messages as signed forms. */
#include "sim/face.h"

#include <time.h>

#include <jansson.h>
#include <sodium.h>

#include "base/clock.h"
#include "core/form.h"
#include "core/signature.h"
#include "sim/wire.h"

enum { BODY_CHARS_MAX = 1600, VALIDITY_S_MAX = 36000, PAGE_MAX = 1000, PAGE_DEFAULT = 50 };

static const char path_start[] = "/2010-04-01/Accounts/", path_end[] = "/Messages.json";

static const struct face_code codes[] = {
    {"20001", 400, false, "Invalid parameter"},
    {"20003", 401, false, "Authenticate"},
    {"20404", 404, false, "The requested resource was not found"},
    {"20429", 429, false, "Too Many Requests"},
    {"20500", 500, false, "Internal Server Error"},
    {"20503", 503, false, "Service Unavailable"},
    {"21211", 400, false, "Invalid 'To' Phone Number"},
    {"21212", 400, false, "Invalid 'From' Number"},
    {"21266", 400, false, "'To' and 'From' number cannot be the same"},
    {"21408", 400, false,
     "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"},
    {"21602", 400, false, "Message body is required"},
    {"21603", 400, false,
     "A 'From' or 'MessagingServiceSid' parameter is required to send a message"},
    {"21604", 400, false, "A 'To' phone number is required"},
    {"21606", 400, false,
     "The 'From' phone number is not a valid, message-capable number for this destination"},
    {"21608", 400, false, "The 'to' phone number provided is not yet verified for this account"},
    {"21609", 400, false, "The 'StatusCallback' URL is not a valid URL"},
    {"21610", 400, false, "Attempt to send to unsubscribed recipient"},
    {"21611", 400, false, "This 'From' number has exceeded the maximum number of queued messages"},
    {"21612", 400, false, "The 'To' phone number is not currently reachable via SMS"},
    {"21614", 400, false, "'To' number is not a valid mobile number"},
    {"21617", 400, false, "The concatenated message body exceeds the 1600 character limit"},
    {"21635", 400, false, "'To' number is a landline"},
    {"21655", 400, false, "The ContentSid is invalid"},
    {"21656", 400, false, "The ContentVariables parameter is invalid"},
    {"21660", 400, false, "The 'From' number does not belong to the account"},
    {"21701", 404, false, "The Messaging Service does not exist"},
    {"30001", 0, true, "Queue overflow"},
    {"30002", 0, true, "Account suspended"},
    {"14107", 400, false, "Message rate exceeded for this pair"},
    {"30610", 400, false, "A code that no description lists"},
    {"30034", 0, true, "Message from an unregistered number"},
    {"30003", 0, true, "Unreachable destination handset"},
    {"30004", 0, true, "Message blocked"},
    {"30005", 0, true, "Unknown destination handset"},
    {"30006", 0, true, "Landline or unreachable carrier"},
    {"30007", 0, true, "Message filtered"},
    {"30008", 0, true, "Unknown error"},
    {"30017", 0, true, "Carrier network congestion"},
    {"63016", 0, true, "Outside the allowed window"},
    {"63018", 0, true, "Rate limit exceeded for channel"},
    {"63024", 0, true, "Invalid message recipient"},
};
static const struct face_code throttled = {"20429", 429, false, "Too Many Requests"};

static const struct face_code *refusal(const char *code)
{
    return face_code(&face_twilio, code);
}

static bool owns(struct slice path)
{
    return slice_starts(path, path_start) && slice_ends(path, path_end) &&
           path.n > sizeof path_start + sizeof path_end - 2;
}

static struct slice account_of(struct slice path)
{
    size_t start = sizeof path_start - 1;
    return slice_make(path.p + start, path.n - start - (sizeof path_end - 1));
}

/* "Basic base64(user:password)": the account's own SID or an API key of it, with the token. */
static bool may_enter(const struct sim_config *c, struct slice account, struct slice authorization)
{
    char plain[SIM_TEXT_BYTES * 2];
    size_t n = 0;
    if (c->account_sid[0] && !slice_is(account, c->account_sid)) return false;
    if (!slice_starts(authorization, "Basic ")) return false;
    struct slice coded = slice_from(authorization, 6), user;
    if (sodium_base642bin((unsigned char *)plain, sizeof plain, coded.p, coded.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    struct slice password = slice_make(plain, n);
    if (!slice_cut(&password, ':', &user)) return false;
    bool is_key = user.n == 34 && slice_starts(user, "SK");
    return (slice_eq(user, account) || is_key) && slice_is(password, c->auth_token);
}

static struct slice value_of(const struct form *f, const char *name)
{
    const struct form_pair *pair = form_find(f, slice_of(name));
    return pair ? pair->value : SLICE_NONE;
}

static bool is_sid(struct slice s, const char *prefix)
{
    if (s.n != 34 || !slice_starts(s, prefix)) return false;
    for (size_t i = 2; i < s.n; i++)
        if (!strchr("0123456789abcdefABCDEF", s.p[i])) return false;
    return true;
}

/* E.164, a short code, or a name of up to 11 characters with a letter in it. */
static bool is_sender(struct slice s)
{
    static const char name_chars[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 &-+_";
    bool letter = false;
    if (e164_digits(s, true)) return true;
    if (s.n == 0 || s.n > 11) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!s.p[i] || !strchr(name_chars, s.p[i])) return false;
        letter |= (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z';
    }
    return letter || (s.n >= 3 && s.n <= 8 && slice_find(s, ' ') < 0);
}

static bool is_url(struct slice s)
{
    size_t skip = slice_starts(s, "https://") ? 8 : slice_starts(s, "http://") ? 7 : 0;
    struct slice host = slice_from(s, skip);
    if (!skip || host.n == 0 || slice_find(s, ' ') >= 0) return false;
    for (size_t i = 0; i < host.n && !strchr("/?#:", host.p[i]); i++)
        if (host.p[i] == '_') return false; /* Twilio takes no underscore in a host name */
    return host.p[0] != '/' && host.p[0] != ':';
}

static struct slice without_channel(struct slice s)
{
    return slice_starts(s, "whatsapp:") ? slice_from(s, 9) : s;
}

static const struct face_code *check_numbers(const struct form *f, struct sim_message *m)
{
    bool whatsapp = slice_starts(m->to, "whatsapp:");
    if (m->to.n == 0) return refusal("21604");
    m->number = e164_digits(without_channel(m->to), true);
    if (!m->number) return refusal("21211");
    struct slice service = value_of(f, "MessagingServiceSid");
    if (m->from.n == 0 && service.n == 0) return refusal("21603");
    if (m->from.n == 0) {
        m->from = service;
        return is_sid(service, "MG") ? NULL : refusal("21701");
    }
    if (whatsapp != slice_starts(m->from, "whatsapp:") || !is_sender(without_channel(m->from)))
        return refusal("21212");
    return slice_eq(m->to, m->from) ? refusal("21266") : NULL;
}

static bool is_json_object(struct slice s)
{
    json_t *root = json_loadb(s.p, s.n, 0, NULL);
    bool yes = json_is_object(root);
    json_decref(root);
    return yes;
}

static const struct face_code *check_content(const struct form *f, struct arena *a,
                                             struct sim_message *m)
{
    struct slice body = value_of(f, "Body"), content = value_of(f, "ContentSid");
    struct slice variables = value_of(f, "ContentVariables");
    if (content.n) {
        if (!is_sid(content, "HX")) return refusal("21655");
        if (variables.n && !is_json_object(variables)) return refusal("21656");
        m->text = slice_of(arena_printf(a, "%.*s %.*s", SLICE_ARG(content), SLICE_ARG(variables)));
        return NULL;
    }
    if (body.n == 0 && value_of(f, "MediaUrl").n == 0) return refusal("21602");
    if (slice_characters(body) > BODY_CHARS_MAX) return refusal("21617");
    m->text = body.n ? body : value_of(f, "MediaUrl");
    return NULL;
}

static const struct face_code *check_rest(const struct form *f, struct sim_message *m)
{
    struct slice validity = value_of(f, "ValidityPeriod");
    uint64_t seconds;
    m->callback = value_of(f, "StatusCallback");
    if (m->callback.n && !is_url(m->callback)) return refusal("21609");
    if (validity.n && (!slice_to_u64(validity, VALIDITY_S_MAX, &seconds) || seconds == 0))
        return refusal("20001");
    return NULL;
}

static const struct face_code *read_message(const struct sim_config *c,
                                            const struct face_request *q, struct arena *a,
                                            struct sim_message *ret)
{
    struct sim_message m = {.account = account_of(q->path)};
    struct form form = {0};
    if (!may_enter(c, m.account, q->authorization)) return refusal("20003");
    if (!slice_is(q->method, "POST")) return refusal("20404");
    bool is_form = slice_starts(q->content_type, "application/x-www-form-urlencoded");
    if (is_form && form_parse(q->body, a, &form) != 0) return refusal("20001");
    m.to = value_of(&form, "To");
    m.from = value_of(&form, "From");
    const struct face_code *no = check_numbers(&form, &m);
    if (!no) no = check_content(&form, a, &m);
    if (!no) no = check_rest(&form, &m);
    if (!no) *ret = m;
    return no;
}

static void add_text(struct buf *b, const char *name, struct slice value)
{
    buf_addf(b, "\"%s\":", name);
    wire_string(b, value);
    buf_add_char(b, ',');
}

/* "Thu, 24 Aug 2023 05:01:45 +0000" */
static void add_date(struct buf *b, const char *name, int64_t at_ms)
{
    char text[40] = "";
    struct tm tm;
    time_t at_s = at_ms / 1000;
    if (gmtime_r(&at_s, &tm)) (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &tm);
    add_text(b, name, slice_of(text));
}

static void add_resource(struct buf *b, const struct taped *m, const char *status)
{
    bool service = is_sid(m->from, "MG");
    buf_add_char(b, '{');
    add_text(b, "sid", m->id);
    add_text(b, "account_sid", m->account);
    add_text(b, "to", m->to);
    if (service) {
        add_text(b, "messaging_service_sid", m->from);
        buf_add_cstr(b, "\"from\":null,");
    } else {
        buf_add_cstr(b, "\"messaging_service_sid\":null,");
        add_text(b, "from", m->from);
    }
    add_text(b, "body", m->text);
    add_date(b, "date_created", m->at_ms);
    add_date(b, "date_updated", m->at_ms);
    buf_addf(b,
             "\"status\":\"%s\",\"num_segments\":\"1\",\"num_media\":\"0\","
             "\"direction\":\"outbound-api\",\"price\":null,\"price_unit\":\"USD\","
             "\"error_code\":null,\"error_message\":null,\"date_sent\":null,"
             "\"api_version\":\"2010-04-01\",\"uri\":\"%s%.*s/Messages/%.*s.json\"}",
             status, path_start, SLICE_ARG(m->account), SLICE_ARG(m->id));
}

static void accept(const struct sim_message *m, struct answer *ret)
{
    struct taped t = {.id = slice_of(m->id),
                      .account = m->account,
                      .to = m->to,
                      .from = m->from,
                      .text = m->text,
                      .at_ms = clock_wall_ms()};
    ret->status = 201;
    ret->content_type = "application/json";
    add_resource(&ret->body, &t, is_sid(m->from, "MG") ? "accepted" : "queued");
}

static void refuse(const struct face_code *code, struct answer *ret)
{
    ret->status = code->status;
    ret->content_type = "application/json";
    buf_addf(
        &ret->body,
        "{\"code\":%s,\"message\":\"%s\",\"more_info\":\"https://www.twilio.com/docs/errors/%s\","
        "\"status\":%d}",
        code->code, code->text, code->code, code->status);
}

static bool is_asked_for(const struct taped *m, struct slice account, struct slice to,
                         struct slice from)
{
    return strcmp(m->face, face_twilio.name) == 0 && slice_eq(m->account, account) &&
           (!to.n || slice_eq(to, m->to)) && (!from.n || slice_eq(from, m->from));
}

static const struct face_code *list(const struct sim_config *c, const struct face_request *q,
                                    struct arena *a, const struct tape *tape, struct answer *ret)
{
    struct form query;
    uint64_t size = PAGE_DEFAULT;
    struct slice account = account_of(q->path);
    if (!may_enter(c, account, q->authorization)) return refusal("20003");
    if (form_parse(q->query, a, &query) != 0) return refusal("20001");
    struct slice to = value_of(&query, "To"), from = value_of(&query, "From");
    struct slice page = value_of(&query, "PageSize");
    if (page.n && (!slice_to_u64(page, PAGE_MAX, &size) || size == 0)) return refusal("20001");
    ret->status = 200;
    ret->content_type = "application/json";
    buf_add_cstr(&ret->body, "{\"messages\":[");
    const struct taped *m;
    uint64_t found = 0;
    for (size_t pos = 0; found < size && (m = tape_next(tape, &pos, 0));) {
        if (!is_asked_for(m, account, to, from)) continue;
        if (found++) buf_add_char(&ret->body, ',');
        add_resource(&ret->body, m, "sent");
    }
    buf_addf(&ret->body, "],\"page\":0,\"page_size\":%llu,\"next_page_uri\":null}",
             (unsigned long long)size);
    return NULL;
}

static void sign(const struct sim_config *c, struct outgoing *ret)
{
    char text[SIGNATURE_TWILIO_BYTES];
    struct slice url = buf_slice(&ret->url);
    ret->method = "POST";
    ret->content_type = "application/x-www-form-urlencoded; charset=utf-8";
    if (signature_twilio_make(slice_of(c->auth_token), url, buf_slice(&ret->body), text))
        buf_addf(&ret->signature, "X-Twilio-Signature: %s", text);
}

static void write_receipt(const struct letter *l, struct buf *body)
{
    bool whatsapp = slice_starts(l->to, "whatsapp:");
    /* an SMS is never read */
    const char *status = l->receipt->rank == 3 && !whatsapp ? "delivered" : l->receipt->twilio;
    const char *code = l->code ? l->code->code : l->receipt->twilio_code;
    wire_field(body, "SmsSid", l->id);
    wire_field(body, "SmsStatus", slice_of(status));
    wire_field(body, "MessageStatus", slice_of(status));
    wire_field(body, "To", l->to);
    wire_field(body, "MessageSid", l->id);
    wire_field(body, "AccountSid", l->account);
    wire_field(body, is_sid(l->from, "MG") ? "MessagingServiceSid" : "From", l->from);
    wire_field(body, "ApiVersion", SLICE_LIT("2010-04-01"));
    if (code) wire_field(body, "ErrorCode", slice_of(code));
}

static void write_reply(const struct letter *l, struct buf *body)
{
    bool service = is_sid(l->from, "MG");
    if (service) wire_field(body, "MessagingServiceSid", l->from);
    wire_field(body, "SmsMessageSid", l->id);
    wire_field(body, "NumMedia", SLICE_LIT("0"));
    wire_field(body, "SmsSid", l->id);
    wire_field(body, "SmsStatus", SLICE_LIT("received"));
    wire_field(body, "Body", slice_of(l->text));
    wire_field(body, "To", service ? SLICE_LIT("+447700900999") : l->from); /* one of its pool */
    wire_field(body, "NumSegments", SLICE_LIT("1"));
    wire_field(body, "MessageSid", l->id);
    wire_field(body, "AccountSid", l->account);
    wire_field(body, "From", l->to);
    wire_field(body, "ApiVersion", SLICE_LIT("2010-04-01"));
}

static struct slice address_of(const struct sim_config *c, const struct letter *l)
{
    struct slice url = l->kind == LETTER_RECEIPT ? l->callback : slice_of(c->webhook_twilio);
    long fragment = slice_find(url, '#'); /* connection overrides, not part of the URL */
    return fragment < 0 ? url : slice_make(url.p, (size_t)fragment);
}

static bool wants(const struct sim_config *c, const struct letter *l)
{
    return address_of(c, l).n > 0;
}

static bool write_letter(const struct sim_config *c, const struct letter *l, struct outgoing *ret)
{
    buf_add_slice(&ret->url, address_of(c, l));
    if (l->kind == LETTER_RECEIPT) {
        write_receipt(l, &ret->body);
    } else {
        write_reply(l, &ret->body);
    }
    sign(c, ret);
    return !ret->url.failed && !ret->body.failed;
}

const struct face face_twilio = {
    .name = "twilio",
    .id_prefix = "SM",
    .codes = codes,
    .code_count = COUNT_OF(codes),
    .throttled = &throttled,
    .owns = owns,
    .read = read_message,
    .accept = accept,
    .refuse = refuse,
    .list = list,
    .wants = wants,
    .write = write_letter,
};
