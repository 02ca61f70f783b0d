#include "consent_columns.h"

#include <stdio.h>

enum { WORDS_BYTES_MAX = 1024 };

void import_consent_begin(struct import_consent *c, const struct import_header *h,
                          const char *country)
{
    *c = (struct import_consent){.order = consent_order_of(country)};
    for (size_t k = 0, field = 0; k < h->width; k++)
        c->of[k] = (unsigned char)(k == h->phone ? CONSENT_COLUMNS
                                                 : consent_column_of(h->columns[field++]));
}

static void note(struct import_consent_seen *seen, struct slice value, const char *as,
                 uint64_t line)
{
    if (seen->count++) return;
    seen->line = line;
    int n = value.n < IMPORT_CONSENT_SHOWN_BYTES ? (int)value.n : IMPORT_CONSENT_SHOWN_BYTES - 1;
    while (n > 0 && !slice_is_utf8(slice_make(value.p, (size_t)n), NULL))
        n--;
    (void)snprintf(seen->value, sizeof seen->value, "%.*s", n, value.p ? value.p : "");
    (void)snprintf(seen->as, sizeof seen->as, "%s", as);
}

/* A year alone, as of births, stays one. */
static struct slice read_date(struct import_consent *c, enum consent_column of, struct slice value,
                              uint64_t line, struct arena *texts)
{
    consent_day day;
    bool by_order;
    char text[16];
    if (consent_date(value, c->order, &day, &by_order) != CONSENT_DATE_FINE) {
        note(&c->unread[of], value, "", line);
        return value;
    }
    if (slice_trim(value).n == 4) return value;
    consent_day_write(day, text);
    if (by_order) note(&c->by_order[of], value, text, line);
    return arena_dup(texts, slice_of(text));
}

static struct slice read_words(struct import_consent *c, struct slice value, uint64_t line,
                               struct arena *texts)
{
    char text[WORDS_BYTES_MAX];
    if (value.n < sizeof text && consent_words(value, text))
        return arena_dup(texts, slice_of(text));
    note(&c->unread[CONSENT_WHAT], value, "", line);
    return value;
}

struct slice import_consent_value(struct import_consent *c, size_t k, struct slice value,
                                  uint64_t line, struct arena *texts)
{
    enum consent_column of = (enum consent_column)c->of[k];
    if (slice_trim(value).n == 0) return value;
    if (of == CONSENT_WHAT) return read_words(c, value, line, texts);
    return of == CONSENT_AT || of == CONSENT_BORN ? read_date(c, of, value, line, texts) : value;
}

void import_consent_say(const struct import_consent *c, const struct import_header *h, size_t k,
                        struct buf *b)
{
    enum consent_column of = (enum consent_column)c->of[k];
    if (of == CONSENT_COLUMNS) return;
    const struct import_consent_seen *unread = &c->unread[of], *ordered = &c->by_order[of];
    if (ordered->count)
        buf_addf(b, "'%.*s': %llu dates such as %s (line %llu) are read as %s, %s first",
                 SLICE_ARG(h->titles[k]), (unsigned long long)ordered->count, ordered->value,
                 (unsigned long long)ordered->line, ordered->as, c->order == 'd' ? "day" : "month");
    if (unread->count)
        buf_addf(b,
                 "%s'%.*s': %llu values cannot be read, the first in line %llu (%s): they stay as "
                 "they are, and count as %s",
                 b->n ? "; " : "", SLICE_ARG(h->titles[k]), (unsigned long long)unread->count,
                 (unsigned long long)unread->line, unread->value,
                 of == CONSENT_WHAT ? "not agreed" : "not known");
}
