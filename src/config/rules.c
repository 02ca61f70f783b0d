#include "rules.h"

#include <string.h>
#include <sys/un.h>

#include "core/group.h"
#include "config/config.h"
#include "base/slice.h"
#include "base/buf.h"
#include "core/cap.h"
#include "core/canary.h"
#include "core/consent.h"
#include "core/hours.h"
#include "core/law.h"
#include "core/money.h"
#include "io/phone.h"
#include "io/url.h"
#include "io/zones.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

enum {
    NAME_BYTES_MAX = 32,
    SENDER_BYTES_MAX = 64,
    INSTANCE_BYTES_MAX = 128,
    ANSWER_BYTES_MAX = 480
};

static bool made_of(const char *s, const char *chars, size_t bytes_min, size_t bytes_max)
{
    size_t n = strlen(s);
    return n >= bytes_min && n <= bytes_max && strspn(s, chars) == n;
}

/* No blanks and no control characters. */
static bool is_one_word(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s <= ' ' || *s == 127) return false;
    return true;
}

const char *rule_given(const char *s)
{
    return *s ? NULL : "given; it is empty";
}

static bool fits_socket_path(const char *path)
{
    return strlen(path) < sizeof(((struct sockaddr_un *)0)->sun_path);
}

static bool is_port(struct slice s)
{
    uint64_t port;
    return slice_to_u64(s, 65535, &port);
}

const char *rule_listen(const char *s)
{
    static const char expected[] = "host:port, [::1]:port, :port (all addresses) or unix:/path";
    if (slice_starts(slice_of(s), "unix:/"))
        return fits_socket_path(s + 5) ? NULL : "a path of at most 107 bytes";
    const char *colon = strrchr(s, ':');
    if (!colon || !is_one_word(s) || !is_port(slice_of(colon + 1))) return expected;
    bool bracketed = s[0] == '[' && colon[-1] == ']';
    bool plain = memchr(s, ':', (size_t)(colon - s)) == NULL && s[0] != '[';
    return bracketed || plain ? NULL : expected;
}

const char *rule_socket(const char *s)
{
    if (!*s) return NULL;
    if (s[0] != '/') return "an absolute path (\"\" = no socket)";
    return fits_socket_path(s) ? NULL : "a path of at most 107 bytes";
}

const char *rule_url(const char *s)
{
    static const char expected[] = "http://… or https://… without a trailing slash, \"?\" or \"#\"";
    struct slice url = slice_of(s);
    struct url_place ignored;
    bool web = slice_starts(url, "https://") || slice_starts(url, "http://");
    bool fine = web && url_place(url, 0, &ignored) == 0 && s[url.n - 1] != '/' && is_one_word(s) &&
                !strpbrk(s, "?#");
    return fine ? NULL : expected;
}

const char *rule_base_url(const char *s)
{
    return *s ? rule_url(s) : NULL;
}

const char *rule_redis_url(const char *s)
{
    static const char *const forms[] = {"redis://", "rediss://", "unix:/", "sentinel://",
                                        "sentinels://"};
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        known = known || (slice_starts(slice_of(s), forms[i]) && s[strlen(forms[i])]);
    return known && is_one_word(s) ? NULL
                                   : "redis://user:password@host:port/db (rediss:// for TLS), "
                                     "unix:/path?db=n&password=… or "
                                     "sentinel://host:port,host:port/master/db";
}

const char *rule_password(const char *s)
{
    (void)s;
    return NULL;
}

const char *rule_redis_prefix(const char *s)
{
    return made_of(s, LOWER UPPER DIGITS ":._-{}", 1, NAME_BYTES_MAX)
               ? NULL
               : "1 to 32 of letters, digits and :._-{}";
}

const char *rule_secret(const char *s)
{
    return strlen(s) >= CONFIG_SECRET_BYTES_MIN
               ? NULL
               : "at least 16 characters (try: openssl rand -hex 32)";
}

const char *rule_name(const char *s)
{
    return made_of(s, LOWER DIGITS "_-", 1, NAME_BYTES_MAX) ? NULL : "1 to 32 of a-z, 0-9, _ and -";
}

