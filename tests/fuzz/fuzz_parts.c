/* Whatever the bytes: the parts hold the units with at most one left over in each, and smart text
 * is UTF-8 that does not change when it is made smart again. */
#include "fuzz.h"

#include "base/check.h"
#include "core/parts.h"

static void check_count(struct slice text)
{
    struct parts p;
    parts_count(text, &p);
    check(p.parts >= 1 && p.units <= (uint64_t)p.parts * p.per_part);
    check(p.parts == 1 || p.units > (uint64_t)(p.parts - 1) * (p.per_part - 1));
    check(p.encoding == PARTS_GSM7 || p.first_non_gsm_offset < text.n);
    check(p.encoding == PARTS_GSM7 || parts_gsm_septets(p.first_non_gsm) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = slice_make(data, n);
    struct buf once = BUF_INIT(8 << 20), twice = BUF_INIT(8 << 20);
    parts_smart(text, &once);
    parts_smart(buf_slice(&once), &twice);
    check(!once.failed && slice_is_utf8(buf_slice(&once), NULL));
    check(slice_eq(buf_slice(&once), buf_slice(&twice)));
    check_count(text);
    check_count(buf_slice(&once));
    buf_done(&once);
    buf_done(&twice);
    return 0;
}
