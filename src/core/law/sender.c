/* Who writes, where to, when; and what people are called. */
#include "core/law.h"

#include "base/ascii.h"
#include "base/check.h"
#include "core/parts.h"
#include "words.h"

enum { NAME_CHARACTERS_MAX = 11, MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

bool law_sender_is_word(const char *sender)
{
    for (const char *p = sender; *p; p++)
        if (!ascii_is_digit(*p) && *p != '+') return true;
    return false;
}

static bool is_well_formed(const char *sender)
{
    size_t n = strlen(sender), letters = 0;
    for (size_t i = 0; i < n; i++) {
        if (!ascii_is_letter(sender[i]) && !ascii_is_digit(sender[i]) && sender[i] != ' ')
            return false;
        letters += ascii_is_letter(sender[i]);
    }
    return n <= NAME_CHARACTERS_MAX && letters > 0;
}

/* Short codes belong to a country nobody can tell from the digits. */
static bool is_foreign_to_uk(const char *sender)
{
    enum { SHORT_CODE_DIGITS = 6 };
    const char *digits = sender[0] == '+' ? sender + 1 : sender;
    return strlen(digits) > SHORT_CODE_DIGITS && strncmp(digits, "44", 2) != 0 && digits[0] != '0';
}

void law_sender(const struct law_campaign *c, const char *country, law_found_cb *cb, void *arg)
{
    for (size_t i = 0; !c->whatsapp && i < c->sender_count; i++) {
        const char *sender = c->senders[i];
        bool word = law_sender_is_word(sender);
        if (word && !is_well_formed(sender)) cb(arg, LAW_SENDER_FORMAT, slice_of(sender));
        if (word ? law_names("US CA", country)
                 : law_names("GB", country) && is_foreign_to_uk(sender))
            cb(arg, LAW_SENDER_COUNTRY, slice_of(sender));
    }
}

bool law_is_election(const struct law_campaign *c, unsigned topics)
{
    return c->purpose == LAW_ELECTION || (c->purpose != LAW_SERVICE && (topics & LAW_ABOUT_VOTING));
}

/* ---- countries ---- */

static bool may_text(const struct law_organisation *o, const char *country)
{
    for (size_t i = 0; i < o->country_count; i++)
        if (country && strcmp(o->countries[i], country) == 0) return true;
    return o->country_count == 0;
}

static void tell_whatsapp(const struct law_campaign *c, enum law_pack pack, law_found_cb *cb,
                          void *arg)
{
    unsigned kind = c->organisation->kind;
    if (kind & LAW_POLITICAL)
        cb(arg, LAW_WHATSAPP_POLITICS, SLICE_NONE);
    else if (kind & law_rule(law_number(LAW_WHATSAPP_CIVIC))->kinds)
        cb(arg, LAW_WHATSAPP_CIVIC, SLICE_NONE);
    if (pack == LAW_US && c->purpose != LAW_SERVICE && c->purpose != LAW_REMINDER)
        cb(arg, LAW_WHATSAPP_US, SLICE_NONE);
}

static bool us_is_registered(const struct law_campaign *c)
{
    const struct law_organisation *o = c->organisation;
    bool political = (o->kind & LAW_POLITICAL) != 0;
    return o->us_campaign && *o->us_campaign && (!political || (o->us_verify && *o->us_verify));
}

/* Where nobody may send SMS who is not registered. */
static void tell_unregistered(const struct law_campaign *c, enum law_pack pack, law_found_cb *cb,
                              void *arg)
{
    const char *entity = c->organisation->india_entity;
    if (pack == LAW_US && !us_is_registered(c)) cb(arg, LAW_US_UNREGISTERED, SLICE_NONE);
    if (pack == LAW_IN && !(entity && *entity)) cb(arg, LAW_INDIA_UNREGISTERED, SLICE_NONE);
}

void law_country(const struct law_campaign *c, const char *country, unsigned topics,
                 law_found_cb *cb, void *arg)
{
    const struct law_organisation *o = c->organisation;
    bool political = (o->kind & LAW_POLITICAL) != 0 || law_is_election(c, topics);
    enum law_pack pack = law_pack_of(country);
    if (!may_text(o, country))
        cb(arg, LAW_COUNTRY_CLOSED, SLICE_NONE);
    else if (political && law_bars_politics(country))
        cb(arg, LAW_COUNTRY_BARRED, SLICE_NONE);
    else if (pack == LAW_NO_PACK)
        cb(arg, LAW_NO_RULES, SLICE_NONE);
    if (c->whatsapp)
        tell_whatsapp(c, pack, cb, arg);
    else
        tell_unregistered(c, pack, cb, arg);
}

/* ---- times ---- */

static void tell_silence(const struct law_campaign *c, const char *country, law_found_cb *cb,
                         void *arg)
{
    const struct law_election *e = &c->organisation->election;
    if (law_names("IN", country) && e->country && law_names("IN", e->country) &&
        c->last_ms >= e->closes_ms - 48 * (int64_t)HOUR_MS && c->first_ms < e->closes_ms)
        cb(arg, LAW_INDIA_SILENCE, SLICE_NONE);
}

bool law_votes_there(const struct law_election *e, const char *country)
{
    return e->date.year != 0 && country && e->country && strcmp(country, e->country) == 0;
}

/* One that is meant for this poll, and could still be on its way when it closes. */
static bool may_come_late(const struct law_campaign *c, const struct law_election *e)
{
    bool before = c->first_ms < e->closes_ms && c->last_ms >= e->opens_ms;
    bool late =
        c->deadline_ms ? c->deadline_ms > e->closes_ms : before || c->last_ms >= e->closes_ms;
    bool on_the_day =
        c->first_ms >= e->opens_ms && c->first_ms < e->opens_ms + 24 * (int64_t)HOUR_MS;
    return (before && late) || (on_the_day && c->first_ms >= e->closes_ms);
}

void law_times(const struct law_campaign *c, const char *country, unsigned topics, law_found_cb *cb,
               void *arg)
{
    const struct law_election *e = &c->organisation->election;
    if (!law_votes_there(e, country) || !law_is_election(c, topics)) return;
    tell_silence(c, country, cb, arg);
    if (may_come_late(c, e)) cb(arg, LAW_AFTER_CLOSE, SLICE_NONE);
    int64_t evening_ms = e->closes_ms - HOUR_MS;
    if (law_names(law_rule(law_number(LAW_LATE_ON_POLLING_DAY))->countries, country) &&
        c->first_ms < e->closes_ms && c->last_ms >= evening_ms)
        cb(arg, LAW_LATE_ON_POLLING_DAY, SLICE_NONE);
}

/* ---- names ---- */

static bool has_lower_or_caseless(struct slice name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!ascii_is_upper(name.p[i]) && name.p[i] != ' ' && name.p[i] != '-' &&
            name.p[i] != '\'' && name.p[i] != '.')
            return true;
    return false;
}

