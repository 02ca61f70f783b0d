/* The people of a campaign, a few blocks a page: their numbers and fields from the audience, their
 * states and reasons from the ledger. Block after block, one at a time, so that a page costs the
 * loop no more at once than a batch does. */
#include "web/api/api.h"

#include "core/block.h"
#include "core/index.h"
#include "core/number.h"
#include "core/parts.h"
#include "core/state.h"
#include "flow/launch.h"
#include "flow/message.h"
#include "flow/session_words.h"
#include "flow/texts.h"
#include "flow/report_sheet.h"
#include "io/phone.h"
#include "store/audience.h"
#include "store/campaign_edit.h"
#include "store/offer.h"
#include "store/unknown.h"
#include "web/api/came_back.h"
#include "web/download.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdlib.h>

enum { PAGE_BLOCKS_MAX = 16, PAGE_BLOCKS = 4 /* unless it is said: a page is made in one turn */ };

struct people {
    enum state waiting; /* what those are called of whom the ledger says pending */
    uint32_t blocks;    /* of the campaign */
    uint32_t at, end;   /* this one; of the page */
    bool one_state;
    enum state state;
    /* NULL: it was deleted; then numbers and fields are not known */
    struct audience_info *audience;
    struct block block; /* this one; no bytes: not known */
    json_t *list;
    size_t listed; /* before this block */
    /* what came of them, too: */
    bool outcome;
    char *group;                       /* owned; the campaign's */
    struct campaign *campaign;         /* owned */
    struct texts *texts;               /* owned; NULL: what they read is not known any more */
    const struct session_words *words; /* what its text says of sessions */
    uint32_t offers[BLOCK_ROWS];       /* which session each of this block was told of; 0 = none */
    uint8_t versions[BLOCK_ROWS];      /* of its texts, of this block; of one that had several */
    const struct account *account;     /* NULL: it is not in the configuration any more */
    bool whole;                        /* it goes through all of them and keeps none */
    struct web *web;                   /* that counts it among its checks; NULL: not yet */
    FILE *file;                        /* of a download; owned */
    struct report_sheet *sheet;
    /* of a report */
    bool report;
    struct outcome_tally tally;
};

static void people_done(void *state)
{
    struct people *p = state;
    audience_info_free(p->audience);
    block_done(&p->block);
    json_decref(p->list);
    json_decref(p->tally.countries);
    report_sheet_free(p->sheet);
    if (p->file) (void)fclose(p->file);
    texts_free(p->texts);
    campaign_free(p->campaign);
    free(p->group);
    if (p->web) p->web->checks--;
}

static bool had_several(const struct people *p)
{
    return p->campaign->texts > 1;
}

/* Of its texts, which they got, or would get. */
static uint32_t version_of(const struct people *p, size_t row)
{
    return had_several(p) ? p->versions[row] : 1;
}

static json_t *fields_json(const struct people *p, const struct block *b, size_t row)
{
    json_t *fields = json_object();
    for (size_t i = 0; i < p->audience->column_count && i < block_columns(b); i++) {
        struct slice name = p->audience->columns[i];
        json_t *value = json_text(block_field(b, row, i));
        check(json_object_setn_new(fields, name.p, name.n, value) == 0);
    }
    return fields;
}

/* A row that the block does not have: only the ledger knows of the person. */
static json_t *person_json(const struct people *p, size_t row, enum state state,
                           struct slice reason)
{
    const struct block *b = &p->block;
    bool none = state == STATE_SKIPPED || state == STATE_EXPIRED || state == STATE_CANCELLED;
    json_t *version = none ? json_null() : json_integer((json_int_t)version_of(p, row));
    bool known = row < block_rows(b) && number_is_valid(block_number(b, row));
    char number[NUMBER_TEXT_BYTES] = "";
    if (known) number_format(block_number(b, row), number);
    return json_pack("{s:I,s:s?,s:s,s:o,s:o,s:o}", "index",
                     (json_int_t)index_make(p->at, (uint32_t)row), "number", known ? number : NULL,
                     "state", state_to_string(state), "text_version", version, "reason",
                     reason.n ? json_text(reason) : json_null(), "fields",
                     known ? fields_json(p, b, row) : json_object());
}

static void load_next(struct web_call *c);

static void next_block(struct web_call *c)
{
    struct people *p = c->state;
    p->at++;
    load_next(c);
}

/* ---- what came of them ---- */

