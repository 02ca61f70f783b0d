#pragma once
/* Names for what goes into a script and comes out of it, from one list for both sides:
 *
 *     #define SLOW_ARGS(X, P) X(P, NOW) X(P, HOLD)    what ARGV is, in this order
 *     enum { SCRIPT_ENUM(SLOW_ARGS, SLOW_ARG_) };     C: SLOW_ARG_NOW is 1, as Lua counts
 *     SCRIPT_NAMES(b, SLOW_ARGS);                     Lua: local NOW,HOLD=1,2
 *
 * To Lua a name is a local that never changes: it costs what the number would. */
#include "base/buf.h"

struct script_letter {
    const char *name;
    char letter;
};

/* Appends `local A,B=1,2`. */
void script_names(struct buf *b, size_t n, const char *const *names);
/* Appends `local A,B='a','b'`. */
void script_letters(struct buf *b, size_t n, const struct script_letter *letters);

/* What stands before each script over ledgers (ledger_prelude.lua): the states of recipients and the
 * statuses of campaigns, by name. */
void script_states(struct buf *b);
/* The same, and which state may follow which. */
void script_law(struct buf *b);

#define SCRIPT_ENUM_ROW(P, name)    P##name,
#define SCRIPT_ENUM(LIST, P)        P##0 = 0, LIST(SCRIPT_ENUM_ROW, P) P##END
#define SCRIPT_NAME(P, name)        #name,
#define SCRIPT_LETTER(name, letter) {#name, letter},
#define SCRIPT_NAMES(b, LIST)                                                                      \
    do {                                                                                           \
        static const char *const names[] = {LIST(SCRIPT_NAME, )};                                  \
        script_names((b), COUNT_OF(names), names);                                                 \
    } while (0)
#define SCRIPT_LETTERS(b, LIST)                                                                    \
    do {                                                                                           \
        static const struct script_letter letters[] = {LIST(SCRIPT_LETTER)};                       \
        script_letters((b), COUNT_OF(letters), letters);                                           \
    } while (0)
