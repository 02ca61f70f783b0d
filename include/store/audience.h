#pragma once
/* Audiences: frozen lists of recipients, which never change, stored as packed blocks of up to 256
 * rows (core/block.h).
 *
 * The people of a *list* change: each change makes a new audience under the same name, whole or not
 * at all, and the one that was is a *version* from then on (docs/adr/0043). Campaigns keep the
 * version that they were launched with. A change is a draft with a base: its rows say who comes,
 * is updated or goes; then audience_carry brings over who stays, and audience_freeze hands on the
 * name. Of two changes at the same time the first to be frozen counts, and the other is
 * ERR_CONFLICT.
 *
 * An import makes a draft, adds chunks of rows in order, and freezes it; only then does the
 * audience have its name and can be used. Each chunk is one script: duplicates (first row wins) and
 * suppressed numbers are dropped, the others become one block, all or nothing. Chunks carry a
 * sequence number: the same chunk sent again (because its reply was lost) changes nothing and gets
 * the same reply. A draft that nobody continues is swept after AUDIENCE_DRAFT_TTL_MS, by whoever
 * creates the next one.
 *
 * Every callback runs once: from the loop, or, when the arguments themselves are refused
 * (ERR_INVALID, ERR_LIMIT), from inside the call. `e` is NULL when result is 0; result is a
 * negative code otherwise: ERR_UNREACHABLE when Redis gave no reply (whether it happened is
 * unknown; all calls here may be repeated), ERR_NOT_FOUND, ERR_EXISTS, ERR_CONFLICT, ERR_INVALID,
 * ERR_LIMIT. Texts name the cause and the mend and may be shown to the user. */
#include "core/block.h"
#include "core/group.h"
#include "store/store.h"

enum {
    AUDIENCE_ROWS_MAX = 256,               /* of a chunk */
    AUDIENCE_CHUNK_BYTES_MAX = 256 * 1024, /* of a chunk, packed */
    AUDIENCE_COLUMNS_MAX = 256,
    AUDIENCE_NAME_BYTES_MAX = 128,
    AUDIENCE_DRAFT_TTL_MS = 24 * 3600 * 1000,
};

/* How a draft follows its base. */
#define AUDIENCE_CHANGE_TABLE(X)                                                                   \
    X(AUDIENCE_NEW, "new")         /* it has none */                                               \
    X(AUDIENCE_REPLACE, "replace") /* its rows are all */                                          \
    X(AUDIENCE_ADD, "add")         /* who is new comes; whom the list has stays as they are */     \
    X(AUDIENCE_MERGE, "merge")   /* who is new comes; whom the list has gets the fields that are \
                                      not empty, and columns that are new */ \
    X(AUDIENCE_SET, "set")       /* whom the list has gets the row as it is */                     \
    X(AUDIENCE_REMOVE, "remove") /* they go; fields do not count */
enum audience_change {
#define X(name, text) name,
    AUDIENCE_CHANGE_TABLE(X)
#undef X
};
const char *audience_change_text(enum audience_change change);
bool audience_change_from(struct slice text, enum audience_change *ret);
/* The same of what somebody may ask for: add, merge, replace or remove. False leaves *ret as it is or at another. */
bool audience_change_asked(struct slice text, enum audience_change *ret);

/* What an audience is; counts are of rows. */
struct audience_info {
    uint32_t id;
    struct slice name, group, country; /* country: ISO code of numbers without +, may be empty */
    /* in the order of the fields of a row, phone column not among them */
    const struct slice *columns;
    size_t column_count;
    uint64_t total;      /* recipients in it; 0..256 of them in each block */
    uint32_t blocks;     /* numbered from 0 */
    uint32_t buckets;    /* of the number index */
    uint64_t duplicates; /* dropped: the number was in the list already */
    uint64_t suppressed; /* dropped: the person must not be texted */
    int64_t created_ms;  /* [wall ms] */
    int64_t frozen_ms;   /* [wall ms] 0 = still a draft */
    /* Of a list that changed. */
    enum audience_change change;
    uint32_t base, next; /* the version before (which may be gone) and behind it; 0 = none */
    uint32_t version;    /* from 1 */
    uint32_t list; /* its first version: which list it is, whatever another one is called later */
    uint64_t added, updated, removed; /* by this change; of AUDIENCE_REPLACE total is all */
};
struct audience_info *audience_info_dup(const struct audience_info *info); /* returns owned */
void audience_info_free(struct audience_info *info);                       /* NULL is fine */
/* Index of a column among the fields, -1 when there is none. O(columns). */
int audience_info_column(const struct audience_info *info, struct slice name);

