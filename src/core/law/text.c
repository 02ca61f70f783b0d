/* What one text says by itself. */
#include "words.h"

#include "base/ascii.h"
#include "base/check.h"

void law_tell(const struct law_look *l, enum law_finding f, struct slice what)
{
    const struct law_rule *rule = law_rule(law_number(f));
    bool there = !*rule->countries || law_names(rule->countries, l->country) ||
                 (law_names(rule->countries, "EU") && law_pack_of(l->country) == LAW_EU);
    bool for_them = rule->kinds == LAW_ANYBODY || (rule->kinds & l->c->organisation->kind);
    if (there && for_them) l->cb(l->arg, f, what);
}

/* ---- election material ---- */

/* "vote Jane", "Vote Green", but not "Vote on Thursday" or "VOTE TODAY". */
static bool promotes_by_name(const struct fold *f)
{
    for (size_t i = 0; i + 1 < f->count; i++) {
        struct slice word = fold_word_at(f, i), next = fold_word_at(f, i + 1);
        int n;
        if (!law_is_any(word, "vote") || f->words[i + 1].after_pause || !f->words[i + 1].capital ||
            law_digits(next, &n))
            continue;
        if (!law_is_any(
                next,
                "on in at by to now early today tomorrow this next thursday monday tuesday "
                "wednesday "
                "friday saturday sunday may here from or and with before reply stop text labour_ i "
                "tonight it is your the uk id bus"))
            return true;
    }
    return false;
}

static bool fits_shape(char shape, char c)
{
    return shape == 'A' ? ascii_is_upper(c) : shape == '9' ? ascii_is_digit(c) : c == ' ';
}

static bool is_postcode(const char *p, size_t n)
{
    static const char *const shapes[] = {"A9 9AA",   "A99 9AA", "AA9 9AA",
                                         "AA99 9AA", "A9A 9AA", "AA9A 9AA"};
    for (size_t s = 0; s < COUNT_OF(shapes); s++) {
        size_t i = 0;
        while (shapes[s][i] && i < n && fits_shape(shapes[s][i], p[i]))
            i++;
        bool ends = i == n || !(ascii_is_digit(p[i]) || ascii_is_upper(p[i]));
        if (!shapes[s][i] && ends) return true;
    }
    return false;
}

static bool holds_postcode(struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        bool begins =
            i == 0 || text.p[i - 1] == ' ' || text.p[i - 1] == ',' || text.p[i - 1] == '\n';
        if (begins && is_postcode(text.p + i, text.n - i)) return true;
    }
    return false;
}

static bool holds(struct slice text, struct slice part)
{
    return part.n && memmem(text.p, text.n, part.p, part.n);
}

/* The organisation's own words, or the usual ones with a postcode. */
bool law_holds_imprint(const struct law_organisation *o, struct slice text)
{
    static const char *const usual[] = {"romoted by ", "ublished by ", "yrwyddwyd gan ",
                                        "yhoeddwyd gan ", "rinted by "};
    if (o->imprint && holds(text, slice_of(o->imprint))) return true;
    for (size_t i = 0; i < COUNT_OF(usual); i++)
        if (holds(text, slice_of(usual[i])) && holds_postcode(text)) return true;
    return false;
}

static void tell_imprint(const struct law_look *l, const struct law_said *said, bool promotes,
                         bool link)
{
    bool material = promotes || l->c->purpose == LAW_ELECTION;
    if (material && link) law_tell(l, LAW_LINKED_PAGE, SLICE_NONE);
    if (!material || law_holds_imprint(l->c->organisation, l->text)) return;
    if (l->c->whatsapp)
        law_tell(l, LAW_NO_IMPRINT, SLICE_NONE);
    else if (said->is[SAYS_SHARE])
        law_tell(l, LAW_SHARE_IMPRINT, SLICE_NONE);
    else if (link)
        law_tell(l, LAW_SMS_IMPRINT, SLICE_NONE);
}

/* ---- all of it ---- */

static void tell_phrases(const struct law_look *l, const struct law_said *said)
{
    static const struct {
        enum law_phrase_topic topic;
        enum law_finding finding;
    } plain[] = {{SAYS_BACK, LAW_COME_BACK},
                 {SAYS_POSTAL, LAW_POSTAL_VOTES},
                 {SAYS_TREAT, LAW_TREATING},
                 {SAYS_LEFT, LAW_PLACEHOLDER}};
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (said->is[plain[i].topic])
            law_tell(l, plain[i].finding, law_phrase_of(l->f, said, plain[i].topic));
}

/* Only while votes are being cast: from some weeks before (postal ones) to the close of the poll. */
static void tell_exit_poll(const struct law_look *l, const struct law_said *said)
{
    enum { POSTAL_DAYS = 28 };
    const struct law_election *e = &l->c->organisation->election;
    const int64_t begin = e->closes_ms - (int64_t)POSTAL_DAYS * 86400000;
    if (!said->is[SAYS_EXIT] || e->date.year == 0) return;
    if (l->c->first_ms < e->closes_ms && l->c->last_ms >= begin)
        law_tell(l, LAW_EXIT_POLL, law_phrase_of(l->f, said, SAYS_EXIT));
}

