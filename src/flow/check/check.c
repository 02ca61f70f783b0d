/* One block is loaded, rendered and counted per reply of the store, so that a check of a million
 * recipients never holds the loop for longer than 256 renderings. */
#include "flow/check.h"

#include "report.h"

#include "core/index.h"
#include "io/phone.h"
#include "store/campaign.h"
#include "store/forecast.h"
#include "store/suppress.h"

#include <stdlib.h>

enum { OTHERS_MAX = 200 /* campaigns that are not over */ };

struct checking {
    struct store *store;
    struct check_report *report;
    struct message *message;
    struct buf text;
    uint32_t block_at;  /* the one that is being loaded */
    struct block block; /* the loaded one, while it is asked who must not be texted */
    uint32_t of;        /* see check_input */
    unsigned only;
    struct whereabouts *whereabouts; /* owned; of that block, where they are told of sessions */
    uint8_t states[BLOCK_ROWS];      /* there, of that block; 15 = nobody */
    char digest[DIGEST_BYTES];       /* of what would be tested */
    char *author;                    /* owned */
    check_cb *cb;
    void *arg;
};

static void checking_end(struct checking *c, int result, const struct err *e)
{
    if (result == 0) report_judge(c->report);
    c->cb(c->arg, result, result == 0 ? c->report : NULL, result == 0 ? NULL : e);
    message_free(c->message);
    report_free(c->report);
    buf_done(&c->text);
    block_done(&c->block);
    free(c->whereabouts);
    free(c->author);
    free(c);
}

/* A person who opted out since the import, or is held, or was texted enough, gets nothing, and is
 * counted apart. */
static bool is_left_out(struct check_report *r, char state)
{
    r->suppressed += state == 's';
    r->held += state == 'h';
    r->capped += state == 'c';
    return state == 's' || state == 'h' || state == 'c';
}

/* Whether it is about them at all. */
static bool is_meant(const struct checking *c, size_t row)
{
    return c->only == 0 || (c->states[row] < STATE_COUNT && c->only & 1u << c->states[row]);
}

/* What stands against somebody. Whom the earlier campaign did not reach has no contact of it that
 * counts (campaign_grow.lua). */
static char stands_against(const struct checking *c, size_t row, char state)
{
    bool missed = c->only && c->states[row] == STATE_UNDELIVERED;
    if (state != 'c') return state;
    if (!missed && c->report->exempt) return 'e';
    return missed ? '-' : 'c';
}

/* against: what stands against them, a letter as suppress_states tells */
static void add_row(struct checking *c, size_t row, char against)
{
    struct check_report *r = c->report;
    const struct block *b = &c->block;
    const uint64_t number = block_number(b, row);
    const struct check_person p = {index_make(c->block_at, (uint32_t)row), number,
                                   phone_country_of(number), b, row};
    bool nobody = number == 0 /* forgotten */ || !is_meant(c, row);
    bool left_out =
        !nobody && (is_left_out(r, against) || !report_agreed(r, p.index, b, row, against == 'w'));
    struct outgoing out = {0};
    struct err ignored; /* counted as one that cannot be rendered */
    struct session_said said;
    const struct message_nearest *nearest =
        nobody || left_out ? NULL : report_nearest(r, p.index, b, row, c->whereabouts, &said);
    int rc = nobody ? -1 : message_render(c->message, b, row, nearest, &c->text, &out, &ignored);
    const struct outgoing *got = rc < 0 ? NULL : &out;
    r->exempted += !nobody && !left_out && against == 'e';
    uint32_t parts = nobody ? 0 : left_out ? cost_parts(&r->cost, got) : report_add(r, &p, got);
    cost_row(&r->cost, p.country, parts, left_out);
}

/* states: a letter each as suppress_states tells */
static void add_rows(struct checking *c, const char *states)
{
    for (size_t row = 0; row < block_rows(&c->block); row++)
        add_row(c, row, stands_against(c, row, states[row]));
    cost_block_end(&c->report->cost);
}

static void load_next(struct checking *c);

static void on_states(void *arg, int result, const char *states, const struct err *e)
{
    struct checking *c = arg;
    if (result < 0) {
        checking_end(c, result, e);
        return;
    }
    add_rows(c, states);
    block_done(&c->block);
    free(c->whereabouts);
    c->whereabouts = NULL;
    c->block_at++;
    load_next(c);
}

static void ask_states(struct checking *c)
{
    uint64_t numbers[SUPPRESS_STATES_MAX];
    const char *words[CONSENT_WORDS_OF_NEED];
    for (size_t row = 0; row < block_rows(&c->block); row++)
        numbers[row] = block_number(&c->block, row);
    const struct suppress_asked asked = {.group = c->report->audience->group,
                                         .words = words,
                                         .word_n = consent_words_of(&c->report->need, words),
                                         .cap = c->report->cap,
                                         .at_ms = c->report->start_ms};
    suppress_states(c->store, &asked, numbers, block_rows(&c->block), on_states, c);
}

