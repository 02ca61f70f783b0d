/* The people of a campaign, a few blocks a page: their numbers and fields from the audience, their
 * states and reasons from the ledger. Block after block, one at a time, so that a page costs the
 * loop no more at once than a batch does. */
#include "private.h"

#include "web/view/view.h"

#include "core/block.h"
#include "core/number.h"
#include "base/clock.h"
#include "core/state.h"
#include "store/audience.h"
#include "store/unknown.h"
#include "web/guard.h"
#include "web/respond.h"

#include <stdlib.h>

struct people {
    struct campaign_api *api;
    struct http_request *q;
    enum state waiting; /* what those are called of whom the ledger says pending */
    uint32_t campaign;
    uint32_t blocks; /* of the campaign */
    uint32_t block;  /* this one */
    uint32_t end;    /* of the page */
    bool one_state;
    enum state state;
    /* NULL: it was deleted; then numbers and fields are not known */
    struct audience_info *audience;
    struct buf bytes; /* of this block */
    json_t *list;
    size_t listed; /* before this block */
};

static void people_free(struct people *p)
{
    audience_info_free(p->audience);
    buf_done(&p->bytes);
    json_decref(p->list);
    free(p);
}

static void people_failed(struct people *p, int result, const struct err *e)
{
    respond_failed(p->q, result, e);
    people_free(p);
}

static void people_done(struct people *p)
{
    json_t *next = p->end < p->blocks ? json_integer((json_int_t)p->end) : json_null();
    respond_json(p->q, 200, json_pack("{s:O,s:o}", "people", p->list, "next", next));
    people_free(p);
}

static json_t *fields_json(const struct people *p, const struct block *b, size_t row)
{
    json_t *fields = json_object();
    for (size_t i = 0; i < p->audience->column_count && i < block_columns(b); i++) {
        struct slice name = p->audience->columns[i];
        json_t *value = view_text(block_field(b, row, i));
        check(json_object_setn_new(fields, name.p, name.n, value) == 0);
    }
    return fields;
}

/* b NULL or without that row: only the ledger knows of the person. */
static json_t *person_json(const struct people *p, const struct block *b, size_t row,
                           enum state state, struct slice reason)
{
    bool known = b && row < block_rows(b) && number_is_valid(block_number(b, row));
    char number[NUMBER_TEXT_BYTES] = "";
    if (known) number_format(block_number(b, row), number);
    return json_pack("{s:I,s:s?,s:s,s:o,s:o}", "index", (json_int_t)(p->block << 8 | row), "number",
                     known ? number : NULL, "state", state_to_string(state), "reason",
                     reason.n ? view_text(reason) : json_null(), "fields",
                     known ? fields_json(p, b, row) : json_object());
}

static void load_next(struct people *p);

static void next_block(struct people *p)
{
    p->block++;
    load_next(p);
}

static void on_since(void *arg, int result, const int64_t *since_ms, size_t n)
{
    struct people *p = arg;
    if (result < 0) {
        people_failed(p, result, NULL);
        return;
    }
    for (size_t i = p->listed; i < json_array_size(p->list); i++) {
        json_t *person = json_array_get(p->list, i);
        size_t row = (size_t)json_integer_value(json_object_get(person, "index")) & 255;
        char text[CLOCK_ISO_BYTES];
        if (row >= n || since_ms[row] == 0) continue;
        clock_iso(since_ms[row], text);
        check(json_object_set_new(person, "since", json_string(text)) == 0);
    }
    next_block(p);
}

