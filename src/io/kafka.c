/* librdkafka's settings and its wake-ups, for producer and consumer alike. */
#include "kafka_impl.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- wake-ups ---- */

static void on_wake(void *arg, int events)
{
    struct kafka_wake *w = arg;
    uint64_t count;
    (void)events;
    if (read(w->fd, &count, sizeof count) < 0 && errno != EAGAIN) return;
    w->cb(w->arg);
}

void kafka_wake_init(struct kafka_wake *w, struct loop *l, loop_cb *cb, void *arg)
{
    w->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    check(w->fd >= 0);
    w->cb = cb;
    w->arg = arg;
    w->watch = loop_fd_new(l, w->fd, LOOP_READ, on_wake, w);
}

void kafka_wake_done(struct kafka_wake *w)
{
    if (!w->watch) return;
    loop_fd_free(w->watch);
    close(w->fd);
}

void kafka_wake_now(struct kafka_wake *w)
{
    uint64_t one = 1;
    /* Full is fine: it is readable then. */
    ssize_t n = write(w->fd, &one, sizeof one);
    check(n == (ssize_t)sizeof one || errno == EAGAIN);
}

void kafka_wake_on(struct kafka_wake *w, rd_kafka_queue_t *queue)
{
    static const uint64_t one = 1;
    rd_kafka_queue_io_event_enable(queue, w->fd, &one, sizeof one);
    /* What came before is told to nobody, and nor is what comes behind it. */
    kafka_wake_now(w);
}

/* ---- settings ---- */

/* Runs on the loop's thread, because of log.queue. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    log_debug("kafka: %d %s: %s", level, facility, text);
}

static int set(rd_kafka_conf_t *conf, const char *key, const char *value, struct err *e)
{
    char why[KAFKA_ERROR_BYTES];
    if (rd_kafka_conf_set(conf, key, value, why, sizeof why) == RD_KAFKA_CONF_OK) return 0;
    return err_set(e, ERR_INVALID, "queue.kafka: %s: %s", key, why);
}

static int set_all(rd_kafka_conf_t *conf, struct kafka_settings settings, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < settings.n && rc == 0; i++)
        rc = set(conf, settings.list[i].key, settings.list[i].value, e);
    return rc;
}

/* With the newer protocol the broker alone decides for how long a member may be silent, so that
 * queue.lease_s would hold nobody; and rebalances go another way. */
static bool is_newer_protocol(struct slice key, struct slice value)
{
    return slice_is(key, "group.protocol") && !slice_is(value, "classic");
}

/* Under each of its names: what a promise stands on, or what another key of ours says. */
static bool is_ours(struct slice key)
{
    static const char *const ours[] = {
        "acks",
        "allow.auto.create.topics",
        "auto.offset.reset",
        "bootstrap.servers",
        "enable.auto.commit",
        "enable.auto.offset.store",
        "enable.gapless.guarantee",
        "enable.idempotence",
        "enable.partition.eof",
        "group.id",
        "group.instance.id",
        "heartbeat.interval.ms",
        "log.queue",
        "max.poll.interval.ms",
        "metadata.broker.list",
        "partitioner",
        "request.required.acks",
        "session.timeout.ms",
        "transactional.id",
    };
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        if (slice_is(key, ours[i])) return true;
    return false;
}

static int set_line(rd_kafka_conf_t *conf, const char *line, struct err *e)
{
    struct slice rest = slice_of(line), key;
    if (!slice_cut(&rest, '=', &key) || !rest.p)
        return err_set(e, ERR_INVALID, "queue.kafka.settings: '%s' is not key=value", line);
    if (is_newer_protocol(key, rest))
        return err_set(e, ERR_INVALID,
                       "queue.kafka.settings: group.protocol: Muster speaks the protocol 'classic' "
                       "only, not '%.*s': with another one queue.lease_s would not hold; take the "
                       "setting out",
                       SLICE_ARG(rest));
    if (is_ours(key))
        return err_set(e, ERR_INVALID,
                       "queue.kafka.settings: %.*s: Muster sets it by itself, because what it "
                       "promises stands on it; take the setting out",
                       SLICE_ARG(key));
    char *name = slice_strdup(key);
    int rc = set(conf, name, rest.n ? rest.p : "", e);
    free(name);
    return rc;
}

