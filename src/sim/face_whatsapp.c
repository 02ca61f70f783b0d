/* Meta's WhatsApp Cloud API: /{version}/{phone number id}/messages with a bearer token and JSON;
 * errors as Graph gives them; statuses and messages come to one webhook, signed over the raw body.
 */
#include "sim/face.h"

#include <ctype.h>

#include <jansson.h>

#include "core/json.h"
#include "core/signature.h"
#include "sim/wire.h"

enum { TEXT_BYTES_MAX = 4 * 4096, OPAQUE_BYTES_MAX = 512, REQUEST_SPACES_MAX = 4 };

static const struct face_code codes[] = {
    {"1", 400, false, "An unknown error occurred"},
    {"2", 503, false, "Service temporarily unavailable"},
    {"4", 400, false, "Application request limit reached"},
    {"100", 400, false, "Invalid parameter"},
    {"190", 401, false, "Invalid OAuth access token"},
    {"368", 403, false, "Temporarily blocked for policies violations"},
    {"80007", 400, false, "Rate limit issues"},
    {"130429", 429, false, "Rate limit hit"},
    {"130472", 0, true, "User's number is part of an experiment"},
    {"131000", 500, false, "Something went wrong"},
    {"131005", 403, false, "Access denied"},
    {"131008", 400, false, "Required parameter is missing"},
    {"131009", 400, false, "Parameter value is not valid"},
    {"131016", 500, false, "Service unavailable"},
    {"131021", 400, false, "Recipient cannot be sender"},
    {"131026", 0, true, "Message undeliverable"},
    {"131031", 403, false, "Business account has been locked"},
    {"131042", 400, false, "Business eligibility payment issue"},
    {"131047", 0, true, "Re-engagement message"},
    {"131048", 400, false, "Spam rate limit hit"},
    {"131049", 0, true, "This message was not delivered to maintain healthy ecosystem engagement"},
    {"131050", 0, true, "User has stopped receiving marketing messages from you"},
    {"131051", 400, false, "Unsupported message type"},
    {"131053", 0, true, "Media upload error"},
    {"131056", 400, false, "(Business account, consumer account) pair rate limit hit"},
    {"131057", 500, false, "Business account is in maintenance mode"},
    {"132000", 400, false, "Number of parameters does not match the expected number of params"},
    {"132001", 404, false, "Template name does not exist in the translation"},
    {"132015", 400, false, "Template is paused"},
    {"132018", 400, false, "Template parameter validation failed"},
};
static const struct face_code throttled = {"130429", 429, false, "Rate limit hit"};

static const struct face_code *refusal(const char *code)
{
    return face_code(&face_whatsapp, code);
}

/* "v23.0", the phone number's id, and "messages" or nothing */
static bool cut_path(struct slice path, struct slice *ret_phone_id, bool *ret_messages)
{
    struct slice version, phone, last = SLICE_NONE, rest = slice_from(path, 1);
    if (!slice_cut(&rest, '/', &version) || !slice_cut(&rest, '/', &phone)) return false;
    *ret_messages = slice_cut(&rest, '/', &last);
    if (rest.p || (*ret_messages && !slice_is(last, "messages"))) return false;
    if (version.n < 2 || version.p[0] != 'v' || !isdigit((unsigned char)version.p[1])) return false;
    for (size_t i = 0; i < phone.n; i++)
        if (!isdigit((unsigned char)phone.p[i])) return false;
    *ret_phone_id = phone;
    return phone.n > 0;
}

static bool owns(struct slice path)
{
    struct slice phone_id;
    bool messages;
    return cut_path(path, &phone_id, &messages);
}

static bool may_enter(const struct sim_config *c, const struct face_request *q)
{
    return slice_starts(q->authorization, "Bearer ") &&
           slice_is(slice_from(q->authorization, 7), c->access_token);
}

/* The number's own page. */
static const struct face_code *look_up(const struct sim_config *c, const struct face_request *q,
                                       struct arena *a, const struct tape *tape, struct answer *ret)
{
    struct slice phone_id;
    bool messages;
    (void)a;
    (void)tape;
    if (!may_enter(c, q)) return refusal("190");
    if (!cut_path(q->path, &phone_id, &messages) || messages) return refusal("100");
    ret->status = 200;
    ret->content_type = "application/json; charset=UTF-8";
    buf_addf(&ret->body, "{\"id\":\"%.*s\"}", SLICE_ARG(phone_id));
    return NULL;
}

