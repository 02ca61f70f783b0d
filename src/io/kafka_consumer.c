/* Consuming: a group member whose partitions each keep a queue of their own.
 *
 * librdkafka forwards what it fetches for a partition to one common queue. Here every assigned
 * partition is taken out of that before its first fetch, so the common queue carries only events:
 * rebalances, commits, errors. It must be polled even when nobody wants a record, or the member is
 * thrown out (max.poll.interval.ms): a timer sees to that, and also makes up for a wake-up that
 * would get lost.
 *
 * Rebalances are cooperative: a partition that stays is not taken away in between, so the records
 * that are at work survive another consumer's coming and going. Offsets are committed by hand only.
 *
 * A member can be put out of its group for good: the broker gave its place to another of its name,
 * or to itself, when the response to its joining was lost with a broker that died. librdkafka calls
 * that fatal and does nothing more, so a new client takes the old one's place. Two processes of one
 * name take it from each other in turn, ever more slowly.
 *
 * A broker gives a member of a known name what that name had before, and does not look at what it
 * asks for now. One that is given what is not its own is silent until the group has forgotten it,
 * and joins anew. So is one whose group gives partitions to nobody: the member that gave them out
 * asked a broker that did not know the topic yet, and librdkafka looks no second time. */
#include "kafka_impl.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    EVENTS_PER_TURN = 1000,
    FREE_WAIT_MS = 2000,
    FREE_POLL_MS = 20,
    REJOIN_FIRST_MS = 500,
    REJOIN_MAX_MS = 30000,
    FORGOTTEN_MS = 500, /* after the session's time */
    LASTED_MS = 120000, /* in the group for so long: what comes now is another trouble */
};

struct kafka_partition {
    struct kafka_consumer *consumer;
    rd_kafka_queue_t *queue;
    char *topic;
    int32_t number;
    void *user;
    bool foreign;       /* nobody here reads it */
    int64_t committing; /* the offset of the commit under way; -1 = none */
    struct kafka_partition *next;
};

struct kafka_consumer {
    rd_kafka_t *rk;
    rd_kafka_conf_t *conf;                   /* what each rk is made of */
    rd_kafka_topic_partition_list_t *topics; /* subscribed to; NULL = none yet */
    rd_kafka_queue_t *events_queue;
    struct kafka_wake wake;
    struct loop_timer *poll, *rejoin;
    struct kafka_consumer_events events;
    void *arg;
    struct kafka_partition *partitions;
    int session_ms, rejoin_ms;
    int64_t joined_us; /* the last rejoining */
    bool closing, failed, refused, up;
    bool stale; /* its place in the group is of no use: it is to be forgotten there */
    char said[KAFKA_ERROR_BYTES];
};

/* ---- partitions ---- */

static struct kafka_partition *find(const struct kafka_consumer *c, const char *topic,
                                    int32_t number)
{
    struct kafka_partition *p = c->partitions;
    while (p && (p->number != number || strcmp(p->topic, topic) != 0))
        p = p->next;
    return p;
}

static void add_partition(struct kafka_consumer *c, const char *topic, int32_t number)
{
    struct kafka_partition *p = xcalloc(1, sizeof *p);
    p->consumer = c;
    p->topic = xstrdup(topic);
    p->number = number;
    p->committing = -1;
    p->queue = rd_kafka_queue_get_partition(c->rk, topic, number);
    check(p->queue != NULL);
    rd_kafka_queue_forward(p->queue, NULL);
    kafka_wake_on(&c->wake, p->queue);
    p->next = c->partitions;
    c->partitions = p;
    p->foreign = c->closing || !c->events.assigned(c->arg, p);
    c->stale |= p->foreign;
}

static void free_partition(struct kafka_partition *p)
{
    rd_kafka_queue_io_event_enable(p->queue, -1, NULL, 0);
    rd_kafka_queue_destroy(p->queue);
    free(p->topic);
    free(p);
}

static void remove_partition(struct kafka_consumer *c, const char *topic, int32_t number, bool lost)
{
    for (struct kafka_partition **at = &c->partitions; *at; at = &(*at)->next) {
        struct kafka_partition *p = *at;
        if (p->number != number || strcmp(p->topic, topic) != 0) continue;
        *at = p->next;
        if (!c->closing && !p->foreign) c->events.revoked(c->arg, p, lost);
        free_partition(p);
        return;
    }
}

