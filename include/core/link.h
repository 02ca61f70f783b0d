#pragma once
/* A link of ours: a short signed token in an address that we give to people. base64url of kind (1
 * byte), a and b (4 bytes each, big-endian) and SipHash-2-4 (8 bytes) over them, under a key of its
 * own. It says what it leads to, and nothing of the person: no table of tokens is needed, and nobody
 * makes one who has not the key. Pure.
 *
 * Whoever has a link may do what it is for, as often as they like: what must happen once is seen to
 * where it happens. */
#include "base/slice.h"

enum {
    LINK_KEY_BYTES = 16,
    LINK_CHARS = 23, /* [A-Za-z0-9_-] */
};

/* name, what it is on the wire (never changed, never used again), what a and b are */
#define LINK_KINDS(X)                                                                              \
    X(LINK_OFFER, 1, "campaign, index: the session that its text offered to one person")           \
    X(LINK_PLEDGE, 2, "session, pledge's number: mine to look at and to cancel")                   \
    X(LINK_SHARE, 3, "campaign, number of the link in its cascade")                                \
    X(LINK_PAGE, 4, "session, 0: anybody may look at it")

enum link_kind {
#define X(name, wire, what) name = (wire),
    LINK_KINDS(X)
#undef X
};

struct link {
    enum link_kind kind;
    uint32_t a, b;
};

/* out is NUL-terminated. */
void link_make(const uint8_t key[LINK_KEY_BYTES], const struct link *link,
               char out[LINK_CHARS + 1]);
/* False and nothing touched when it is not one of ours, or not of that kind: an offer's token opens
 * no pledge. Takes the same time wherever it differs; each link has one spelling. */
bool link_read(const uint8_t key[LINK_KEY_BYTES], enum link_kind kind, struct slice text,
               struct link *ret);
