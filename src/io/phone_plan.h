#pragma once
/* The numbering plan as tables, made of phone_plan.txt by tools/phone_plan_tables.py in each build,
 * and what is asked of them. Digits are bytes of 0 to 9 here, not characters.
 *
 * Why automata and not the plan's regular expressions: a number is asked once, not once for each
 * region and type of its code (+44: 4 regions, 40 patterns), and what strangers send meets no
 * backtracking but that of the short prefix programs, which have no loops. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/phone.h"

enum { PHONE_NSN_MAX = 17, PHONE_DIGITS_MAX = 40 };

/* An instruction is an operation in the upper four bits and what it needs below: a mask of digits,
 * a group's border, a place from the beginning of its own program. */
enum phone_plan_op { OP_DIGIT, OP_END, OP_MATCH, OP_SAVE, OP_SPLIT, OP_JUMP };

struct phone_plan_region {
    char name[4];     /* "GB"; "001" = of no country */
    uint16_t code;    /* of the country, 44 */
    uint16_t general; /* state where the automaton of its general form begins */
    /* programs: what is dialled before a national, an international number */
    uint16_t prefix, exit;
    uint8_t groups;          /* of prefix */
    uint32_t lengths, local; /* bit n: n digits; local only: without the area */
    char becomes[8];         /* what a prefix with groups is replaced by: "268$1" */
};

struct phone_plan_code {
    uint16_t code;    /* 44 */
    uint16_t state;   /* where its automaton begins */
    uint16_t regions; /* index of its first region, the main one */
};

/* The tables. A verdict of a country code's automaton is ordinal of the region << 4 | phone_type; 0
 * = no type, and no region but the main one. The *_at give index + 1, 0 = none. */
extern const struct phone_plan_region phone_plan_regions[];
extern const struct phone_plan_code phone_plan_codes[];
extern const uint16_t phone_plan_code_at[], phone_plan_region_at[], phone_plan_programs[],
    phone_plan_verdicts[], phone_plan_next[][10];
extern const char phone_plan_version[], phone_plan_day[], phone_plan_without[];

struct phone_digits {
    uint8_t n;
    uint8_t d[PHONE_DIGITS_MAX];
};

/* NULL when there is none. */
const struct phone_plan_region *phone_plan_region(const char *name);
/* Takes the country code off *digits; NULL, and nothing taken, when they begin with none. */
const struct phone_plan_code *phone_plan_take_code(struct phone_digits *digits);
const struct phone_plan_code *phone_plan_code(unsigned code);
/* Region and type of a national number. */
const struct phone_plan_region *phone_plan_ask(const struct phone_plan_code *code,
                                               const struct phone_digits *nsn,
                                               enum phone_type *ret_type);
bool phone_plan_has_form(const struct phone_plan_region *r, const struct phone_digits *nsn);
/* Takes off what is dialled before a number of abroad, from r. */
bool phone_plan_take_exit(const struct phone_plan_region *r, struct phone_digits *digits);
/* Whether it begins with what is dialled before a national number. */
bool phone_plan_has_prefix(const struct phone_plan_region *r, const struct phone_digits *nsn);
/* Takes off, or rewrites, what is dialled before a national number within r. */
void phone_plan_take_prefix(const struct phone_plan_region *r, struct phone_digits *nsn);
