#pragma once
/* What pages for anybody say, in the languages that Muster has them in: one table (words.c). Whoever speaks one can mend it there; a
 * new language is a row here and a column there. */
#include "web/call.h"

/* name, code, what it is called in itself, how it is written */
#define PUBLIC_LANGUAGES(X)                                                                        \
    X(PUBLIC_EN, "en", "English", "ltr")                                                           \
    X(PUBLIC_CY, "cy", "Cymraeg", "ltr")                                                           \
    X(PUBLIC_DE, "de", "Deutsch", "ltr")                                                           \
    X(PUBLIC_ES, "es", "Español", "ltr")                                                           \
    X(PUBLIC_FR, "fr", "Français", "ltr")                                                          \
    X(PUBLIC_PL, "pl", "Polski", "ltr")                                                            \
    X(PUBLIC_AR, "ar", "العربية", "rtl")
enum public_language {
#define X(name, code, title, dir) name,
    PUBLIC_LANGUAGES(X)
#undef X
        PUBLIC_LANGUAGE_COUNT
};

#define PUBLIC_WORDS(X)                                                                            \
    X(where_title)                                                                                 \
    X(where_about)                                                                                 \
    X(where_intro)                                                                                 \
    X(your_place)                                                                                  \
    X(another_place)                                                                               \
    X(narrow)                                                                                      \
    X(day)                                                                                         \
    X(where)                                                                                       \
    X(any_place)                                                                                   \
    X(no_steps)                                                                                    \
    X(find)                                                                                        \
    X(use_here)                                                                                    \
    X(here_failed)                                                                                 \
    X(one_moment)                                                                                  \
    X(i_can)                                                                                       \
    X(near_before)                                                                                 \
    X(near_you)                                                                                    \
    X(near_after)                                                                                  \
    X(middle)                                                                                      \
    X(sketch)                                                                                      \
    X(unknown_before)                                                                              \
    X(unknown_after)                                                                               \
    X(which_one)                                                                                   \
    X(nothing_like)                                                                                \
    X(nothing_near)                                                                                \
    X(day_wrong)                                                                                   \
    X(less_than)                                                                                   \
    X(mile)                                                                                        \
    X(miles)                                                                                       \
    X(km)                                                                                          \
    X(comma)                                                                                       \
    X(until)                                                                                       \
    X(left_before)                                                                                 \
    X(left_of)                                                                                     \
    X(left_after)                                                                                  \
    X(needs_most)                                                                                  \
    X(needs)                                                                                       \
    X(lifts)                                                                                       \
    X(full)                                                                                        \
    X(can_you)                                                                                     \
    X(coming)                                                                                      \
    X(list_me)                                                                                     \
    X(ends_in)                                                                                     \
    X(not_mine)                                                                                    \
    X(first_name)                                                                                  \
    X(mobile)                                                                                      \
    X(why_number)                                                                                  \
    X(name_missing)                                                                                \
    X(number_wrong)                                                                                \
    X(thanks)                                                                                      \
    X(cancelled)                                                                                   \
    X(is_over)                                                                                     \
    X(look_other)                                                                                  \
    X(others)                                                                                      \
    X(find_other)                                                                                  \
    X(find_near)                                                                                   \
    X(when)                                                                                        \
    X(meet_at)                                                                                     \
    X(ask_for)                                                                                     \
    X(places)                                                                                      \
    X(access)                                                                                      \
    X(no_steps_in)                                                                                 \
    X(lifts_title)                                                                                 \
    X(lifts_some)                                                                                  \
    X(good_to_know)                                                                                \
    X(keep_it)                                                                                     \
    X(calendar)                                                                                    \
    X(by_whatsapp)                                                                                 \
    X(by_text)                                                                                     \
    X(by_telegram)                                                                                 \
    X(or_copy)                                                                                     \
    X(copy_this)                                                                                   \
    X(copy)                                                                                        \
    X(copied)                                                                                      \
    X(other_way)                                                                                   \
    X(counts)                                                                                      \
    X(help_near)                                                                                   \
    X(cannot)                                                                                      \
    X(after_all)                                                                                   \
    X(mine_coming)                                                                                 \
    X(mine_remind)                                                                                 \
    X(mine_waits)                                                                                  \
    X(mine_full)                                                                                   \
    X(mine_gone)                                                                                   \
    X(mine_told)                                                                                   \
    X(mine_came)                                                                                   \
    X(mine_missed)                                                                                 \
    X(mine_next)                                                                                   \
    X(none)                                                                                        \
    X(no_cookies)                                                                                  \
    X(today)                                                                                       \
    X(tomorrow)                                                                                    \
    X(days)                                                                                        \
    X(months)                                                                                      \
    X(try_again)                                                                                   \
    X(failed)                                                                                      \
    X(our_fault)                                                                                   \
    X(share_over)                                                                                  \
    X(share_none)
enum public_word {
#define X(name) WORD_##name,
    PUBLIC_WORDS(X)
#undef X
        PUBLIC_WORD_COUNT
};

/* The one that whoever asks wants: `?lang=` or the form's, else the first of their browser's that there is, else English. */
enum public_language public_language(const struct http_request *q, struct slice said);
const char *public_language_code(enum public_language l);
/* Those that there are, for whom wants another: [{code, title, here}]. Owned. */
json_t *public_languages(enum public_language here);

/* "" where there is nothing to say. */
const char *public_word(enum public_language l, enum public_word w);
/* The i-th of words that stand with blanks between: days from Sunday on, months. */
struct slice public_nth(enum public_language l, enum public_word w, unsigned i);
/* All of them for templates, by language, with `lang` and `dir`; made once. */
struct public_words;
struct public_words *public_words_new(void);
void public_words_free(struct public_words *w);                                /* NULL is fine */
json_t *public_words_of(const struct public_words *w, enum public_language l); /* borrowed */
