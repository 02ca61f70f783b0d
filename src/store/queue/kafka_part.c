/* An assigned partition.
 *
 * Kafka keeps one number per partition: where reading begins after a restart or a takeover. Acks
 * come in any order, so the window holds everything from the first message that is not acked, and
 * the number moves when the front of the window is. A crash therefore brings back at most a window
 * of messages, some of them handled. A full window (one message that is never acked, and WINDOW_MAX
 * behind it) stops this partition and no other. */
#include "kafka.h"

#include <stdlib.h>

enum { WINDOW_MAX = 1024 };

struct part *part_new(struct kafka_lane *lane, struct kafka_partition *kafka)
{
    struct part *p = xcalloc(1, sizeof *p);
    p->kafka = kafka;
    p->lane = lane;
    p->window = offset_window_new(WINDOW_MAX);
    p->again_below = p->position = p->committing = -1;
    return p;
}

void part_put_down(struct part *p)
{
    if (p->next.handle) kafka_record_done(&p->next);
}

void part_free(struct part *p)
{
    part_put_down(p);
    for (struct taken *t; (t = offset_window_pop(p->window, INT64_MAX));)
        t->part = NULL;
    offset_window_free(p->window);
    free(p);
}

bool part_fill(struct part *p)
{
    if (p->next.handle) return !offset_window_is_full(p->window);
    if (!kafka_take(p->kafka, &p->next)) return false;
    /* The end as the first response knew it: whatever is before it was there when we came, or
     * nearly. */
    if (p->again_below < 0) p->again_below = kafka_partition_end(p->kafka);
    return !offset_window_is_full(p->window);
}

static struct taken *hold(struct part *p, const struct kafka_record *r)
{
    struct kafka_queue *q = p->lane->queue;
    struct taken *t = xcalloc(1, sizeof *t + r->value.n + r->key.n + 1);
    if (r->value.n) memcpy(t->bytes, r->value.p, r->value.n);
    if (r->key.n) memcpy(t->bytes + r->value.n, r->key.p, r->key.n);
    t->queue = q;
    t->part = p;
    t->offset = r->offset;
    t->key = slice_make(t->bytes + r->value.n, r->key.n);
    t->m = (struct queue_message){
        .lane = p->lane->lane,
        .value = slice_make(t->bytes, r->value.n),
        .again = r->offset < p->again_below || p->again_below < 0 ||
                 kafka_record_has_header(r, AGAIN_HEADER),
    };
    t->next = q->taken;
    if (t->next) t->next->prev = t;
    q->taken = t;
    return t;
}

struct taken *part_take(struct part *p)
{
    check(p->next.handle);
    struct taken *t = hold(p, &p->next);
    offset_window_add(p->window, t->offset, t);
    p->position = t->offset + 1;
    kafka_record_done(&p->next);
    return t;
}

void taken_free(struct taken *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        t->queue->taken = t->next;
    if (t->next) t->next->prev = t->prev;
    free(t);
}

void part_settle(struct part *p, const struct taken *t)
{
    offset_window_settle(p->window, t->offset);
    part_commit(p);
}

void part_commit(struct part *p)
{
    if (p->committing >= 0 || !kafka_queue_is_up(p->lane->queue))
        return; /* tending comes back to it */
    int64_t point = offset_window_point(p->window);
    if (point < 0) return;
    p->committing = point;
    kafka_commit(p->kafka, point);
}

void part_committed(struct part *p, int result)
{
    int64_t below = p->committing;
    p->committing = -1;
    if (result < 0) return; /* the next tending repeats it */
    for (struct taken *t; (t = offset_window_pop(p->window, below));) {
        if (t->done) t->done(t->done_arg, 0);
        taken_free(t);
    }
    part_commit(p);
}

int64_t part_depth(const struct part *p)
{
    int64_t end = kafka_partition_end(p->kafka);
    if (end < 0) return -1;
    int64_t from = p->next.handle ? p->next.offset : p->position;
    return from >= 0 && end > from ? end - from : 0;
}
