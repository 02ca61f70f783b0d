#include "flow/outbox.h"

#include "store/batch.h"

#include <stdlib.h>

struct outbox {
    struct store *store;
    struct queue *queue;
};

struct outbox *outbox_new(struct store *store, struct queue *queue)
{
    struct outbox *o = xcalloc(1, sizeof *o);
    *o = (struct outbox){store, queue};
    return o;
}

void outbox_free(struct outbox *o)
{
    free(o);
}

/* ---- publishing ---- */

struct publishing {
    struct outbox *outbox;
    uint32_t index;
};

static void on_published(void *arg, int result)
{
    struct publishing *p = arg;
    if (result == 0) direct_published(p->outbox->store, p->index);
    free(p);
}

static void publish(struct outbox *o, uint32_t index, enum lane lane)
{
    char value[BATCH_VALUE_BYTES];
    struct publishing *p = xmalloc(sizeof *p);
    *p = (struct publishing){o, index};
    queue_publish(o->queue, lane, SLICE_LIT("0"), batch_write(batch_of_direct(index), value),
                  on_published, p);
}

void outbox_publish(struct outbox *o, uint32_t index)
{
    publish(o, index, LANE_REPLY);
}

void outbox_remind(struct outbox *o, uint32_t index)
{
    publish(o, index, LANE_REMINDER);
}

/* ---- tests ---- */

struct sending {
    struct outbox *outbox;
    direct_index_cb *cb;
    void *arg;
};

static void on_recorded(void *arg, int result, uint32_t index, const struct err *e)
{
    struct sending *s = arg;
    if (result == 0) outbox_publish(s->outbox, index);
    s->cb(s->arg, result, index, e);
    free(s);
}

void outbox_send(struct outbox *o, const struct direct_message *m, direct_index_cb *cb, void *arg)
{
    struct sending *s = xmalloc(sizeof *s);
    *s = (struct sending){o, cb, arg};
    direct_add(o->store, m, on_recorded, s);
}

/* ---- sweeping ---- */

struct sweeping {
    struct outbox *outbox;
    outbox_swept_cb *cb;
    void *arg;
};

static void on_due(void *arg, int result, const uint32_t *indexes, size_t n, const struct err *e)
{
    struct sweeping *s = arg;
    for (size_t i = 0; i < n; i++)
        outbox_publish(s->outbox, indexes[i]);
    s->cb(s->arg, result, n, e);
    free(s);
}

void outbox_sweep(struct outbox *o, int64_t now_ms, int64_t age_ms, outbox_swept_cb *cb, void *arg)
{
    struct sweeping *s = xmalloc(sizeof *s);
    *s = (struct sweeping){o, cb, arg};
    direct_due(o->store, now_ms, age_ms, OUTBOX_SWEEP_MAX, on_due, s);
}