const char *kafka_partition_topic(const struct kafka_partition *p)
{
    return p->topic;
}

void kafka_partition_set_user(struct kafka_partition *p, void *user)
{
    p->user = user;
}

void *kafka_partition_user(const struct kafka_partition *p)
{
    return p->user;
}

int64_t kafka_partition_end(const struct kafka_partition *p)
{
    int64_t low, high;
    rd_kafka_resp_err_t code =
        rd_kafka_get_watermark_offsets(p->consumer->rk, p->topic, p->number, &low, &high);
    return code || high < 0 ? -1 : high;
}

/* ---- rebalance ---- */

static void log_code(const char *what, rd_kafka_resp_err_t code)
{
    if (code) log_debug("kafka: %s: %s", what, rd_kafka_err2str(code));
}

static void log_error_object(const char *what, rd_kafka_error_t *error)
{
    if (!error) return;
    log_debug("kafka: %s: %s", what, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
}

static bool is_cooperative(rd_kafka_t *rk)
{
    const char *protocol = rd_kafka_rebalance_protocol(rk);
    return protocol && strcmp(protocol, "COOPERATIVE") == 0;
}

static void assign(struct kafka_consumer *c, const rd_kafka_topic_partition_list_t *list)
{
    c->up = true;
    /* before the first fetch, so that no record takes the common way */
    for (int i = 0; i < list->cnt; i++)
        add_partition(c, list->elems[i].topic, list->elems[i].partition);
    if (is_cooperative(c->rk))
        log_error_object("assign", rd_kafka_incremental_assign(c->rk, list));
    else
        log_code("assign", rd_kafka_assign(c->rk, list));
}

static void unassign(struct kafka_consumer *c, const rd_kafka_topic_partition_list_t *list)
{
    bool lost = rd_kafka_assignment_lost(c->rk) != 0;
    for (int i = 0; i < list->cnt; i++)
        remove_partition(c, list->elems[i].topic, list->elems[i].partition, lost);
    if (is_cooperative(c->rk))
        log_error_object("unassign", rd_kafka_incremental_unassign(c->rk, list));
    else
        log_code("unassign", rd_kafka_assign(c->rk, NULL));
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka_consumer *c = opaque;
    c->refused = false;
    c->said[0] = '\0';
    log_debug("kafka: %s, %d partitions", rd_kafka_err2name(code), list->cnt);
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
        assign(c, list);
    else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        unassign(c, list);
    else
        log_code("rebalance", rd_kafka_assign(rk, NULL));
}

/* ---- commits ---- */

static void on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                      rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka_consumer *c = opaque;
    (void)rk;
    for (int i = 0; list && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *tp = &list->elems[i];
        struct kafka_partition *p = find(c, tp->topic, tp->partition);
        /* A result of an earlier assignment of the same partition is nobody's. */
        if (!p || p->committing != tp->offset) continue;
        p->committing = -1;
        rd_kafka_resp_err_t why = code ? code : tp->err;
        log_code("commit", why);
        if (!why) c->up = true;
        c->events.committed(c->arg, p, why ? ERR_UNREACHABLE : 0);
    }
}

void kafka_commit(struct kafka_partition *p, int64_t offset)
{
    check(p->committing < 0 && offset >= 0);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, p->topic, p->number)->offset = offset;
    /* With async set, every result comes through on_commit; also a refusal at once. */
    p->committing = offset;
    log_code("commit", rd_kafka_commit(p->consumer->rk, list, 1));
    rd_kafka_topic_partition_list_destroy(list);
}

/* ---- polling ---- */

static void check_fatal(struct kafka_consumer *c)
{
    char why[KAFKA_ERROR_BYTES];
    if (c->failed || !rd_kafka_fatal_error(c->rk, why, sizeof why)) return;
    c->failed = true;
    c->up = false;
    bool lasted = clock_mono_us() - c->joined_us > LASTED_MS * 1000LL;
    int twice = c->rejoin_ms * 2 > REJOIN_MAX_MS ? REJOIN_MAX_MS : c->rejoin_ms * 2;
    c->rejoin_ms = lasted || !c->rejoin_ms ? REJOIN_FIRST_MS : twice;
    loop_timer_in(c->rejoin, c->rejoin_ms * 1000LL); /* not from inside a callback of the old one */
    c->events.failed(c->arg, why);
}

