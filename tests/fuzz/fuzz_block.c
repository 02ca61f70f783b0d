/* Bytes that are no block are refused; those that are can be read everywhere and written again the
 * same. */
#include "fuzz.h"

#include "core/block.h"

static void write_again(const struct block *k, struct slice bytes)
{
    struct buf b = BUF_INIT(32 << 20);
    struct slice fields[BLOCK_COLUMNS_MAX];
    block_begin(&b, block_columns(k));
    for (size_t row = 0; row < block_rows(k); row++) {
        for (size_t i = 0; i < block_columns(k); i++)
            fields[i] = block_field(k, row, i);
        check(block_add_row(&b, block_number(k, row), fields, block_columns(k)) == 0);
    }
    block_end(&b, 0, block_rows(k));
    check(slice_eq(buf_slice(&b), bytes));
    buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct block k;
    struct slice bytes = slice_make(data, n);
    if (block_open(bytes, &k, NULL) == 0) write_again(&k, bytes);
    return 0;
}
