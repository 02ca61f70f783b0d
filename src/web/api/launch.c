/* Check, launch and test take the same body and begin alike: read it, find the gateway, find the
 * audience. A launch passes the whole check first; what the check calls an error is not launched.
 */
#include "private.h"

#include "web/body.h"
#include "web/view/view.h"

#include "core/block.h"
#include "core/number.h"
#include "io/person_number.h"
#include "flow/check.h"
#include "flow/message.h"
#include "flow/outbox.h"
#include "flow/zone_book.h"
#include "store/suppress.h"
#include "web/guard.h"

#include <stdlib.h>

enum { WORD_BYTES_MAX = 256 };

enum kind { KIND_CHECK, KIND_LAUNCH, KIND_TEST };

struct launch {
    struct campaign_api *api;
    struct http_request *q;
    const struct person *person;
    int64_t now_ms;
    enum kind kind;
    struct body body; /* the texts of campaign are borrowed from it */
    struct campaign campaign;
    struct hours hours;
    bool hours_unsaid; /* the campaign does not say its own */
    char *message;     /* owned; campaign.message */
    const struct account *gateway;
    struct audience_info *audience; /* owned */
    /* of a test */
    uint64_t to;
    bool any_row; /* the first there is */
    uint32_t row;
    char *text; /* owned; as it was rendered */
    /* of a check */
    uint32_t named; /* the campaign that has the name already; 0 = none */
};

static void launch_free(struct launch *l)
{
    audience_info_free(l->audience);
    body_close(&l->body);
    free(l->message);
    free(l->text);
    free(l);
}

static void launch_failed(struct launch *l, int result, const struct err *e)
{
    respond_failed(l->q, result, e);
    launch_free(l);
}

/* ---- the check, and the launch behind it ---- */

static void on_created(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct launch *l = arg;
    if (result < 0) {
        launch_failed(l, result, e);
        return;
    }
    const struct campaign_api_config *config = &l->api->config;
    if (config->nudge) config->nudge(config->nudge_arg);
    struct campaign shown = *c; /* what the store sets when it stores */
    shown.status = SLICE_LIT("preparing");
    shown.launched_ms = l->now_ms;
    respond_json(l->q, 201, campaign_status_json(&shown));
    launch_free(l);
}

static void create(struct launch *l)
{
    struct campaign *c = &l->campaign;
    c->group = l->audience->group;
    c->audience = l->audience->id;
    c->audience_name = l->audience->name;
    c->blocks = l->audience->blocks;
    c->people = l->audience->total;
    c->launched_by = slice_of(l->person->name);
    campaign_create(l->api->config.campaigns, c, l->now_ms, on_created, l);
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct launch *l = arg;
    l->api->checks--;
    if (result < 0) {
        launch_failed(l, result, e);
        return;
    }
    if (l->kind == KIND_LAUNCH && check_report_ok(report)) {
        create(l);
        return;
    }
    respond_json(l->q, l->kind == KIND_LAUNCH ? 422 : 200, check_report_json(report));
    launch_free(l);
}

static void run_check(struct launch *l)
{
    if (l->api->checks >= CAMPAIGN_CHECKS_MAX) {
        http_request_set_header(l->q, "Retry-After", "5");
        respond_error(l->q, 503, "busy", "%d checks are running already: try again in some seconds",
                      l->api->checks);
        launch_free(l);
        return;
    }
    struct err e;
    int rc = l->hours.any ? 0 : zone_book_check(l->api->zones, &e);
    if (rc < 0) {
        launch_failed(l, rc, &e);
        return;
    }
    const struct check_input input = {
        .message = l->campaign.message,
        .channel = slice_of(l->gateway->channel),
        .audience = l->audience,
        .price = &l->gateway->price,
        .rate_per_s = account_rate_per_s(l->gateway),
        .start_ms = l->campaign.start_ms,
        .deadline_ms = l->campaign.deadline_ms,
        .now_ms = l->now_ms,
        .organisation = l->api->config.organisation,
        .keywords = l->api->config.keywords,
        .hours = &l->hours,
        .hours_text = l->campaign.hours,
        .hours_unsaid = l->hours_unsaid,
        .zones = l->api->zones,
        .validity = gateway_has_validity(l->gateway->gateway),
        .named = l->named,
    };
    l->api->checks++;
    check_run(l->api->config.audiences, l->api->config.suppress, &input, on_checked, l);
}

/* A launch is told by the store, in the same step in which it takes the name. */
static void on_named(void *arg, int result, uint32_t id, const struct err *e)
{
    struct launch *l = arg;
    l->named = id;
    if (result < 0)
        launch_failed(l, result, e);
    else
        run_check(l);
}

/* ---- a test: the message of one row, to one number ---- */