static void on_states(void *arg, int result, const uint8_t *states, const struct slice *details,
                      size_t n)
{
    struct people *p = arg;
    struct block b;
    struct err e;
    if (result < 0) {
        people_failed(p, result, NULL);
        return;
    }
    bool open = p->bytes.n > 0 && block_open(buf_slice(&p->bytes), &b, &e) == 0;
    bool unknown = false;
    bool unmade = n == 0 && open; /* their part of the ledger is not there yet */
    if (unmade) n = block_rows(&b);
    p->listed = json_array_size(p->list);
    for (size_t i = 0; i < n; i++) {
        uint8_t state = unmade || states[i] == STATE_PENDING ? (uint8_t)p->waiting : states[i];
        if (state >= STATE_COUNT || (p->one_state && state != p->state)) continue;
        json_t *person = person_json(p, open ? &b : NULL, i, (enum state)state, details[i]);
        check(person && json_array_append_new(p->list, person) == 0);
        unknown |= state == STATE_UNKNOWN;
    }
    if (unknown)
        unknown_since(p->api->config.campaigns, p->campaign, p->block, on_since, p);
    else
        next_block(p);
}

static void on_block(void *arg, int result, struct slice bytes, const struct err *e)
{
    struct people *p = arg;
    if (result < 0 && result != ERR_NOT_FOUND) {
        people_failed(p, result, e);
        return;
    }
    buf_clear(&p->bytes);
    if (result == 0) buf_add_slice(&p->bytes, bytes);
    campaign_people(p->api->config.campaigns, p->campaign, p->block, on_states, p);
}

static void load_next(struct people *p)
{
    if (p->block >= p->end)
        people_done(p);
    else if (p->audience)
        audience_block(p->api->config.audiences, p->audience->id, p->block, on_block, p);
    else
        on_block(p, ERR_NOT_FOUND, SLICE_NONE, NULL);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct people *p = arg;
    if (result < 0 && result != ERR_NOT_FOUND) {
        people_failed(p, result, e);
        return;
    }
    if (result == 0) p->audience = audience_info_dup(info);
    load_next(p);
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct people *p = arg;
    if (result < 0) {
        people_failed(p, result, e);
        return;
    }
    p->waiting = campaign_shown_state(c, STATE_PENDING);
    p->blocks = c->blocks;
    if (p->end > c->blocks) p->end = c->blocks;
    audience_load(p->api->config.audiences, c->audience, on_audience, p);
}

/* False when q was answered. */
static bool read_query(struct http_request *q, struct people *p)
{
    struct slice state = http_request_param(q, "state"), block = http_request_param(q, "block");
    struct slice blocks = http_request_param(q, "blocks");
    uint64_t from = 0, n = CAMPAIGN_PEOPLE_BLOCKS_MAX;
    bool ok = (block.n == 0 || slice_to_u64(block, UINT32_MAX >> 8, &from)) &&
              (blocks.n == 0 || (slice_to_u64(blocks, CAMPAIGN_PEOPLE_BLOCKS_MAX, &n) && n > 0));
    p->one_state = state.n > 0;
    if (ok && p->one_state && !state_from_string(state, &p->state)) {
        respond_error(
            q, 400, "invalid",
            "'state' is pending, in_flight, accepted, sent, delivered, read, undelivered, "
            "refused, skipped, expired, cancelled or unknown");
        return false;
    }
    if (!ok)
        respond_error(q, 400, "invalid",
                      "'block' is the 'next' of the page before, 'blocks' a number from 1 to %d",
                      CAMPAIGN_PEOPLE_BLOCKS_MAX);
    p->block = (uint32_t)from;
    p->end = (uint32_t)(from + n);
    return ok;
}

static void get_people(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct campaign_api *a = ctx;
    struct people query = {.api = a, .q = q, .bytes = BUF_INIT(BLOCK_BYTES_MAX)};
    if (!guard_organiser(a->config.auth, q, campaign_api_now(a))) return;
    if (!route_param_id(params, "id", &query.campaign)) {
        respond_error(q, 404, "not_found", "a campaign's id is a number");
        return;
    }
    if (!read_query(q, &query)) return;
    struct people *p = xmalloc(sizeof *p);
    *p = query;
    p->list = json_array();
    campaign_load(a->config.campaigns, p->campaign, on_campaign, p);
}

void campaign_people_routes(struct campaign_api *a, struct router *r)
{
    router_add(r, "GET", "/api/v1/campaigns/{id}/people", get_people, a);
}
