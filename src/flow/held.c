/* The text is cut at its gaps once; everything else is a walk over the pieces. */
#include "flow/held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/check.h"
#include "core/template.h"
#include "flow/message.h"

enum { PIECES_MAX = 2 * 64 + 1, VALUE_BYTES_MAX = 4 * HELD_VALUE_CHARACTERS_MAX };

/* A gap, or the words before one. */
struct piece {
    struct slice words; /* as they are written: "{{1}}" of a gap */
    struct slice name;  /* of a gap; none */
    int gap;            /* which; -1: none */
};

struct held {
    char *name, *gateway, *template, *language, *text;
    struct piece pieces[PIECES_MAX]; /* of text */
    size_t piece_count;
    struct slice gaps[HELD_GAPS_MAX]; /* in text, in the order of the provider */
    size_t gap_count;
    struct template *fills[HELD_GAPS_MAX]; /* NULL = none */
};

void held_free(struct held *h)
{
    if (!h) return;
    for (size_t i = 0; i < COUNT_OF(h->fills); i++)
        template_free(h->fills[i]);
    free(h->name);
    free(h->gateway);
    free(h->template);
    free(h->language);
    free(h->text);
    free(h);
}

/* ---- reading the text ---- */

static bool is_digits(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

static bool is_gap_name(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!ascii_is_lower(c) && !ascii_is_digit(c) && c != '_') return false;
    }
    return s.n > 0 && s.n <= 64;
}

static int gap_of(const struct held *h, struct slice name)
{
    for (size_t i = 0; i < h->gap_count; i++)
        if (slice_eq(h->gaps[i], name)) return (int)i;
    return -1;
}

static int add_gap(struct held *h, struct slice name, struct err *e)
{
    if (!is_gap_name(name))
        return err_set(e, ERR_INVALID,
                       "text: a gap is {{1}}, {{2}} …, or {{a_name}} of small letters; '%.*s' is "
                       "neither",
                       SLICE_ARG(name));
    if (gap_of(h, name) >= 0) return 0;
    if (h->gap_count == HELD_GAPS_MAX)
        return err_set(e, ERR_LIMIT, "text: at most %d gaps", HELD_GAPS_MAX);
    if (h->gap_count > 0 && is_digits(name) != is_digits(h->gaps[0]))
        return err_set(e, ERR_INVALID, "text: gaps have numbers or names, not both");
    h->gaps[h->gap_count++] = name;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = 0, y = 0;
    (void)slice_to_u64(*(const struct slice *)a, UINT32_MAX, &x);
    (void)slice_to_u64(*(const struct slice *)b, UINT32_MAX, &y);
    return (x > y) - (x < y);
}

/* {{1}} … {{n}}, each of them. */
static int order_numbers(struct held *h, struct err *e)
{
    if (h->gap_count == 0 || !is_digits(h->gaps[0])) return 0;
    qsort(h->gaps, h->gap_count, sizeof *h->gaps, by_number);
    for (size_t i = 0; i < h->gap_count; i++) {
        uint64_t n = 0;
        if (!slice_to_u64(h->gaps[i], UINT32_MAX, &n) || n != i + 1 || h->gaps[i].p[0] == '0')
            return err_set(e, ERR_INVALID, "text: the gap {{%zu}} is missing", i + 1);
    }
    return 0;
}

static int add_piece(struct held *h, struct slice words, struct slice name, struct err *e)
{
    if (words.n == 0) return 0;
    if (h->piece_count == PIECES_MAX)
        return err_set(e, ERR_LIMIT, "text: its gaps stand at more than %d places", PIECES_MAX / 2);
    h->pieces[h->piece_count++] = (struct piece){words, name, -1};
    return 0;
}