static void on_sent(void *arg, int result, uint32_t index, const struct err *e)
{
    struct launch *l = arg;
    if (result < 0)
        respond_failed(l->q, result, e);
    else
        respond_json(l->q, 202,
                     json_pack("{s:I,s:o}", "index", (json_int_t)index, "text",
                               view_text(slice_of(l->text))));
    launch_free(l);
}

static void send_test(struct launch *l)
{
    const struct direct_message m = {
        .to = l->to,
        .gateway = slice_of(l->gateway->name),
        .sender = slice_of(l->gateway->senders[0]),
        .group = l->audience->group,
        .text = slice_of(l->text),
        .by = slice_of(l->person->name),
        .kind = DIRECT_TEST,
        .at_ms = l->now_ms,
    };
    outbox_send(l->api->config.outbox, &m, on_sent, l);
}

/* The gate would drop it without a word to the one who waits for the text. */
static void on_suppress_checked(void *arg, int result, struct slice scope,
                                const struct suppress_entry *entry, const struct err *e)
{
    struct launch *l = arg;
    struct err said;
    if (result == 0 && entry) {
        result = err_set(&said, ERR_CONFLICT,
                         "that number is suppressed (scope '%.*s') and gets no texts: use another",
                         SLICE_ARG(scope));
        e = &said;
    }
    if (result < 0)
        launch_failed(l, result, e);
    else
        send_test(l);
}

static int render_row(struct launch *l, const struct block *b, size_t row, struct err *e)
{
    const struct audience_info *a = l->audience;
    struct message *m = NULL;
    struct outgoing out = {0};
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    int r = message_compile(l->campaign.message, slice_of(l->gateway->channel), a->columns,
                            a->column_count, &m, e);
    if (r == 0) r = message_render(m, b, row, &text, &out, e);
    if (r == 0 && out.template_name.n)
        r = err_set(e, ERR_REFUSED,
                    "a template that the provider holds cannot be sent as a test: "
                    "only free text can");
    if (r == 0 && slice_trim(out.text).n == 0)
        r = err_set(e, ERR_REFUSED, "the message of that row is empty: give another `row`");
    if (r == 0) l->text = slice_strdup(out.text);
    message_free(m);
    buf_done(&text);
    return r;
}

static void load_block(struct launch *l);

static void on_block(void *arg, int result, struct slice bytes, const struct err *e)
{
    struct launch *l = arg;
    struct err said;
    struct block b;
    if (result == 0) {
        e = &said;
        result = block_open(bytes, &b, &said);
    }
    if (result == 0 && block_columns(&b) != l->audience->column_count)
        result = err_set(&said, ERR_SYNTAX, "that block of the audience is damaged");
    size_t row = l->row & 0xff;
    if (result == 0 && l->any_row && block_rows(&b) == 0) {
        l->row += 1 << 8;
        load_block(l);
        return;
    }
    if (result == 0 && row >= block_rows(&b))
        result = err_set(&said, ERR_NOT_FOUND, "the audience has nobody at row %u", l->row);
    if (result == 0) result = render_row(l, &b, row, &said);
    if (result < 0)
        launch_failed(l, result, e);
    else
        suppress_check(l->api->config.suppress, l->audience->group, l->to, on_suppress_checked, l);
}

static void load_block(struct launch *l)
{
    audience_block(l->api->config.audiences, l->audience->id, l->row >> 8, on_block, l);
}

/* ---- what all three begin with ---- */

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct launch *l = arg;
    struct err said;
    if (result == 0 && info->frozen_ms == 0) {
        result = err_set(&said, ERR_CONFLICT,
                         "audience %u is still being imported: freeze it, or wait for the import",
                         info->id);
        e = &said;
    }
    if (result < 0) {
        launch_failed(l, result, e);
        return;
    }
    l->audience = audience_info_dup(info);
    if (l->kind == KIND_TEST)
        load_block(l);
    else if (l->kind == KIND_CHECK)
        campaign_named(l->api->config.campaigns, l->campaign.name, on_named, l);
    else
        run_check(l);
}

static bool read_lane(struct launch *l, struct slice text)
{
    l->campaign.lane = LANE_BLAST;
    if (text.n == 0) return true;
    return lane_from_string(text, &l->campaign.lane) && l->campaign.lane != LANE_REPLY;
}

/* What the file does not say, the organisation says. */
static bool read_hours(struct launch *l, struct slice text, struct err *e)
{
    const char *usual = l->api->config.hours;
    l->campaign.hours = text.n ? text : slice_of(usual ? usual : "any");
    l->hours_unsaid = text.n == 0;
    return hours_parse(l->campaign.hours, &l->hours, e) == 0;
}

static bool find_gateway(struct launch *l, struct slice name)
{
    l->gateway = accounts_find(l->api->config.accounts, name);
    l->campaign.gateway = name;
    return l->gateway;
}