/* Somebody who was handed to a provider, whatever became of it, costs. */
static bool costs(enum state s)
{
    return s == STATE_ACCEPTED || s == STATE_SENT || s == STATE_DELIVERED || s == STATE_READ ||
           s == STATE_UNDELIVERED || s == STATE_UNKNOWN;
}

/* Parts of an SMS; 1 of a template. 0: nothing was sent, or it is not known what. How far it is to their session is left out:
 * it would have to be looked up for each. */
static uint32_t parts_of(struct people *p, size_t row, enum state s)
{
    struct outgoing out = {0};
    struct parts parts = {.parts = 0};
    struct err e;
    struct session_said said;
    struct message *m = p->texts ? texts_of(p->texts, version_of(p, row)) : NULL;
    if (!costs(s) || !m || row >= block_rows(&p->block)) return 0;
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    bool told = session_say(p->words, p->offers[row], NULL, 0, 0, &said);
    if (message_render(m, &p->block, row, told ? &said.says : NULL, &text, &out, &e) == 0) {
        parts.parts = 1;
        if (out.template_name.n == 0) parts_count(out.text, &parts);
    }
    buf_done(&text);
    return parts.parts;
}

static const char *country_of(const struct people *p, size_t row)
{
    return row < block_rows(&p->block) ? phone_country_of(block_number(&p->block, row)) : NULL;
}

static void put_outcome(struct people *p, json_t *person, const struct came_back *const *by_row)
{
    size_t row = index_row((uint32_t)json_integer_value(json_object_get(person, "index")));
    enum state s = STATE_PENDING;
    (void)state_from_string(json_slice(json_object_get(person, "state")), &s);
    uint32_t parts = parts_of(p, row, s);
    int64_t each = p->account ? price_of(&p->account->price, country_of(p, row)) : 0;
    json_put(person, "outcome", outcome_json(by_row[row], parts, each * parts));
    if (p->report) outcome_tally_add(&p->tally, person, country_of(p, row));
}

/* False: c has its response. */
static bool write_rows(struct web_call *c)
{
    struct people *p = c->state;
    struct err e;
    size_t i;
    json_t *person;
    json_array_foreach(p->list, i, person)
    {
        if (report_sheet_add(p->sheet, person, &e) == 0) continue;
        web_error(c, 503, "unavailable", "The file could not be written: %s.", e.text);
        return false;
    }
    return true;
}

static void on_outcomes(void *arg, int result, const struct came_back *list, size_t n,
                        const struct err *e)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    const struct came_back *by_row[BLOCK_ROWS] = {NULL};
    if (!web_ok(c, result, e)) return;
    for (size_t i = 0; i < n; i++)
        if (list[i].at < BLOCK_ROWS) by_row[list[i].at] = &list[i];
    for (size_t i = p->listed; i < json_array_size(p->list); i++)
        put_outcome(p, json_array_get(p->list, i), by_row);
    if (p->file && !write_rows(c)) return;
    if (p->whole) (void)json_array_clear(p->list);
    next_block(c);
}

static void end_block(struct web_call *c)
{
    struct people *p = c->state;
    uint64_t numbers[BLOCK_ROWS] = {0};
    size_t n = block_rows(&p->block);
    if (!p->outcome) {
        next_block(c);
        return;
    }
    for (size_t i = 0; i < n; i++)
        numbers[i] = block_number(&p->block, i);
    campaign_outcomes(c->config->store, c->id, slice_of(p->group), numbers, n ? n : 1, on_outcomes,
                      c);
}

static void on_since(void *arg, int result, const int64_t *since_ms, size_t n)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    if (!web_ok(c, result, NULL)) return;
    for (size_t i = p->listed; i < json_array_size(p->list); i++) {
        json_t *person = json_array_get(p->list, i);
        size_t row = index_row((uint32_t)json_integer_value(json_object_get(person, "index")));
        if (row < n && since_ms[row] != 0) json_put_time(person, "since", since_ms[row]);
    }
    end_block(c);
}

/* Those of the block who are asked for, `states` and `details` by row; true: somebody is unknown. n 0: their part of the
 * ledger is not there yet. */
static bool list_block(struct people *p, const uint8_t *states, const struct slice *details,
                       size_t n)
{
    bool unknown = false, unmade = n == 0;
    if (unmade) n = block_rows(&p->block);
    p->listed = json_array_size(p->list);
    for (size_t i = 0; i < n; i++) {
        uint8_t state = unmade || states[i] == STATE_PENDING ? (uint8_t)p->waiting : states[i];
        if (state >= STATE_COUNT || (p->one_state && state != p->state)) continue;
        struct slice reason = unmade ? SLICE_NONE : details[i];
        json_list_add(p->list, person_json(p, i, (enum state)state, reason));
        unknown |= state == STATE_UNKNOWN;
    }
    return unknown;
}

