/* Asking the table. */
#include "core/law.h"

#include <stdio.h>

#include "base/check.h"
#include "rules.h"

const struct law_rule *law_rule(int number)
{
    if (number < 1 || number > LAW_RULES) return NULL;
    return number <= LAW_RULES_OF_LAW ? &law_rules_of_law[number - 1]
                                      : &law_rules_of_craft[number - 1 - LAW_RULES_OF_LAW];
}

const char *law_how_to_string(enum law_how how)
{
    static const char *const texts[] = {"checked", "enforced", "asked", "shown"};
    return texts[how];
}

const char *law_when_to_string(unsigned when, char out[LAW_WHEN_BYTES])
{
    static const char *const texts[] = {"draft", "launch", "send", "reply", "set-up", "close"};
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (when & 1U << i)
            n += (size_t)snprintf(out + n, LAW_WHEN_BYTES - n, "%s%s", n ? ", " : "", texts[i]);
    return out;
}

const char *const law_kind_names[] = {"",      "party",   "candidate", "campaign", "charity",
                                      "union", "company", "other",     NULL};

unsigned law_kind_from_string(struct slice text)
{
    for (unsigned i = 1; law_kind_names[i]; i++)
        if (slice_is(text, law_kind_names[i])) return 1U << (i - 1);
    return 0;
}

/* ---- findings ---- */

static const struct {
    const char *code;
    int number;
} findings[LAW_FINDINGS] = {
#define X(name, code, rule) [name] = {code, rule},
    LAW_FINDING_TABLE(X)
#undef X
};

/* Those of a check that are found elsewhere. */
static const struct {
    const char *code;
    int number;
} others[] = {
    {"no_hours", 18},    {"several_zones", 20}, {"zone_unknown", 20}, {"zone_no_place", 20},
    {"too_late", 21},    {"too_slow", 21},      {"next_day", 21},     {"no_validity", 23},
    {"left_tag", 44},    {"ucs2", 45},          {"too_long", 47},     {"empty_parameter", 42},
    {"over_budget", 66},
};

const char *law_code(enum law_finding f)
{
    return findings[f].code;
}

int law_number(enum law_finding f)
{
    return findings[f].number;
}

bool law_finding_from_code(struct slice code, enum law_finding *ret)
{
    for (size_t i = 0; i < LAW_FINDINGS; i++) {
        if (!slice_is(code, findings[i].code)) continue;
        *ret = (enum law_finding)i;
        return true;
    }
    return false;
}

bool law_may_be_confirmed(enum law_finding f)
{
    return f == LAW_WHATSAPP_CIVIC || f == LAW_NO_IMPRINT || f == LAW_EU_LABEL ||
           f == LAW_OTHERS_CONSENT || f == LAW_UNSOURCED || f == LAW_NO_OPT_OUTS_BROUGHT ||
           f == LAW_LINKED_PAGE || f == LAW_UNTESTED;
}

bool law_number_may_be_confirmed(int number)
{
    bool may = false;
    for (int f = 0; f < LAW_FINDINGS; f++)
        may |= findings[f].number == number && law_may_be_confirmed((enum law_finding)f);
    return may;
}

int law_number_of_code(struct slice code)
{
    enum law_finding f;
    if (law_finding_from_code(code, &f)) return findings[f].number;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (slice_is(code, others[i].code)) return others[i].number;
    return 0;
}

/* ---- purposes ---- */

static const char *const purposes[] = {
#define X(name, text) text,
    LAW_PURPOSE_TABLE(X)
#undef X
};

bool law_purpose_from_string(struct slice text, enum law_purpose *ret)
{
    int i = slice_index(text, purposes, COUNT_OF(purposes));
    if (i >= 0) *ret = (enum law_purpose)i;
    return i >= 0;
}

const char *law_purpose_to_string(enum law_purpose purpose)
{
    check((size_t)purpose < COUNT_OF(purposes));
    return purposes[purpose];
}

/* ---- countries ---- */

bool law_names(const char *list, const char *country)
{
    struct slice rest = slice_of(list), one;
    while (country && rest.n && slice_cut(&rest, ' ', &one))
        if (slice_is(one, country)) return true;
    return false;
}

enum law_pack law_pack_of(const char *country)
{
    if (law_names("GB", country)) return LAW_GB;
    if (law_names("US", country)) return LAW_US;
    if (law_names("IN", country)) return LAW_IN;
    return law_names(
               "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE",
               country)
               ? LAW_EU
               : LAW_NO_PACK;
}

bool law_bars_politics(const char *country)
{
    return law_names("HK", country);
}