/* Words up to the next gap, and the gap. */
static int cut_once(struct held *h, const char *open, struct slice *rest, struct err *e)
{
    struct slice behind = slice_make(open + 2, rest->n - (size_t)(open + 2 - rest->p));
    const char *end = memmem(behind.p, behind.n, "}}", 2);
    if (!end) return err_set(e, ERR_INVALID, "text: a gap is not closed: add }}");
    struct slice name = slice_trim(slice_make(behind.p, (size_t)(end - behind.p)));
    int rc = add_piece(h, slice_make(rest->p, (size_t)(open - rest->p)), SLICE_NONE, e);
    if (rc == 0) rc = add_piece(h, slice_make(open, (size_t)(end + 2 - open)), name, e);
    if (rc == 0) rc = add_gap(h, name, e);
    *rest = slice_make(end + 2, behind.n - (size_t)(end + 2 - behind.p));
    return rc;
}

static int cut(struct held *h, struct err *e)
{
    struct slice rest = slice_of(h->text);
    const char *open;
    int rc = 0;
    while (rc == 0 && (open = memmem(rest.p, rest.n, "{{", 2)))
        rc = cut_once(h, open, &rest, e);
    if (rc == 0) rc = add_piece(h, rest, SLICE_NONE, e);
    if (rc == 0) rc = order_numbers(h, e);
    for (size_t i = 0; rc == 0 && i < h->piece_count; i++)
        h->pieces[i].gap = gap_of(h, h->pieces[i].name);
    return rc;
}

/* ---- reading the rest ---- */

static int read_word(const json_t *from, const char *key, size_t max, char **ret, struct err *e)
{
    struct slice value = slice_trim(json_slice(json_object_get(from, key)));
    *ret = slice_strdup(value);
    if (value.n == 0) return err_set(e, ERR_INVALID, "%s: is needed", key);
    if (value.n > max || memchr(value.p, '\n', value.n))
        return err_set(e, ERR_INVALID, "%s: one line of at most %zu bytes", key, max);
    return 0;
}

static int read_text(struct held *h, const json_t *from, struct err *e)
{
    struct slice text = slice_trim(json_slice(json_object_get(from, "text")));
    h->text = slice_strdup(text);
    if (text.n == 0)
        return err_set(e, ERR_INVALID, "text: what the provider approved, with its gaps as {{1}}");
    if (slice_characters(text) > HELD_TEXT_CHARACTERS_MAX)
        return err_set(e, ERR_INVALID, "text: at most %d characters", HELD_TEXT_CHARACTERS_MAX);
    return cut(h, e);
}

static int read_fill(struct held *h, size_t i, struct slice source, struct err *e)
{
    char place[32];
    (void)snprintf(place, sizeof place, "fills[%zu]", i);
    if (source.n == 0) return 0;
    if (source.n > HELD_FILL_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "%s: at most %d bytes", place, HELD_FILL_BYTES_MAX);
    return template_compile(source, place, &message_partials, &h->fills[i], e);
}

static int read_fills(struct held *h, const json_t *list, struct err *e)
{
    size_t i;
    const json_t *one;
    if (json_array_size(list) > h->gap_count)
        return err_set(e, ERR_INVALID, "fills: %zu, and the text has %zu gap%s",
                       json_array_size(list), h->gap_count, h->gap_count == 1 ? "" : "s");
    json_array_foreach(list, i, one)
    {
        int rc = json_is_string(one) ? read_fill(h, i, slice_trim(json_slice(one)), e)
                                     : err_set(e, ERR_INVALID, "fills: a list of texts");
        if (rc < 0) return rc;
    }
    return 0;
}

int held_read(const json_t *from, struct held **ret, struct err *e)
{
    struct held *h = xcalloc(1, sizeof *h);
    int rc = read_word(from, "name", HELD_NAME_BYTES_MAX, &h->name, e);
    if (rc == 0) rc = read_word(from, "gateway", HELD_TEMPLATE_BYTES_MAX, &h->gateway, e);
    if (rc == 0) rc = read_word(from, "template", HELD_TEMPLATE_BYTES_MAX, &h->template, e);
    if (rc == 0) rc = read_word(from, "language", HELD_LANGUAGE_BYTES_MAX, &h->language, e);
    if (rc == 0) rc = read_text(h, from, e);
    if (rc == 0) rc = read_fills(h, json_object_get(from, "fills"), e);
    if (rc < 0)
        held_free(h);
    else
        *ret = h;
    return rc;
}