static void on_states(void *arg, int result, const uint8_t *states, const struct slice *details,
                      size_t n)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    if (!web_ok(c, result, NULL)) return;
    bool unknown = list_block(p, states, details, n);
    if (unknown && !p->report)
        unknown_since(c->config->store, c->id, p->at, on_since, c);
    else
        end_block(c);
}

static void on_offers(void *arg, int result, const uint32_t *sessions, size_t n)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    if (result < 0) {
        web_failed(c, result, NULL);
        return;
    }
    memcpy(p->offers, sessions, n * sizeof *sessions);
    campaign_people(c->config->store, c->id, p->at, on_states, c);
}

static bool tells_nearest(const struct people *p)
{
    for (uint32_t v = 1; p->texts && v <= texts_count(p->texts); v++) {
        const struct message *m = texts_of(p->texts, v);
        if (m && message_tells_nearest(m)) return true;
    }
    return false;
}

static void load_states(struct web_call *c)
{
    struct people *p = c->state;
    if (tells_nearest(p))
        offers_load(c->config->store, c->id, index_make(p->at, 0), BLOCK_ROWS, on_offers, c);
    else
        campaign_people(c->config->store, c->id, p->at, on_states, c);
}

static void on_versions(void *arg, int result, const uint8_t *versions, const struct err *e)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    if (!web_ok(c, result, e)) return;
    memcpy(p->versions, versions, sizeof p->versions);
    load_states(c);
}

/* Of a block that is gone or damaged the ledger still knows what became of its people. */
static void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    if (result == ERR_UNREACHABLE && !web_ok(c, result, e)) return;
    block_done(&p->block);
    if (result == 0) block_dup(b, &p->block);
    if (had_several(p))
        campaign_versions(c->config->store, c->id, p->at, on_versions, c);
    else
        load_states(c);
}

static void send_file(struct web_call *c)
{
    struct people *p = c->state;
    struct err e;
    char name[32];
    bool whole = report_sheet_end(p->sheet, &e) == 0;
    FILE *file = p->file;
    p->file = NULL;
    (void)snprintf(name, sizeof name, "campaign-%u.csv", c->id);
    web_act(c, slice_of(p->group), "download of the report of campaign %u", c->id);
    download_send(c, file, whole, name);
}

static void answer_report(struct web_call *c, json_t *shown)
{
    const struct people *p = c->state;
    json_t *report = outcome_tally_json(&p->tally, p->account ? p->account->price.currency : "");
    json_put(report, "campaign", shown);
    web_answer(c, 200, report);
}

static void answer(struct web_call *c)
{
    struct people *p = c->state;
    if (p->file) {
        send_file(c);
    } else if (p->report) {
        api_show_campaign(c, p->campaign, answer_report);
    } else {
        json_t *next = p->end < p->blocks ? json_integer((json_int_t)p->end) : json_null();
        web_answer(c, 200, json_pack("{s:O,s:o}", "people", p->list, "next", next));
    }
}

static void load_next(struct web_call *c)
{
    struct people *p = c->state;
    if (p->at >= p->end)
        answer(c);
    else if (p->audience)
        audience_block(c->config->store, p->audience, p->at, on_block, c);
    else
        on_block(c, ERR_NOT_FOUND, NULL, NULL);
}

/* Without it nobody knows how many parts it were. */
static void on_texts(void *arg, int result, struct texts *texts, const struct err *e)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    p->texts = texts;
    if (result != ERR_UNREACHABLE || web_ok(c, result, e)) load_next(c);
}

