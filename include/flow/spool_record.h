#pragma once
/* One webhook as the spool's files hold it. All numbers little-endian:
 *
 *    0  "MSP1"
 *    4  1 when settled, else 0: the only byte that changes while it stands there
 *    5  why it was kept for people (enum spool_why), else 0; and 2 zeros
 *    8  CRC-32C of all that follows
 *   12  bytes of the whole record
 *   16  received [ms since 1970], 8 bytes
 *   24  bytes of gateway, method, target, content type, body, 4 each
 *   44  0
 *   48  gateway, method, target, content type, body
 *
 * The sum is what tells a record from one that a crash tore: no part of a torn one is ever
 * believed. */
#include "base/buf.h"
#include "base/slice.h"

enum {
    SPOOL_HEAD_BYTES = 48,
    SPOOL_SETTLED_AT = 4,
    SPOOL_WHY_AT = 5,
    SPOOL_RECORD_BYTES_MAX = 4 << 20, /* above GATEWAY_HOOK_BYTES_MAX and a request line */
};
#define SPOOL_MAGIC "MSP1"

/* Why a webhook is kept for people: name, text. New ones go to the end: they stand in files. */
#define SPOOL_WHY_TABLE(X)                                                                         \
    X(SPOOL_WHY_UNSAID, "unsaid")       /* nothing is wrong with it, or an older Muster kept it */ \
    X(SPOOL_NO_GATEWAY, "no_gateway")   /* its gateway is not in the configuration */              \
    X(SPOOL_UNREADABLE, "unreadable")   /* the provider's description reads nothing of it */       \
    X(SPOOL_UNREAD, "unread")           /* a part of it is nobody's, or of no known kind */        \
    X(SPOOL_MISDIRECTED, "misdirected") /* it is about a number of ours that no gateway has */     \
    X(SPOOL_REFUSED, "refused")         /* the store refused it, and takes others */

enum spool_why {
#define X(name, text) name,
    SPOOL_WHY_TABLE(X)
#undef X
        SPOOL_WHYS
};
const char *spool_why_to_string(enum spool_why why);
/* False and untouched when it is none of them. */
bool spool_why_from_string(struct slice text, enum spool_why *ret);

struct spool_record {
    struct slice gateway;      /* its name in the configuration */
    struct slice method;       /* "POST" */
    struct slice target;       /* raw path and query */
    struct slice content_type; /* none when there was none */
    struct slice body;         /* raw */
    int64_t received_ms;       /* [ms since 1970] */
    enum spool_why why;        /* why it was kept before; UNSAID: it never was */
};

/* What a head says of its record, before the sum has proved it. */
struct spool_head {
    size_t bytes; /* of the whole record; SPOOL_HEAD_BYTES..SPOOL_RECORD_BYTES_MAX */
    int64_t received_ms;
    bool settled;
    enum spool_why why;
    size_t gateway_bytes; /* of its name, which begins right behind the head */
};

/* In the file, header and checksum included. */
size_t spool_record_bytes(const struct spool_record *r);
/* Adds the record, not settled. */
void spool_record_write(struct buf *out, const struct spool_record *r);
/* False when the first SPOOL_HEAD_BYTES are no head. */
bool spool_head_read(struct slice bytes, struct spool_head *ret);
/* The record that bytes begin with; false when that is no whole and unharmed one. *ret is borrowed
 * from bytes. */
bool spool_record_read(struct slice bytes, struct spool_head *ret_head, struct spool_record *ret);
