#pragma once
/* Google contacts and others say in a column of its own what kind of number stands beside it: "Phone 1 - Label", "Phone Type". There
 * people also write whose it is, and fax machines have numbers, too. */
#include "header.h"

enum { IMPORT_LABEL_BYTES = 60 };

struct import_labels {
    size_t column;                 /* among those that are read; h->width: there is none */
    char fine[IMPORT_LABEL_BYTES]; /* the last label that was fine: a list has a few */
};

void import_labels_begin(struct import_labels *l, const struct import_header *h);
/* Whether a row's label says neither a kind of phone nor nothing: "Wife", "Home Fax". *ret_label is what it says (borrowed from rec). */
bool import_labels_doubt(struct import_labels *l, const struct import_header *h,
                         const struct csv_record *rec, struct slice *ret_label);
