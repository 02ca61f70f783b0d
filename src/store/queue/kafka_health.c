/* What is wrong with Kafka, or soon may be: said in the log when it changes, and to whoever asks.
 *
 * Nothing is waited for in silence: what has neither come nor been refused in LATE_MS is said to be
 * late, whatever the reason is that nobody told us, and is asked for again. */
#include "kafka.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/kafka_topics.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    WHOLE_EVERY_MS = 10000,  /* a look, while all is well */
    REFUSED_EVERY_MS = 2000, /* while topics are missing, and cannot be made */
    LATE_MS = 20000,
    SAY_EVERY_MS = 10000, /* the same trouble, for another reason */
};

/* ---- when to look ---- */

void kafka_health_begin(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    h->answered_us = h->stood_us = h->served_us = clock_mono_us();
}

static bool is_late(int64_t since_us, int64_t more_ms)
{
    return clock_mono_us() - since_us > (LATE_MS + more_ms) * 1000;
}

bool kafka_health_is_due(const struct kafka_queue *q)
{
    const struct kafka_health *h = &q->health;
    int64_t age_ms = (clock_mono_us() - h->looked_us) / 1000;
    if (!kafka_queue_is_up(q) || !h->seen) return true;
    if (h->topics_stand) return age_ms >= WHOLE_EVERY_MS;
    return !*h->refusal || age_ms >= REFUSED_EVERY_MS;
}

bool kafka_health_asks_anew(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    if (h->trouble != TROUBLE_IDLE || !is_late(h->asked_us, 0)) return false;
    h->asked_us = clock_mono_us();
    return true;
}

bool kafka_health_takes(struct kafka_queue *q, const struct kafka_view *view)
{
    struct kafka_health *h = &q->health;
    h->looked_us = clock_mono_us();
    h->seen = view != NULL;
    if (!view) return false;
    h->answered_us = h->looked_us;
    bool were_missing = h->topics_missing;
    h->view = *view;
    h->topics_stand = true;
    for (size_t i = 0; i < LANE_COUNT; i++)
        h->topics_stand = h->topics_stand && view->topics[i].is_there;
    h->topics_missing = !h->topics_stand;
    if (h->topics_stand) {
        h->stood_us = h->looked_us;
        *h->refusal = '\0';
    }
    return h->topics_stand && were_missing;
}

/* ---- what is wrong ---- */

