#include "left_tag_fields.h"

#include "base/ascii.h"
#include "base/check.h"

enum { SHORT_BYTES_MAX = 16 }; /* "zoomlink"; longer ones are sentences */

/* What tools call their fields, in small letters and without what stands between the words. */
static const char *const fields[] = {
    "name",
    "fname",
    "lname",
    "firstname",
    "lastname",
    "fullname",
    "surname",
    "forename",
    "givenname",
    "familyname",
    "nickname",
    "preferredname",
    "title",
    "salutation",
    "email",
    "emailaddress",
    "phone",
    "phonenumber",
    "mobile",
    "number",
    "cell",
    "address",
    "street",
    "city",
    "town",
    "postcode",
    "postalcode",
    "zip",
    "zipcode",
    "state",
    "county",
    "country",
    "region",
    "ward",
    "constituency",
    "pollingplace",
    "pollingstation",
    "pollinglocation",
    "votinglocation",
    "pollclosetime",
    "date",
    "time",
    "venue",
    "location",
    "place",
    "eventname",
    "eventdate",
    "eventtime",
    "groupname",
    "branchname",
    "organisation",
    "organization",
    "company",
    "link",
    "url",
    "code",
    "id",
    "amount",
    "signature",
    "sender",
    "agent",
    "organiser",
    "organizer",
    "texter",
    "field",
    "tag",
    "variable",
    "value",
    "unsubscribe",
    "unsubscribelink",
    "optout",
    "nombre",
    "primernombre",
    "apellido",
    "apellidos",
    "ciudad",
    "fecha",
    "hora",
    "lugar",
    "enlace",
    "telefono",
    "prenom",
    "nom",
    "ville",
    "heure",
    "lieu",
    "lien",
    "vorname",
    "nachname",
    "stadt",
    "ort",
    "datum",
    "uhrzeit",
    "nome",
    "cognome",
    "sobrenome",
    "cidade",
    "data",
    "ora",
    "luogo",
    "imie",
    "imi\xC4\x99",
    "nazwisko",
    "miasto",
    "voornaam",
    "achternaam",
    "naam",
    "plaats",
    "tijd",
    "enw",
    "enwcyntaf",
    "isim",
    "ad",
    "soyad",
    "recipient",
    "participant",
    "subscriber",
    "volunteer",
    "supporter",
    "day",
    "prenume",
    "nume",
    "prenumele",
    "magaca",
    "magac",
    "imie",
    "miejsce",
    "godzina",
    "telefon",
    "tarih",
    "saat",
    "yer",
    "sehir",
    "Имя",
    "имя",
    "ИМЯ",
    "Фамилия",
    "фамилия",
    "Город",
    "город",
    "Дата",
    "дата",
    "Время",
    "время",
    "Место",
    "место",
    "Імя",
    "імя",
    "ІМЯ",
    "Ім’я",
    "ім’я",
    "Прізвище",
    "прізвище",
    "Місто",
    "місто",
    "الاسم",
    "اسم",
    "الاسمالأول",
    "المدينة",
    "التاريخ",
    "الوقت",
    "المكان",
    "نام",
    "شہر",
    "تاریخ",
    "وقت",
    "שם",
    "שםפרטי",
    "תאריך",
    "שעה",
    "מקום",
    "नाम",
    "पहलानाम",
    "तारीख",
    "समय",
    "स्थान",
    "নাম",
    "তারিখ",
    "সময়",
    "ਨਾਮ",
    "ਨਾਂ",
    "ਤਾਰੀਖ",
    "Όνομα",
    "όνομα",
    "Ονομα",
    "ονομα",
    "姓名",
    "名字",
    "名前",
    "氏名",
    "이름",
    "prÉnom",
    "prénom",
    "teléfono",
    "greetingline",
    "addressblock",
};

/* Words in front of a field's name: [contact.name], [the date]. */
static const char *const prefixes[] = {
    "contact",    "recipient", "user",    "member", "person",   "subscriber", "customer",
    "their",      "the",       "profile", "custom", "merge",    "voter",      "supporter",
    "fields",     "data",      "texters", "my",     "contacts", "recipients", "members",
    "supporters", "attendee",  "first",   "event"};

/* Words that ask whoever writes the text to put something there: [insert date here], [your group].
 */
static const char *const requests[] = {"insert", "your", "enter"};

/* How such a request ends: [location TBC], [link to follow]. */
static const char *const awaited[] = {"tbc",           "tbd",      "tba", "tofollow",
                                      "tobeconfirmed", "goeshere", "here"};