static struct slice dumped(const json_t *value, struct arena *a)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    struct slice copy = text ? arena_dup(a, slice_of(text)) : SLICE_NONE;
    free(text);
    return copy;
}

static const struct face_code *check_text(const json_t *root, struct arena *a,
                                          struct sim_message *m)
{
    const json_t *text = json_object_get(root, "text");
    const char *key;
    const json_t *value;
    if (!json_is_object(text)) return refusal("131008");
    json_object_foreach((json_t *)text, key, value)
    {
        if (strcmp(key, "body") != 0 && strcmp(key, "preview_url") != 0) return refusal("100");
    }
    m->text = arena_dup(a, json_slice_at(text, "body"));
    if (m->text.n == 0) return refusal("131008");
    return m->text.n > TEXT_BYTES_MAX ? refusal("100") : NULL;
}

/* Meta refuses line breaks, tabs and long runs of spaces in what is filled into a template. */
static bool parameter_is_fine(struct slice s)
{
    size_t spaces = 0;
    for (size_t i = 0; i < s.n; i++) {
        spaces = s.p[i] == ' ' ? spaces + 1 : 0;
        if (s.p[i] == '\n' || s.p[i] == '\t' || spaces > REQUEST_SPACES_MAX) return false;
    }
    return true;
}

static const struct face_code *check_components(const json_t *components)
{
    size_t i, k;
    const json_t *component, *parameter;
    if (components && !json_is_array(components)) return refusal("131009");
    json_array_foreach(components, i, component)
    {
        const json_t *parameters = json_object_get(component, "parameters");
        if (json_slice_at(component, "type").n == 0) return refusal("131008");
        if (parameters && !json_is_array(parameters)) return refusal("131009");
        json_array_foreach(parameters, k, parameter)
        {
            if (json_slice_at(parameter, "type").n == 0) return refusal("131008");
            if (!parameter_is_fine(json_slice_at(parameter, "text"))) return refusal("132018");
        }
    }
    return NULL;
}

static bool template_name_is_fine(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!islower(c) && !isdigit(c) && c != '_') return false;
    }
    return s.n > 0;
}

static const struct face_code *check_template(const json_t *root, struct arena *a,
                                              struct sim_message *m)
{
    const json_t *template = json_object_get(root, "template");
    if (!json_is_object(template)) return refusal("131008");
    if (!template_name_is_fine(json_slice_at(template, "name"))) return refusal("132001");
    if (json_slice_at(json_object_get(template, "language"), "code").n == 0)
        return refusal("131008");
    m->text = dumped(template, a);
    return check_components(json_object_get(template, "components"));
}

static const struct face_code *check_content(const json_t *root, struct arena *a,
                                             struct sim_message *m)
{
    static const char *const others[] = {"audio",    "contacts", "document", "image", "interactive",
                                         "location", "reaction", "sticker",  "video"};
    struct slice type = json_slice_at(root, "type");
    if (type.n == 0 || slice_is(type, "text")) return check_text(root, a, m);
    if (slice_is(type, "template")) return check_template(root, a, m);
    int i = slice_index(type, others, COUNT_OF(others));
    if (i < 0) return refusal("131051");
    const json_t *content = json_object_get(root, others[i]);
    if (!content) return refusal("131008");
    m->text = dumped(content, a);
    return NULL;
}

/* ---- people who show an id and no number: "GB.1" and their number */

static const char USER_ID[] = "GB.1";

static struct slice without_user_id(struct slice to)
{
    return slice_starts(to, USER_ID) ? slice_from(to, sizeof USER_ID - 1) : to;
}

static json_t *user_id_text(uint64_t number)
{
    return json_sprintf("%s%llu", USER_ID, (unsigned long long)number);
}

