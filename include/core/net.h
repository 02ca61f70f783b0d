#pragma once
/* Addresses of peers and ranges of them. IPv4 and IPv6 in one form: an IPv4 address is the IPv6 one
 * that maps it. */
#include "base/slice.h"

enum { NET_ADDRESS_BYTES = 16, NET_HOME_BYTES = 8 };

struct net_address {
    unsigned char bytes[NET_ADDRESS_BYTES];
};

struct net_range {
    struct net_address start;
    int bits; /* of 128 that all of the range have in common */
};

/* "192.0.2.1", "2001:db8::1"; also with a port behind, as proxies write it: "192.0.2.1:80",
 * "[2001:db8::1]:80". False, and ret untouched, when it is none. */
bool net_address_read(struct slice text, struct net_address *ret);
/* As people write it, without a port; returns out. */
enum { NET_TEXT_BYTES = 48 };
const char *net_address_write(const struct net_address *a, char out[NET_TEXT_BYTES]);
/* An address, or "10.0.0.0/8", "2001:db8::/32": the rest of its bits must be 0. */
bool net_range_read(struct slice text, struct net_range *ret);
bool net_range_has(const struct net_range *r, const struct net_address *a);
/* An address of the open internet: not of this machine, a private network, a link, many at once, or one
 * that stands for another (IPv4 within IPv6). */
bool net_address_is_public(const struct net_address *a);
/* What one household or machine has as its own: an IPv4 address, and of IPv6 a /64. Equal bytes for
 * equal ones; borrows from a. */
struct slice net_home(const struct net_address *a);
