#pragma once
/* Where a recipient stands: an audience is stored in blocks of up to BLOCK_ROWS rows, and an index is
 * block * BLOCK_ROWS + row. A campaign's ledger has its nibble, and references carry it. */
#include <stdint.h>

enum {
    BLOCK_ROWS = 256,
    INDEX_BLOCK_MAX = UINT32_MAX / BLOCK_ROWS, /* the last block that an index can tell */
};

static inline uint32_t index_make(uint32_t block, uint32_t row) /* block << 8 | row; row ≤ 255 */
{
    return block * BLOCK_ROWS + row;
}

static inline uint32_t index_block(uint32_t index)
{
    return index / BLOCK_ROWS;
}

static inline uint32_t index_row(uint32_t index)
{
    return index % BLOCK_ROWS;
}
