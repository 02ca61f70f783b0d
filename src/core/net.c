#include "core/net.h"

#include "base/check.h"

#include <arpa/inet.h>

enum { TEXT_BYTES = INET6_ADDRSTRLEN, MAPPED_BITS = 96 };

static const unsigned char mapped[MAPPED_BITS / 8] = {[10] = 0xFF, [11] = 0xFF};

static bool is_mapped(const struct net_address *a)
{
    return memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static bool read_bare(struct slice text, struct net_address *ret)
{
    char word[TEXT_BYTES];
    struct net_address a;
    if (text.n == 0 || text.n >= sizeof word || memchr(text.p, 0, text.n)) return false;
    memcpy(word, text.p, text.n);
    word[text.n] = '\0';
    memcpy(a.bytes, mapped, sizeof mapped);
    if (inet_pton(AF_INET, word, a.bytes + sizeof mapped) != 1 &&
        inet_pton(AF_INET6, word, a.bytes) != 1)
        return false;
    *ret = a;
    return true;
}

const char *net_address_write(const struct net_address *a, char out[NET_TEXT_BYTES])
{
    if (is_mapped(a))
        (void)inet_ntop(AF_INET, a->bytes + sizeof mapped, out, NET_TEXT_BYTES);
    else
        (void)inet_ntop(AF_INET6, a->bytes, out, NET_TEXT_BYTES);
    return out;
}

bool net_address_read(struct slice text, struct net_address *ret)
{
    struct slice rest = slice_trim(text), host;
    if (read_bare(rest, ret)) return true;
    if (slice_starts(rest, "[")) {
        rest = slice_from(rest, 1);
        return slice_cut(&rest, ']', &host) && rest.p && (rest.n == 0 || rest.p[0] == ':') &&
               read_bare(host, ret);
    }
    return slice_cut(&rest, ':', &host) && rest.p && slice_find(rest, ':') < 0 &&
           read_bare(host, ret);
}

static bool bit_at(const struct net_address *a, int i)
{
    return a->bytes[i / 8] >> (7 - i % 8) & 1;
}

bool net_range_read(struct slice text, struct net_range *ret)
{
    struct slice rest = text, host;
    struct net_range r = {.bits = 8 * NET_ADDRESS_BYTES};
    uint64_t bits;
    (void)slice_cut(&rest, '/', &host);
    if (!read_bare(host, &r.start)) return false;
    int family = is_mapped(&r.start) && slice_find(host, ':') < 0 ? MAPPED_BITS : 0;
    if (rest.p && !slice_to_u64(rest, (uint64_t)(r.bits - family), &bits)) return false;
    if (rest.p) r.bits = family + (int)bits;
    for (int i = r.bits; i < 8 * NET_ADDRESS_BYTES; i++)
        if (bit_at(&r.start, i)) return false;
    *ret = r;
    return true;
}

bool net_range_has(const struct net_range *r, const struct net_address *a)
{
    for (int i = 0; i < r->bits; i++)
        if (bit_at(&r->start, i) != bit_at(a, i)) return false;
    return true;
}

bool net_address_is_public(const struct net_address *a)
{
    static const char *const others[] = {
        "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"};
    static const char internet[] = "2000::/3"; /* of IPv6; all that is given out is in it */
    static const char *const within[] = {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};
    struct net_range r;
    const char *const *list = is_mapped(a) ? others : within;
    size_t n = is_mapped(a) ? COUNT_OF(others) : COUNT_OF(within);
    if (!is_mapped(a) && net_range_read(slice_of(internet), &r) && !net_range_has(&r, a))
        return false;
    for (size_t i = 0; i < n; i++)
        if (net_range_read(slice_of(list[i]), &r) && net_range_has(&r, a)) return false;
    return true;
}

struct slice net_home(const struct net_address *a)
{
    return slice_make(a->bytes, is_mapped(a) ? sizeof a->bytes : NET_HOME_BYTES);
}