static void say(struct kafka_health *h, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void say(struct kafka_health *h, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(h->why, sizeof h->why, fmt, ap);
    va_end(ap);
}

static enum kafka_trouble is_away(struct kafka_queue *q)
{
    const char *detail, *why = kafka_producer_why(q->producer, &detail);
    if (kafka_queue_is_up(q) || !why) return TROUBLE_NONE;
    say(&q->health, "Kafka: %s", why);
    (void)snprintf(q->health.detail, sizeof q->health.detail, " (%s)", detail);
    return TROUBLE_AWAY;
}

static enum kafka_trouble is_silent(struct kafka_queue *q)
{
    if (!is_late(q->health.answered_us, 0)) return TROUBLE_NONE;
    say(&q->health,
        "Kafka: no broker has answered a question for %d s, and none says why; see that they run, "
        "and that queue.kafka.brokers names them",
        LATE_MS / 1000);
    return TROUBLE_AWAY;
}

static const char *topic_that_is_missing(const struct kafka_queue *q)
{
    for (size_t i = 0; i < LANE_COUNT; i++)
        if (!q->health.view.topics[i].is_there) return q->lanes[i].topic;
    return NULL;
}

static enum kafka_trouble has_no_topics(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    const char *topic = h->topics_missing ? topic_that_is_missing(q) : NULL;
    char command[KAFKA_COMMAND_BYTES];
    if (!topic || !(*h->refusal || is_late(h->stood_us, 0))) return TROUBLE_NONE;
    say(h, "Kafka shows this process no topic '%s', and lets it make none: %s", topic,
        *h->refusal ? h->refusal
                    : "no controller answers; see that more than half of the controllers run");
    if (h->may_not)
        (void)snprintf(h->detail, sizeof h->detail, ". Somebody who may: %s",
                       kafka_topic_command(topic, q->partitions, q->replicas, command));
    return TROUBLE_TOPICS;
}

static enum kafka_trouble is_kept_out(struct kafka_queue *q)
{
    if (!*q->health.kept_out) return TROUBLE_NONE;
    say(&q->health, "%s", q->health.kept_out);
    return TROUBLE_GROUP;
}

static struct queue_health sum_of(const struct kafka_health *h)
{
    struct queue_health sum = {.brokers = h->view.brokers};
    for (size_t i = 0; i < LANE_COUNT; i++) {
        const struct kafka_topic_state *t = &h->view.topics[i];
        sum.partitions += t->partitions;
        sum.short_of += t->short_of;
        sum.stuck += t->leaderless > t->stuck ? t->leaderless : t->stuck;
    }
    return sum;
}

static enum kafka_trouble is_stuck(struct kafka_queue *q)
{
    struct queue_health sum = sum_of(&q->health);
    if (!q->health.seen || sum.stuck == 0) return TROUBLE_NONE;
    say(&q->health,
        "Kafka takes nothing in %d of %d partitions: too few of their replicas are in sync; start "
        "the brokers that are missing (%d are there)",
        sum.stuck, sum.partitions, sum.brokers);
    return TROUBLE_STUCK;
}

/* Who waits for a member that is gone waits for its lease. */
static enum kafka_trouble is_idle(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    if (!q->subscribed || kafka_queue_has_parts(q)) h->served_us = clock_mono_us();
    if (!is_late(h->served_us, q->lease_ms)) return TROUBLE_NONE;
    say(h,
        "Kafka's group gives this process no partition, so it sends nothing; it asks again and "
        "again. When there are more dispatchers than the %d partitions this is as it must be",
        h->view.topics[LANE_BLAST].partitions);
    return TROUBLE_IDLE;
}

static enum kafka_trouble look_for_trouble(struct kafka_queue *q)
{
    static enum kafka_trouble (*const looks[])(struct kafka_queue *) = {
        is_away, is_silent, has_no_topics, is_kept_out, is_stuck, is_idle};
    q->health.detail[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        enum kafka_trouble found = looks[i](q);
        if (found != TROUBLE_NONE) return found;
    }
    return TROUBLE_NONE;
}

/* ---- saying it ---- */

static void warn(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    for (size_t i = 0; h->seen && h->topics_stand && i < LANE_COUNT; i++) {
        const char *warning = kafka_topic_warning(&h->view.topics[i]);
        if (warning && warning != h->warned[i])
            log_warn("queue: Kafka's topic '%s': %s", q->lanes[i].topic, warning);
        h->warned[i] = warning;
    }
}

/* Nobody was there, and then somebody who does not let us in: that is news. */
static bool is_other_cause(const struct kafka_health *h)
{
    return h->trouble == TROUBLE_AWAY && strcmp(h->why, h->said) != 0 &&
           clock_mono_us() - h->said_us > SAY_EVERY_MS * 1000LL;
}

void kafka_health_judge(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    enum kafka_trouble found = look_for_trouble(q);
    warn(q);
    if (found == h->trouble && !is_other_cause(h)) return;
    if (found == TROUBLE_NONE)
        log_info("queue: Kafka is well again");
    else if (found == TROUBLE_IDLE)
        log_warn("queue: %s", h->why);
    else
        log_error("queue: %s%s; batches wait, and go on by themselves when it is mended", h->why,
                  h->detail);
    h->trouble = found;
    h->said_us = clock_mono_us();
    (void)snprintf(h->said, sizeof h->said, "%s", h->why);
}

void kafka_queue_health(const struct queue *base, struct queue_health *ret)
{
    const struct kafka_health *h = &((const struct kafka_queue *)base)->health;
    if (h->seen) *ret = sum_of(h);
    if (h->trouble != TROUBLE_NONE) ret->why = h->why;
}