/* info is borrowed for the call, NULL when result is not 0. */
typedef void audience_info_cb(void *arg, int result, const struct audience_info *info,
                              const struct err *e);

/* Creating a draft. All borrowed for the call. */
struct audience_draft {
    struct slice name;    /* 1..128 bytes, no control characters, no '/', not only digits */
    struct slice group;   /* group_ok (core/group.h); empty = "main" */
    struct slice country; /* two capital letters, or empty */
    const struct slice *columns;
    size_t column_count; /* 0..256; names are not empty and not repeated */
    /* sizes the number index; 0 = not known. Wrong is slower, never false. */
    uint64_t rows_expected;
    /* A change of this list, with its name, group and country; columns are those of the rows that
     * will come, and the draft's are what becomes of both. Borrowed likewise; NULL: a new one. */
    const struct audience_info *base;
    enum audience_change change;
};
/* Whether a list may be called that; ERR_INVALID says why not. */
int audience_name_ok(struct slice name, struct err *e) MUST_USE;
/* The info of the new draft. ERR_EXISTS when a frozen audience of the group has the name already.
 * Of a change ERR_CONFLICT: the base is not the newest; ERR_INVALID: to AUDIENCE_ADD, rows have the
 * list's columns. */
void audience_create(struct store *s, const struct audience_draft *draft, int64_t now_ms,
                     audience_info_cb *cb, void *arg);

struct audience_row {
    uint64_t number;            /* E.164 digits */
    const struct slice *fields; /* field_count of them */
};
/* Rows that go in together. */
struct audience_chunk {
    uint64_t seq; /* from 0, no gaps */
    size_t field_count;
    const struct audience_row *rows;
    size_t count;
};
enum audience_outcome {
    AUDIENCE_STORED,
    AUDIENCE_DUPLICATE,
    AUDIENCE_SUPPRESSED,
    AUDIENCE_UPDATED,
    AUDIENCE_REMOVED,
    AUDIENCE_NOT_LISTED, /* who is not there cannot be removed */
};
/* outcomes[i] belongs to rows[i]; borrowed for the call, NULL when result is not 0. */
typedef void audience_rows_cb(void *arg, int result, const enum audience_outcome *outcomes,
                              size_t count, const struct err *e);
/* Borrowed for the call. ERR_LIMIT: too many rows or bytes;
 * ERR_INVALID: field_count is not the audience's; ERR_CONFLICT: frozen, or seq is neither the next
 * nor the last. */
void audience_add_rows(struct store *s, uint32_t id, const struct audience_chunk *chunk,
                       int64_t now_ms, audience_rows_cb *cb, void *arg);

/* One step of carrying over who stays (a block); then comes step + 1, until done == of. Of a draft
 * without a base, or one that replaces it, of is 0. A step that was done is not done again.
 * ERR_CONFLICT: the list is gone; ERR_LIMIT: a row would be too long. */
typedef void audience_carry_cb(void *arg, int result, uint64_t done, uint64_t of,
                               const struct err *e);
void audience_carry(struct store *s, uint32_t id, uint64_t step, int64_t now_ms,
                    audience_carry_cb *cb, void *arg);
/* The draft becomes an audience, after what is still to be carried over; repeating is fine.
 * ERR_REFUSED: no usable row, the draft is gone and nothing of it is left; or nobody would be left
 * in the list. ERR_EXISTS: the name was taken meanwhile; ERR_CONFLICT: somebody changed the list
 * meanwhile; the draft stays until it is deleted. A change that changes nothing tells of the list
 * as it is, and the draft goes. */
