#pragma once
/* Columns of a list that say what people agreed to: their values become as core/consent.h writes them, which whoever texts
 * reads. What cannot be read stays as it is, and is said: it counts as not known. */
#include "header.h"

#include "core/consent.h"

enum { IMPORT_CONSENT_SHOWN_BYTES = 40 };

/* How many values something is true of, and the first of them. */
struct import_consent_seen {
    uint64_t count, line;
    char value[IMPORT_CONSENT_SHOWN_BYTES], as[16];
};

struct import_consent {
    unsigned char of[CSV_FIELDS_MAX]; /* enum consent_column of each column that is read */
    char order;                       /* see consent_date */
    struct import_consent_seen unread[CONSENT_COLUMNS], by_order[CONSENT_COLUMNS];
};

/* country: of the list; NULL or "" = none. */
void import_consent_begin(struct import_consent *c, const struct import_header *h,
                          const char *country);
/* The value of column k in that line, perhaps in the arena. */
struct slice import_consent_value(struct import_consent *c, size_t k, struct slice value,
                                  uint64_t line, struct arena *texts);
/* What is to be said of column k, into b, which is empty when there is nothing. */
void import_consent_say(const struct import_consent *c, const struct import_header *h, size_t k,
                        struct buf *b);
