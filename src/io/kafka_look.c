/* How the topics stand: who leads the partitions, how many replicas are in sync.
 *
 * librdkafka 2.0 tells that only to somebody who waits. The loop must not, so that the watch asks
 * from a thread of its own, one for each look, which touches nothing but its look; a client of
 * librdkafka may be used from any thread. */
#include "kafka_impl.h"

#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct kafka_watch {
    struct kafka_producer *producer;
    struct kafka_wake wake;
    kafka_view_cb *cb;
    void *arg;
    struct kafka_sight sight; /* of what follows */
    char *topics[KAFKA_TOPICS_MAX], *group, *instance;
    pthread_t thread;
    bool looking;
    /* the thread's, until it wakes the loop */
    struct kafka_view view;
    rd_kafka_resp_err_t code;
};

/* ---- reading ---- */

static void read_partition(const rd_kafka_metadata_partition_t *from,
                           struct kafka_topic_state *into)
{
    if (into->partitions == 0 || from->replica_cnt < into->replicas)
        into->replicas = from->replica_cnt;
    into->partitions++;
    if (from->leader < 0) into->leaderless++;
    if (from->isr_cnt < from->replica_cnt) into->short_of++;
    if (from->isr_cnt < into->in_sync_min) into->stuck++;
}

static void read_topic(const rd_kafka_metadata_topic_t *from, struct kafka_topic_state *into)
{
    into->is_there = from->partition_cnt > 0 &&
                     (!from->err || from->err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
    for (int i = 0; into->is_there && i < from->partition_cnt; i++)
        read_partition(&from->partitions[i], into);
}

static struct kafka_topic_state *topic_of(const struct kafka_sight *sight, struct kafka_view *view,
                                          const char *name)
{
    for (size_t i = 0; i < sight->n; i++)
        if (strcmp(sight->topics[i], name) == 0) return &view->topics[i];
    return NULL;
}

static void read_setting(const char *name, const char *value, struct kafka_topic_state *into)
{
    uint64_t number = 0;
    bool is_number = slice_to_u64(slice_of(value), INT64_MAX, &number);
    if (strcmp(name, "min.insync.replicas") == 0 && is_number && number <= INT16_MAX)
        into->in_sync_min = (int)number;
    else if (strcmp(name, "cleanup.policy") == 0)
        into->compacts = strstr(value, "compact") != NULL;
    else if (strcmp(name, "retention.ms") == 0)
        into->keep_ms = is_number ? (int64_t)number : -1;
    else if (strcmp(name, "retention.bytes") == 0)
        into->keeps_by_size = is_number; /* -1: they are not counted */
}

static void read_settings(const rd_kafka_ConfigResource_t *from, struct kafka_topic_state *into)
{
    size_t n = 0;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(from, &n);
    for (size_t i = 0; i < n; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (value) read_setting(rd_kafka_ConfigEntry_name(entries[i]), value, into);
    }
}

/* ---- asking ---- */

static void take_settings(const rd_kafka_event_t *ev, const struct kafka_sight *sight,
                          struct kafka_view *view)
{
    size_t n = 0;
    const rd_kafka_ConfigResource_t **found = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result((rd_kafka_event_t *)ev), &n);
    for (size_t i = 0; i < n; i++) {
        struct kafka_topic_state *into =
            topic_of(sight, view, rd_kafka_ConfigResource_name(found[i]));
        if (into && !rd_kafka_ConfigResource_error(found[i])) read_settings(found[i], into);
    }
}

/* What is not told (a right is missing) stays unknown. */
static void ask_settings(rd_kafka_t *rk, const struct kafka_sight *sight, struct kafka_view *view)
{
    char why[KAFKA_ERROR_BYTES];
    rd_kafka_ConfigResource_t *wanted[KAFKA_TOPICS_MAX];
    for (size_t i = 0; i < sight->n; i++) {
        wanted[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, sight->topics[i]);
        check(wanted[i] != NULL);
    }
    rd_kafka_queue_t *responses = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    check(!rd_kafka_AdminOptions_set_request_timeout(options, KAFKA_LOOK_MS, why, sizeof why));
    rd_kafka_DescribeConfigs(rk, wanted, sight->n, options, responses);
    rd_kafka_event_t *ev = rd_kafka_queue_poll(responses, 2 * KAFKA_LOOK_MS);
    if (ev && rd_kafka_event_type(ev) == RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT)
        take_settings(ev, sight, view);
    rd_kafka_event_destroy(ev);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(responses);
    rd_kafka_ConfigResource_destroy_array(wanted, sight->n);
}