/* No "close": it would only leave the group, which a static member does not do, and it waits
 * without a limit when no broker answers. */
static void close_client(struct kafka_consumer *c)
{
    rd_kafka_queue_io_event_enable(c->events_queue, -1, NULL, 0);
    rd_kafka_queue_destroy(c->events_queue);
    rd_kafka_destroy_flags(c->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    c->rk = NULL;
}

static void drop_client(struct kafka_consumer *c)
{
    while (c->partitions)
        remove_partition(c, c->partitions->topic, c->partitions->number, true);
    if (c->rk) close_client(c);
}

static void check_stale(struct kafka_consumer *c)
{
    if (!c->stale || c->failed) return;
    c->stale = false;
    c->failed = true;
    c->up = false;
    drop_client(c);
    loop_timer_in(c->rejoin, (c->session_ms + FORGOTTEN_MS) * 1000LL);
}

static void check_refusal(struct kafka_consumer *c, const rd_kafka_message_t *m)
{
    if (c->refused || !kafka_is_refusal(m->err)) return;
    c->refused = true;
    c->events.refused(c->arg, m->err == RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
                      rd_kafka_message_errstr(m));
}

static void on_error(rd_kafka_t *rk, int code, const char *why, void *opaque)
{
    struct kafka_consumer *c = opaque;
    (void)rk;
    log_debug("kafka: %s: %s", rd_kafka_err2name((rd_kafka_resp_err_t)code), why);
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) c->up = false;
}

/* Runs on the loop's thread, because of log.queue. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    struct kafka_consumer *c = rd_kafka_opaque(rk);
    if (kafka_tells_why(facility, text)) (void)snprintf(c->said, sizeof c->said, "%s", text);
    log_debug("kafka: %d %s: %s", level, facility, text);
}

const char *kafka_consumer_said(const struct kafka_consumer *c)
{
    return c->said;
}

static void serve_events(struct kafka_consumer *c)
{
    for (int i = 0; i < EVENTS_PER_TURN; i++) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(c->rk, 0);
        if (!m) break;
        /* A record here would be missing in its partition's sequence: never acked, yet committed
         * over. */
        check(m->err != RD_KAFKA_RESP_ERR_NO_ERROR);
        log_debug("kafka: %s", rd_kafka_message_errstr(m));
        check_refusal(c, m);
        rd_kafka_message_destroy(m);
    }
}

static void on_wake(void *arg)
{
    struct kafka_consumer *c = arg;
    if (!c->rk) return; /* a new one could not be had yet */
    serve_events(c);
    check_fatal(c);
    check_stale(c);
    c->events.readable(c->arg);
}

static void on_poll(void *arg)
{
    struct kafka_consumer *c = arg;
    loop_timer_in(c->poll, KAFKA_POLL_MS * 1000);
    on_wake(c);
}

bool kafka_consumer_is_up(const struct kafka_consumer *c)
{
    return c->up;
}

void kafka_consumer_wake(struct kafka_consumer *c)
{
    kafka_wake_now(&c->wake);
}

void kafka_subscribe(struct kafka_consumer *c, const char *const *topics, size_t n)
{
    if (c->topics) rd_kafka_topic_partition_list_destroy(c->topics);
    c->topics = rd_kafka_topic_partition_list_new((int)n);
    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(c->topics, topics[i], RD_KAFKA_PARTITION_UA);
    if (!c->failed) log_code("subscribe", rd_kafka_subscribe(c->rk, c->topics));
}

/* ---- records ---- */

bool kafka_take(struct kafka_partition *p, struct kafka_record *ret)
{
    for (;;) {
        rd_kafka_message_t *m = rd_kafka_consume_queue(p->queue, 0);
        if (!m) return false;
        if (!m->err) {
            p->consumer->up = true;
            *ret = (struct kafka_record){.offset = m->offset,
                                         .key = slice_make(m->key, m->key_len),
                                         .value = slice_make(m->payload, m->len),
                                         .handle = m};
            return true;
        }
        log_debug("kafka: %s", rd_kafka_message_errstr(m));
        rd_kafka_message_destroy(m);
    }
}

