#include "store/day_record.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/heap.h"
#include "store/call.h"

enum {
    MINUTE_MS = 60000,
    DAY_S = 24 * 3600,
    WORDS = DAY_COLUMN_COUNT +
            2, /* whether it is known, alarms, columns; each 4 bytes, little-endian */
    ROW_BYTES = 4 * WORDS,
    KEYS_MAX = 3, /* days of UTC that one reading touches */
};

const char *day_column_to_string(enum day_column column)
{
    static const char *const texts[] = {
#define X(name, text) text,
        DAY_COLUMN_TABLE(X)
#undef X
    };
    check((unsigned)column < DAY_COLUMN_COUNT);
    return texts[column];
}

/* ---- rows ---- */

static void put_word(unsigned char *to, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(n >> 8 * i);
}

static uint32_t word_at(const unsigned char *from)
{
    uint32_t n = 0;
    for (int i = 0; i < 4; i++)
        n |= (uint32_t)from[i] << 8 * i;
    return n;
}

static void write_row(unsigned char *to, const struct day_minute *m)
{
    put_word(to, 1);
    put_word(to + 4, m->alarms);
    for (size_t i = 0; i < DAY_COLUMN_COUNT; i++)
        put_word(to + 8 + 4 * i, m->n[i]);
}

static void read_row(const unsigned char *from, struct day_minute *m)
{
    m->is_known = word_at(from) == 1;
    m->alarms = word_at(from + 4);
    for (size_t i = 0; i < DAY_COLUMN_COUNT; i++)
        m->n[i] = word_at(from + 8 + 4 * i);
}

/* ---- writing ---- */

static void keep(struct store *s, uint32_t day)
{
    struct call *c = call_command(s, "EXPIRE");
    call_key(c, "day:%u", day);
    call_u64(c, (uint64_t)DAY_RECORD_KEEP_DAYS * DAY_S);
    call_run(c, NULL, NULL, NULL);
}

void day_record_write(struct store *s, int64_t at_ms, const struct day_minute *minute,
                      store_done_cb *cb, void *arg)
{
    unsigned char row[ROW_BYTES];
    int64_t at = at_ms / MINUTE_MS;
    uint32_t day = (uint32_t)(at / DAY_MINUTES);
    write_row(row, minute);
    struct call *c = call_command(s, "SETRANGE");
    call_key(c, "day:%u", day);
    call_u64(c, (uint64_t)(at % DAY_MINUTES) * ROW_BYTES);
    call_text(c, slice_make((const char *)row, sizeof row));
    call_run(c, call_read_done, cb, arg);
    keep(s, day);
}

/* ---- reading ---- */

struct reading {
    int64_t from; /* [minutes] since 1970 */
    size_t n;
};

static void fill(const struct reading *r, struct slice day, int64_t first, struct day_minute *list)
{
    for (size_t i = 0; i < r->n; i++) {
        int64_t at = r->from + (int64_t)i - first; /* in that day */
        if (at < 0 || at >= DAY_MINUTES || (size_t)(at + 1) * ROW_BYTES > day.n) continue;
        read_row((const unsigned char *)day.p + at * ROW_BYTES, &list[i]);
    }
}

static void on_read(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct reading r = *(const struct reading *)call_kept(c);
    int rc = call_failed(reply, &e);
    struct day_minute *list = xcalloc(r.n, sizeof *list);
    for (size_t i = 0; rc == 0 && i < redis_count(reply); i++)
        fill(&r, redis_str(redis_at(reply, i)), (r.from / DAY_MINUTES + (int64_t)i) * DAY_MINUTES,
             list);
    call_back(c, day_record_cb)(c->arg, rc, list, rc < 0 ? 0 : r.n, rc < 0 ? &e : NULL);
    free(list);
}

void day_record_read(struct store *s, int64_t from_ms, size_t n, day_record_cb *cb, void *arg)
{
    check(n > 0 && n <= DAY_RECORD_MINUTES_MAX);
    struct reading r = {from_ms / MINUTE_MS, n};
    struct call *c = call_command(s, "MGET");
    for (int64_t i = 0; i < KEYS_MAX; i++)
        call_key(c, "day:%u", (uint32_t)(r.from / DAY_MINUTES + i));
    call_keep(c, r);
    call_run(c, on_read, cb, arg);
}
