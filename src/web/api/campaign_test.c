/* A test: the campaign's message as one row of its list gets it, to one number. */
#include "web/api/api.h"

#include "core/index.h"
#include "core/number.h"
#include "flow/account.h"
#include "flow/message.h"
#include "flow/outbox.h"
#include "flow/recipient.h"
#include "flow/senders.h"
#include "io/person_number.h"
#include "store/suppress.h"
#include "store/tried.h"
#include "web/campaign_body.h"

#include <stdlib.h>

struct test {
    struct campaign_call call; /* the first */
    uint64_t to;
    bool any_row; /* the first there is */
    uint32_t row;
    struct recipients *recipients; /* owned */
    char *text;                    /* owned; as it was rendered */
};

static void test_done(void *state)
{
    struct test *t = state;
    recipients_free(t->recipients);
    free(t->text);
    web_campaign_done(&t->call);
}

static void on_sent(void *arg, int result, uint32_t index, const struct err *e)
{
    struct web_call *c = arg;
    const struct test *t = c->state;
    if (!web_ok(c, result, e)) return;
    web_act(c, t->call.body.list->group, "test of a campaign's text sent");
    char digest[DIGEST_BYTES];
    tried_digest(slice_of(t->call.body.message), slice_of(t->call.body.account->name), digest);
    tried_note(c->config->store, digest, c->now_ms);
    web_answer(
        c, 202,
        json_pack("{s:I,s:o}", "index", (json_int_t)index, "text", json_text(slice_of(t->text))));
}

static void send_test(struct web_call *c)
{
    const struct test *t = c->state;
    const struct account *by = t->call.body.account;
    struct senders from = senders_named(by, t->call.body.campaign.sender);
    const struct direct_message m = {
        .to = t->to,
        .gateway = slice_of(by->name),
        .sender = slice_of(by->senders[from.at[0]]),
        .group = t->call.body.list->group,
        .text = slice_of(t->text),
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

static int render_test(struct test *t, const struct recipient *to, struct err *e)
{
    const struct audience_info *a = to->audience;
    struct message *m = NULL;
    struct outgoing out = {0};
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    int r = message_compile(slice_of(t->call.body.message), slice_of(t->call.body.account->channel),
                            a->columns, a->column_count, &m, e);
    if (r == 0) r = message_render(m, to->block, to->row, to->nearest, &text, &out, e);
    if (r == 0 && out.template_name.n)
        r = err_set(e, ERR_REFUSED,
                    "a template that the provider holds cannot be sent as a test: "
                    "only free text can");
    if (r == 0 && slice_trim(out.text).n == 0)
        r = err_set(e, ERR_REFUSED, "the message of that row is empty: give another `row`");
    if (r == 0) t->text = slice_strdup(out.text);
    message_free(m);
    buf_done(&text);
    return r;
}

/* Blocks may be empty: a test that names no row takes the first person who is there. */
static bool next_block(struct test *t)
{
    t->row += BLOCK_ROWS;
    return t->any_row && index_block(t->row) < t->call.body.list->blocks;
}

static void on_recipient(void *arg, int result, const struct recipient *to, const struct err *e)
{
    struct web_call *c = arg;
    struct test *t = c->state;
    struct err said;
    if (result == ERR_NOT_FOUND && next_block(t)) {
        recipients_load(t->recipients, t->row, on_recipient, c);
        return;
    }
    if (!web_ok(c, result, e)) return;
    result = render_test(t, to, &said);
    if (web_ok(c, result, &said))
        suppress_check(c->config->store, t->call.body.list->group, t->to, on_suppress_checked, c);
}

static void run_test(struct web_call *c)
{
    struct test *t = c->state;
    t->recipients =
        recipients_new(c->config->store, t->call.body.list->id, c->config->means->words);
    recipients_load(t->recipients, t->row, on_recipient, c);
}

/* The parts of a test that a launch does not have. False: c has its response. */
static bool read_test(struct web_call *c)
{
    struct test *t = c->state;
    struct body *from = &t->call.body.from;
    t->any_row = !body_says(from, "row");
    t->row = (uint32_t)body_uint(from, "row", UINT32_MAX, BODY_OPTIONAL);
    struct slice to = body_text(from, "to", CAMPAIGN_WORD_BYTES_MAX, BODY_NEEDED);
    if (to.n && !number_parse(to, &t->to))
        body_note(from, "to", "'to' must be a number in E.164, such as \"+447700900123\"");
    t->to = person_number_canonical(t->to);
    return web_campaign_ok(c);
}

static void post_test(struct web_call *c)
{
    (void)web_call_state(c, sizeof(struct test), test_done);
    if (web_campaign_read(c, CAMPAIGN_WHOLE) && read_test(c)) web_campaign_find(c, run_test);
}

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/test", MAY_LAUNCH_CAMPAIGNS,
     NEEDS_STORE | IN_GROUP | LARGE | ONCE | AUDITED, KEYS(CAMPAIGN_BODY_KEYS "to", "row"),
     post_test},
};

const struct routes campaign_test_routes = {rows, COUNT_OF(rows)};
