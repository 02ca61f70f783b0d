/* What some people of a list would read, chosen by chance, while somebody still writes it: their text,
 * its parts, and what it would cost to text all. The check renders everybody; this one is quick. */
#include "web/api/api.h"

#include "core/index.h"
#include "core/number.h"
#include "core/parts.h"
#include "flow/launch.h"
#include "flow/message.h"
#include "flow/session_words.h"
#include "flow/whereabouts.h"
#include "io/phone.h"
#include "store/audience.h"
#include "web/campaign_body.h"

#include <sodium.h>

#include <stdlib.h>

enum {
    PEOPLE = 5,
    PEOPLE_MAX = 20,
    TRIES = 4, /* for each of them: of a small list the same one is drawn again and again */
    DRAWN_MAX = PEOPLE_MAX * TRIES,
    SMART_BYTES_MAX = 64,
};

struct preview {
    struct campaign_call call; /* the first */
    struct message *message;   /* owned */
    struct {
        uint32_t block, row; /* row: modulo the rows of the block */
    } drawn[DRAWN_MAX];
    size_t at, wanted;
    /* owned where it has bytes: it is kept while the store says where one of its people is */
    struct block block;
    uint64_t seed;
    json_t *costly;     /* owned; of what is written */
    json_t *people;     /* owned */
    int64_t millionths; /* of the people */
};

static void preview_done(void *state)
{
    struct preview *p = state;
    message_free(p->message);
    block_done(&p->block);
    json_decref(p->people);
    json_decref(p->costly);
    web_campaign_done(&p->call);
}

/* The same seed draws the same people, so that they stay while somebody types. */
static void draw(struct preview *p)
{
    unsigned char seed[randombytes_SEEDBYTES] = {0};
    uint32_t chance[DRAWN_MAX][2];
    memcpy(seed, &p->seed, sizeof p->seed);
    randombytes_buf_deterministic(chance, sizeof chance, seed);
    for (size_t i = 0; i < DRAWN_MAX; i++) {
        p->drawn[i].block = chance[i][0] % p->call.body.list->blocks;
        p->drawn[i].row = chance[i][1];
    }
}

static bool is_shown(const struct preview *p, uint32_t index)
{
    size_t i;
    const json_t *person;
    json_array_foreach(p->people, i,
                       person) if (json_integer_value(json_object_get(person, "index")) ==
                                   (json_int_t)index) return true;
    return false;
}

/* The first character that makes a text cost more, where it stands [characters from 0], and what can
 * stand in its place ("" = nothing: leave it out; null: there is no such). */
static json_t *costly_json(struct slice text, const struct parts *parts)
{
    if (parts->encoding != PARTS_UCS2) return json_null();
    size_t pos = 0, at = 0;
    while (pos < parts->first_non_gsm_offset) {
        (void)parts_next_code_point(text, &pos);
        at++;
    }
    size_t end = pos;
    (void)parts_next_code_point(text, &end);
    struct slice one = slice_make(text.p + pos, end - pos);
    struct buf instead = BUF_INIT(SMART_BYTES_MAX);
    struct parts plain;
    parts_smart(one, &instead);
    parts_count(buf_slice(&instead), &plain);
    bool helps = !instead.failed && plain.encoding == PARTS_GSM7;
    json_t *o = json_pack("{s:o,s:I,s:o}", "character", json_text(one), "at", (json_int_t)at,
                          "instead", helps ? json_text(buf_slice(&instead)) : json_null());
    buf_done(&instead);
    return o;
}

/* The same of what is written, before anybody's fields are in it. */
static json_t *written_costly_json(const json_t *message)
{
    const char *language;
    json_t *variant, *variants = json_object_get(message, "sms");
    json_object_foreach(variants, language, variant)
    {
        struct parts parts;
        struct slice text = json_slice(json_object_get(variant, "text"));
        parts_count(text, &parts);
        if (parts.encoding == PARTS_UCS2) return costly_json(text, &parts);
    }
    return json_null();
}

static json_t *text_json(const struct outgoing *out, uint32_t *ret_parts)
{
    struct parts parts;
    parts_count(out->text, &parts);
    *ret_parts = parts.parts;
    return json_pack("{s:o,s:s,s:I,s:I,s:I,s:o}", "text", json_text(out->text), "encoding",
                     parts_encoding_to_string(parts.encoding), "units", (json_int_t)parts.units,
                     "per_part", (json_int_t)parts.per_part, "parts", (json_int_t)parts.parts,
                     "costly", costly_json(out->text, &parts));
}

static json_t *template_json(const struct outgoing *out, uint32_t *ret_parts)
{
    json_t *params = json_array();
    *ret_parts = 1;
    for (size_t i = 0; i < out->param_count; i++)
        json_list_add(params, json_text(out->params[i].value));
    return json_pack("{s:o,s:o}", "template", json_text(out->template_name), "params", params);
}

/* What cannot be rendered for somebody says why in the place of the text. */
static void add_person(struct preview *p, const struct block *b, uint32_t row,
                       const struct message_nearest *nearest)
{
    uint32_t index = index_make(p->drawn[p->at].block, row), parts = 0;
    uint64_t number = block_number(b, row);
    char mask[NUMBER_MASK_BYTES] = "?";
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    struct outgoing out = {0};
    struct err e;
    json_t *person;
    if (message_render(p->message, b, row, nearest, &text, &out, &e) < 0)
        person = json_pack("{s:o}", "problem", json_text(slice_of(e.text)));
    else if (out.template_name.n)
        person = template_json(&out, &parts);
    else
        person = text_json(&out, &parts);
    buf_done(&text);
    if (number_is_valid(number)) number_mask(number, mask);
    int64_t each = price_of(&p->call.body.account->price, phone_country_of(number));
    p->millionths += each * parts;
    json_put(person, "index", json_integer((json_int_t)index));
    json_put(person, "number", json_string(mask));
    json_put(person, "amount", json_real((double)(each * parts) / 1e6));
    json_list_add(p->people, person);
}