/* The client asks for the topics that it knows, so it is told of them first. */
static rd_kafka_resp_err_t ask_metadata(rd_kafka_t *rk, const struct kafka_sight *sight,
                                        const struct rd_kafka_metadata **ret)
{
    rd_kafka_topic_t *handles[KAFKA_TOPICS_MAX];
    for (size_t i = 0; i < sight->n; i++)
        handles[i] = rd_kafka_topic_new(rk, sight->topics[i], NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 0, NULL, ret, KAFKA_LOOK_MS);
    for (size_t i = 0; i < sight->n; i++)
        if (handles[i]) rd_kafka_topic_destroy(handles[i]);
    return code;
}

static rd_kafka_resp_err_t look(rd_kafka_t *rk, const struct kafka_sight *sight,
                                struct kafka_view *view)
{
    const struct rd_kafka_metadata *metadata = NULL;
    *view = (struct kafka_view){.brokers = 0};
    rd_kafka_resp_err_t code = ask_metadata(rk, sight, &metadata);
    if (code) return code;
    view->brokers = metadata->broker_cnt;
    ask_settings(rk, sight, view);
    if (sight->group) kafka_look_at_group(rk, sight, view);
    for (int i = 0; i < metadata->topic_cnt; i++) {
        struct kafka_topic_state *into = topic_of(sight, view, metadata->topics[i].topic);
        if (into) read_topic(&metadata->topics[i], into);
    }
    rd_kafka_metadata_destroy(metadata);
    return 0;
}

int kafka_look(struct kafka_producer *p, const struct kafka_sight *sight, struct kafka_view *ret,
               struct err *e)
{
    check(sight->n <= KAFKA_TOPICS_MAX);
    rd_kafka_resp_err_t code = look(kafka_producer_client(p), sight, ret);
    kafka_producer_serve(p);
    if (!code) {
        kafka_producer_answered(p);
        return 0;
    }
    const char *detail, *why = kafka_producer_why(p, &detail);
    return err_set(e, ERR_UNREACHABLE, "%s (%s)", why ? why : "no broker answers",
                   why ? detail : rd_kafka_err2str(code));
}

/* ---- beside the loop ---- */

static void *thread_main(void *arg)
{
    struct kafka_watch *w = arg;
    w->code = look(kafka_producer_client(w->producer), &w->sight, &w->view);
    kafka_wake_now(&w->wake);
    return NULL;
}

static void end_look(struct kafka_watch *w)
{
    check(pthread_join(w->thread, NULL) == 0);
    w->looking = false;
}

static void on_seen(void *arg)
{
    struct kafka_watch *w = arg;
    if (!w->looking) return;
    end_look(w);
    if (w->code)
        log_debug("kafka: look: %s", rd_kafka_err2str(w->code));
    else
        kafka_producer_answered(w->producer);
    w->cb(w->arg, w->code ? NULL : &w->view);
}

void kafka_watch_look(struct kafka_watch *w)
{
    sigset_t all, before;
    if (w->looking) return;
    (void)sigfillset(&all); /* signals are the loop's */
    check(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    w->looking = pthread_create(&w->thread, NULL, thread_main, w) == 0;
    check(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    if (!w->looking) log_debug("kafka: no thread can be had; the next look comes");
}

struct kafka_watch *kafka_watch_new(struct loop *l, struct kafka_producer *p,
                                    const struct kafka_sight *sight, kafka_view_cb *cb, void *arg)
{
    check(sight->n <= KAFKA_TOPICS_MAX && !sight->group == !sight->instance);
    struct kafka_watch *w = xcalloc(1, sizeof *w);
    w->producer = p;
    w->cb = cb;
    w->arg = arg;
    for (size_t i = 0; i < sight->n; i++)
        w->topics[i] = xstrdup(sight->topics[i]);
    w->group = sight->group ? xstrdup(sight->group) : NULL;
    w->instance = sight->instance ? xstrdup(sight->instance) : NULL;
    w->sight = (struct kafka_sight){.topics = (const char *const *)w->topics,
                                    .n = sight->n,
                                    .group = w->group,
                                    .instance = w->instance};
    kafka_wake_init(&w->wake, l, on_seen, w);
    return w;
}

void kafka_watch_free(struct kafka_watch *w)
{
    if (!w) return;
    if (w->looking) end_look(w);
    kafka_wake_done(&w->wake);
    for (size_t i = 0; i < w->sight.n; i++)
        free(w->topics[i]);
    free(w->group);
    free(w->instance);
    free(w);
}
