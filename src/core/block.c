#include "core/block.h"

#include "core/index.h"

#include <stdlib.h>

enum { VERSION = 1, COLUMNS_AT = 4, ROWS_AT = 6, NUMBER_BYTES = 8, END_BYTES = 2 };

static void put(unsigned char *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t get(const unsigned char *from, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

void block_begin(struct buf *b, size_t columns)
{
    check(columns <= BLOCK_COLUMNS_MAX);
    unsigned char header[BLOCK_HEADER_BYTES] = {'M', 'B', VERSION};
    put(header + COLUMNS_AT, columns, 2);
    buf_add(b, header, sizeof header);
}

int block_add_row(struct buf *b, uint64_t number, const struct slice *fields, size_t columns)
{
    size_t text = 0;
    for (size_t i = 0; i < columns; i++)
        text += fields[i].n;
    if (text > BLOCK_ROW_TEXT_MAX) return ERR_LIMIT;
    unsigned char *to = (unsigned char *)buf_reserve(b, NUMBER_BYTES + END_BYTES * columns + text);
    if (!to) return 0;
    put(to, number, NUMBER_BYTES);
    unsigned char *ends = to + NUMBER_BYTES, *out = ends + END_BYTES * columns;
    size_t end = 0;
    for (size_t i = 0; i < columns; i++) {
        if (fields[i].n) memcpy(out + end, fields[i].p, fields[i].n);
        end += fields[i].n;
        put(ends + END_BYTES * i, end, END_BYTES);
    }
    b->n += NUMBER_BYTES + END_BYTES * columns + text;
    b->p[b->n] = '\0';
    return 0;
}

void block_end(struct buf *b, size_t begin, size_t rows)
{
    check(rows <= BLOCK_ROWS);
    if (b->failed) return;
    check(begin + BLOCK_HEADER_BYTES <= b->n);
    put((unsigned char *)b->p + begin + ROWS_AT, rows, 2);
}

/* The length of the row at `at`, or 0 when it does not end inside the block. */
static size_t row_bytes(const struct block *b, size_t at, size_t n)
{
    size_t fixed = NUMBER_BYTES + (size_t)END_BYTES * b->columns;
    if (fixed > n - at) return 0;
    size_t end = 0;
    for (size_t i = 0; i < b->columns; i++) {
        size_t next = (size_t)get(b->bytes + at + NUMBER_BYTES + END_BYTES * i, END_BYTES);
        if (next < end) return 0;
        end = next;
    }
    return end > n - at - fixed ? 0 : fixed + end;
}

int block_open(struct slice bytes, struct block *ret, struct err *e)
{
    struct block b = {.bytes = (const unsigned char *)bytes.p, .size = (uint32_t)bytes.n};
    if (bytes.n < BLOCK_HEADER_BYTES || memcmp(bytes.p, "MB\1\0", 4) != 0)
        return err_set(e, ERR_SYNTAX, "not a block of recipients: it begins otherwise (%zu bytes)",
                       bytes.n);
    uint64_t columns = get(b.bytes + COLUMNS_AT, 2), rows = get(b.bytes + ROWS_AT, 2);
    if (columns > BLOCK_COLUMNS_MAX || rows > BLOCK_ROWS)
        return err_set(e, ERR_SYNTAX, "not a block of recipients: %u columns, %u rows",
                       (unsigned)columns, (unsigned)rows);
    b.columns = (uint16_t)columns;
    b.rows = (uint16_t)rows;
    size_t at = BLOCK_HEADER_BYTES;
    for (size_t i = 0; i < rows; i++) {
        size_t n = row_bytes(&b, at, bytes.n);
        if (n == 0) return err_set(e, ERR_SYNTAX, "block of recipients is damaged at row %zu", i);
        b.at[i] = (uint32_t)at;
        at += n;
    }
    if (at != bytes.n)
        return err_set(e, ERR_SYNTAX,
                       "block of recipients is damaged: %zu bytes after the last row",
                       bytes.n - at);
    *ret = b;
    return 0;
}

void block_dup(const struct block *b, struct block *ret)
{
    *ret = *b;
    ret->bytes = memcpy(xmalloc(b->size), b->bytes, b->size);
}

void block_done(struct block *b)
{
    free((void *)b->bytes);
    *b = (struct block){.bytes = NULL};
}

uint64_t block_number(const struct block *b, size_t row)
{
    check(row < b->rows);
    return get(b->bytes + b->at[row], NUMBER_BYTES);
}

struct slice block_field(const struct block *b, size_t row, size_t column)
{
    check(row < b->rows && column < b->columns);
    const unsigned char *ends = b->bytes + b->at[row] + NUMBER_BYTES;
    const unsigned char *text = ends + (size_t)END_BYTES * b->columns;
    size_t from = column ? (size_t)get(ends + END_BYTES * (column - 1), END_BYTES) : 0;
    return slice_make(text + from, (size_t)get(ends + END_BYTES * column, END_BYTES) - from);
}
