#pragma once
/* A time zone of this machine's database. */
#include "core/zone.h"
#include "io/zones.h"

/* Owned: zone_free. One that is not there fails the test. */
static inline struct zone *zone_named(const char *name)
{
    struct buf bytes = BUF_INIT(2 * ZONE_FILE_BYTES_MAX);
    struct zone *z = NULL;
    struct err e = {0};
    if (zone_file_read(slice_of(name), &bytes, &e) < 0 || zone_parse(buf_slice(&bytes), &z, &e) < 0)
        fail_msg("%s: %s", name, e.text);
    buf_done(&bytes);
    return z;
}
