#pragma once
/* Phrases in a folded text. */
#include "core/keywords_fold.h"
#include "core/law.h"

extern const struct slice law_phrases; /* phrases.txt, embedded at build time */

enum law_phrase_topic {
    SAYS_VOTING,
    SAYS_PROMOTES,
    SAYS_EXIT,
    SAYS_POSTAL,
    SAYS_TREAT,
    SAYS_BACK,
    SAYS_REPLY,
    SAYS_SHARE,
    SAYS_LEFT,
    SAYS_LABEL,
    SAYS_BOUGHT,
    SAYS_OTHERS,
    SAYS_PRIVATE,
    SAYS_ABUSE,
    SAYS_SERIOUS,
    SAYS_TOPICS
};

struct law_said {
    bool is[SAYS_TOPICS];
    uint16_t from[SAYS_TOPICS], to[SAYS_TOPICS]; /* words of the first phrase of each */
};
/* What a text says of each topic. O(words of it). */
void law_words_look(const struct law_words *w, const struct fold *f, struct law_said *ret);
/* The words of the first phrase of a topic; borrowed from f. */
struct slice law_phrase_of(const struct fold *f, const struct law_said *said,
                           enum law_phrase_topic t);

/* One of "a b c". */
bool law_is_any(struct slice word, const char *list);
/* Digits only, up to 9 of them. */
bool law_digits(struct slice word, int *ret);

/* The parts of law_text. `what` of a folded phrase is borrowed from f. */
struct law_look {
    const struct law_campaign *c;
    const char *country; /* of whoever gets it; NULL: of none */
    const struct fold *f;
    struct slice text;
    law_found_cb *cb;
    void *arg;
};
/* Tells it where the rule is for that country and kind of organisation. */
void law_tell(const struct law_look *l, enum law_finding f, struct slice what);
bool law_has_link(struct slice text);
void law_links(const struct law_look *l);
/* A link of the text tells who they are. */
bool law_link_is_personal(const struct law_person *p, struct slice text);
/* Whether that election is held in the country (ISO 3166-1, may be NULL), on a day that is known. */
bool law_votes_there(const struct law_election *e, const char *country);
/* Days and hours of the poll. */
void law_dates(const struct law_look *l);
/* The imprint stands in it. */
bool law_holds_imprint(const struct law_organisation *o, struct slice text);