static const struct face_code *check_message(const json_t *root, struct arena *a,
                                             struct sim_message *m)
{
    if (!json_is_object(root) || !slice_is(json_slice_at(root, "messaging_product"), "whatsapp"))
        return refusal("100");
    struct slice kind = json_slice_at(root, "recipient_type"),
                 opaque = json_slice_at(root, "biz_opaque_callback_data");
    if (kind.n && !slice_is(kind, "individual") && !slice_is(kind, "group")) return refusal("100");
    if (opaque.n > OPAQUE_BYTES_MAX) return refusal("100");
    m->to = arena_dup(a, json_slice_at(root, "to"));
    m->ref = arena_dup(a, opaque);
    if (m->to.n == 0) m->to = arena_dup(a, json_slice_at(root, "recipient")); /* `to` wins */
    if (m->to.n == 0) return refusal("100");
    m->number = e164_digits(without_user_id(m->to), false);
    return m->number ? check_content(root, a, m) : refusal("131009");
}

static const struct face_code *read_message(const struct sim_config *c,
                                            const struct face_request *q, struct arena *a,
                                            struct sim_message *ret)
{
    struct sim_message m = {0};
    bool messages;
    if (!may_enter(c, q)) return refusal("190");
    if (!slice_is(q->method, "POST") || !cut_path(q->path, &m.account, &messages) || !messages)
        return refusal("100");
    if (!slice_starts(q->content_type, "application/json")) return refusal("100");
    m.from = m.account;
    m.callback = slice_of(c->webhook_whatsapp);
    json_t *root = json_loadb(q->body.p ? q->body.p : "", q->body.n, JSON_REJECT_DUPLICATES, NULL);
    const struct face_code *no = check_message(root, a, &m);
    json_decref(root);
    if (!no) *ret = m;
    return no;
}

