/* Links in a text: with a scheme, with www., or a bare domain as people write it. */
#include "words.h"

#include "base/ascii.h"
#include "base/check.h"

/* Of AT&T's list (by 360smsapp) and GetThru's, and the commonest others. */
static const char shorteners[] = "bc.vc bit.ly budurl.com clicky.me goo.gl is.gd lc.chat s2r.co "
                                 "soo.gd tiny.cc tinyurl.com rb.gy shorturl.at "
                                 "ow.ly buff.ly cutt.ly t.ly t.co tiny.one";
/* Domains that need no blank to be told from the end of a sentence; the second list needs a path. */
static const char endings[] =
    "com org net uk eu io co gd gl cc ly ws info app link page vote party scot wales cymru "
    "london gov de fr es ie pl vc gy";
static const char word_endings[] = "me us in it is be at to ca one chat";
/* Links of public bodies are anybody's to give. */
static const char public_domains[] =
    "gov.uk electoralcommission.org.uk vote.gov usa.gov eci.gov.in wa.me";

struct link {
    struct slice whole, host; /* host without www. */
    bool http;
};

static bool is_host_char(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '.' || c == '-';
}

static bool same(struct slice a, struct slice b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if ((a.p[i] | 32) != (b.p[i] | 32)) return false;
    return true;
}

static bool is_any_host(struct slice host, const char *list)
{
    struct slice rest = slice_of(list), one;
    while (slice_cut(&rest, ' ', &one)) {
        if (same(host, one)) return true;
        if (host.n > one.n && host.p[host.n - one.n - 1] == '.' &&
            same(slice_from(host, host.n - one.n), one))
            return true;
    }
    return false;
}

static bool ends_like(struct slice host, const char *list)
{
    size_t dot = host.n;
    while (dot > 0 && host.p[dot - 1] != '.')
        dot--;
    struct slice rest = slice_of(list), one;
    while (dot > 1 && slice_cut(&rest, ' ', &one))
        if (same(slice_from(host, dot), one)) return true;
    return false;
}

/* The letters from `at` on that may be a host, a dot at its end left out. */
static struct slice host_at(struct slice text, size_t at)
{
    size_t n = 0;
    while (at + n < text.n && is_host_char(text.p[at + n]))
        n++;
    while (n > 0 && (text.p[at + n - 1] == '.' || text.p[at + n - 1] == '-'))
        n--;
    return slice_make(text.p + at, n);
}

static size_t link_end(struct slice text, size_t at)
{
    while (at < text.n && !strchr(" \n\r\t\"<>", text.p[at]))
        at++;
    while (at > 0 && strchr(".,;:!?)", text.p[at - 1]))
        at--;
    return at;
}

/* The host stands behind "name:password@", which a browser passes over: "https://riverside.org@elsewhere.com" leads to
 * elsewhere.com. A browser reads \ as /, so "https://elsewhere.com\@riverside.org" leads there, too. */
static size_t host_begins(struct slice text, size_t at)
{
    size_t begins = at;
    for (; at < text.n && !strchr("/\\?# \n\r\t\"<>", text.p[at]); at++)
        if (text.p[at] == '@') begins = at + 1;
    return begins;
}

static bool starts_nocase(struct slice s, const char *word)
{
    size_t n = strlen(word);
    return s.n >= n && same(slice_make(s.p, n), slice_of(word));
}

/* Whether a host without a scheme is a link: it begins with www., or ends as a domain does. "ann.lee@…" is none. */
static bool is_bare_link(struct slice text, struct slice host, size_t behind)
{
    char next = behind < text.n ? text.p[behind] : '\0';
    if (next == '@') return false;
    return starts_nocase(host, "www.") || ends_like(host, endings) ||
           (next == '/' && ends_like(host, word_endings));
}

