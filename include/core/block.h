#pragma once
/* The packed form of up to 256 recipients: what an audience is stored in and a dispatcher renders
 * from.
 *
 *   header   "MB", version 1, 0; u16 columns; u16 rows
 *   row      u64 number; u16 end of each field, counted from the row's text; the text
 *
 * All little-endian, rows one after another. A row says by itself how long it is, so a row can be
 * packed before it is known which block it will be in (store's script puts the survivors of a chunk
 * together), and any field of it is two reads away. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "core/index.h"

enum {
    BLOCK_COLUMNS_MAX = 256,
    BLOCK_BYTES_MAX = 256 * 1024,
    BLOCK_ROW_TEXT_MAX = 65535, /* [bytes] all fields of a row together */
    BLOCK_HEADER_BYTES = 8,
};

/* Appends the header of a block with no rows yet. */
void block_begin(struct buf *b, size_t columns);
/* Appends one packed row of the same number of columns. ERR_LIMIT when the fields are longer than a
 * row's text may be; a full buf sets its own flag. */
int block_add_row(struct buf *b, uint64_t number, const struct slice *fields,
                  size_t columns) MUST_USE;
/* Writes the number of rows into the header at `begin`. */
void block_end(struct buf *b, size_t begin, size_t rows);

/* An open block; borrows the bytes. Read it with the functions below only. */
struct block {
    const unsigned char *bytes;
    uint32_t size; /* [bytes] */
    uint16_t columns, rows;
    uint32_t at[BLOCK_ROWS]; /* [bytes] offset of each row */
};

/* Checks every length, so that nothing below can read outside, whatever the bytes were. ERR_SYNTAX
 * when they are not a block. O(rows * columns). */
int block_open(struct slice bytes, struct block *ret, struct err *e) MUST_USE;
/* *ret is the same with bytes of its own, until block_done. */
void block_dup(const struct block *b, struct block *ret);
void block_done(struct block *b); /* of block_dup, or all zero; it is all zero then */
static inline size_t block_rows(const struct block *b)
{
    return b->rows;
}
static inline size_t block_columns(const struct block *b)
{
    return b->columns;
}
/* row < rows, column < columns (checked). O(1), borrowed from the block's bytes. */
/* 0: whoever stood there was forgotten (store/forget.h), and the fields are empty. */
uint64_t block_number(const struct block *b, size_t row);
struct slice block_field(const struct block *b, size_t row, size_t column);
