/* Check, launch and test take the same body and begin alike: read it, find the account, find the
 * audience. A launch passes the whole check first; what the check calls an error is not launched.
 */
#include "web/api/api.h"

#include "core/answer_pace.h"
#include "core/index.h"
#include "core/number.h"
#include "flow/check.h"
#include "flow/message.h"
#include "flow/outbox.h"
#include "flow/recipient.h"
#include "flow/zone_book.h"
#include "io/person_number.h"
#include "store/campaign.h"
#include "store/group.h"
#include "store/memory.h"
#include "store/suppress.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdlib.h>

enum { ANSWER_MINUTES_MAX = 24 * 60 };
enum { WORD_BYTES_MAX = 256, NAME_BYTES_MAX = 128, MESSAGE_BYTES_MAX = 256 * 1024 /* as JSON */ };

enum kind { KIND_CHECK, KIND_LAUNCH, KIND_TEST };

struct launch {
    enum kind kind;
    struct campaign campaign; /* its texts are borrowed from the body */
    struct hours hours;
    bool hours_unsaid; /* the campaign does not say its own, and has these: */
    char *usual_hours; /* owned */
    char *message;     /* owned; JSON, see flow/message.h */
    const struct account *account;
    struct audience_info *audience; /* owned */
    /* of a test */
    uint64_t to;
    bool any_row; /* the first there is */
    uint32_t row;
    struct recipients *recipients; /* owned */
    char *text;                    /* owned; as it was rendered */
    /* of a check */
    uint32_t named; /* the campaign that has the name already; 0 = none */
};

static void launch_done(void *state)
{
    struct launch *l = state;
    audience_info_free(l->audience);
    recipients_free(l->recipients);
    free(l->usual_hours);
    free(l->message);
    free(l->text);
}

/* ---- the check, and the launch behind it ---- */

static void on_created(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    if (c->config->nudge) c->config->nudge(c->config->nudge_arg);
    web_act(c, campaign->group, "campaign %u launched", campaign->id);
    web_answer(c, 201, view_campaign(campaign, c->now_ms));
}

static void create(struct web_call *c)
{
    struct launch *l = c->state;
    struct campaign *campaign = &l->campaign;
    campaign->group = l->audience->group;
    campaign->audience = l->audience->id;
    campaign->audience_name = l->audience->name;
    campaign->blocks = l->audience->blocks;
    campaign->people = l->audience->total;
    campaign->launched_by = slice_of(c->member->name);
    campaign_create(c->config->store, campaign, slice_of(l->message), c->now_ms, on_created, c);
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct web_call *c = arg;
    const struct launch *l = c->state;
    c->web->checks--;
    if (!web_ok(c, result, e)) return;
    if (l->kind == KIND_CHECK)
        web_answer(c, 200, check_report_json(report));
    else if (check_report_ok(report))
        create(c);
    else
        web_error_more(c, 422, "check_failed", "not launched: the check found errors",
                       json_pack("{s:o}", "report", check_report_json(report)));
}

static struct check_input check_input_of(const struct web_call *c)
{
    const struct launch *l = c->state;
    return (struct check_input){
        .message = slice_of(l->message),
        .account = l->account,
        .audience = l->audience,
        .start_ms = l->campaign.start_ms,
        .deadline_ms = l->campaign.deadline_ms,
        .now_ms = c->now_ms,
        .organisation = c->config->organisation,
        .keywords = c->config->keywords,
        .hours = &l->hours,
        .hours_text = l->campaign.hours,
        .hours_unsaid = l->hours_unsaid,
        .zones = c->web->zones,
        .memory = c->config->memory ? memory_watched(c->config->memory) : NULL,
        .named = l->named,
    };
}