static void accept(const struct sim_message *m, struct answer *ret)
{
    ret->status = 200;
    ret->content_type = "application/json; charset=UTF-8";
    buf_add_cstr(&ret->body, "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":");
    wire_string(&ret->body, m->to);
    if (slice_starts(m->to, USER_ID))
        buf_addf(&ret->body, ",\"user_id\":\"%.*s\"}]", SLICE_ARG(m->to));
    else
        buf_addf(&ret->body, ",\"wa_id\":\"%llu\"}]", (unsigned long long)m->number);
    buf_addf(&ret->body, ",\"messages\":[{\"id\":\"%s\",\"message_status\":\"accepted\"}]}", m->id);
}

static void refuse(const struct face_code *code, struct answer *ret)
{
    ret->status = code->status;
    ret->content_type = "application/json; charset=UTF-8";
    buf_addf(&ret->body,
             "{\"error\":{\"message\":\"(#%s) %s\",\"type\":\"OAuthException\",\"code\":%s,"
             "\"error_data\":{\"messaging_product\":\"whatsapp\",\"details\":\"%s\"},"
             "\"fbtrace_id\":\"AmusterSimulator\"}}",
             code->code, code->text, code->code, code->text);
}

static json_t *number_text(uint64_t n)
{
    return json_sprintf("%llu", (unsigned long long)n);
}

static json_t *status_of(const struct letter *l)
{
    const char *code = l->code ? l->code->code : l->receipt->meta_code;
    const char *title = l->code ? l->code->text : "Message undeliverable";
    bool by_id = slice_starts(l->to, USER_ID);
    json_t *status = json_pack("{so ss so so}", "id", json_text(l->id), "status", l->receipt->meta,
                               "timestamp", number_text((uint64_t)l->at_ms / 1000),
                               by_id ? "recipient_user_id" : "recipient_id",
                               by_id ? user_id_text(l->number) : number_text(l->number));
    if (l->ref.n) json_put(status, "biz_opaque_callback_data", json_text(l->ref));
    if (!code) {
        json_put(status, "pricing",
                 json_pack("{sb ss ss ss}", "billable", 1, "pricing_model", "PMP", "category",
                           "marketing", "type", "regular"));
        return status;
    }
    uint64_t number = 0;
    (void)slice_to_u64(slice_of(code), UINT64_MAX, &number);
    json_put(status, "errors",
             json_pack("[{sI ss ss s{ss}}]", "code", (json_int_t)number, "title", title, "message",
                       title, "error_data", "details", title));
    return status;
}

/* ---- how people write */

enum { SALT_SHAPE = 0x7368 };

static const char *const shapes[] = {"username", "edit", "reaction", "button"};

bool whatsapp_shape_is_known(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (strcmp(shapes[i], name) == 0) return true;
    return false;
}

/* A person always writes in the same way. "": a text. */
static const char *shape_of(const struct sim_config *c, const struct letter *l)
{
    const char *shape = mix_pick(&c->shapes, dice_roll((uint64_t)c->seed, l->number, SALT_SHAPE));
    return shape ? shape : "";
}

static json_t *words_of(const char *text)
{
    return json_pack("{ss s{ss}}", "type", "text", "text", "body", text);
}

/* What says who and when, on top of `content`, which is taken. */
static json_t *message_of(const struct letter *l, bool hidden, json_t *content)
{
    if (!hidden) json_put(content, "from", number_text(l->number));
    json_put(content, "from_user_id", user_id_text(l->number));
    json_put(content, "id", json_text(l->id));
    json_put(content, "timestamp", number_text((uint64_t)l->at_ms / 1000));
    return content;
}

/* The first words, under an id of their own, and what they became. */
static json_t *edited(const struct letter *l)
{
    json_t *first = message_of(l, false, words_of("Maybe"));
    json_t *id = json_sprintf("%.*s.0", SLICE_ARG(l->id));
    (void)json_object_set(first, "id", id);
    json_t *edit = json_pack("{ss s{so so}}", "type", "edit", "edit", "original_message_id", id,
                             "message", words_of(l->text));
    return json_pack("[o o]", first, message_of(l, false, edit));
}

static json_t *messages_of(const struct letter *l, const char *shape)
{
    if (strcmp(shape, "edit") == 0) return edited(l);
    json_t *content = NULL;
    if (strcmp(shape, "reaction") == 0)
        content = json_pack("{ss s{ss ss}}", "type", "reaction", "reaction", "message_id",
                            "wamid.sim", "emoji", "\xf0\x9f\x91\x8d");
    else if (strcmp(shape, "button") == 0)
        content = json_pack("{ss s{ss ss}}", "type", "button", "button", "payload", l->text, "text",
                            l->text);
    else
        content = words_of(l->text);
    return json_pack("[o]", message_of(l, strcmp(shape, "username") == 0, content));
}

static json_t *contact_of(const struct letter *l, bool hidden)
{
    json_t *contact = json_pack("{s{ss} so}", "profile", "name", "Sim Person", "user_id",
                                user_id_text(l->number));
    if (!hidden) json_put(contact, "wa_id", number_text(l->number));
    return contact;
}

static json_t *envelope_of(const struct sim_config *c, const struct letter *l)
{
    bool receipt = l->kind == LETTER_RECEIPT;
    const char *shape = shape_of(c, l);
    json_t *value =
        json_pack("{ss s{ss so}}", "messaging_product", "whatsapp", "metadata",
                  "display_phone_number", "447700900000", "phone_number_id", json_text(l->account));
    if (!receipt)
        json_put(value, "contacts",
                 json_pack("[o]", contact_of(l, strcmp(shape, "username") == 0)));
    json_put(value, receipt ? "statuses" : "messages",
             receipt ? json_pack("[o]", status_of(l)) : messages_of(l, shape));
    return json_pack("{ss s[{ss s[{ss so}]}]}", "object", "whatsapp_business_account", "entry",
                     "id", "102290129340398", "changes", "field", "messages", "value", value);
}

static bool wants(const struct sim_config *c, const struct letter *l)
{
    (void)l; /* one webhook gets both kinds */
    return c->webhook_whatsapp[0] != '\0';
}

static bool write_letter(const struct sim_config *c, const struct letter *l, struct outgoing *ret)
{
    char text[SIGNATURE_HMAC_BYTES];
    json_t *envelope = envelope_of(c, l);
    /* Meta escapes it like this */
    char *body = json_dumps(envelope, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(envelope);
    if (!body) return false;
    ret->method = "POST";
    ret->content_type = "application/json";
    buf_add_cstr(&ret->url, c->webhook_whatsapp);
    buf_add_cstr(&ret->body, body);
    free(body);
    if (signature_hmac_make(&hmac_of_meta, slice_of(c->app_secret), buf_slice(&ret->body), text))
        buf_addf(&ret->signature, "X-Hub-Signature-256: %s", text);
    return !ret->body.failed;
}

const struct face face_whatsapp = {
    .name = "whatsapp",
    .id_prefix = "wamid.HBgM",
    .codes = codes,
    .code_count = COUNT_OF(codes),
    .throttled = &throttled,
    .owns = owns,
    .read = read_message,
    .accept = accept,
    .refuse = refuse,
    .list = look_up,
    .wants = wants,
    .write = write_letter,
};