/* Emoji and other symbols: four bytes of UTF-8 from U+1F000 on, or U+2190 to U+2BFF. */
static bool has_symbol(struct slice name)
{
    for (size_t pos = 0; pos < name.n;) {
        uint32_t cp = parts_next_code_point(name, &pos);
        if (cp >= 0x1F000 || (cp >= 0x2190 && cp <= 0x2BFF) || cp == 0xFFFD) return true;
    }
    return false;
}

static size_t characters(struct slice s)
{
    size_t n = 0;
    for (size_t pos = 0; pos < s.n; n++)
        (void)parts_next_code_point(s, &pos);
    return n;
}

bool law_name_is_odd(struct slice name)
{
    struct fold f;
    name = slice_trim(name);
    if (name.n == 0) return false; /* another rule's */
    for (size_t i = 0; i < name.n; i++)
        if (ascii_is_digit(name.p[i]) || strchr("@_/\\<>{}[]*?!#", name.p[i])) return true;
    if (has_symbol(name)) return true;
    fold_text(name, &f);
    if (f.count == 1 &&
        law_is_any(fold_word_at(&f, 0),
                   "mr mrs ms miss mx dr prof rev sir lord lady test tester unknown null "
                   "none anonymous na nn firstname name xxx asdf admin customer member supporter "
                   "subscriber client voter resident donor volunteer"))
        return !(slice_is(name, "Na") || slice_is(name, "None"));
    size_t n = characters(name);
    bool ascii = (unsigned char)name.p[0] < 0x80;
    if (ascii && (n == 1 || (n == 2 && name.p[1] == '.'))) return true;
    return n > 2 && !has_lower_or_caseless(name);
}
