/* A piece goes in parts that a broker takes. When nobody waits, a part that was not taken is kept and
 * sent again until it is, up to a bound; who waits is told that it was not. */
#include "copy.h"

#include "base/log.h"
#include "io/loop.h"
#include "record.h"

#include <stdlib.h>

enum {
    PART_BYTES = 256 * 1024, /* a broker takes 1 MiB unless it says otherwise */
    KEPT_BYTES_MAX = 16 << 20,
    AGAIN_US = 1000 * 1000,
};

struct part {
    struct copy *copy; /* NULL: it is nobody's */
    struct buf bytes;
    uint64_t piece;
    bool under_way;
    struct part *next;
};

struct copy {
    struct journal_copy to;
    copy_done_cb *done;
    void *arg;
    struct part *parts;
    size_t bytes; /* of all parts */
    bool behind;  /* said */
    uint64_t lost;
    struct loop_timer *again;
};

static void part_free(struct part *p)
{
    buf_done(&p->bytes);
    free(p);
}

static void forget(struct copy *c, struct part *p)
{
    struct part **at = &c->parts;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    c->bytes -= p->bytes.n;
    part_free(p);
}

static void say_behind(struct copy *c, bool behind)
{
    if (behind && !c->behind)
        log_error("the journal: its topic takes nothing; see that Kafka is well. It stands on the "
                  "disk alone until then, and goes there by itself");
    else if (!behind && c->behind && !c->parts)
        log_info("the journal: its topic has all of it again");
    else
        return;
    c->behind = behind;
}

static bool has_part_of(const struct copy *c, uint64_t piece)
{
    for (const struct part *p = c->parts; p; p = p->next)
        if (p->piece == piece) return true;
    return false;
}

static void on_part(void *arg, int result)
{
    struct part *p = arg;
    struct copy *c = p->copy;
    if (!c) {
        part_free(p);
        return;
    }
    p->under_way = false;
    if (result < 0 && !c->to.waits) {
        say_behind(c, true);
        if (!loop_timer_armed(c->again)) loop_timer_in(c->again, AGAIN_US);
        return;
    }
    uint64_t piece = p->piece;
    forget(c, p);
    say_behind(c, false);
    if (c->to.waits && (result < 0 || !has_part_of(c, piece))) c->done(c->arg, piece, result);
}

static void send(struct part *p)
{
    p->under_way = true;
    p->copy->to.send(p->copy->to.arg, buf_slice(&p->bytes), on_part, p);
}

static void on_again(void *arg)
{
    struct copy *c = arg;
    for (struct part *p = c->parts; p; p = p->next)
        if (!p->under_way) send(p);
}

static void lose(struct copy *c, size_t bytes)
{
    if (!c->lost)
        log_error("the journal: its topic has taken nothing for too long: what comes now stands on "
                  "the disk alone and never comes there");
    c->lost += bytes;
}

static void send_part(struct copy *c, uint64_t piece, struct slice head, struct slice records)
{
    if (!c->to.waits && c->bytes + records.n > KEPT_BYTES_MAX) {
        lose(c, records.n);
        return;
    }
    struct part *p = xcalloc(1, sizeof *p), **at = &c->parts;
    buf_init(&p->bytes, PART_BYTES + 2 * JOURNAL_RECORD_BYTES_MAX);
    buf_add_slice(&p->bytes, head);
    buf_add_slice(&p->bytes, records);
    check(!p->bytes.failed);
    p->copy = c;
    p->piece = piece;
    while (*at)
        at = &(*at)->next;
    *at = p;
    c->bytes += p->bytes.n;
    send(p);
}

void copy_send(struct copy *c, uint64_t piece, struct slice head, struct slice records)
{
    while (records.n) {
        size_t n = 0;
        while (n < records.n && n < PART_BYTES)
            n += journal_record_bytes(slice_from(records, n));
        send_part(c, piece, head, slice_make(records.p, n));
        records = slice_from(records, n);
    }
}

struct copy *copy_new(struct loop *l, const struct journal_copy *to, copy_done_cb *done, void *arg)
{
    struct copy *c = xcalloc(1, sizeof *c);
    c->to = *to;
    c->done = done;
    c->arg = arg;
    c->again = loop_timer_new(l, on_again, c);
    return c;
}

void copy_free(struct copy *c)
{
    if (!c) return;
    for (struct part *p = c->parts, *next; p; p = next) {
        next = p->next;
        p->copy = NULL;
        if (!p->under_way) part_free(p);
    }
    loop_timer_free(c->again);
    free(c);
}

void copy_stats(const struct copy *c, struct journal_stats *into)
{
    if (!c) return;
    into->copy_waiting = c->bytes;
    into->copy_lost = c->lost;
}
