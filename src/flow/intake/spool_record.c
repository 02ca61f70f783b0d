#include "flow/spool_record.h"

#include "core/crc32c.h"

enum {
    SUM_AT = 8,
    SUMMED_FROM = 12,
    RECEIVED_AT = 16,
    SIZES_AT = 24,
    SIZES = 5,
};

static const char *const whys[] = {
#define X(name, text) [name] = text,
    SPOOL_WHY_TABLE(X)
#undef X
};

const char *spool_why_to_string(enum spool_why why)
{
    check((size_t)why < COUNT_OF(whys));
    return whys[why];
}

bool spool_why_from_string(struct slice text, enum spool_why *ret)
{
    for (size_t i = 0; i < COUNT_OF(whys); i++) {
        if (!slice_is(text, whys[i])) continue;
        *ret = (enum spool_why)i;
        return true;
    }
    return false;
}

size_t spool_record_bytes(const struct spool_record *r)
{
    return SPOOL_HEAD_BYTES + r->gateway.n + r->method.n + r->target.n + r->content_type.n +
           r->body.n;
}

void spool_record_write(struct buf *out, const struct spool_record *r)
{
    const struct slice parts[SIZES] = {r->gateway, r->method, r->target, r->content_type, r->body};
    uint8_t head[SPOOL_HEAD_BYTES] = SPOOL_MAGIC;
    size_t start = out->n, bytes = spool_record_bytes(r);
    bytes_put(head + SUMMED_FROM, bytes, 4);
    bytes_put(head + RECEIVED_AT, (uint64_t)r->received_ms, 8);
    for (int i = 0; i < SIZES; i++)
        bytes_put(head + SIZES_AT + 4 * i, parts[i].n, 4);
    head[SPOOL_WHY_AT] = (uint8_t)r->why;
    buf_add(out, head, sizeof head);
    for (int i = 0; i < SIZES; i++)
        buf_add_slice(out, parts[i]);
    if (out->failed) return;
    struct slice summed = slice_make(out->p + start + SUMMED_FROM, bytes - SUMMED_FROM);
    bytes_put(out->p + start + SUM_AT, crc32c(summed), 4);
}

bool spool_head_read(struct slice bytes, struct spool_head *ret)
{
    if (bytes.n < SPOOL_HEAD_BYTES || !slice_starts(bytes, SPOOL_MAGIC)) return false;
    uint64_t n = bytes_get(bytes.p + SUMMED_FROM, 4);
    if (n < SPOOL_HEAD_BYTES || n > SPOOL_RECORD_BYTES_MAX) return false;
    uint8_t why = (uint8_t)bytes.p[SPOOL_WHY_AT];
    *ret = (struct spool_head){.bytes = n,
                               .received_ms = (int64_t)bytes_get(bytes.p + RECEIVED_AT, 8),
                               .settled = bytes.p[SPOOL_SETTLED_AT] == 1,
                               .why = why < SPOOL_WHYS ? (enum spool_why)why : SPOOL_WHY_UNSAID,
                               .gateway_bytes = bytes_get(bytes.p + SIZES_AT, 4)};
    return true;
}

bool spool_record_read(struct slice bytes, struct spool_head *ret_head, struct spool_record *ret)
{
    struct spool_head head;
    if (!spool_head_read(bytes, &head) || head.bytes > bytes.n) return false;
    struct slice summed = slice_make(bytes.p + SUMMED_FROM, head.bytes - SUMMED_FROM);
    if (crc32c(summed) != bytes_get(bytes.p + SUM_AT, 4)) return false;
    struct slice parts[SIZES];
    uint64_t at = SPOOL_HEAD_BYTES;
    for (int i = 0; i < SIZES; i++) {
        uint64_t n = bytes_get(bytes.p + SIZES_AT + 4 * i, 4);
        if (n > head.bytes - at) return false;
        parts[i] = slice_make(bytes.p + at, n);
        at += n;
    }
    if (at != head.bytes) return false;
    *ret_head = head;
    *ret = (struct spool_record){parts[0], parts[1],         parts[2], parts[3],
                                 parts[4], head.received_ms, head.why};
    return true;
}
