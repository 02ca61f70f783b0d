/* Producing: acknowledged by all in-sync replicas, one report per record.
 *
 * Not idempotent: a client in that mode can fail for good (a broker that lost data, an expired
 * producer id) and would have to be replaced while records are under way. What it would spare us, a
 * record that is stored twice after a retry, is what readers of a queue must bear anyway.
 *
 * A record that librdkafka does not even take (its queue is full, the topic's name is impossible)
 * gets its result in the next turn, so that a caller has one way of learning and never two at once.
 */
#include "kafka_impl.h"

#include "base/log.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FREE_WAIT_MS = 1000, /* the reports of purged records come in this time */
    TOPICS_MS = 5000,
};

struct report {
    kafka_done_cb *cb;
    void *arg;
    struct report *next;
};

struct kafka_producer {
    rd_kafka_t *rk;
    rd_kafka_queue_t *main, *admin;
    struct kafka_wake wake;
    struct loop_timer *poll;
    struct report *refused, **refused_tail;
    kafka_topics_cb *topics_cb;
    void *topics_arg;
    bool up;
    bool answered;   /* somebody has, ever */
    const char *why; /* static; NULL = nothing is wrong */
    char detail[KAFKA_ERROR_BYTES];
};

static void finish(struct report *r, int result)
{
    kafka_done_cb *cb = r->cb;
    void *arg = r->arg;
    free(r);
    cb(arg, result);
}

void kafka_producer_answered(struct kafka_producer *p)
{
    p->up = p->answered = true;
    p->why = NULL;
}

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct kafka_producer *p = opaque;
    (void)rk;
    if (!m->err) kafka_producer_answered(p);
    finish(m->_private, m->err ? ERR_UNREACHABLE : 0);
}

/* While all are away: a word about TLS or the login says more than that nobody is there. */
static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    static const char nobody[] = "no broker answers; start them, or mend queue.kafka.brokers";
    struct kafka_producer *p = opaque;
    const char *known = kafka_explain(text, !p->answered);
    (void)rk;
    log_debug("kafka: %s", text);
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) p->up = false;
    if (p->up || (p->why && !known)) return;
    p->why = known ? known : nobody;
    (void)snprintf(p->detail, sizeof p->detail, "%s", text);
}

const char *kafka_producer_why(const struct kafka_producer *p, const char **detail)
{
    *detail = p->detail;
    return p->why;
}

rd_kafka_t *kafka_producer_client(struct kafka_producer *p)
{
    return p->rk;
}

bool kafka_producer_is_up(const struct kafka_producer *p)
{
    return p->up;
}

static void finish_refused(struct kafka_producer *p)
{
    struct report *r = p->refused;
    p->refused = NULL;
    p->refused_tail = &p->refused;
    while (r) {
        struct report *next = r->next;
        finish(r, ERR_REFUSED);
        r = next;
    }
}

/* ---- topics ---- */

static void topics_done(struct kafka_producer *p, int result, const char *why)
{
    kafka_topics_cb *cb = p->topics_cb;
    p->topics_cb = NULL;
    if (result != ERR_UNREACHABLE) kafka_producer_answered(p);
    if (cb) cb(p->topics_arg, result, why);
}

static bool is_unreachable(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE ||
           code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
           code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
           code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           code == RD_KAFKA_RESP_ERR_NOT_CONTROLLER;
}

static int topics_result(rd_kafka_resp_err_t code)
{
    if (!code || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return 0;
    if (code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR) return ERR_LIMIT;
    return is_unreachable(code) ? ERR_UNREACHABLE : ERR_REFUSED;
}

static void on_topics(struct kafka_producer *p, rd_kafka_event_t *ev)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(ev);
    if (code) {
        topics_done(p, topics_result(code), rd_kafka_event_error_string(ev));
        return;
    }
    size_t n = 0;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(ev), &n);
    for (size_t i = 0; i < n; i++) {
        code = rd_kafka_topic_result_error(results[i]);
        if (topics_result(code) == 0) continue;
        const char *why = rd_kafka_topic_result_error_string(results[i]);
        topics_done(p, topics_result(code), why ? why : rd_kafka_err2str(code));
        return;
    }
    topics_done(p, 0, "");
}