static bool is_one_way(const struct law_campaign *c)
{
    for (size_t i = 0; i < c->sender_count; i++)
        if (!c->whatsapp && law_sender_is_word(c->senders[i])) return true;
    return false;
}

/* Notes to oneself, as people type them ("todo" is a Spanish word), and what a spreadsheet writes in English and other
 * languages where a cell has no value. */
static const char *const marks[] = {"TO"
                                    "DO:",
                                    "FIX"
                                    "ME",
                                    "[TBC]",
                                    "[TBD]",
                                    "[TBA]",
                                    "XXXX",
                                    "XX:XX",
                                    "XX.XX",
                                    "XX/XX",
                                    "xx:xx",
                                    "DRAFT:",
                                    "DRAFT -",
                                    "[DRAFT",
                                    "____",
                                    "[object Object]",
                                    "#N/A",
                                    "#N/D",
                                    "#REF!",
                                    "#VALUE!",
                                    "#NAME?",
                                    "#DIV/0!",
                                    "#NUM!",
                                    "#NULL!",
                                    "#SPILL!",
                                    "#BEZUG!",
                                    "#WERT!",
                                    "#ZAHL!",
                                    "#VALEUR!",
                                    "#NOM?",
                                    "#NOMBRE!",
                                    "#\u00a1REF!",
                                    "#\u00a1VALOR!",
                                    "#\u00bfNOMBRE?",
                                    "#VALOR!",
                                    "#VALORE!",
                                    "#NOME?",
                                    "#RIF!",
                                    "#ARG!",
                                    "#ADR!",
                                    "#NAZWA?",
                                    "#WAARDE!",
                                    "#VERW!",
                                    "Err:50"};

/* Few letters of a text begin a mark, so it is gone through once for all of them. */
static void tell_notes(const struct law_look *l)
{
    bool begins[256] = {false};
    size_t found = COUNT_OF(marks); /* the first one of the list that stands in it */
    for (size_t k = 0; k < COUNT_OF(marks); k++)
        begins[(unsigned char)marks[k][0]] = true;
    for (size_t i = 0; i < l->text.n; i++)
        for (size_t k = 0; begins[(unsigned char)l->text.p[i]] && k < found; k++)
            if (l->text.p[i] == marks[k][0] && slice_starts(slice_from(l->text, i), marks[k]))
                found = k;
    if (found < COUNT_OF(marks)) law_tell(l, LAW_PLACEHOLDER, slice_of(marks[found]));
}

static bool is_political(const struct law_campaign *c, const struct law_said *said, bool promotes)
{
    return promotes || said->is[SAYS_VOTING] || c->purpose == LAW_ELECTION ||
           c->purpose == LAW_FUNDRAISING;
}

/* What law_text tells of the text: bits of LAW_ABOUT_VOTING and the like. */
static unsigned topics_of(const struct law_said *said, bool promotes, bool link, bool asks)
{
    return (said->is[SAYS_VOTING] || promotes ? LAW_ABOUT_VOTING : 0) |
           (said->is[SAYS_REPLY] ? LAW_ASKS_TO_REPLY : 0) |
           (said->is[SAYS_SHARE] ? LAW_ASKS_TO_SHARE : 0) | (link ? LAW_HAS_LINK : 0) |
           (asks ? LAW_ASKS_SOMETHING : 0);
}

unsigned law_text(const struct law_words *w, const struct law_campaign *c, const char *country,
                  struct slice text, law_found_cb *cb, void *arg)
{
    struct fold f;
    struct law_said said;
    fold_text(text, &f);
    law_words_look(w, &f, &said);
    const struct law_look l = {c, country, &f, text, cb, arg};
    bool link = law_has_link(text), promotes = said.is[SAYS_PROMOTES] || promotes_by_name(&f);
    tell_phrases(&l, &said);
    tell_notes(&l);
    tell_exit_poll(&l, &said);
    if (is_one_way(c) && (f.asks || said.is[SAYS_REPLY])) law_tell(&l, LAW_ONE_WAY, SLICE_NONE);
    tell_imprint(&l, &said, promotes, link);
    if (link) law_links(&l);
    if (said.is[SAYS_VOTING]) law_dates(&l);
    if (is_political(c, &said, promotes) && !(said.is[SAYS_LABEL] && link))
        law_tell(&l, LAW_EU_LABEL, SLICE_NONE);
    return topics_of(&said, promotes, link, f.asks);
}

void law_personal(const struct law_person *p, unsigned topics, struct slice text, law_found_cb *cb,
                  void *arg)
{
    if (topics & LAW_HAS_LINK && law_link_is_personal(p, text))
        cb(arg, LAW_PERSONAL_LINK, SLICE_NONE);
    if (law_name_is_odd(p->name) && slice_holds_nocase(text, p->name))
        cb(arg, LAW_NAME_ODD, p->name);
}
