#include "flow/doubt.h"

#include <stdlib.h>

#include "flow/polls.h"
#include "store/law.h"

enum { DAY_S = 86400 };

struct doubt {
    const struct launch_means *means;
    struct err *e;
    int result; /* of the first that holds */
};

/* What is to be said of it; NULL: an answer is not judged by it. */
static const char *words_of(enum law_finding f)
{
    switch (f) {
    case LAW_ASKS_PRIVATE:
        return "asks for something private";
    case LAW_ABUSIVE:
        return "may be read as a threat or an insult";
    case LAW_POSTAL_VOTES:
        return "sounds like an offer to handle somebody's postal vote, which campaigners must not";
    case LAW_TREATING:
        return "offers something for voting, which is an offence";
    case LAW_WRONG_DATE:
        return "is not the day of the election";
    case LAW_WRONG_HOURS:
        return "is not when polls open or close";
    default:
        return NULL;
    }
}

static bool is_off(const struct launch_means *m, int rule)
{
    struct law_off off;
    return m->law_book && law_book_is_off(m->law_book, rule, SLICE_NONE, &off);
}

static void on_found(void *arg, enum law_finding f, struct slice what)
{
    struct doubt *d = arg;
    const char *words = words_of(f);
    if (!words || d->result < 0 || is_off(d->means, law_number(f))) return;
    d->result =
        err_set(d->e, ERR_CONFLICT, "not sent: '%.*s' %s (rule %d). Change it, or send it again",
                SLICE_ARG(what), words, law_number(f));
}

/* A field that nobody filled in: a group's suggested answer leaves it where it does not know it of the person. */
static struct slice gap_in(struct slice text)
{
    for (size_t i = 0; i + 1 < text.n; i++) {
        if (text.p[i] != '{' || text.p[i + 1] != '{') continue;
        struct slice rest = slice_from(text, i);
        for (size_t k = 2; k + 1 < rest.n; k++)
            if (rest.p[k] == '}' && rest.p[k + 1] == '}') return slice_make(rest.p, k + 2);
        break;
    }
    return SLICE_NONE;
}

int doubt_answer(const struct launch_means *m, struct slice text, int64_t now_ms, struct err *e)
{
    struct doubt d = {.means = m, .e = e};
    struct slice gap = gap_in(text);
    if (gap.n)
        return err_set(e, ERR_CONFLICT,
                       "not sent: '%.*s' stands in it, which is not known of this person. Change "
                       "it, or send it again",
                       SLICE_ARG(gap));
    if (!m->law_words || !m->law) return 0;
    struct law_organisation of = *m->law;
    struct law_election *election = &of.election;
    polls_place(election, m->zones);
    struct law_campaign c = {.organisation = &of, .first_ms = now_ms, .last_ms = now_ms};
    if (election->opens_ms)
        c.offset_s = (int32_t)(DAY_S * law_days(election->date) + 60 * election->opens_min -
                               election->opens_ms / 1000);
    law_answer(m->law_words, &c, election->country, text, on_found, &d);
    return d.result;
}

void doubt_digest(struct slice text, char out[DIGEST_BYTES])
{
    digest_make(SLICE_LIT("doubt"), text, out);
}
