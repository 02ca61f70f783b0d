/* What rows of a list and single answers say: where consent comes from, what a volunteer is about to write,
 * and what of the replies is for trained people. */
#include "words.h"

#include "base/check.h"

/* ---- consent ---- */

/* "I agree to get texts from Northern Leisure": whose name stands behind "from". */
static struct slice named_sender(const struct fold *f)
{
    enum { NEAR = 8 };
    size_t texts = SIZE_MAX;
    for (size_t i = 0; i + 1 < f->count; i++) {
        struct slice word = fold_word_at(f, i);
        if (law_is_any(word, "text texts texted message messages sms hear updates news contacted"))
            texts = i;
        if (!law_is_any(word, "from by") || texts == SIZE_MAX || i - texts > NEAR) continue;
        if (f->words[i + 1].capital && !f->words[i + 1].after_pause &&
            !law_is_any(fold_word_at(f, i + 1), "us our we the a sms text phone whatsapp i"))
            return fold_word_at(f, i + 1);
    }
    return SLICE_NONE;
}

void law_wording(const struct law_words *w, const struct law_organisation *o, struct slice wording,
                 law_found_cb *cb, void *arg)
{
    struct fold f;
    struct law_said said;
    fold_text(wording, &f);
    law_words_look(w, &f, &said);
    struct slice name = named_sender(&f);
    bool names_us = !o->name || slice_holds_nocase(wording, slice_of(o->name));
    if (said.is[SAYS_OTHERS])
        cb(arg, LAW_OTHERS_CONSENT, law_phrase_of(&f, &said, SAYS_OTHERS));
    else if (name.n && !names_us)
        cb(arg, LAW_OTHERS_CONSENT, name);
}

void law_source(const struct law_words *w, struct slice source, law_found_cb *cb, void *arg)
{
    struct fold f;
    struct law_said said;
    fold_text(source, &f);
    law_words_look(w, &f, &said);
    if (said.is[SAYS_BOUGHT])
        cb(arg, LAW_BOUGHT, law_phrase_of(&f, &said, SAYS_BOUGHT));
    else if (source.n == 0)
        cb(arg, LAW_UNSOURCED, SLICE_NONE);
}

/* ---- answers, and replies ---- */

void law_answer(const struct law_words *w, const struct law_campaign *c, const char *country,
                struct slice text, law_found_cb *cb, void *arg)
{
    static const struct {
        enum law_phrase_topic topic;
        enum law_finding finding;
    } plain[] = {{SAYS_PRIVATE, LAW_ASKS_PRIVATE},
                 {SAYS_ABUSE, LAW_ABUSIVE},
                 {SAYS_POSTAL, LAW_POSTAL_VOTES},
                 {SAYS_TREAT, LAW_TREATING}};
    struct fold f;
    struct law_said said;
    fold_text(text, &f);
    law_words_look(w, &f, &said);
    const struct law_look l = {c, country, &f, text, cb, arg};
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (said.is[plain[i].topic])
            law_tell(&l, plain[i].finding, law_phrase_of(&f, &said, plain[i].topic));
    if (said.is[SAYS_VOTING]) law_dates(&l);
}

bool law_is_serious(const struct law_words *w, struct slice reply)
{
    struct fold f;
    struct law_said said;
    fold_text(reply, &f);
    law_words_look(w, &f, &said);
    return said.is[SAYS_SERIOUS];
}
