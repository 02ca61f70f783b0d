#pragma once
/* Words by which a list itself says that somebody must not be texted: "Do not text", "Opted out (3)", "UNSUBSCRIBED", "Nicht
 * anschreiben:". They stand above people, beside one of them, or over a column. A whole cell says it, or nothing does: "Do not text
 * him before 9" is a note, and "Bus stop crew" a team. Pure. */
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* Which first letters a cell that says so may have, hashed: most cells of a list are turned away by four of them. */
enum { KEPT_OFF_WORDS = 512 };
struct kept_off {
    uint32_t begins[KEPT_OFF_WORDS];
};
void kept_off_init(struct kept_off *k);

/* A cell beside a number says so, or its first words do ("DO NOT TEXT - rang to complain"), or what stands in brackets at its end
 * ("Ann (do not text)"), or of texts one of several tags ("Member; do not text"). *ret: the part that does, borrowed from the cell. Trimmed cells. */
bool kept_off_cell(const struct kept_off *k, struct slice cell, struct slice *ret);
/* A line above people says so: "Removed from the list", "STOP". */
bool kept_off_heading(struct slice words);
/* The name of a column: where a yes says so ("Global Opted Out": x, TRUE, 1, a day), where a no does ("Can we text you?"), or one of
 * something else ("Email status", "Gift aid", "Landline"), where "Unsubscribed" is of that. */
enum kept_off_column {
    KEPT_OFF_NOTHING,
    KEPT_OFF_WHERE_YES,
    KEPT_OFF_WHERE_NO,
    KEPT_OFF_ELSEWHERE
};
enum kept_off_column kept_off_column(struct slice title);
/* Whether what kept_off_cell found speaks of texts or of any contact: in a column of something else only that counts. */
bool kept_off_is_of_texts(struct slice words);
/* Whether a trimmed cell, which is not empty, says so in a column where a yes or a no does. */
bool kept_off_value(enum kept_off_column column, struct slice cell);
