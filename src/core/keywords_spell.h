#pragma once
/* What somebody meant who made a slip: "mesages", "unsubscirbe", "сообшения". Known are the words by which people say
 * that they want no more (`stop`, `bare`, `verb`, `thing`, `glue`), from five letters on, and those that a configuration added. */
#include "keywords_table.h"

struct spelling;

struct spelling *spelling_new(const struct table *t);
/* The words of a phrase that the table has got since: their slips are guessed, too. */
void spelling_add(struct spelling *s, const struct table *t, struct slice phrase);
void spelling_free(struct spelling *s); /* NULL is fine */
/* Gives the words of `from` that no phrase has the numbers of those that were meant, in a copy. False when none of its
 * first n words is such a one: `ret` is untouched then. */
bool spelling_guess(const struct spelling *s, const struct fold *from, size_t n, struct fold *ret);