static int set_lines(rd_kafka_conf_t *conf, const char *const *lines, struct err *e)
{
    int rc = 0;
    for (; lines && *lines && rc == 0; lines++)
        rc = set_line(conf, *lines, e);
    return rc;
}

/* ---- TLS and SASL ---- */

static bool is_given(const char *text)
{
    return text && *text;
}

static const char *protocol_of(const struct kafka_config *config)
{
    if (is_given(config->user)) return config->tls ? "sasl_ssl" : "sasl_plaintext";
    return config->tls ? "ssl" : "plaintext";
}

static const char *mechanism_of(const struct kafka_config *config)
{
    if (config->sasl && strcmp(config->sasl, "plain") == 0) return "PLAIN";
    if (config->sasl && strcmp(config->sasl, "scram-sha-256") == 0) return "SCRAM-SHA-256";
    return "SCRAM-SHA-512";
}

static int set_security(rd_kafka_conf_t *conf, const struct kafka_config *config, struct err *e)
{
    int rc = set(conf, "security.protocol", protocol_of(config), e);
    if (rc == 0 && is_given(config->ca_file)) rc = set(conf, "ssl.ca.location", config->ca_file, e);
    if (rc < 0 || !is_given(config->user)) return rc;
    const struct kafka_setting login[] = {
        {"sasl.mechanism", mechanism_of(config)},
        {"sasl.username", config->user},
        {"sasl.password", config->password ? config->password : ""},
    };
    return set_all(conf, KAFKA_SETTINGS(login), e);
}

int kafka_conf_new(const struct kafka_config *config, struct kafka_settings ours,
                   struct kafka_settings forced, rd_kafka_conf_t **ret, struct err *e)
{
    if (!config->brokers || !*config->brokers)
        return err_set(e, ERR_INVALID, "queue.kafka.brokers: host:port of a broker is missing");
    const struct kafka_setting common[] = {
        {"client.id", config->client_id},
        {"log.queue", "true"}, /* logs come through our own polls, not from other threads */
        /* A broker that hangs is given up within a lease, not after librdkafka's minute. */
        {"socket.timeout.ms", "10000"},
        {"reconnect.backoff.ms", "50"},
        {"reconnect.backoff.max.ms", "2000"},
        /* Partitions that are added, and topics that are made later, are seen. */
        {"topic.metadata.refresh.interval.ms", "10000"},
        /* A broker that makes topics by itself would make them with one replica. */
        {"allow.auto.create.topics", "false"},
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    int rc = set_all(conf, KAFKA_SETTINGS(common), e);
    if (rc == 0) rc = set_all(conf, ours, e);
    if (rc == 0) rc = set_security(conf, config, e);
    if (rc == 0) rc = set_lines(conf, config->settings, e);
    if (rc == 0) rc = set_all(conf, forced, e);
    if (rc == 0) rc = set(conf, "bootstrap.servers", config->brokers, e);
    if (rc < 0) {
        rd_kafka_conf_destroy(conf);
        return rc;
    }
    rd_kafka_conf_set_log_cb(conf, on_log);
    *ret = conf;
    return 0;
}

int kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **ret, struct err *e)
{
    char why[KAFKA_ERROR_BYTES];
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        const char *mend = kafka_explain(why, true);
        return err_set(e, ERR_INVALID, "queue.kafka: %s%s%s", mend ? mend : "", mend ? ": " : "",
                       why);
    }
    check(rd_kafka_set_log_queue(rk, NULL) == RD_KAFKA_RESP_ERR_NO_ERROR);
    *ret = rk;
    return 0;
}