static void refuse_gateway(const struct launch *l, struct slice name)
{
    struct buf list = BUF_INIT(700);
    for (size_t i = 0; i < l->api->config.accounts->count; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", l->api->config.accounts->list[i].name);
    respond_error(l->q, 400, "no_gateway",
                  "there is no gateway '%.*s' in the configuration; there are: %s", SLICE_ARG(name),
                  list.n ? list.p : "none");
    buf_done(&list);
}

/* The parts of a test that others do not have. */
static void read_test(struct launch *l, struct slice *ret_to)
{
    l->any_row = json_object_get(l->body.root, "row") == NULL;
    l->row = (uint32_t)body_uint(&l->body, "row", UINT32_MAX, BODY_OPTIONAL);
    *ret_to = body_text(&l->body, "to", WORD_BYTES_MAX, BODY_NEEDED);
}

/* False when the request is answered. */
static bool read_body(struct launch *l, struct slice *ret_audience)
{
    struct body *b = &l->body;
    struct campaign *c = &l->campaign;
    struct slice to = SLICE_NONE;
    struct err e;
    c->name = body_text(b, "name", CAMPAIGN_NAME_BYTES_MAX, BODY_NEEDED);
    *ret_audience = body_text(b, "audience", WORD_BYTES_MAX, BODY_NEEDED);
    struct slice gateway = body_text(b, "gateway", WORD_BYTES_MAX, BODY_NEEDED);
    struct slice lane = body_text(b, "lane", WORD_BYTES_MAX, BODY_OPTIONAL);
    struct slice hours = body_text(b, "hours", HOURS_TEXT_BYTES_MAX, BODY_OPTIONAL);
    c->deadline_ms = body_time(b, "deadline", BODY_OPTIONAL);
    c->start_ms = body_time(b, "start", BODY_OPTIONAL);
    const json_t *message = body_object(b, "message", BODY_NEEDED);
    if (l->kind == KIND_TEST) read_test(l, &to);
    if (!body_ok(b, l->q)) return false;
    l->message = json_dumps(message, JSON_COMPACT);
    check(l->message);
    c->message = slice_of(l->message);
    if (!is_one_line(c->name))
        respond_error(l->q, 400, "invalid", "'name' must be one line");
    else if (c->message.n > CAMPAIGN_MESSAGE_BYTES_MAX)
        respond_error(l->q, 400, "invalid", "'message' is larger than %d bytes",
                      CAMPAIGN_MESSAGE_BYTES_MAX);
    else if (!read_lane(l, lane))
        respond_error(l->q, 400, "invalid", "'lane' is blast or reminder");
    else if (!read_hours(l, hours, &e))
        respond_error(l->q, 400, "invalid", "'hours': %s", e.text);
    else if (l->kind == KIND_TEST && !number_parse(to, &l->to))
        respond_error(l->q, 400, "invalid",
                      "'to' must be a number in E.164, such as \"+447700900123\"");
    else if (!find_gateway(l, gateway))
        refuse_gateway(l, gateway);
    else {
        l->to = person_number_canonical(l->to);
        return true;
    }
    return false;
}

static void begin(struct campaign_api *a, struct http_request *q, enum kind kind,
                  const char *const *keys)
{
    int64_t now_ms = campaign_api_now(a);
    const struct person *person = guard_organiser(a->config.auth, q, now_ms);
    struct body body;
    if (!person || !body_open(&body, q, keys)) return;
    struct launch *l = xcalloc(1, sizeof *l);
    *l = (struct launch){
        .api = a, .q = q, .person = person, .now_ms = now_ms, .kind = kind, .body = body};
    struct slice audience;
    if (read_body(l, &audience))
        audience_find(a->config.audiences, audience, on_audience, l);
    else
        launch_free(l);
}

#define CAMPAIGN_KEYS "name", "audience", "gateway", "lane", "deadline", "start", "hours", "message"
static const char *const campaign_keys[] = {CAMPAIGN_KEYS, NULL};
static const char *const test_keys[] = {CAMPAIGN_KEYS, "to", "row", NULL};

static void post_check(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    begin(ctx, q, KIND_CHECK, campaign_keys);
}

static void post_campaigns(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    begin(ctx, q, KIND_LAUNCH, campaign_keys);
}

static void post_test(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    begin(ctx, q, KIND_TEST, test_keys);
}

void campaign_launch_routes(struct campaign_api *a, struct router *r)
{
    router_add(r, "POST", "/api/v1/campaigns/check", post_check, a);
    router_add(r, "POST", "/api/v1/campaigns/test", post_test, a);
    router_add(r, "POST", "/api/v1/campaigns", post_campaigns, a);
}