int kafka_in_sync_min(int replicas)
{
    return replicas / 2 + 1;
}

static rd_kafka_NewTopic_t *new_topic(const char *name, const struct kafka_topics *like)
{
    char why[KAFKA_ERROR_BYTES], in_sync[16], keep[24];
    rd_kafka_NewTopic_t *t =
        rd_kafka_NewTopic_new(name, like->partitions, like->replicas, why, sizeof why);
    check(t != NULL);
    (void)snprintf(in_sync, sizeof in_sync, "%d", kafka_in_sync_min(like->replicas));
    check(!rd_kafka_NewTopic_set_config(t, "min.insync.replicas", in_sync));
    (void)snprintf(keep, sizeof keep, "%" PRId64, like->keep_ms);
    if (like->keep_ms) check(!rd_kafka_NewTopic_set_config(t, "retention.ms", keep));
    return t;
}

void kafka_create_topics(struct kafka_producer *p, const struct kafka_topics *topics,
                         kafka_topics_cb *cb, void *arg)
{
    rd_kafka_NewTopic_t *wanted[KAFKA_TOPICS_MAX];
    char why[KAFKA_ERROR_BYTES];
    check(topics->n <= KAFKA_TOPICS_MAX && !p->topics_cb);
    p->topics_cb = cb;
    p->topics_arg = arg;
    for (size_t i = 0; i < topics->n; i++)
        wanted[i] = new_topic(topics->names[i], topics);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(p->rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    check(!rd_kafka_AdminOptions_set_request_timeout(options, TOPICS_MS, why, sizeof why));
    check(!rd_kafka_AdminOptions_set_operation_timeout(options, TOPICS_MS, why, sizeof why));
    check(!rd_kafka_AdminOptions_set_validate_only(options, topics->only_ask, why, sizeof why));
    rd_kafka_CreateTopics(p->rk, wanted, topics->n, options, p->admin);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_NewTopic_destroy_array(wanted, topics->n);
}

/* ---- producing ---- */

void kafka_producer_serve(struct kafka_producer *p)
{
    finish_refused(p);
    while (rd_kafka_poll(p->rk, 0) > 0) {
    }
    for (rd_kafka_event_t *ev; (ev = rd_kafka_queue_poll(p->admin, 0));) {
        if (rd_kafka_event_type(ev) == RD_KAFKA_EVENT_CREATETOPICS_RESULT) on_topics(p, ev);
        rd_kafka_event_destroy(ev);
    }
}

static void on_wake(void *arg)
{
    kafka_producer_serve(arg);
}

static void on_poll(void *arg)
{
    struct kafka_producer *p = arg;
    loop_timer_in(p->poll, KAFKA_POLL_MS * 1000);
    kafka_producer_serve(p);
}

/* Takes the headers only when it succeeds. */
static rd_kafka_resp_err_t send_record(struct kafka_producer *p, const char *topic,
                                       const struct kafka_sending *record,
                                       rd_kafka_headers_t *headers, struct report *r)
{
    const struct slice key = record->key, value = record->value;
    rd_kafka_vu_t vus[6] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key.p, key.n}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value.p, value.n}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = r},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(p->rk, vus, headers ? 6 : 5);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_error_destroy(error);
    return code;
}

