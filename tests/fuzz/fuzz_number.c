/* What number_parse takes is written back the same, and its mask hides digits. */
#include "fuzz.h"

#include "core/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = slice_make(data, n);
    uint64_t number;
    if (!number_parse(text, &number)) return 0;
    char back[NUMBER_TEXT_BYTES], mask[NUMBER_MASK_BYTES];
    number_format(number, back);
    check(slice_is(text, back));
    number_mask(number, mask);
    check(slice_find(slice_of(mask), '\xe2') > 0);
    return 0;
}
