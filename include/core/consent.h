#pragma once
/* Consent: evidence that a person agreed to be texted, as a list has it in columns with meaning, and what a campaign
 * needs of it. Pure.
 *
 *   consent          what for: words such as "news", "reminders", with commas between; "yes" = to anything; empty or
 *                    "no" = to nothing
 *   consent_at       when: 2026-03-01
 *   consent_source, consent_wording   where and in which words
 *   born             2008-05-01, or 2008; or age (in years, at consent_at)
 *
 * Dates in a list are as core/consent writes them: the import reads what people write (consent_date). */
#include "base/check.h"
#include "base/err.h"
#include "base/slice.h"
#include "core/block.h"

enum {
    CONSENT_WORD_BYTES = 33,  /* of a purpose, with its end */
    CONSENT_MONTHS_MAX = 600, /* [months] how old a consent may be asked to be at most */
    CONSENT_AGE_MAX = 120,    /* [years] */
    CONSENT_KIND_BYTES = 16,
    CONSENT_NEED_BYTES = 80,
};

/* What a campaign needs, and what it is: who takes either back is left out. */
struct consent_need {
    char what[CONSENT_WORD_BYTES]; /* "" = no consent; "yes" = to anything */
    unsigned months;               /* it may be so old; 0 = any age */
    unsigned min_age;              /* [years] 0 = any */
    char kind[CONSENT_KIND_BYTES]; /* what its text is (law_purpose_to_string); "" = unsaid */
};
/* Whether the list has to say something of each person. */
bool consent_needs_any(const struct consent_need *need);
/* The words of which somebody may want no more, each once: what is needed, and the kind. Borrowed from need. */
enum { CONSENT_WORDS_OF_NEED = 2 };
size_t consent_words_of(const struct consent_need *need, const char *ret[CONSENT_WORDS_OF_NEED]);
/* A purpose: a-z 0-9 _ - ; not "no". */
bool consent_word_ok(struct slice word);
/* As a campaign keeps it: "news;24;16", and with a kind "news;24;16;survey". "" = nothing is said. */
void consent_need_write(const struct consent_need *need, char out[CONSENT_NEED_BYTES]);
/* ERR_INVALID. */
int consent_need_read(struct slice text, struct consent_need *ret, struct err *e) MUST_USE;

#define CONSENT_COLUMN_TABLE(X)                                                                    \
    X(CONSENT_WHAT, "consent")                                                                     \
    X(CONSENT_SOURCE, "consent_source")                                                            \
    X(CONSENT_WORDING, "consent_wording")                                                          \
    X(CONSENT_AT, "consent_at")                                                                    \
    X(CONSENT_BORN, "born")                                                                        \
    X(CONSENT_YEARS, "age")
enum consent_column {
#define X(name, text) name,
    CONSENT_COLUMN_TABLE(X)
#undef X
        CONSENT_COLUMNS
};
/* Which column a title means, in plain spellings: "Opt-in date" is CONSENT_AT. CONSENT_COLUMNS: none. The title is as import has
 * made a field of it: small letters, '_' between words. */
enum consent_column consent_column_of(struct slice field);
/* Where they are among the columns of a list, one with the own name before others; -1 = it has none. */
struct consent_columns {
    int at[CONSENT_COLUMNS];
};
struct consent_columns consent_columns_of(const struct slice *columns, size_t n);

/* Days since 1970. */
typedef int32_t consent_day;
enum consent_date { CONSENT_DATE_FINE, CONSENT_DATE_NONE, CONSENT_DATE_DOUBTFUL };
/* A date as people write it: 2026-03-01, with a time behind it or not; 1.3.2026; 1 March 2026, Mar 1, 2026; 03/25/2026. With
 * slashes, where both numbers may be the month, it is what the country says: 'd' day first, 'm' month first, 0 = not known, and
 * then it is CONSENT_DATE_DOUBTFUL. *ret_by_order: it was read so. CONSENT_DATE_NONE: it is no date between 1900 and 2199. */
enum consent_date consent_date(struct slice text, char order, consent_day *ret, bool *ret_by_order);
void consent_day_write(consent_day day, char out[16]); /* 2026-03-01 */
/* 'm' of the United States and those who write like them, 'd' else; 0 of no country. */
char consent_order_of(const char *country);
/* "Yes", "News, Reminders" → "yes", "news,reminders"; "No", "n", "0", "false" → "no". False: no words. out has room for the text,
 * at least two letters, and its end. */
bool consent_words(struct slice text, char *out);

/* For the gate: a letter each (store/gate/rules/consent.lua). */
#define CONSENT_LETTERS "gmoa"
enum consent_verdict {
    CONSENT_GIVEN,
    CONSENT_MISSING,  /* they have not agreed to this */
    CONSENT_OLD,      /* too long ago, or nobody knows when */
    CONSENT_TOO_YOUNG /* or nobody knows how old they are */
};
/* fields[i]: the value of each enum consent_column; none where the list has no such column. */
/* The fields of a row of a list, for consent_judge. */
void consent_of_row(const struct consent_columns *columns, const struct block *b, size_t row,
                    struct slice *ret_fields);
enum consent_verdict consent_judge(const struct consent_need *need, const struct slice *fields,
                                   consent_day today);
