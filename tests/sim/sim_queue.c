#include "sim_queue.h"

#include "store/queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WAY_US = 600,           /* [µs] to the queue or back, on average */
    POLL_US = 200 * SIM_MS, /* how often an idle consumer looks for what others left */
    NAME_BYTES = 24,
};

/* A message in the queue. */
struct entry {
    enum lane lane;
    char *value;
    size_t value_n;
    char holder[NAME_BYTES]; /* the consumer that has it, "" = nobody */
    struct taken *taken;     /* by a living handle */
    int64_t lease_until_us;
    bool again, done;
    struct entry *next;
};

/* What a consumer was given. */
struct taken {
    struct queue_message m; /* first: what the dispatcher sees */
    struct queue *queue;
    struct entry *entry;
    struct taken *prev, *next;
};

struct queue {
    struct sim_process *process;
    char consumer[NAME_BYTES];
    int64_t lease_us;
    queue_message_cb *cb;
    void *arg;
    int demand[LANE_COUNT];
    bool own_read; /* what this name had before is delivered */
    struct taken *taken;
    struct publication *publications;
    struct sim_event *look, *keep;
    struct queue *next;
};

/* A publish that is not answered yet. */
struct publication {
    struct queue *queue; /* NULL: nobody waits for it any more */
    enum lane lane;
    char *value;
    size_t value_n;
    queue_done_cb *cb;
    void *arg;
    int result;
    struct sim_event *answer;
    struct publication *prev, *next;
};

static struct {
    struct entry *entries;
    struct queue *handles;
    double fault_chance;
    int64_t down_until_us;
    struct rng rng;
} broker;

void sim_queue_begin(double fault_chance)
{
    memset(&broker, 0, sizeof broker);
    broker.fault_chance = fault_chance;
    broker.rng = rng_new(sim_seed(), 3);
}

static void entry_free(struct entry *e)
{
    free(e->value);
    free(e);
}

void sim_queue_end(void)
{
    while (broker.entries) {
        struct entry *next = broker.entries->next;
        entry_free(broker.entries);
        broker.entries = next;
    }
}

void sim_queue_outage(int64_t us)
{
    broker.down_until_us = sim_now_us() + us;
}

void sim_queue_heal(void)
{
    broker.down_until_us = sim_now_us();
    broker.fault_chance = 0;
}

static bool is_down(void)
{
    return broker.down_until_us > sim_now_us();
}

static int64_t way_us(void)
{
    return 50 + rng_exponential(&broker.rng, WAY_US);
}

static bool goes_wrong(void)
{
    return rng_chance(&broker.rng, broker.fault_chance);
}

/* ---- delivery ---- */

static void on_look(void *arg);

static void look_in(struct queue *q, int64_t us)
{
    sim_cancel(q->look);
    q->look = sim_in(q->process, us, on_look, q);
}

static void wake_all(void)
{
    for (struct queue *q = broker.handles; q; q = q->next)
        look_in(q, way_us());
}

static bool may_have(const struct queue *q, const struct entry *e)
{
    if (e->done || q->demand[e->lane] <= 0) return false;
    if (!e->holder[0]) return true;
    /* after a restart its own come back at once; others' when their lease is over */
    bool own = !q->own_read && strcmp(e->holder, q->consumer) == 0;
    return (own && (!e->taken || e->taken->queue != q)) || e->lease_until_us <= sim_now_us();
}

/* A random one of what this consumer may have: no order is promised. */
static struct entry *choose(const struct queue *q)
{
    struct entry *chosen = NULL;
    int64_t n = 0;
    for (struct entry *e = broker.entries; e; e = e->next)
        if (may_have(q, e) && rng_between(&broker.rng, 0, n++) == 0) chosen = e;
    return chosen;
}

static void lose(struct taken *t)
{
    if (t->entry) t->entry->taken = NULL;
    t->entry = NULL;
}

static void deliver(struct queue *q, struct entry *e)
{
    struct taken *t = xcalloc(1, sizeof *t + e->value_n + 1);
    char *value = (char *)(t + 1);
    memcpy(value, e->value, e->value_n);
    if (e->taken) lose(e->taken);
    t->m = (struct queue_message){
        .lane = e->lane, .value = slice_make(value, e->value_n), .again = e->again};
    t->queue = q;
    t->entry = e;
    t->next = q->taken;
    if (t->next) t->next->prev = t;
    q->taken = t;
    e->taken = t;
    e->again = true;
    e->lease_until_us = sim_now_us() + q->lease_us;
    (void)snprintf(e->holder, sizeof e->holder, "%s", q->consumer);
    q->demand[e->lane]--;
    q->cb(q->arg, &t->m);
}

static void on_look(void *arg)
{
    struct queue *q = arg;
    q->look = NULL;
    struct entry *e;
    while (!is_down() && (e = choose(q)) != NULL)
        deliver(q, e);
    q->own_read = true;
    if (!q->look) look_in(q, POLL_US);
}