static void on_ledger(void *arg, int result, const uint8_t *states, const struct slice *details,
                      size_t n)
{
    struct checking *c = arg;
    struct err e;
    (void)details;
    if (result < 0) {
        (void)err_set(&e, result, "Redis did not answer");
        checking_end(c, result, &e);
        return;
    }
    memset(c->states, 15, sizeof c->states);
    memcpy(c->states, states, n < BLOCK_ROWS ? n : BLOCK_ROWS);
    ask_states(c);
}

static void ask_who(struct checking *c)
{
    if (c->only)
        campaign_people(c->store, c->of, c->block_at, on_ledger, c);
    else
        ask_states(c);
}

static void on_whereabouts(void *arg, int result, struct whereabouts *w, const struct err *e)
{
    struct checking *c = arg;
    c->whereabouts = w;
    if (result < 0)
        checking_end(c, result, e);
    else
        ask_who(c);
}

/* The rows are kept until it is known who of them must not be texted. */
static void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct checking *c = arg;
    if (result < 0) {
        checking_end(c, result, e);
        return;
    }
    block_dup(b, &c->block);
    const struct session_words *words = c->report->words;
    if (words && message_tells_nearest(c->message))
        whereabouts_find(words->gazetteer, c->report->where, &c->block, 0, block_rows(&c->block),
                         on_whereabouts, c);
    else
        ask_who(c);
}

static void load_next(struct checking *c)
{
    const struct audience_info *a = c->report->audience;
    if (c->block_at == a->blocks)
        checking_end(c, 0, NULL);
    else
        audience_block(c->store, a, c->block_at, on_block, c);
}

/* ---- what is spent, and what else goes by the account ---- */

static void on_month(void *arg, int result, const struct month_spent *spent, const struct err *e)
{
    struct checking *c = arg;
    if (result < 0) {
        checking_end(c, result, e);
        return;
    }
    cost_spent(&c->report->cost, spent);
    load_next(c);
}

static void load_spent(struct checking *c)
{
    const struct check_report *r = c->report;
    if (cost_has_months(&r->cost))
        money_month(c->store, slice_of(r->month), slice_of(r->account->price.currency),
                    r->audience->group, on_month, c);
    else
        load_next(c);
}

static void on_tried(void *arg, int result, const struct tried *t)
{
    struct checking *c = arg;
    c->report->tried = *t;
    c->report->tried_known = result == 0;
    load_spent(c);
}

static void on_active(void *arg, int result, const struct campaign *list, size_t n,
                      struct slice next, const struct err *e)
{
    struct checking *c = arg;
    struct check_report *r = c->report;
    (void)next;
    if (result < 0) {
        checking_end(c, result, e);
        return;
    }
    const struct outlook_means means = {r->zones, r->now_ms, r->canary.wait_ms};
    r->outlook = outlook_new(list, n, r->account, c->of, &means);
    const struct tried_ask ask = {.group = r->audience->group,
                                  .author = slice_of(c->author),
                                  .digest = c->digest,
                                  .now_ms = r->now_ms};
    tried_look(c->store, &ask, on_tried, c);
}

static void on_provider_queue(void *arg, int64_t taken)
{
    struct checking *c = arg;
    c->report->provider_has = taken;
    campaign_list_active(c->store, OTHERS_MAX, on_active, c);
}

static void on_pace(void *arg, int result, const struct forecast_pace *pace)
{
    struct checking *c = arg;
    const struct provider_queue *q = &c->report->account->queue;
    if (result == 0) c->report->pace = *pace; /* else what the configuration says */
    if (q->max)
        provider_queue_look(c->store, q, on_provider_queue, c);
    else
        on_provider_queue(c, -1);
}

void check_run(struct store *s, const struct check_input *input, check_cb *cb, void *arg)
{
    struct checking *c = xcalloc(1, sizeof *c);
    *c = (struct checking){
        .store = s,
        .report = report_new(input),
        .of = input->of,
        .only = input->only,
        .author = slice_strdup(input->author),
        .text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX),
        .cb = cb,
        .arg = arg,
    };
    const struct audience_info *a = c->report->audience;
    struct err *e = &c->report->message;
    if (message_compile(input->message, slice_of(input->account->channel), a->columns,
                        a->column_count, &c->message, e) < 0) {
        checking_end(c, 0, NULL);
        return;
    }
    message_fields(c->message, tally_add_field, &c->report->tally);
    tried_digest(input->message, slice_of(input->account->name), c->digest);
    forecast_pace_load(s, input->account->name, input->now_ms, on_pace, c);
}
