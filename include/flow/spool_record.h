#pragma once
/* One webhook as the spool's files hold it. All numbers little-endian:
 *
 *    0  "MSP1"
 *    4  1 when settled, else 0: the only byte that ever changes; and 3 zeros
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
    SPOOL_RECORD_BYTES_MAX = 4 << 20, /* above GATEWAY_HOOK_BYTES_MAX and a request line */
};
#define SPOOL_MAGIC "MSP1"

struct spool_record {
    struct slice gateway;      /* its name in the configuration */
    struct slice method;       /* "POST" */
    struct slice target;       /* raw path and query */
    struct slice content_type; /* none when there was none */
    struct slice body;         /* raw */
    int64_t received_ms;       /* [ms since 1970] */
};

/* What a head says of its record, before the sum has proved it. */
struct spool_head {
    size_t bytes; /* of the whole record; SPOOL_HEAD_BYTES..SPOOL_RECORD_BYTES_MAX */
    int64_t received_ms;
    bool settled;
};

size_t spool_record_bytes(const struct spool_record *r);
/* Adds the record, not settled. */
void spool_record_write(struct buf *out, const struct spool_record *r);
/* False when the first SPOOL_HEAD_BYTES are no head. */
bool spool_head_read(struct slice bytes, struct spool_head *ret);
/* The record that bytes begin with; false when that is no whole and unharmed one. *ret is borrowed
 * from bytes. */
bool spool_record_read(struct slice bytes, struct spool_head *ret_head, struct spool_record *ret);
