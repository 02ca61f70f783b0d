#pragma once
/* A record as the journal's files hold it. All numbers little-endian:
 *
 *    0  "MJR1"
 *    4  CRC-32C of all that follows
 *    8  bytes of the whole record, 2
 *   10  kind, 1; and a zero
 *   12  mark, 8
 *   20  written [ms since 1970], 8
 *   28  STORE: bytes of the id 1, the id; number of peers 1, of each its bytes 1 and its name
 *       GRANT: campaign 4, stamp 4, first 4, an offset each
 *       OUTCOME: the same, an offset and a state each
 *       OPTOUT: at [ms since 1970] 8, 1 when lifted 1, bytes of scope 1 and key 2, scope, key, why
 *       MOVE: campaign 4, stamp 4, the move's name (core/campaign_status.h)
 *       CONTACTS: campaign 4, stamp 4, first 4, minute 4, an offset and a print each
 *       OFFERS: campaign 4, stamp 4, first 4, an offset and a session (4) each
 *       TAKEN: began [ms since 1970] 8, bytes of kind 1 and id 2, kind, id, more (store/told.h)
 *
 * A file begins with STORE, and all in it is about that store. Not the spool's format
 * (flow/spool_record.h): that one is for few and large records which are settled one by one, each
 * of 48 bytes and more; here there are many small ones, which only go with their file. */
#include "base/buf.h"
#include "flow/journal.h"

enum { JOURNAL_HEAD_BYTES = 28 };
#define JOURNAL_MAGIC "MJR1"

/* Each appends one whole record, its sum included. mark: as the store said it; now_ms [wall ms]. */
void journal_write_store(struct buf *out, uint64_t mark, int64_t now_ms,
                         const struct journal_store *store);
void journal_write_people(struct buf *out, enum journal_kind kind, uint64_t mark, int64_t now_ms,
                          const struct journal_people *who, const uint8_t *states);
void journal_write_contacts(struct buf *out, uint64_t mark, int64_t now_ms,
                            const struct journal_people *who);
void journal_write_offers(struct buf *out, uint64_t mark, int64_t now_ms,
                          const struct journal_people *who);
void journal_write_optout(struct buf *out, uint64_t mark, int64_t now_ms,
                          const struct told_optout *what);
void journal_write_move(struct buf *out, uint64_t mark, int64_t now_ms,
                        const struct told_move *what);
void journal_write_taken(struct buf *out, uint64_t mark, int64_t now_ms,
                         const struct told_taken *what);

/* A record as it was read, borrowed from the bytes; people's offsets and states too. */
struct journal_read_record {
    struct journal_record record; /* .store: of STORE its id */
    size_t bytes;                 /* of the whole record */
    struct slice peers;           /* of STORE: for journal_next_peer */
    uint8_t offsets[256], states[256], prints[256 * CAP_PRINT_BYTES];
    uint32_t sessions[256];
};
enum journal_found {
    JOURNAL_WHOLE,
    JOURNAL_SHORT, /* it may be one, if more bytes follow */
    JOURNAL_NONE,
};
/* What the bytes begin with. *ret is its own: its slices are of `bytes`, its arrays its own. */
enum journal_found journal_record_read(struct slice bytes, struct journal_read_record *ret);
/* Of the whole record that the bytes begin with. */
size_t journal_record_bytes(struct slice bytes);
/* Where the next one may begin, behind the first byte; bytes.n: nowhere, but a magic word may begin
 * in the last three. */
size_t journal_record_search(struct slice bytes);
bool journal_next_peer(struct slice *rest, struct slice *ret);
