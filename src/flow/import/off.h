#pragma once
/* Who must not be texted, by what the list itself says (core/kept_off.h). Beside a number: that row is left out. Above people ("Do not
 * text:", and their numbers below): the list as a whole is refused, since it has two kinds of people in it, and the same
 * person may stand in both parts. */
#include "core/kept_off.h"
#include "header.h"

enum { IMPORT_OFF_WORDS_BYTES = 96 };

struct import_off {
    bool asked;                    /* the list is of people who are to be texted */
    enum kept_off_column *columns; /* of each that is read, owned */
    struct kept_off words;
    uint64_t line;                      /* of the words above people; 0: there were none */
    char above[IMPORT_OFF_WORDS_BYTES]; /* what they are */
};

void import_off_begin(struct import_off *o, const struct import_header *h);
void import_off_done(struct import_off *o);
/* A line without a number, also one above the column names (h NULL): remembers it when it says so and nothing else. */
void import_off_look(struct import_off *o, const struct import_header *h,
                     const struct csv_record *rec);
/* Whether the row of a number says so: in *ret_column, of those that are read, with *ret_words (borrowed from rec). */
bool import_off_row(const struct import_off *o, const struct import_header *h,
                    const struct csv_record *rec, size_t *ret_column, struct slice *ret_words);
