#pragma once
/* What Muster itself says to people, in their group's language where it knows that. Pure.
 *
 * A text stands in English for every language that it does not stand in. */
#include "base/slice.h"

/* What the configuration has unless somebody wrote other words: only these are said in other languages. */
#define OWN_STOPPED_USUAL "You have been unsubscribed and will get no more texts from us."
#define OWN_HELP_USUAL    "Reply STOP to get no more texts from us."

/* The piece of a text, and how it is in English. */
#define OWN_TEXT_ROWS(X)                                                                           \
    X(OWN_STOPPED, OWN_STOPPED_USUAL)                                                              \
    X(OWN_HELP, OWN_HELP_USUAL)                                                                    \
    X(OWN_LOGIN, ": log in within 15 minutes: ")                                                   \
    X(OWN_LOGIN_AFTER, " Not you? Ignore this.")                                                   \
    X(OWN_PLEDGE_MADE, "thank you! You are coming: ")                                              \
    X(OWN_PLEDGE_WAITS, "it is full, you are on the waiting list: ")                               \
    X(OWN_PLEDGE_UP, "there is a place for you now: ")                                             \
    X(OWN_PLEDGE_GONE, "you are off the list: ")                                                   \
    X(OWN_PLEDGE_DAY, "see you tomorrow: ")                                                        \
    X(OWN_PLEDGE_HOURS, "see you soon: ")                                                          \
    X(OWN_PLEDGE_MOVED, "this has changed: ")                                                      \
    X(OWN_PLEDGE_OFF, "sorry, this is cancelled: ")                                                \
    X(OWN_CANT, "Can't come? Reply CANT or ")                                                      \
    X(OWN_WE_TEXT, "We text you when there is a place. ")                                          \
    X(OWN_CHANGED_MIND, "Changed your mind? ")                                                     \
    X(OWN_WHERE_ELSE, "Where else? ")                                                              \
    X(OWN_IS_NOW, " is now ")                                                                      \
    X(OWN_MEET, "Meet: ")                                                                          \
    X(OWN_DAYS, "Sun Mon Tue Wed Thu Fri Sat")                                                     \
    X(OWN_MONTHS, "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")

enum own_text {
#define X(name, english) name,
    OWN_TEXT_ROWS(X)
#undef X
        OWN_TEXT_COUNT
};

/* language: a code such as "cy", "cy-GB" or "CY"; "" is English. */
const char *own_text(struct slice language, enum own_text which);
/* The n-th word of OWN_DAYS or OWN_MONTHS, from 0. */
struct slice own_word(struct slice language, enum own_text which, unsigned n);

/* The languages other than English: 0 … own_language_count() - 1. */
size_t own_language_count(void);
const char *own_language(size_t i);