void audience_freeze(struct store *s, uint32_t id, int64_t now_ms, audience_info_cb *cb, void *arg);

/* ERR_NOT_FOUND: there is none of that id. */
void audience_load(struct store *s, uint32_t id, audience_info_cb *cb, void *arg);
/* By "17" (an id, drafts too; of a version the list as it is today) or by name (frozen ones), of what
 * those groups have; others are ERR_NOT_FOUND. ERR_CONFLICT: several of them have it. The names of `groups` are borrowed until the callback. */
void audience_find(struct store *s, const struct group_set *groups, struct slice id_or_name,
                   audience_info_cb *cb, void *arg);
/* What ERR_NOT_FOUND says of an id; returns it. */
int audience_not_found(uint32_t id, struct err *e);
/* The frozen ones that those groups have, the newest first. next is where the next page
 * begins, none at the end. Borrowed for the call. */
enum { AUDIENCE_PAGE_MAX = 1000 };
struct audience_query {
    struct group_set groups;
    size_t limit;        /* 1…AUDIENCE_PAGE_MAX */
    struct slice before; /* `next` of the page before; none = from the newest */
};
typedef void audience_list_cb(void *arg, int result, const struct audience_info *const *infos,
                              size_t count, struct slice next, const struct err *e);
void audience_list(struct store *s, const struct audience_query *query, audience_list_cb *cb,
                   void *arg);
/* Lists by name and group, in one read: infos[i] is of names[i], NULL where that group has none of that name; count is how many
 * were asked for, next is none. 1…AUDIENCE_PAGE_MAX names, borrowed for the call. */
struct audience_name {
    struct slice name, group;
};
void audience_list_named(struct store *s, const struct audience_name *names, size_t count,
                         audience_list_cb *cb, void *arg);

/* Removes an audience (with its versions) or a draft in bounded steps; a deletion that was cut off is finished by the
 * next sweep. ERR_CONFLICT: a campaign needs it (the text names some): one that is not finished; or
 * one that is, for its report, unless reports_too. ERR_NOT_FOUND. */
void audience_delete(struct store *s, uint32_t id, bool reports_too, int64_t now_ms,
                     store_done_cb *cb, void *arg);
/* Deletes drafts whose time is over; audience_create does it too. */
void audience_sweep(struct store *s, int64_t now_ms, store_done_cb *cb, void *arg);
/* Versions that were followed before until_ms, the oldest first, from the place `from` on; at most
 * AUDIENCE_VERSIONS_PAGE. Borrowed for the call. */
enum { AUDIENCE_VERSIONS_PAGE = 50 };
typedef void audience_versions_cb(void *arg, int result, const uint32_t *ids, size_t n);
void audience_versions(struct store *s, int64_t until_ms, uint64_t from, audience_versions_cb *cb,
                       void *arg);
/* Lists that were deleted in what the store has lost (docs/adr/0080), and are there until no campaign that is not over needs
 * them: AUDIENCE_VERSIONS_PAGE at most, by chance. Whoever is deleted is none of them any more. Borrowed for the call. */
void audience_doomed(struct store *s, audience_versions_cb *cb, void *arg);

/* A block, open, with the audience's columns; borrowed for the call (block_dup), NULL when result
 * is not 0. ERR_NOT_FOUND; ERR_SYNTAX: it is damaged, or has other columns. The info is read within
 * the call only. */
typedef void audience_block_cb(void *arg, int result, const struct block *b, const struct err *e);
void audience_block(struct store *s, const struct audience_info *info, uint32_t block,
                    audience_block_cb *cb, void *arg);
/* The index (core/index.h) of a number; ERR_NOT_FOUND when it is not in the audience. */
typedef void audience_index_cb(void *arg, int result, uint32_t index, const struct err *e);
void audience_index_of(struct store *s, const struct audience_info *info, uint64_t number,
                       audience_index_cb *cb, void *arg);