static void on_keep(void *arg)
{
    struct queue *q = arg;
    for (struct taken *t = q->taken; t && !is_down(); t = t->next)
        if (t->entry) t->entry->lease_until_us = sim_now_us() + q->lease_us;
    q->keep = sim_in(q->process, q->lease_us / 3, on_keep, q);
}

/* ---- publishing ---- */

static void append(enum lane lane, struct slice value, bool again)
{
    struct entry **at = &broker.entries;
    while (*at) {
        struct entry *e = *at;
        if (!e->done) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        if (e->taken) lose(e->taken);
        entry_free(e);
    }
    *at = xcalloc(1, sizeof **at);
    **at = (struct entry){
        .lane = lane, .value = slice_strdup(value), .value_n = value.n, .again = again};
    wake_all();
}

static void publication_unlink(struct publication *p)
{
    if (!p->queue) return;
    if (p->prev)
        p->prev->next = p->next;
    else
        p->queue->publications = p->next;
    if (p->next) p->next->prev = p->prev;
    p->queue = NULL;
}

static void publication_free(struct publication *p)
{
    free(p->value);
    free(p);
}

static void on_answer(void *arg)
{
    struct publication *p = arg;
    publication_unlink(p);
    p->cb(p->arg, p->result);
    publication_free(p);
}

static void on_publish(void *arg)
{
    struct publication *p = arg;
    bool lost = is_down() || goes_wrong(), told = !lost && !goes_wrong();
    int copies = lost ? 0 : goes_wrong() ? 2 : 1;
    for (int i = 0; i < copies; i++)
        append(p->lane, slice_make(p->value, p->value_n), false);
    p->result = told ? 0 : -ETIMEDOUT;
    if (p->queue)
        p->answer = sim_in(p->queue->process, told ? way_us() : SIM_S, on_answer, p);
    else
        publication_free(p);
}

/* ---- store/queue.h ---- */

int queue_new(struct loop *l, const struct queue_config *config, queue_message_cb *cb, void *arg,
              struct queue **ret, struct err *e)
{
    (void)l;
    (void)e;
    struct queue *q = xcalloc(1, sizeof *q);
    q->process = sim_current();
    (void)snprintf(q->consumer, sizeof q->consumer, "%s", config->consumer);
    q->lease_us = config->lease_ms * (int64_t)SIM_MS;
    q->cb = cb;
    q->arg = arg;
    q->next = broker.handles;
    broker.handles = q;
    q->keep = sim_in(q->process, q->lease_us / 3, on_keep, q);
    look_in(q, way_us());
    *ret = q;
    return 0;
}

static void taken_free(struct taken *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        t->queue->taken = t->next;
    if (t->next) t->next->prev = t->prev;
    lose(t);
    free(t);
}

void queue_free(struct queue *q)
{
    if (!q) return;
    struct queue **at = &broker.handles;
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    sim_cancel(q->look);
    sim_cancel(q->keep);
    /* whatever becomes of them: nobody hears of it */
    while (q->publications) {
        struct publication *p = q->publications;
        publication_unlink(p);
        p->cb(p->arg, -ECANCELED);
        if (!p->answer) continue; /* it still travels */
        sim_cancel(p->answer);
        publication_free(p);
    }
    while (q->taken)
        taken_free(q->taken);
    free(q);
}

bool queue_is_ready(const struct queue *q)
{
    (void)q;
    return !is_down();
}

void queue_publish(struct queue *q, enum lane lane, struct slice key, struct slice value,
                   queue_done_cb *cb, void *arg)
{
    (void)key;
    struct publication *p = xcalloc(1, sizeof *p);
    *p = (struct publication){.queue = q,
                              .lane = lane,
                              .value = slice_strdup(value),
                              .value_n = value.n,
                              .cb = cb,
                              .arg = arg};
    p->next = q->publications;
    if (p->next) p->next->prev = p;
    q->publications = p;
    (void)sim_in(NULL, way_us(), on_publish, p);
}

void queue_set_demand(struct queue *q, enum lane lane, int messages)
{
    q->demand[lane] = messages;
    if (messages > 0) look_in(q, way_us());
}

void queue_ack(struct queue *q, struct queue_message *m, queue_done_cb *cb, void *arg)
{
    (void)q;
    check(cb == NULL && arg == NULL); /* the dispatcher does not ask */
    struct taken *t = (struct taken *)m;
    /* an ack that is lost: the message comes again, although it was handled */
    if (t->entry && goes_wrong())
        t->entry->holder[0] = '\0';
    else if (t->entry)
        t->entry->done = true;
    taken_free(t);
}

void queue_give_back(struct queue *q, struct queue_message *m)
{
    (void)q;
    struct taken *t = (struct taken *)m;
    if (t->entry) {
        t->entry->holder[0] = '\0';
        wake_all();
    }
    taken_free(t);
}

int64_t queue_depth(const struct queue *q, enum lane lane)
{
    (void)q;
    if (is_down()) return -1;
    int64_t n = 0;
    for (const struct entry *e = broker.entries; e; e = e->next)
        n += e->lane == lane && !e->done && !e->holder[0];
    return n;
}
