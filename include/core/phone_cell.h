#pragma once
/* What a cell of a list's phone column holds (ADR 0015). People, spreadsheets and exports write one
 * number in many ways, and some cells hold none, or two. What is understood becomes the plain text
 * that a numbering plan can read: digits, with a plus in front when the cell has one. Whatever
 * could turn into somebody else's number is a reason instead, never a guess.
 *
 * Understood: blanks, dashes, brackets, dots and one slash between digits; digits of any script;
 * what no eye can see; "tel:", "sms:", "whatsapp:", "wa.me/" in front, "@c.us" behind; an apostrophe in front, quotes around,
 * ="…" around (all three keep a spreadsheet from counting); ".0" and ",00" behind; thousands
 * ("447,700,900,123", "447'700'900'123"); a power of ten that has all its digits ("4.47700900123E+11").
 *
 * The numbering plan is not asked here: "12" is a number to this. */
#include "base/check.h"
#include "base/slice.h"

enum phone_cell {
    PHONE_CELL_NUMBER,
    PHONE_CELL_EMPTY,        /* nothing but blanks */
    PHONE_CELL_NOT_A_NUMBER, /* no digits, or signs that no number has */
    PHONE_CELL_LETTERS,      /* digits and letters: on a keypad they would be somebody's number */
    PHONE_CELL_EXTENSION,    /* "… ext 3", "… x3" */
    PHONE_CELL_TWO_NUMBERS,  /* "…; …", "… or …", a second plus, a line end between */
    PHONE_CELL_TOO_LONG,     /* more digits than any number, exit code included */
    PHONE_CELL_ROUNDED,      /* a power of ten whose last digits are gone */
    PHONE_CELL_FORMULA,      /* "=A1&B1" */
    PHONE_CELL_DOUBTFUL,     /* its digits may be taken in two ways: "0664 123456 (2)" */
    PHONE_CELL_DAY,          /* a day, also without signs, years, hours: "29-11-2026", "29112026" */
    PHONE_CELL_OTHER,        /* a place on the map, an id: "55.676098", "119.876.543-21" */
};

enum { PHONE_CELL_DIGITS_MAX = 20 }; /* 15, and the longest exit code with a trunk zero */

struct phone_text {
    char digits[1 + PHONE_CELL_DIGITS_MAX + 1]; /* "+447700900123" or "07700900123", terminated */
    size_t n;
    size_t decimals; /* zeros that stood behind digits with signs between them, "0664-1234567.00":
                        left out of `digits`, and somebody may have meant them; 0 to 3 */
    /* digits behind the last dash where they may end a range, "0171 2345678-9", "…67-68": one, or two that are a little more
     * than the two before, or stand behind a whole number and the only dash; else 0. They are in `digits` */
    size_t range;
    /* digits behind the last sign between them, "…-4321": 4; 0: there is none, or a spreadsheet's */
    size_t last;
    /* written as in North America: "(740) 555-0123", "740-555-0123", "1 740-555-0123", with dots */
    bool american;
};

/* cell: any bytes. ret is set for PHONE_CELL_NUMBER only. O(bytes), at most 256 characters are
 * read: longer cells are PHONE_CELL_NOT_A_NUMBER. */
enum phone_cell phone_cell_read(struct slice cell, struct phone_text *ret) MUST_USE;