static void begin_sheet(struct people *p)
{
    json_t *columns = p->audience ? json_array() : NULL;
    for (size_t i = 0; p->audience && i < p->audience->column_count; i++)
        json_list_add(columns, json_text(p->audience->columns[i]));
    p->sheet = report_sheet_new(p->file, columns);
    json_decref(columns);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    if (result != ERR_NOT_FOUND && !web_ok(c, result, e)) return;
    if (result == 0) p->audience = audience_info_dup(info);
    if (p->file) begin_sheet(p);
    p->words = c->config->means ? c->config->means->words : NULL;
    if (p->outcome && p->audience && p->account)
        texts_load(c->config->store, p->campaign, p->account->channel, p->audience, on_texts, c);
    else
        load_next(c);
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct people *p = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    if (campaign->trimmed_ms) {
        web_error(c, 409, "conflict",
                  "who stood where in campaign %u is not kept any more (`keep.campaigns_days` in "
                  "muster.yaml); its "
                  "counts are: muster campaign status %u",
                  c->id, c->id);
        return;
    }
    if (!c->asker && p->at == 0 &&
        !p->whole) /* a page of ours shows some; this may be all of them */
        web_act(c, campaign->group, "download of the people of campaign %u", c->id);
    p->campaign = campaign_dup(campaign);
    p->waiting = campaign_shown_state(campaign, STATE_PENDING);
    p->blocks = campaign->blocks;
    if (p->end > campaign->blocks || p->whole) p->end = campaign->blocks;
    p->group = slice_strdup(campaign->group);
    p->account = accounts_find(c->config->accounts, campaign->gateway);
    audience_load(c->config->store, campaign->audience, on_audience, c);
}

/* "cursor" and "blocks": which of the campaign's blocks. */
static bool read_blocks(const struct web_call *c, struct people *p)
{
    struct slice block = web_query(c, "cursor"), blocks = web_query(c, "blocks");
    uint64_t from = 0, n = PAGE_BLOCKS;
    if (block.n && !slice_to_u64(block, INDEX_BLOCK_MAX, &from)) return false;
    if (blocks.n && (!slice_to_u64(blocks, PAGE_BLOCKS_MAX, &n) || n == 0)) return false;
    p->at = (uint32_t)from;
    p->end = (uint32_t)(from + n);
    return true;
}

/* False: c has its response. */
static bool read_query(struct web_call *c, struct people *p)
{
    struct slice state = web_query(c, "state"), outcome = web_query(c, "outcome");
    p->one_state = state.n > 0;
    p->outcome = slice_is(outcome, "1");
    if (p->one_state && !state_from_string(state, &p->state))
        web_error(c, 400, "invalid",
                  "'state' is pending, in_flight, accepted, sent, delivered, read, undelivered, "
                  "refused, skipped, expired, cancelled or unknown");
    else if (outcome.n && !p->outcome && !slice_is(outcome, "0"))
        web_error(c, 400, "invalid", "'outcome' is 1: also what came of each; or 0");
    else if (!read_blocks(c, p))
        web_error(c, 400, "invalid",
                  "'cursor' is the 'next' of the page before, 'blocks' a number from 1 to %d",
                  PAGE_BLOCKS_MAX);
    else
        return true;
    return false;
}

static void get_people(struct web_call *c)
{
    struct people *p = web_call_state(c, sizeof *p, people_done);
    p->list = json_array();
    if (read_query(c, p)) campaign_load(c->config->store, c->id, on_campaign, c);
}

/* All of them, with what came of them. NULL: c has its response. */
static struct people *begin_whole(struct web_call *c)
{
    struct people *p = web_call_state(c, sizeof *p, people_done);
    if (c->web->checks >= WEB_CHECKS_MAX) {
        http_request_set_header(c->q, "Retry-After", "5");
        web_error(c, 503, "busy",
                  "%d checks and reports are running already: try again in some seconds",
                  c->web->checks);
        return NULL;
    }
    p->list = json_array();
    p->web = c->web;
    p->web->checks++;
    p->outcome = p->whole = true;
    return p;
}

static void get_report(struct web_call *c)
{
    struct people *p = begin_whole(c);
    if (!p) return;
    p->report = true;
    campaign_load(c->config->store, c->id, on_campaign, c);
}

void api_send_report_csv(struct web_call *c)
{
    struct people *p = begin_whole(c);
    FILE *file = p ? download_open(c) : NULL;
    if (!file) return;
    p->file = file;
    campaign_load(c->config->store, c->id, on_campaign, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/campaigns/{id}/report", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP | WITH_ID,
     NULL, get_report},
    {"GET", "/api/v1/campaigns/{id}/report.csv", MAY_SEE_NUMBERS,
     NEEDS_STORE | IN_GROUP | WITH_ID | AUDITED, NULL, api_send_report_csv},
    {"GET", "/api/v1/campaigns/{id}/people", MAY_READ_CAMPAIGNS,
     NEEDS_STORE | IN_GROUP | WITH_ID | AUDITED, NULL, get_people},
};

const struct routes people_routes = {rows, COUNT_OF(rows)};