static void run_check(struct web_call *c)
{
    const struct launch *l = c->state;
    if (c->web->checks >= WEB_CHECKS_MAX) {
        http_request_set_header(c->q, "Retry-After", "5");
        web_did_nothing(c);
        web_error(c, 503, "busy", "%d checks are running already: try again in some seconds",
                  c->web->checks);
        return;
    }
    struct err e;
    if (!web_ok(c, l->hours.any ? 0 : zone_book_check(c->web->zones, &e), &e)) return;
    const struct check_input input = check_input_of(c);
    c->web->checks++;
    check_run(c->config->store, &input, on_checked, c);
}

/* A launch is told by the store, in the same step in which it takes the name. */
static void on_named(void *arg, int result, uint32_t id, const struct err *e)
{
    struct web_call *c = arg;
    struct launch *l = c->state;
    l->named = id;
    if (web_ok(c, result, e)) run_check(c);
}

/* ---- a test: the message of one row, to one number ---- */

static void on_sent(void *arg, int result, uint32_t index, const struct err *e)
{
    struct web_call *c = arg;
    const struct launch *l = c->state;
    if (!web_ok(c, result, e)) return;
    web_act(c, l->audience->group, "test of a campaign's text sent");
    web_answer(
        c, 202,
        json_pack("{s:I,s:o}", "index", (json_int_t)index, "text", json_text(slice_of(l->text))));
}

static void send_test(struct web_call *c)
{
    const struct launch *l = c->state;
    const struct direct_message m = {
        .to = l->to,
        .gateway = slice_of(l->account->name),
        .sender = slice_of(l->account->senders[0]),
        .group = l->audience->group,
        .text = slice_of(l->text),
        .by = slice_of(c->member->name),
        .kind = DIRECT_TEST,
        .at_ms = c->now_ms,
    };
    outbox_send(c->config->outbox, &m, on_sent, c);
}

/* The gate would drop it, and the person who waits for the text would not learn why. */
static void on_suppress_checked(void *arg, int result, struct slice scope,
                                const struct suppress_entry *entry, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    if (entry)
        web_error(c, 409, "conflict",
                  "that number is suppressed (scope '%.*s') and gets no texts: use another",
                  SLICE_ARG(scope));
    else
        send_test(c);
}

