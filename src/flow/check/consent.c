/* Who has not agreed to what a campaign needs: they are left out, and named. */
#include "report.h"

enum { NO_MORE_BYTES = 2 * CONSENT_WORD_BYTES + 8 };

bool report_agreed(struct check_report *r, uint32_t index, const struct block *b, size_t row,
                   bool withdrawn)
{
    struct slice fields[CONSENT_COLUMNS];
    if (!withdrawn && !consent_needs_any(&r->need)) return true;
    consent_of_row(&r->consent_columns, b, row, fields);
    enum consent_verdict verdict =
        consent_judge(&r->need, fields, (consent_day)(r->start_ms / (24 * 3600 * 1000)));
    if (verdict == CONSENT_GIVEN && !withdrawn) return true;
    r->unagreed++;
    tally_found(verdict == CONSENT_GIVEN ? &r->withdrawn : &r->consent[verdict], index,
                block_number(b, row));
    return false;
}

/* "news", or "any texts" */
static const char *purpose(const struct check_report *r)
{
    return strcmp(r->need.what, "yes") == 0 ? "be texted" : r->need.what;
}

/* "news", or "news or survey": of what they want no more. */
static const char *no_more(const struct check_report *r, char out[NO_MORE_BYTES])
{
    const char *words[CONSENT_WORDS_OF_NEED] = {"", ""};
    bool two = consent_words_of(&r->need, words) == 2;
    (void)snprintf(out, NO_MORE_BYTES, "%s%s%s", words[0], two ? " or " : "", two ? words[1] : "");
    return out;
}

static const char *have(const struct tally_finding *f)
{
    return f->count == 1 ? "has" : "have";
}

static void judge_withdrawn(struct check_report *r)
{
    char who[WHOM_BYTES], of[NO_MORE_BYTES];
    if (r->withdrawn.count)
        report_say_of(r, &r->withdrawn, FINDING_WARN, "consent_withdrawn",
                      "%s %s said that they want no more of %s: they would be left out",
                      report_whom(r, &r->withdrawn, who), have(&r->withdrawn), no_more(r, of));
}

static void judge_columns(struct check_report *r)
{
    const int *at = r->consent_columns.at;
    if (r->need.what[0] && at[CONSENT_WHAT] < 0)
        report_say(r, FINDING_BLOCK, "no_consent_column",
                   "the campaign needs consent, and the list '%.*s' does not say who agreed: "
                   "bring in a column 'consent' (muster audience import FILE --name %.*s --merge)",
                   SLICE_ARG(r->audience->name), SLICE_ARG(r->audience->name));
    else if (r->need.what[0] && r->need.months && at[CONSENT_AT] < 0)
        report_say(r, FINDING_BLOCK, "no_consent_column",
                   "the consent may be %u months old, and the list '%.*s' does not say when "
                   "they agreed: bring in a column 'consent_at'",
                   r->need.months, SLICE_ARG(r->audience->name));
    else if (r->need.min_age && at[CONSENT_BORN] < 0 && at[CONSENT_YEARS] < 0)
        report_say(r, FINDING_BLOCK, "no_consent_column",
                   "only people from %u years on are to be texted, and the audience '%.*s' does "
                   "not say how old they are: bring in a column 'born' or 'age'",
                   r->need.min_age, SLICE_ARG(r->audience->name));
}

void judge_consent(struct check_report *r)
{
    char who[WHOM_BYTES];
    judge_withdrawn(r);
    if (!consent_needs_any(&r->need)) {
        if (r->consent_columns.at[CONSENT_WHAT] >= 0)
            report_say(r, FINDING_NOTE, "consent_unasked",
                       "the list says who agreed to what, and the campaign does not say which "
                       "consent it needs: everybody would be texted");
        return;
    }
    judge_columns(r);
    if (r->consent[CONSENT_MISSING].count)
        report_say_of(r, &r->consent[CONSENT_MISSING], FINDING_WARN, "no_consent",
                      "%s %s not agreed to %s: they would be left out",
                      report_whom(r, &r->consent[CONSENT_MISSING], who),
                      have(&r->consent[CONSENT_MISSING]), purpose(r));
    if (r->consent[CONSENT_OLD].count)
        report_say_of(
            r, &r->consent[CONSENT_OLD], FINDING_WARN, "consent_old",
            "%s agreed more than %u month%s ago, or nobody knows when: they would be left "
            "out",
            report_whom(r, &r->consent[CONSENT_OLD], who), r->need.months,
            r->need.months == 1 ? "" : "s");
    if (r->consent[CONSENT_TOO_YOUNG].count)
        report_say_of(r, &r->consent[CONSENT_TOO_YOUNG], FINDING_WARN, "too_young",
                      "%s %s younger than %u, or nobody knows how old: they would be left out",
                      report_whom(r, &r->consent[CONSENT_TOO_YOUNG], who),
                      report_are(&r->consent[CONSENT_TOO_YOUNG]), r->need.min_age);
}
