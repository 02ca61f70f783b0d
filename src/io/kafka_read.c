/* All that stands in a topic now, for somebody who waits for it: no group, no offsets. */
#include "kafka_impl.h"

#include "base/clock.h"

enum {
    ASK_MS = 5000,
    POLL_MS = 500,
    SILENT_MS = 30000, /* nothing came for so long */
    PARTITIONS_MAX = 64,
};

struct reading {
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic;
    const char *name;
    const char *why; /* static: what librdkafka's last words mean; NULL = not known */
    kafka_read_cb *cb;
    void *arg;
};

static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    struct reading *r = opaque;
    const char *known = kafka_explain(text, true);
    (void)rk, (void)code;
    if (known) r->why = known;
}

static int cannot(const struct reading *r, rd_kafka_resp_err_t code, struct err *e)
{
    return err_set(e, ERR_UNREACHABLE, "Kafka's topic '%s' cannot be read: %s%s%s", r->name,
                   r->why ? r->why : "see that the brokers run, and that this account may read it",
                   code ? ": " : "", code ? rd_kafka_err2str(code) : "");
}

/* How many partitions it has; 0: there is no such topic. Tried for as long as nobody may be silent:
 * a first connection takes a while. */
static int ask_partitions(struct reading *r, int *ret, struct err *e)
{
    int64_t until_us = clock_mono_us() + SILENT_MS * 1000LL;
    rd_kafka_resp_err_t code;
    do {
        const struct rd_kafka_metadata *m = NULL;
        code = rd_kafka_metadata(r->rk, 0, r->topic, &m, ASK_MS);
        (void)rd_kafka_poll(r->rk, 0);
        if (code) continue;
        check(m->topic_cnt == 1);
        code = m->topics[0].err;
        *ret = m->topics[0].partition_cnt;
        rd_kafka_metadata_destroy(m);
        if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
            *ret = 0;
            return 0;
        }
    } while (code && clock_mono_us() < until_us);
    return code ? cannot(r, code, e) : 0;
}

static int take(const struct reading *r, const rd_kafka_message_t *m)
{
    return r->cb(r->arg, slice_make(m->key, m->key_len), slice_make(m->payload, m->len));
}

/* Up to where it ended when it was asked; what is behind a gap in the offsets ends it too. */
static int read_to(struct reading *r, int32_t partition, int64_t end, struct err *e)
{
    int64_t until_us = clock_mono_us() + SILENT_MS * 1000LL, at = 0;
    int rc = 0;
    while (rc >= 0 && at < end) {
        rd_kafka_message_t *m = rd_kafka_consume(r->topic, partition, POLL_MS);
        (void)rd_kafka_poll(r->rk, 0);
        if (!m && clock_mono_us() > until_us) return cannot(r, RD_KAFKA_RESP_ERR__TIMED_OUT, e);
        if (!m) continue;
        if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            at = m->offset;
        } else if (!m->err) {
            at = m->offset + 1;
            until_us = clock_mono_us() + SILENT_MS * 1000LL;
            rc = take(r, m);
        }
        rd_kafka_message_destroy(m);
    }
    return rc;
}

static int read_partition(struct reading *r, int32_t partition, struct err *e)
{
    int64_t low, high;
    rd_kafka_resp_err_t code =
        rd_kafka_query_watermark_offsets(r->rk, r->name, partition, &low, &high, SILENT_MS);
    if (code) return cannot(r, code, e);
    if (low >= high) return 0;
    if (rd_kafka_consume_start(r->topic, partition, RD_KAFKA_OFFSET_BEGINNING) != 0)
        return cannot(r, rd_kafka_last_error(), e);
    int rc = read_to(r, partition, high, e);
    (void)rd_kafka_consume_stop(r->topic, partition);
    return rc;
}

static int read_all(struct reading *r, struct err *e)
{
    int n = 0, rc = ask_partitions(r, &n, e);
    for (int i = 0; rc >= 0 && i < n; i++)
        rc = read_partition(r, i, e);
    return rc;
}

int kafka_read_all(const struct kafka_config *config, const char *topic, kafka_read_cb *cb,
                   void *arg, struct err *e)
{
    static const struct kafka_setting forced[] = {
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "earliest"}, /* what a retention took meanwhile is passed over */
    };
    struct reading r = {.name = topic, .cb = cb, .arg = arg};
    rd_kafka_conf_t *conf = NULL;
    int rc = kafka_conf_new(config, (struct kafka_settings){0}, KAFKA_SETTINGS(forced), &conf, e);
    if (rc < 0) return rc;
    rd_kafka_conf_set_opaque(conf, &r);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rc = kafka_client_new(RD_KAFKA_CONSUMER, conf, &r.rk, e);
    if (rc < 0) return rc;
    r.topic = rd_kafka_topic_new(r.rk, topic, NULL);
    rc = r.topic ? read_all(&r, e) : cannot(&r, rd_kafka_last_error(), e);
    if (r.topic) rd_kafka_topic_destroy(r.topic);
    rd_kafka_destroy(r.rk);
    return rc;
}
