#include "io/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstdlib>
#include <cstring>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static const size_t TEXT_BYTES_MAX = 250; /* the library's own limit */
static const uint64_t DRAMA_FIRST = 447700900000u, DRAMA_LAST = 447700900999u;

const char *phone_type_to_string(enum phone_type type)
{
    static const char *const texts[] = {
#define X(name, text) text,
        PHONE_TYPE_TABLE(X)
#undef X
    };
    return texts[type];
}

static enum phone_type type_of(PhoneNumberUtil::PhoneNumberType type)
{
    switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
        return PHONE_FIXED;
    case PhoneNumberUtil::MOBILE:
        return PHONE_MOBILE;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
        return PHONE_FIXED_OR_MOBILE;
    case PhoneNumberUtil::TOLL_FREE:
        return PHONE_TOLL_FREE;
    case PhoneNumberUtil::PREMIUM_RATE:
        return PHONE_PREMIUM;
    case PhoneNumberUtil::SHARED_COST:
        return PHONE_SHARED;
    case PhoneNumberUtil::VOIP:
        return PHONE_VOIP;
    case PhoneNumberUtil::PERSONAL_NUMBER:
        return PHONE_PERSONAL;
    case PhoneNumberUtil::PAGER:
        return PHONE_PAGER;
    case PhoneNumberUtil::UAN:
        return PHONE_UAN;
    case PhoneNumberUtil::VOICEMAIL:
        return PHONE_VOICEMAIL;
    case PhoneNumberUtil::UNKNOWN:
        return PHONE_UNKNOWN;
    }
    return PHONE_UNKNOWN;
}

static void set_country(struct phone *p, const std::string &country)
{
    /* "ZZ" is the library's word for not known */
    if (country.size() >= sizeof p->country || country == "ZZ") return;
    std::memcpy(p->country, country.c_str(), country.size() + 1);
}

static void describe(const PhoneNumberUtil &util, const PhoneNumber &number, struct phone *p)
{
    std::string country;
    if (p->e164 >= DRAMA_FIRST && p->e164 <= DRAMA_LAST) {
        p->drama = p->valid = p->possible = true;
        p->type = PHONE_MOBILE;
        set_country(p, "GB");
        return;
    }
    p->possible = util.IsPossibleNumber(number);
    /* A number is valid exactly when the plan gives it a type (that is what IsValidNumberForRegion
     * asks): asking once halves the cost. */
    p->type = p->possible ? type_of(util.GetNumberType(number)) : PHONE_UNKNOWN;
    p->valid = p->type != PHONE_UNKNOWN;
    if (p->valid)
        util.GetRegionCodeForNumber(number, &country);
    else
        util.GetRegionCodeForCountryCode(number.country_code(), &country);
    set_country(p, country);
}

bool phone_parse(const char *text, size_t n, const char *default_country, struct phone *ret)
{
    if (n == 0 || n > TEXT_BYTES_MAX) return false;
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    const char *country = default_country && *default_country ? default_country : "ZZ";
    if (util.Parse(std::string(text, n), country, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
        return false;
    std::string e164;
    util.Format(number, PhoneNumberUtil::E164, &e164);
    struct phone p = {};
    p.e164 = std::strtoull(e164.c_str() + 1, nullptr, 10); /* "+447700900123" */
    describe(util, number, &p);
    *ret = p;
    return true;
}

bool phone_country_is_known(const char *country)
{
    return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(country) != 0;
}