static bool read_link(struct slice text, size_t at, struct link *ret)
{
    struct slice rest = slice_from(text, at);
    size_t scheme = starts_nocase(rest, "https://") ? 8 : starts_nocase(rest, "http://") ? 7 : 0;
    size_t host_from = scheme ? host_begins(text, at + scheme) : at;
    struct slice host = host_at(text, host_from);
    size_t behind = host_from + host.n;
    if (!scheme && !is_bare_link(text, host, behind)) return false;
    size_t end = link_end(text, behind);
    *ret = (struct link){slice_make(text.p + at, end > at ? end - at : 0), host, scheme == 7};
    if (starts_nocase(host, "www.")) ret->host = slice_from(host, 4);
    return host.n > 0;
}

/* Most words hold no dot, and no scheme's colon stands behind them. */
static bool may_be_link(struct slice text, struct slice host)
{
    size_t behind = (size_t)(host.p - text.p) + host.n;
    return (behind < text.n && text.p[behind] == ':') || memchr(host.p, '.', host.n);
}

/* The next one from *at on, which moves behind it. */
static bool next_link(struct slice text, size_t *at, struct link *ret)
{
    for (; *at < text.n; (*at)++) {
        char before = *at ? text.p[*at - 1] : ' ';
        if (is_host_char(before) || before == '@' || before == '/' || !is_host_char(text.p[*at]))
            continue;
        struct slice host = host_at(text, *at);
        if (!may_be_link(text, host)) {
            if (host.n) *at += host.n - 1;
            continue;
        }
        if (!read_link(text, *at, ret)) continue;
        *at += ret->whole.n ? ret->whole.n : 1;
        return true;
    }
    return false;
}

bool law_has_link(struct slice text)
{
    struct link link;
    size_t at = 0;
    return next_link(text, &at, &link);
}

/* ---- what is wrong with one ---- */

static bool holds_nocase(struct slice text, struct slice part)
{
    for (size_t i = 0; part.n && i + part.n <= text.n; i++)
        if (same(slice_make(text.p + i, part.n), part)) return true;
    return false;
}

static bool holds_number(struct slice link, uint64_t number)
{
    char digits[10];
    for (size_t i = 0; i < 9; i++, number /= 10)
        digits[8 - i] = (char)('0' + number % 10);
    return holds_nocase(link, slice_make(digits, 9));
}

/* Number, address, or the name as a value: "?n=Ann". */
static bool is_personal(const struct law_person *p, struct slice link)
{
    if (p->number && holds_number(link, p->number)) return true;
    if (p->email.n && holds_nocase(link, p->email)) return true;
    for (size_t i = 0; p->name.n > 1 && i + 1 + p->name.n <= link.n; i++) {
        size_t end = i + 1 + p->name.n;
        if (link.p[i] == '=' && same(slice_make(link.p + i + 1, p->name.n), p->name) &&
            (end == link.n || link.p[end] == '&'))
            return true;
    }
    return false;
}

static bool is_own(const struct law_organisation *o, struct slice host)
{
    for (size_t i = 0; i < o->domain_count; i++)
        if (is_any_host(host, o->domains[i])) return true;
    return o->domain_count == 0 || is_any_host(host, public_domains) || ends_like(host, "gov");
}

bool law_link_is_personal(const struct law_person *p, struct slice text)
{
    struct link link;
    for (size_t at = 0; next_link(text, &at, &link);)
        if (is_personal(p, link.whole)) return true;
    return false;
}

void law_links(const struct law_look *l)
{
    struct link link;
    for (size_t at = 0; next_link(l->text, &at, &link);) {
        bool shortened = is_any_host(link.host, shorteners);
        law_tell(l, LAW_LINK, link.whole);
        if (shortened)
            law_tell(l, LAW_SHORTENER, link.host);
        else if (!is_own(l->c->organisation, link.host))
            law_tell(l, LAW_DOMAIN, link.host);
        if (link.http) law_tell(l, LAW_HTTP, link.whole);
    }
}
