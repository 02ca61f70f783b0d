#include "elsewhere.h"

#include <stdio.h>

#include "base/ascii.h"
#include "core/phone_cell.h"
#include "core/phone_title.h"
#include "country_names.h"
#include "io/person_number.h"
#include "io/phone.h"

enum { CODE_DIGITS_MAX = 3, AREA_DIGITS_MAX = 5 };

/* What such a column is called, as phone_title_plain writes it. */
static const char *const titles[] = {
    "phonecode",
    "cc",
    "isdcode",
    "isd",
    "internationalcode",
    "country",
    "countryname",
    "countrycode",
    "countryofresidence",
    "phonecountry",
    "phonecountrycode",
    "dialcode",
    "dialingcode",
    "diallingcode",
    "callingcode",
    "mailingcountry",
    "homecountry",
    "addresscountry",
    "primarycountry",
    "countryregion",
    "codepays",
    "pays",
    "indicatif",
    "indicatifpays",
    "pais",
    "codigodepais",
    "codigopais",
    "prefijo",
    "codigodopais",
    "ddi",
    "paese",
    "nazione",
    "prefisso",
    "prefissonazionale",
    "land",
    "landervorwahl",
    "landesvorwahl",
    "landerkennung",
    "landerkennzahl",
    "landeskennzahl",
    "landcode",
    "landcodetelefoon",
    "kraj",
    "panstwo",
    "kierunkowy",
    "kodkraju",
    "gwlad",
    "ulke",
    "ulkekodu",
    "tara",
    "страна",
    "кодстраны",
    "країна",
    "кодкраіни",
    "الدولة",
    "البلد",
    "رمزالدولة",
    "ملك",
    "ארץ",
    "מדינה",
    "देश",
    "দেশ",
};

/* Columns in which the beginning of a number may stand by itself. */
static const char *const area_titles[] = {
    "vorwahl",      "ortsvorwahl", "areacode",    "area",        "phoneareacode", "prefix",
    "prefixe",      "indicatif",   "prefisso",    "prefijo",     "lada",          "ddd",
    "suuntanumero", "riktnummer",  "netnummer",   "kengetal",    "kierunkowy",    "predvolba",
    "korzetszam",   "alankodu",    "operatorkod", "networkcode", "stdcode",       "std",
};

/* "Home Country/Region", "primary_country_code"; where somebody was born says nothing of their phone. */
static bool says_country(struct slice title)
{
    static const char *const other[] = {"birth", "born", "origin", "nationality"};
    char plain[PHONE_TITLE_PLAIN_BYTES];
    struct slice name = slice_make(plain, phone_title_plain(title, plain));
    for (size_t i = 0; i < COUNT_OF(other); i++)
        if (slice_holds_nocase(name, slice_of(other[i]))) return false;
    return slice_holds_nocase(name, SLICE_LIT("country")) ||
           slice_index(name, titles, COUNT_OF(titles)) >= 0;
}

void import_elsewhere_begin(struct import_elsewhere *w, const struct import_header *h)
{
    *w = (struct import_elsewhere){.kept = {{"", ""}}};
    for (size_t k = 0; k < h->width; k++) {
        char plain[PHONE_TITLE_PLAIN_BYTES];
        struct slice title = slice_make(plain, phone_title_plain(h->titles[k], plain));
        w->says[k] = k != h->phone && says_country(h->titles[k]);
        w->area[k] = k != h->phone && slice_index(title, area_titles, COUNT_OF(area_titles)) >= 0;
    }
}

/* ---- what a cell says ---- */