bool kafka_record_has_header(const struct kafka_record *r, const char *name)
{
    rd_kafka_headers_t *headers = NULL;
    const void *value;
    size_t value_n;
    if (rd_kafka_message_headers(r->handle, &headers)) return false;
    return rd_kafka_header_get_last(headers, name, &value, &value_n) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

void kafka_record_done(struct kafka_record *r)
{
    rd_kafka_message_destroy(r->handle);
    r->handle = NULL;
}

/* ---- life ---- */

static int make_conf(const struct kafka_consumer_config *config, struct kafka_consumer *c,
                     struct err *e)
{
    int rc = kafka_member_conf(config, &c->conf, e);
    if (rc < 0) return rc;
    rd_kafka_conf_set_opaque(c->conf, c);
    rd_kafka_conf_set_rebalance_cb(c->conf, on_rebalance);
    rd_kafka_conf_set_offset_commit_cb(c->conf, on_commit);
    rd_kafka_conf_set_error_cb(c->conf, on_error);
    rd_kafka_conf_set_log_cb(c->conf, on_log);
    return 0;
}

static int open_client(struct kafka_consumer *c, struct err *e)
{
    int rc = kafka_client_new(RD_KAFKA_CONSUMER, rd_kafka_conf_dup(c->conf), &c->rk, e);
    if (rc < 0) return rc;
    (void)rd_kafka_poll_set_consumer(c->rk);
    c->events_queue = rd_kafka_queue_get_consumer(c->rk);
    kafka_wake_on(&c->wake, c->events_queue);
    return 0;
}

static void on_rejoin(void *arg)
{
    struct kafka_consumer *c = arg;
    struct err e;
    drop_client(c);
    c->stale = false;
    if (open_client(c, &e) < 0) {
        log_error("kafka: %s; it is tried again in %d s", e.text, REJOIN_MAX_MS / 1000);
        loop_timer_in(c->rejoin, REJOIN_MAX_MS * 1000LL);
        return;
    }
    c->failed = false;
    c->joined_us = clock_mono_us();
    if (c->topics) log_code("subscribe", rd_kafka_subscribe(c->rk, c->topics));
}

void kafka_consumer_join_anew(struct kafka_consumer *c)
{
    c->stale = true;
    kafka_wake_now(&c->wake);
}

int kafka_consumer_new(struct loop *l, const struct kafka_consumer_config *config,
                       const struct kafka_consumer_events *events, void *arg,
                       struct kafka_consumer **ret, struct err *e)
{
    struct kafka_consumer *c = xcalloc(1, sizeof *c);
    c->events = *events;
    c->arg = arg;
    c->session_ms = config->session_ms;
    kafka_wake_init(&c->wake, l, on_wake, c);
    int rc = make_conf(config, c, e);
    if (rc == 0) rc = open_client(c, e);
    if (rc < 0) {
        if (c->conf) rd_kafka_conf_destroy(c->conf);
        kafka_wake_done(&c->wake);
        free(c);
        return rc;
    }
    c->rejoin = loop_timer_new(l, on_rejoin, c);
    c->poll = loop_timer_new(l, on_poll, c);
    loop_timer_in(c->poll, 0);
    *ret = c;
    return 0;
}

static bool is_committing(const struct kafka_consumer *c)
{
    for (const struct kafka_partition *p = c->partitions; p; p = p->next)
        if (p->committing >= 0) return true;
    return false;
}

static void wait_for_commits(struct kafka_consumer *c)
{
    int64_t until_us = clock_mono_us() + FREE_WAIT_MS * 1000LL;
    while (is_committing(c) && clock_mono_us() < until_us) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(c->rk, FREE_POLL_MS);
        if (m) rd_kafka_message_destroy(m);
    }
}

void kafka_consumer_free(struct kafka_consumer *c)
{
    if (!c) return;
    c->closing = true;
    if (!c->failed) wait_for_commits(c);
    loop_timer_free(c->poll);
    loop_timer_free(c->rejoin);
    while (c->partitions) {
        struct kafka_partition *p = c->partitions;
        c->partitions = p->next;
        free_partition(p);
    }
    if (c->rk) close_client(c);
    if (c->topics) rd_kafka_topic_partition_list_destroy(c->topics);
    rd_kafka_conf_destroy(c->conf);
    kafka_wake_done(&c->wake);
    free(c);
}