/* ---- the answer ---- */

static json_t *columns_json(const struct audience_info *a)
{
    json_t *columns = json_array();
    for (size_t i = 0; i < a->column_count; i++)
        json_list_add(columns, json_text(a->columns[i]));
    return columns;
}

static void add_missing(void *arg, struct slice field, int column, unsigned uses)
{
    (void)uses;
    if (column == MESSAGE_COLUMN_MISSING) json_list_add(arg, json_text(field));
}

static void answer(struct web_call *c)
{
    struct preview *p = c->state;
    size_t n = json_array_size(p->people);
    double each = n ? (double)p->millionths / 1e6 / (double)n : 0;
    json_t *price = json_pack("{s:o,s:f}", "currency",
                              json_text(slice_of(p->call.body.account->price.currency)), "amount",
                              each * (double)p->call.body.list->total);
    json_t *missing = json_array();
    message_fields(p->message, add_missing, missing);
    web_answer(c, 200,
               json_pack("{s:O,s:I,s:I,s:o,s:o,s:o,s:O}", "people", p->people, "recipients",
                         (json_int_t)p->call.body.list->total, "seed", (json_int_t)p->seed, "price",
                         price, "columns", columns_json(p->call.body.list), "missing", missing,
                         "costly", p->costly));
}

/* ---- who is drawn, one after the other ---- */

static void next(struct web_call *c);

static void on_whereabouts(void *arg, int result, struct whereabouts *w, const struct err *e)
{
    struct web_call *c = arg;
    struct preview *p = c->state;
    struct session_said said;
    if (!web_ok(c, result, e)) return;
    uint32_t row = p->drawn[p->at].row % (uint32_t)block_rows(&p->block);
    bool told =
        w->where[row] == WHERE_KNOWN &&
        session_say_nearest(c->config->means->words, p->call.body.list->group, &w->at[row], &said);
    free(w);
    add_person(p, &p->block, row, told ? &said.says : NULL);
    block_done(&p->block);
    p->at++;
    next(c);
}

/* Of a text that tells of sessions, it is looked up where the person is. */
static void add_told(struct web_call *c, const struct block *b, uint32_t row)
{
    struct preview *p = c->state;
    const struct audience_info *a = p->call.body.list;
    block_dup(b, &p->block);
    whereabouts_find(c->config->means->words->gazetteer,
                     where_columns_of(a->columns, a->column_count), &p->block, row, 1,
                     on_whereabouts, c);
}

static void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct web_call *c = arg;
    struct preview *p = c->state;
    if (!web_ok(c, result, e)) return;
    uint32_t rows = (uint32_t)block_rows(b), row = rows ? p->drawn[p->at].row % rows : 0;
    bool is_new = rows && !is_shown(p, index_make(p->drawn[p->at].block, row));
    if (is_new && c->config->means->words && message_tells_nearest(p->message)) {
        add_told(c, b, row);
        return;
    }
    if (is_new) add_person(p, b, row, NULL);
    p->at++;
    next(c);
}

static void next(struct web_call *c)
{
    struct preview *p = c->state;
    size_t n = json_array_size(p->people);
    if (n == p->wanted || n == p->call.body.list->total || p->at == p->wanted * TRIES)
        answer(c);
    else
        audience_block(c->config->store, p->call.body.list, p->drawn[p->at].block, on_block, c);
}

static void on_audience(struct web_call *c)
{
    struct preview *p = c->state;
    const struct campaign_body *b = &p->call.body;
    struct err e;
    if (b->list->blocks == 0) {
        web_error(c, 409, "conflict", "nobody is in audience %u", b->list->id);
        return;
    }
    int rc = message_compile(slice_of(b->message), slice_of(b->account->channel), b->list->columns,
                             b->list->column_count, &p->message, &e);
    if (!web_ok(c, rc, &e)) return;
    draw(p);
    next(c);
}

static void read_preview(struct web_call *c)
{
    struct preview *p = c->state;
    struct body *from = &p->call.body.from;
    uint64_t n = body_uint(from, "people", PEOPLE_MAX, BODY_OPTIONAL);
    p->seed = body_uint(from, "seed", INT32_MAX, BODY_OPTIONAL);
    p->wanted = n ? (size_t)n : PEOPLE;
    if (p->seed == 0) p->seed = 1 + randombytes_uniform(INT32_MAX);
    p->people = json_array();
}

static void post_preview(struct web_call *c)
{
    struct preview *p = web_call_state(c, sizeof *p, preview_done);
    if (!web_campaign_read(c, CAMPAIGN_DRAFT)) return;
    read_preview(c);
    p->costly = written_costly_json(json_object_get(c->body.root, "message"));
    if (web_campaign_ok(c)) web_campaign_find(c, on_audience);
}

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/preview", MAY_LAUNCH_CAMPAIGNS, NEEDS_STORE | LARGE | IN_GROUP,
     KEYS(CAMPAIGN_BODY_KEYS "people", "seed"), post_preview},
};

const struct routes preview_routes = {rows, COUNT_OF(rows)};