/* ---- what is in it ---- */

void held_field(size_t i, char out[HELD_FIELD_BYTES])
{
    (void)snprintf(out, HELD_FIELD_BYTES, "gap-%zu", i);
}

struct slice held_name(const struct held *h)
{
    return slice_of(h->name);
}

struct slice held_gateway(const struct held *h)
{
    return slice_of(h->gateway);
}

struct slice held_template(const struct held *h)
{
    return slice_of(h->template);
}

struct slice held_text(const struct held *h)
{
    return slice_of(h->text);
}

size_t held_gap_count(const struct held *h)
{
    return h->gap_count;
}

struct slice held_gap(const struct held *h, size_t i)
{
    check(i < h->gap_count);
    return h->gaps[i];
}

void held_fill(const struct held *h, size_t i, const json_t *person, struct buf *out)
{
    const struct tvalue data = json_value(person);
    struct buf text = BUF_INIT(VALUE_BYTES_MAX);
    struct err e;
    if (h->fills[i] && template_render(h->fills[i], &data, TEMPLATE_ESCAPE_NONE, &text, &e) == 0)
        for (size_t k = 0; k < text.n; k++)
            buf_add_char(out, (unsigned char)text.p[k] < ' ' ? ' ' : text.p[k]);
    buf_done(&text);
}

void held_write(const struct held *h, const struct slice *values, struct buf *out)
{
    for (size_t i = 0; i < h->piece_count; i++) {
        const struct piece *p = &h->pieces[i];
        buf_add_slice(out, p->gap >= 0 && values[p->gap].n > 0 ? values[p->gap] : p->words);
    }
}

bool held_value_ok(struct slice value)
{
    size_t blanks = 0;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\n' || c == '\r' || c == '\t') return false;
        blanks = c == ' ' ? blanks + 1 : 0;
        if (blanks > 4) return false;
    }
    return slice_trim(value).n > 0 && slice_characters(value) <= HELD_VALUE_CHARACTERS_MAX;
}

/* ---- from the form to the dispatcher ---- */

json_t *held_call(const struct held *h, const struct slice *values)
{
    json_t *params = json_array();
    for (size_t i = 0; i < h->gap_count; i++) {
        json_t *param = json_pack("{s:o}", "value", json_text(values[i]));
        if (!is_digits(h->gaps[i])) json_put(param, "name", json_text(h->gaps[i]));
        json_list_add(params, param);
    }
    return json_pack("{s:s,s:s,s:o}", "name", h->template, "language", h->language, "params",
                     params);
}

struct held_sent {
    json_t *from; /* owned */
    struct outgoing_param params[HELD_GAPS_MAX];
    size_t n;
};

struct held_sent *held_sent_read(struct slice json)
{
    json_t *from = json.n ? json_loadb(json.p, json.n, 0, NULL) : NULL;
    if (!json_is_object(from)) {
        json_decref(from);
        return NULL;
    }
    struct held_sent *h = xcalloc(1, sizeof *h);
    const json_t *params = json_object_get(from, "params");
    h->from = from;
    for (size_t i = 0; i < json_array_size(params) && i < HELD_GAPS_MAX; i++) {
        const json_t *one = json_array_get(params, i);
        h->params[h->n++] = (struct outgoing_param){json_slice(json_object_get(one, "name")),
                                                    json_slice(json_object_get(one, "value"))};
    }
    return h;
}

void held_sent_free(struct held_sent *h)
{
    if (!h) return;
    json_decref(h->from);
    free(h);
}

void held_sent_put(const struct held_sent *h, struct outgoing *out)
{
    out->template_name = json_slice(json_object_get(h->from, "name"));
    out->template_language = json_slice(json_object_get(h->from, "language"));
    out->params = h->params;
    out->param_count = h->n;
}