const char *rule_group(const char *s)
{
    return group_ok(slice_of(s)) ? NULL : GROUP_RULE;
}

const char *rule_instance(const char *s)
{
    if (!*s) return NULL;
    return strlen(s) <= INSTANCE_BYTES_MAX && is_one_word(s) ? NULL
                                                             : "one word of at most 128 bytes";
}

const char *rule_topic(const char *s)
{
    return made_of(s, LOWER UPPER DIGITS "._-", 1, NAME_BYTES_MAX)
               ? NULL
               : "1 to 32 of letters, digits and ._-";
}

const char *rule_country(const char *s)
{
    return made_of(s, UPPER, 2, 2) ? NULL : "two capital letters (ISO 3166), e.g. GB";
}

const char *rule_numbers_country(const char *s)
{
    if (rule_country(s)) return rule_country(s);
    return phone_country_is_known(s)
               ? NULL
               : "a country with phone numbers (ISO 3166), e.g. GB for the United Kingdom";
}

const char *rule_currency(const char *s)
{
    return made_of(s, UPPER, 3, 3) ? NULL : "three capital letters (ISO 4217), e.g. GBP";
}

const char *rule_zone(const char *s)
{
    struct buf file = BUF_INIT(ZONE_FILE_BYTES_MAX);
    bool is_there = !*s || zone_file_read(slice_of(s), &file, NULL) == 0;
    buf_done(&file);
    return is_there ? NULL : "a time zone, such as Europe/London";
}

const char *rule_budget(const char *s)
{
    struct money ignored;
    return !*s || money_parse(slice_of(s), &ignored) ? NULL : MONEY_RULE;
}

const char *rule_cap(const char *s)
{
    int ignored;
    return cap_read(slice_of(s), &ignored) ? NULL : "1 to 20, or any";
}

/* What exactly is wrong is more than a rule can say: the hard limits stand in the documents. */
const char *rule_hours(const char *s)
{
    struct hours ignored;
    return hours_parse(slice_of(s), &ignored, NULL) == 0
               ? NULL
               : "hours like \"09:00-20:30\" or \"mon-fri 09:00-20:30, sat 10:00-18:00\" (before "
                 "08:00 and after "
                 "21:00 only with the word agreed), or any";
}

const char *rule_date(const char *s)
{
    struct law_date ignored;
    return !*s || law_date_from_string(slice_of(s), &ignored) ? NULL : "a day such as 2027-05-06";
}

/* 24:00 is none: polls end on the day on which they begin. */
const char *rule_clock(const char *s)
{
    bool ok = strlen(s) == 5 && made_of(s, DIGITS ":", 5, 5) && s[2] == ':' &&
              strcmp(s, "24") < 0 && s[3] < '6' && s[0] != ':' && s[1] != ':' && s[4] != ':';
    return ok ? NULL : "a time such as 07:00";
}

const char *rule_domain(const char *s)
{
    return strchr(s, '.') && !strpbrk(s, "/: @") ? NULL
                                                 : "a domain such as example.org, without https://";
}

const char *rule_consent(const char *s)
{
    return strcmp(s, "no") == 0 || consent_word_ok(slice_of(s))
               ? NULL
               : "a word such as news (a-z, 0-9, _ and -), yes, or no";
}

const char *rule_canary(const char *s)
{
    struct canary_size ignored;
    return canary_size_parse(slice_of(s), &ignored)
               ? NULL
               : "a number of people like 200, a share like 1%, or none";
}

const char *rule_answer(const char *s)
{
    return strlen(s) <= ANSWER_BYTES_MAX ? NULL : "at most 480 bytes";
}

const char *rule_sender(const char *s)
{
    size_t n = strlen(s);
    if (*s == '+' && !made_of(s + 1, DIGITS, 8, 15))
        return "a number in full, such as +447700900000, without blanks";
    return n >= 1 && n <= SENDER_BYTES_MAX && slice_eq(slice_trim(slice_of(s)), slice_of(s))
               ? NULL
               : "a number or name of 1 to 64 bytes without blanks at its ends";
}