/* In brackets they are nothing else. */
static const char *const blanks[] = {
    "insert", "xx", "xxx", "xxxx", "deleteasappropriate", "deleteasapplicable"};

/* What people do in braces or stars. */
static const char *const gestures[] = {"smile", "smiles", "grin", "grins",  "wink",
                                       "winks", "hug",    "hugs", "laughs", "sigh"};

/* Names that nobody writes in a sentence, in small letters and without what stands between the words. */
static const char *const coded[] = {
    "firstname",       "lastname",     "fname",         "lname",         "fullname",
    "givenname",       "familyname",   "middlename",    "contactname",   "membername",
    "customername",    "username",     "recipientname", "sendername",    "eventname",
    "eventdate",       "eventtime",    "eventlink",     "venuename",     "groupname",
    "branchname",      "emailaddress", "phonenumber",   "mobilenumber",  "preferredname",
    "unsubscribelink", "optoutlink",   "shortlink",     "pollingplace",  "primernombre",
    "namefirst",       "namelast",     "organisername", "organizername", "contactfirstname",
    "contactlastname", "votername",    "eventlocation", "eventvenue",    "eventaddress",
    "fname1",
};

/* Words behind which people are asked for it: "your FIRSTNAME". */
static const char *const asked_after[] = {"your", "ur",  "the",  "a",   "and",   "or",  "with",
                                          "full", "my",  "tu",   "su",  "y",     "et",  "votre",
                                          "ton",  "und", "dein", "ihr", "o",     "e",   "reply",
                                          "text", "her", "his",  "no",  "their", "send"};

/* How web pages write characters. */
static const char *const entities[] = {"amp",    "nbsp",  "quot",  "apos",  "rsquo",  "lsquo",
                                       "rdquo",  "ldquo", "ndash", "mdash", "hellip", "eacute",
                                       "egrave", "pound", "euro",  "copy"};

static bool is_in(struct slice name, const char *const *list, size_t n)
{
    return slice_index(name, list, n) >= 0;
}

bool field_is_known(struct slice name)
{
    static const char *const ends[] = {"name", "link", "url"};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (name.n <= SHORT_BYTES_MAX && slice_ends(name, ends[i])) return true;
    return is_in(name, fields, COUNT_OF(fields)) || is_in(name, coded, COUNT_OF(coded));
}

bool field_is_asked_for(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        if (slice_starts(name, requests[i]) && name.n > strlen(requests[i])) return true;
    if (is_in(name, blanks, COUNT_OF(blanks))) return true;
    for (size_t i = 0; i < COUNT_OF(awaited); i++) {
        if (!slice_ends(name, awaited[i])) continue;
        struct slice asked = slice_make(name.p, name.n - strlen(awaited[i])),
                     rest = field_without_prefix(asked);
        if (field_is_known(asked) || (rest.n > 0 && field_is_known(rest))) return true;
    }
    return false;
}

struct slice field_without_prefix(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (slice_starts(name, prefixes[i])) return slice_from(name, strlen(prefixes[i]));
    return name;
}

bool field_may_be_coded(struct slice word)
{
    static const char *const ends[] = {"name", "date", "time", "link",
                                       "ress", "mber", "lace", "mbre"};
    if (word.n < 5 || word.n > 24) return false;
    struct slice end = slice_from(word, word.n - 4);
    char last = ascii_lower(word.p[word.n - 1]); /* most words are told by it */
    bool may = last == 'e' || last == 'k' || last == 's' || last == 'r';
    for (size_t i = 0; may && i < COUNT_OF(ends); i++)
        if (slice_is_nocase(end, ends[i])) return true;
    return memchr(word.p, '_', word.n) != NULL;
}

bool field_is_coded(struct slice name)
{
    return is_in(name, coded, COUNT_OF(coded));
}

bool field_is_asked_after(struct slice word)
{
    for (size_t i = 0; i < COUNT_OF(asked_after); i++)
        if (slice_is_nocase(word, asked_after[i])) return true;
    return false;
}

bool entity_is_known(struct slice s)
{
    bool digits = s.n > 1 && s.p[0] == '#';
    for (size_t i = 1; digits && i < s.n; i++)
        digits = hex_digit(s.p[i]) >= 0 || (i == 1 && (s.p[i] | 0x20) == 'x');
    return digits || is_in(s, entities, COUNT_OF(entities));
}

bool field_is_gesture(struct slice name)
{
    return is_in(name, gestures, COUNT_OF(gestures));
}
