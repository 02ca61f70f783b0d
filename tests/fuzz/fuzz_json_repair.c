/* Any bytes: what comes out is JSON to the strict reader, within its bounds, and what was JSON
 * before says the same as before. */
#include "fuzz.h"

#include <jansson.h>

#include "core/json_repair.h"

/* Deeper values are nulls, and numbers of hundreds of digits texts: they are not compared. */
static bool is_modest(const uint8_t *data, size_t n)
{
    size_t opens = n < 512 ? 0 : JSON_REPAIR_DEEP_MAX + 1;
    for (size_t i = 0; i < n; i++)
        opens += data[i] == '{' || data[i] == '[';
    return opens <= JSON_REPAIR_DEEP_MAX;
}

/* A name may differ after it was mended, from one that is the same then. */
static void same_as_before(const uint8_t *data, size_t n, const json_t *mended)
{
    json_t *before = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
    if (before && is_modest(data, n)) check(json_equal(before, mended));
    json_decref(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf out = BUF_INIT(3 * n + 64);
    size_t rest = 0;
    json_error_t where;
    if (json_repair(slice_make(data, n), &out, &rest)) {
        check(rest <= n && slice_is_utf8(buf_slice(&out), NULL));
        json_t *json = json_loadb(out.p, out.n, 0, &where);
        check(json);
        if (rest == 0) same_as_before(data, n, json);
        json_decref(json);
    } else {
        check(!out.failed);
        json_t *json = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, &where);
        check(!json);
    }
    buf_done(&out);
    return 0;
}