static int render_test(struct launch *l, const struct recipient *to, struct err *e)
{
    const struct audience_info *a = to->audience;
    struct message *m = NULL;
    struct outgoing out = {0};
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    int r = message_compile(slice_of(l->message), slice_of(l->account->channel), a->columns,
                            a->column_count, &m, e);
    if (r == 0) r = message_render(m, to->block, to->row, &text, &out, e);
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

/* Blocks may be empty: a test that names no row takes the first person who is there. */
static bool next_block(struct launch *l)
{
    l->row += BLOCK_ROWS;
    return l->any_row && index_block(l->row) < l->audience->blocks;
}

static void on_recipient(void *arg, int result, const struct recipient *to, const struct err *e)
{
    struct web_call *c = arg;
    struct launch *l = c->state;
    struct err said;
    if (result == ERR_NOT_FOUND && next_block(l)) {
        recipients_load(l->recipients, l->row, on_recipient, c);
        return;
    }
    if (!web_ok(c, result, e)) return;
    result = render_test(l, to, &said);
    if (web_ok(c, result, &said))
        suppress_check(c->config->store, l->audience->group, l->to, on_suppress_checked, c);
}

static void run_test(struct web_call *c)
{
    struct launch *l = c->state;
    l->recipients = recipients_new(c->config->store, l->audience->id);
    recipients_load(l->recipients, l->row, on_recipient, c);
}

/* ---- what all three begin with ---- */

/* What the file does not say, the group says, or else the organisation. False: c has its response. */
static bool usual_hours(struct web_call *c, struct launch *l, const struct group_info *group)
{
    struct err e;
    if (!l->hours_unsaid) return true;
    const char *usual = c->config->hours ? c->config->hours : "any";
    l->usual_hours = xstrdup(group && *group->hours ? group->hours : usual);
    l->campaign.hours = slice_of(l->usual_hours);
    return web_ok(c, hours_parse(l->campaign.hours, &l->hours, &e), &e);
}

/* False: the group may not send that way, and c has its response. */
static bool may_use(struct web_call *c, const struct launch *l, const struct group_info *group)
{
    if (!group || groups_may_use(c->config->groups, slice_of(group->name), l->campaign.gateway))
        return true;
    struct buf list = BUF_INIT(700);
    for (size_t i = 0; i < group->gateway_count; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", group->gateways[i]);
    web_error(c, 409, "conflict", "the group '%s' cannot send by '%.*s': it may use %s",
              group->name, SLICE_ARG(l->campaign.gateway), list.p);
    buf_done(&list);
    return false;
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    struct launch *l = c->state;
    if (!own_audience(c, result, info, e)) return;
    if (info->frozen_ms == 0) {
        web_error(c, 409, "conflict",
                  "audience %u is still being imported: freeze it, or wait for the import",
                  info->id);
        return;
    }
    l->audience = audience_info_dup(info);
    const struct group_info *group = groups_find(c->config->groups, info->group);
    if (!may_use(c, l, group) || !usual_hours(c, l, group)) return;
    if (l->kind == KIND_TEST)
        run_test(c);
    else if (l->kind == KIND_CHECK)
        campaign_named(c->config->store, l->audience->group, l->campaign.name, on_named, c);
    else
        run_check(c);
}

static bool read_lane(struct launch *l, struct slice text)
{
    l->campaign.lane = LANE_BLAST;
    if (text.n == 0) return true;
    return lane_from_string(text, &l->campaign.lane) && l->campaign.lane != LANE_REPLY;
}

/* False: c has its response. */
static bool read_pace(struct web_call *c, struct launch *l, struct slice by, uint64_t minutes)
{
    if (by.n && !slice_is(by, "answers"))
        web_refuse_key(c, "pace_by", "it is \"answers\", or left out");
    else if (minutes == 0 && json_object_get(c->body.root, "answer_within_minutes"))
        web_refuse_key(c, "answer_within_minutes", "it is 1 to %d", ANSWER_MINUTES_MAX);
    else if (minutes && !by.n)
        web_refuse_key(c, "answer_within_minutes", "it goes with \"pace_by\": \"answers\"");
    else {
        l->campaign.answer_ms = !by.n     ? 0
                                : minutes ? (int64_t)minutes * 60000
                                          : ANSWER_PACE_TARGET_MS;
        return true;
    }
    return false;
}

static bool read_hours(struct launch *l, struct slice text, struct err *e)
{
    l->campaign.hours = text;
    l->hours_unsaid = text.n == 0;
    return text.n == 0 || hours_parse(text, &l->hours, e) == 0;
}

static void refuse_gateway(struct web_call *c, struct slice name)
{
    struct buf list = BUF_INIT(700);
    for (size_t i = 0; i < c->config->accounts->count; i++)
        if (own_account(c, &c->config->accounts->list[i]))
            buf_addf(&list, "%s%s", list.n ? ", " : "", c->config->accounts->list[i].name);
    web_error(c, 400, "no_gateway",
              "there is no gateway '%.*s' in the configuration; there are: %s", SLICE_ARG(name),
              list.n ? list.p : "none");
    buf_done(&list);
}

/* The parts of a test that others do not have. */
static struct slice read_test(struct web_call *c, struct launch *l)
{
    l->any_row = json_object_get(c->body.root, "row") == NULL;
    l->row = (uint32_t)body_uint(&c->body, "row", UINT32_MAX, BODY_OPTIONAL);
    return body_text(&c->body, "to", WORD_BYTES_MAX, BODY_NEEDED);
}

/* False: c has its response. */
static bool read_body(struct web_call *c, struct launch *l, struct slice *ret_audience)
{
    struct body *b = &c->body;
    struct campaign *campaign = &l->campaign;
    struct err e;
    campaign->name = body_text(b, "name", NAME_BYTES_MAX, BODY_NEEDED);
    *ret_audience = body_text(b, "audience", WORD_BYTES_MAX, BODY_NEEDED);
    campaign->gateway = body_text(b, "gateway", WORD_BYTES_MAX, BODY_NEEDED);
    struct slice lane = body_text(b, "lane", WORD_BYTES_MAX, BODY_OPTIONAL);
    struct slice hours = body_text(b, "hours", HOURS_TEXT_BYTES_MAX, BODY_OPTIONAL);
    struct slice pace_by = body_text(b, "pace_by", WORD_BYTES_MAX, BODY_OPTIONAL);
    uint64_t within = body_uint(b, "answer_within_minutes", ANSWER_MINUTES_MAX, BODY_OPTIONAL);
    campaign->deadline_ms = body_time(b, "deadline", BODY_OPTIONAL);
    campaign->start_ms = body_time(b, "start", BODY_OPTIONAL);
    const json_t *message = body_object(b, "message", BODY_NEEDED);
    struct slice to = l->kind == KIND_TEST ? read_test(c, l) : SLICE_NONE;
    if (!web_body_ok(c)) return false;
    l->message = json_dumps(message, JSON_COMPACT);
    check(l->message);
    l->account = accounts_find(c->config->accounts, campaign->gateway);
    if (!is_one_line(campaign->name))
        web_error(c, 400, "invalid", "'name' must be one line");
    else if (strlen(l->message) > MESSAGE_BYTES_MAX)
        web_error(c, 400, "invalid", "'message' is larger than %d bytes", MESSAGE_BYTES_MAX);
    else if (!read_lane(l, lane))
        web_error(c, 400, "invalid", "'lane' is blast or reminder");
    else if (!read_hours(l, hours, &e))
        web_error(c, 400, "invalid", "'hours': %s", e.text);
    else if (l->kind == KIND_TEST && !number_parse(to, &l->to))
        web_error(c, 400, "invalid", "'to' must be a number in E.164, such as \"+447700900123\"");
    else if (!l->account)
        refuse_gateway(c, campaign->gateway);
    else if (read_pace(c, l, pace_by, within)) {
        l->to = person_number_canonical(l->to);
        return true;
    }
    return false;
}

static void begin(struct web_call *c, enum kind kind)
{
    struct launch *l = web_call_state(c, sizeof *l, launch_done);
    const struct group_set groups = own_groups(c);
    struct slice audience;
    l->kind = kind;
    if (read_body(c, l, &audience))
        audience_find(c->config->store, &groups, audience, on_audience, c);
}

static void post_check(struct web_call *c)
{
    begin(c, KIND_CHECK);
}

static void post_campaigns(struct web_call *c)
{
    begin(c, KIND_LAUNCH);
}

static void post_test(struct web_call *c)
{
    begin(c, KIND_TEST);
}

#define CAMPAIGN_KEYS                                                                              \
    "name", "audience", "gateway", "lane", "deadline", "start", "hours", "message", "pace_by",     \
        "answer_within_minutes"

enum { LAUNCHES = NEEDS_STORE | IN_GROUP | LARGE };

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/check", MAY_LAUNCH_CAMPAIGNS, LAUNCHES, KEYS(CAMPAIGN_KEYS),
     post_check},
    {"POST", "/api/v1/campaigns/test", MAY_LAUNCH_CAMPAIGNS, LAUNCHES | ONCE | AUDITED,
     KEYS(CAMPAIGN_KEYS, "to", "row"), post_test},
    {"POST", "/api/v1/campaigns", MAY_LAUNCH_CAMPAIGNS, LAUNCHES | ONCE | AUDITED,
     KEYS(CAMPAIGN_KEYS), post_campaigns},
};

const struct routes launch_routes = {rows, COUNT_OF(rows)};