/* The flag of a country is two letters of their own kind, each of four bytes: F0 9F 87 A6 is A. */
static bool read_flag(struct slice cell, char ret[4])
{
    static const char FLAG[] = "\xf0\x9f\x87";
    if (cell.n < 8 || memcmp(cell.p, FLAG, 3) != 0 || memcmp(cell.p + 4, FLAG, 3) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        ret[i] = (char)('A' + ((unsigned char)cell.p[4 * i + 3] - 0xa6) % 26);
    ret[2] = '\0';
    return true;
}

/* By its name in any of the languages, or its ISO code; "" when it is none. */
static void look_up(struct slice name, char ret[4])
{
    char plain[PHONE_TITLE_PLAIN_BYTES], line[PHONE_TITLE_PLAIN_BYTES + 8];
    size_t n = phone_title_plain(name, plain);
    int bytes = snprintf(line, sizeof line, " %.*s:", (int)n, plain);
    ret[0] = '\0';
    const char *found = n ? memmem(country_names.p, country_names.n, line, (size_t)bytes) : NULL;
    if (found) (void)snprintf(ret, 4, "%.2s", found + bytes);
}

/* A name; "Baghdad, Iraq"; a flag. */
static void read_country(struct slice cell, char ret[4])
{
    look_up(cell, ret);
    struct slice part = cell, next;
    while (slice_cut(&cell, ',', &next))
        part = slice_trim(next);
    if (!ret[0] && !read_flag(part, ret)) look_up(part, ret);
}

static struct import_country *kept_at(struct import_elsewhere *w, struct slice name)
{
    unsigned hash = 0;
    for (size_t i = 0; i < name.n; i++)
        hash = hash * 31 + (unsigned char)name.p[i];
    return &w->kept[hash % IMPORT_COUNTRIES_KEPT];
}

static const char *by_name(struct import_elsewhere *w, struct slice name)
{
    struct import_country *kept = kept_at(w, name);
    if (name.n >= sizeof kept->name) return "";
    if (!slice_is(name, kept->name)) {
        (void)snprintf(kept->name, sizeof kept->name, "%.*s", SLICE_ARG(name));
        read_country(name, kept->is);
    }
    return kept->is;
}

/* The digits of a country code from `at` on; none when there are none, or more. */
static struct slice code_at(struct slice cell, size_t at)
{
    size_t n = 0;
    while (at + n < cell.n && ascii_is_digit(cell.p[at + n]))
        n++;
    bool is_one = n > 0 && n <= CODE_DIGITS_MAX && cell.p[at] != '0';
    return is_one ? slice_make(cell.p + at, n) : SLICE_NONE;
}

static bool ends(struct slice code, struct slice cell)
{
    return code.n && code.p + code.n == cell.p + cell.n;
}

/* Where the column says a country: "+964", "00964", "964", "Iraq (+964)". */
static struct slice read_said_code(struct slice cell)
{
    long plus = slice_find(cell, '+');
    if (plus >= 0) return code_at(cell, (size_t)plus + 1);
    struct slice code = slice_starts(cell, "00") ? code_at(cell, 2) : code_at(cell, 0);
    return ends(code, cell) ? code : SLICE_NONE;
}

/* Elsewhere: "+964", "00964". "+1" is a guest. */
static struct slice read_code(struct slice cell)
{
    size_t mark = cell.p[0] == '+' ? 1 : slice_starts(cell, "00") ? 2 : 0;
    struct slice code = mark ? code_at(cell, mark) : SLICE_NONE;
    return ends(code, cell) && code.n > 1 ? code : SLICE_NONE;
}

/* The country of a number with that code, or NULL. */
static const char *by_code(struct slice code, const struct phone_text *t)
{
    char text[sizeof t->digits + CODE_DIGITS_MAX + 1];
    const char *digits = t->digits;
    uint64_t number;
    while (*digits == '0')
        digits++;
    int n = snprintf(text, sizeof text, "%.*s%s", SLICE_ARG(code), digits);
    return slice_to_u64(slice_make(text, (size_t)n), UINT64_MAX, &number) ? phone_country_of(number)
                                                                          : NULL;
}

/* Another number there, which somebody has, be it a landline. */
static bool is_another(const struct phone_text *t, const char *country, uint64_t number)
{
    struct phone there;
    return phone_country_is_known(country) && phone_parse(t->digits, t->n, country, &there) &&
           there.valid && person_number_canonical(there.e164) != number;
}

/* "040" beside 4512345: both together are a number, too. Of "331" beside 3312345678 only one is. */
static bool is_split(struct slice area, const struct phone_text *t, uint64_t number)
{
    char whole[sizeof t->digits + AREA_DIGITS_MAX + 1];
    const char *country = phone_country_of(number);
    struct phone p;
    if (t->digits[0] == '0') return false; /* nothing is missing in front */
    for (size_t i = 0; i < area.n; i++)
        if (area.n > AREA_DIGITS_MAX || !ascii_is_digit(area.p[i])) return false;
    int n = snprintf(whole, sizeof whole, "%.*s%s", SLICE_ARG(area), t->digits);
    return country && phone_parse(whole, (size_t)n, country, &p) && p.valid &&
           person_number_canonical(p.e164) != number;
}

static bool cell_doubts(struct import_elsewhere *w, size_t k, struct slice cell,
                        const struct phone_text *t, uint64_t number)
{
    if (w->area[k] && is_split(cell, t, number)) return true;
    struct slice code = w->says[k] ? read_said_code(cell) : read_code(cell);
    const char *country = code.n ? by_code(code, t) : w->says[k] ? by_name(w, cell) : NULL;
    return country && is_another(t, country, number);
}

bool import_elsewhere_doubts(struct import_elsewhere *w, const struct import_header *h,
                             const struct csv_record *rec, uint64_t number, size_t *ret_column)
{
    struct phone_text t = {.n = 0};
    for (size_t k = 0; k < h->width; k++) {
        struct slice cell = slice_trim(import_header_cell(h, rec, k));
        if (k == h->phone || cell.n == 0) continue;
        if (!w->says[k] && !w->area[k] && cell.p[0] != '+' && cell.p[0] != '0') continue;
        if (t.n == 0 &&
            (phone_cell_read(import_header_cell(h, rec, h->phone), &t) != PHONE_CELL_NUMBER ||
             t.digits[0] == '+' || (t.digits[0] == '0' && t.digits[1] == '0')))
            return false;
        if (!cell_doubts(w, k, cell, &t, number)) continue;
        *ret_column = k;
        return true;
    }
    return false;
}
