#include "tally.h"

#include "core/left_tag.h"
#include "core/pace.h"
#include "flow/held.h"

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

static void add_fields(struct tally *t, const struct check_person *p)
{
    for (size_t i = 0; i < t->field_count; i++) {
        struct tally_field *f = &t->fields[i];
        if (f->column < 0 || !(f->uses & TEMPLATE_USE_PLAIN)) continue;
        if (is_blank(block_field(p->block, p->row, (size_t)f->column)))
            tally_found(&f->empty, p->index, p->number);
    }
}

static void add_country(struct tally *t, const char *c, uint32_t parts)
{
    size_t slot = c ? 1 + (size_t)(c[0] - 'A') * 26 + (size_t)(c[1] - 'A') : 0;
    t->countries[slot].recipients++;
    t->countries[slot].parts += parts;
    t->parts_total += parts;
}

static uint32_t characters_of(struct slice text)
{
    uint32_t n = 0;
    for (size_t pos = 0; pos < text.n; n++)
        (void)parts_next_code_point(text, &pos);
    return n;
}

/* As if each of its characters were in the SMS alphabet. */
static uint32_t plain_parts(uint32_t characters)
{
    enum { ONE = 160, EACH = 153 };
    return characters <= ONE ? 1 : (characters + EACH - 1) / EACH;
}

static void look_at_parts(struct tally *t, struct slice text, struct look *look)
{
    struct parts p;
    uint32_t characters = characters_of(text);
    parts_count(text, &p);
    look->parts = p.parts;
    look->encoding = p.encoding;
    look->plain_parts = plain_parts(characters);
    look->extended = p.encoding == PARTS_GSM7 && p.units > characters;
    if (p.encoding == PARTS_UCS2 && t->ucs2.count == 0) t->first_non_gsm = p.first_non_gsm;
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

static void look_at_wording(struct tally *t, struct slice text, struct look *look)
{
    struct check_wording wording = check_wording(&t->words, text);
    look->opt_out = wording.says_opt_out;
    look->answer = wording.answer.n > 0;
    look->named = check_contains(text, t->organisation);
    if (look->answer) note_first(t->keyword, sizeof t->keyword, wording.answer);
}

void tally_look(struct tally *t, struct slice text, struct look *look)
{
    look->parts = 1;
    look->blank = is_blank(text);
    look->tag = holds_tag(t, text);
    if (!t->sms) return;
    look_at_parts(t, text, look);
    look_at_wording(t, text, look);
}

static void add_parts(struct tally *t, const struct check_person *p, const struct look *look)
{
    uint32_t n = look->parts;
    t->parts[n < TALLY_PARTS_COUNTED ? n : TALLY_PARTS_COUNTED - 1]++;
    t->encodings[look->encoding]++;
    if (look->encoding == PARTS_UCS2) {
        tally_found(&t->ucs2, p->index, p->number);
        t->ucs2_parts += n;
        t->plain_parts += look->plain_parts;
    }
    if (n > CHECK_PARTS_MAX) tally_found(&t->too_long, p->index, p->number);
}

static void add_text(struct tally *t, const struct check_person *p, const struct look *look)
{
    add_country(t, p->country, look->parts);
    if (look->blank) tally_found(&t->empty, p->index, p->number);
    if (look->tag) tally_found(&t->left_tag, p->index, p->number);
    if (!t->sms) return;
    add_parts(t, p, look);
    if (look->answer) tally_found(&t->answer_keyword, p->index, p->number);
    if (!look->opt_out) tally_found(&t->no_opt_out, p->index, p->number);
    if (!look->named) tally_found(&t->nameless, p->index, p->number);
}

/* A template that the provider holds: its own text is the provider's business. */
static void add_params(struct tally *t, const struct check_person *p, const struct outgoing *out)
{
    bool blank = false, tag = false, refused = false;
    for (size_t i = 0; i < out->param_count; i++) {
        struct slice value = out->params[i].value;
        blank |= is_blank(value);
        tag |= holds_tag(t, value);
        refused |= !is_blank(value) && !held_value_ok(value);
    }
    add_country(t, p->country, 1);
    if (blank) tally_found(&t->empty_param, p->index, p->number);
    if (refused) tally_found(&t->bad_param, p->index, p->number);
    if (tag) tally_found(&t->left_tag, p->index, p->number);
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

void tally_add(struct tally *t, const struct check_person *p, const struct outgoing *out,
               const struct look *look)
{
    t->recipients++;
    add_fields(t, p);
    if (!out) {
        tally_found(&t->unrendered, p->index, p->number);
        return;
    }
    keep_sample(t, out);
    if (look)
        add_text(t, p, look);
    else
        add_params(t, p, out);
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