void kafka_produce(struct kafka_producer *p, const char *topic, const struct kafka_sending *record,
                   kafka_done_cb *cb, void *arg)
{
    const struct kafka_header *header = record->header;
    struct report *r = xmalloc(sizeof *r);
    *r = (struct report){.cb = cb, .arg = arg};
    rd_kafka_headers_t *headers = NULL;
    if (header) {
        headers = rd_kafka_headers_new(1);
        check(!rd_kafka_header_add(headers, header->name, -1, header->value.p,
                                   (ssize_t)header->value.n));
    }
    if (!send_record(p, topic, record, headers, r)) return;
    if (headers) rd_kafka_headers_destroy(headers);
    *p->refused_tail = r;
    p->refused_tail = &r->next;
    kafka_wake_now(&p->wake);
}

/* The partitions in turn, whatever the key: a campaign is for all dispatchers, and no order is
 * promised. One without a leader is left out while there are others; so is one that librdkafka has
 * just heard of and not yet handed to its leader's thread: the very first records may all go to the
 * same one. librdkafka calls this from its own threads, too. */
static int32_t next_partition(const rd_kafka_topic_t *topic, const void *key, size_t key_n,
                              int32_t count, void *topic_opaque, void *record_opaque)
{
    static atomic_uint turn;
    (void)key, (void)key_n, (void)topic_opaque, (void)record_opaque;
    uint32_t first = atomic_fetch_add(&turn, 1);
    for (int32_t i = 0; i < count; i++) {
        int32_t at = (int32_t)((first + (uint32_t)i) % (uint32_t)count);
        if (rd_kafka_topic_partition_available(topic, at)) return at;
    }
    return (int32_t)(first % (uint32_t)count);
}

static void place_in_turn(rd_kafka_conf_t *conf)
{
    rd_kafka_topic_conf_t *topic = rd_kafka_conf_get_default_topic_conf(conf);
    check(topic != NULL); /* acks has made one */
    rd_kafka_topic_conf_set_partitioner_cb(topic, next_partition);
}

/* ---- life ---- */

int kafka_producer_new(struct loop *l, const struct kafka_config *config,
                       struct kafka_producer **ret, struct err *e)
{
    const struct kafka_setting ours[] = {
        {"message.timeout.ms", "10000"},
        {"linger.ms", config->at_once ? "0" : "1"},
    };
    static const struct kafka_setting forced[] = {
        {"acks", "all"},
        {"enable.idempotence", "false"},
    };
    rd_kafka_conf_t *conf = NULL;
    rd_kafka_t *rk = NULL;
    int rc = kafka_conf_new(config, KAFKA_SETTINGS(ours), KAFKA_SETTINGS(forced), &conf, e);
    if (rc < 0) return rc;
    place_in_turn(conf);
    struct kafka_producer *p = xcalloc(1, sizeof *p);
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rc = kafka_client_new(RD_KAFKA_PRODUCER, conf, &rk, e);
    if (rc < 0) {
        free(p);
        return rc;
    }
    p->rk = rk;
    p->refused_tail = &p->refused;
    p->main = rd_kafka_queue_get_main(rk);
    p->admin = rd_kafka_queue_new(rk);
    kafka_wake_init(&p->wake, l, on_wake, p);
    kafka_wake_on(&p->wake, p->main);
    kafka_wake_on(&p->wake, p->admin);
    p->poll = loop_timer_new(l, on_poll, p);
    loop_timer_in(p->poll, KAFKA_POLL_MS * 1000);
    *ret = p;
    return 0;
}

void kafka_producer_flush(struct kafka_producer *p, int ms)
{
    (void)rd_kafka_flush(p->rk, ms);
}

void kafka_producer_free(struct kafka_producer *p)
{
    if (!p) return;
    p->topics_cb = NULL;
    finish_refused(p);
    (void)rd_kafka_purge(p->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    (void)rd_kafka_flush(p->rk, FREE_WAIT_MS);
    rd_kafka_queue_destroy(p->admin);
    rd_kafka_queue_destroy(p->main);
    rd_kafka_destroy(p->rk);
    loop_timer_free(p->poll);
    kafka_wake_done(&p->wake);
    free(p);
}
