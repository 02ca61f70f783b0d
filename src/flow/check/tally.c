#include "tally.h"

#include "core/left_tag.h"
#include "core/pace.h"
#include "flow/held.h"
#include "io/phone.h"

#include <math.h>
#include <stdlib.h>

/* Everything is looked up in every text, so each rule is a single pass over it. */

void tally_init(struct tally *t, bool sms, const struct slice *columns, size_t column_count,
                struct slice organisation, const struct keywords *keywords)
{
    *t = (struct tally){
        .sms = sms,
        .columns = columns,
        .column_count = column_count,
        .organisation = organisation,
        .sample = BUF_INIT(TALLY_SAMPLE_BYTES),
    };
    check_words_init(&t->words, keywords);
}

void tally_done(struct tally *t)
{
    for (size_t i = 0; i < t->field_count; i++)
        free(t->fields[i].name);
    check_words_done(&t->words);
    buf_done(&t->sample);
}

void tally_add_field(void *arg, struct slice field, int column, unsigned uses)
{
    struct tally *t = arg;
    for (size_t i = 0; i < t->field_count; i++) {
        if (!slice_is(field, t->fields[i].name)) continue;
        t->fields[i].uses |= uses; /* another language uses it too */
        return;
    }
    if (t->field_count == TALLY_FIELDS_MAX) return;
    struct tally_field *f = &t->fields[t->field_count++];
    *f = (struct tally_field){.name = slice_strdup(field), .column = column, .uses = uses};
}

/* ---- one recipient ---- */

void tally_found(struct tally_finding *f, uint32_t index, uint64_t number)
{
    f->count++;
    if (f->shown == CHECK_EXAMPLES_MAX) return;
    f->people[f->shown].index = index;
    f->people[f->shown++].number = number;
}

static bool is_blank(struct slice s)
{
    return slice_trim(s).n == 0;
}

static void add_fields(struct tally *t, uint32_t index, const struct block *b, size_t row)
{
    for (size_t i = 0; i < t->field_count; i++) {
        struct tally_field *f = &t->fields[i];
        if (f->column < 0 || !(f->uses & TEMPLATE_USE_PLAIN)) continue;
        if (is_blank(block_field(b, row, (size_t)f->column)))
            tally_found(&f->empty, index, block_number(b, row));
    }
}

static void add_country(struct tally *t, uint64_t number, uint32_t parts)
{
    const char *c = phone_country_of(number);
    size_t slot = c ? 1 + (size_t)(c[0] - 'A') * 26 + (size_t)(c[1] - 'A') : 0;
    t->countries[slot].recipients++;
    t->countries[slot].parts += parts;
    t->parts_total += parts;
}

/* As if each of its characters were in the SMS alphabet. */
static uint64_t plain_parts(struct slice text)
{
    enum { ONE = 160, EACH = 153 };
    uint64_t n = 0;
    for (size_t pos = 0; pos < text.n; n++)
        (void)parts_next_code_point(text, &pos);
    return n <= ONE ? 1 : (n + EACH - 1) / EACH;
}

static uint32_t add_parts(struct tally *t, uint32_t index, uint64_t number, struct slice text)
{
    struct parts p;
    parts_count(text, &p);
    t->parts[p.parts < TALLY_PARTS_COUNTED ? p.parts : TALLY_PARTS_COUNTED - 1]++;
    t->encodings[p.encoding]++;
    if (p.encoding == PARTS_UCS2) {
        if (t->ucs2.count == 0) t->first_non_gsm = p.first_non_gsm;
        tally_found(&t->ucs2, index, number);
        t->ucs2_parts += p.parts;
        t->plain_parts += plain_parts(text);
    }
    if (p.parts > CHECK_PARTS_MAX) tally_found(&t->too_long, index, number);
    return p.parts;
}

/* Keeps the first one, cut at a whole character. */
static void note_first(char *out, size_t bytes, struct slice what)
{
    if (out[0]) return;
    if (what.n >= bytes) what.n = bytes - 1;
    while (what.n > 0 && !slice_is_utf8(what, NULL))
        what.n--;
    memcpy(out, what.p, what.n);
}

static bool holds_tag(struct tally *t, struct slice text)
{
    struct slice tag;
    if (!left_tag_find(text, t->columns, t->column_count, &tag)) return false;
    note_first(t->tag, sizeof t->tag, tag);
    return true;
}

static void add_text_rules(struct tally *t, uint32_t index, uint64_t number, struct slice text)
{
    struct check_wording wording = check_wording(&t->words, text);
    if (wording.answer.n) {
        note_first(t->keyword, sizeof t->keyword, wording.answer);
        tally_found(&t->answer_keyword, index, number);
    }
    if (!wording.says_opt_out) tally_found(&t->no_opt_out, index, number);
    if (!check_contains(text, t->organisation)) tally_found(&t->nameless, index, number);
}

static void add_text(struct tally *t, uint32_t index, uint64_t number, struct slice text)
{
    uint32_t parts = t->sms ? add_parts(t, index, number, text) : 1;
    add_country(t, number, parts);
    if (is_blank(text)) tally_found(&t->empty, index, number);
    if (holds_tag(t, text)) tally_found(&t->left_tag, index, number);
    if (t->sms) add_text_rules(t, index, number, text);
}

/* A template that the provider holds: its own text is the provider's business. */
static void add_params(struct tally *t, uint32_t index, uint64_t number, const struct outgoing *out)
{
    bool blank = false, tag = false, refused = false;
    for (size_t i = 0; i < out->param_count; i++) {
        struct slice value = out->params[i].value;
        blank |= is_blank(value);
        tag |= holds_tag(t, value);
        refused |= !is_blank(value) && !held_value_ok(value);
    }
    add_country(t, number, 1);
    if (blank) tally_found(&t->empty_param, index, number);
    if (refused) tally_found(&t->bad_param, index, number);
    if (tag) tally_found(&t->left_tag, index, number);
}

/* Cut at a whole character. */
static void add_cut(struct buf *b, struct slice s)
{
    size_t room = b->max - b->n;
    if (s.n > room) s.n = room;
    while (s.n > 0 && !slice_is_utf8(s, NULL))
        s.n--;
    buf_add_slice(b, s);
}

static void keep_sample(struct tally *t, const struct outgoing *out)
{
    if (t->sample.n > 0 || out->template_name.n == 0) {
        if (t->sample.n == 0) add_cut(&t->sample, out->text);
        return;
    }
    add_cut(&t->sample, out->template_name);
    for (size_t i = 0; i < out->param_count; i++) {
        add_cut(&t->sample, i == 0 ? SLICE_LIT(": ") : SLICE_LIT(" | "));
        add_cut(&t->sample, out->params[i].value);
    }
}

void tally_add(struct tally *t, uint32_t index, const struct block *b, size_t row,
               const struct outgoing *out)
{
    uint64_t number = block_number(b, row);
    t->recipients++;
    add_fields(t, index, b, row);
    if (!out) {
        tally_found(&t->unrendered, index, number);
        return;
    }
    keep_sample(t, out);
    if (out->template_name.n)
        add_params(t, index, number, out);
    else
        add_text(t, index, number, out->text);
}

/* ---- figures ---- */

const char *tally_country(size_t slot, char out[3])
{
    if (slot == 0) return NULL;
    out[0] = (char)('A' + (slot - 1) / 26);
    out[1] = (char)('A' + (slot - 1) % 26);
    out[2] = '\0';
    return out;
}
