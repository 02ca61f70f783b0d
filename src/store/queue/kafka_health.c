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
    WHOLE_EVERY_MS = 10000, /* a look, while all is well */
    DOUBT_EVERY_MS = 2000,  /* while topics cannot be made, or partitions may be nobody's */
    LATE_MS = 20000,
    SAY_EVERY_MS = 10000, /* the same trouble, for another reason */
    NOBODYS_MS = 5000,    /* longer than a group needs that has just given them out */
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
    bool serves = !q->subscribed || (kafka_queue_has_parts(q) && !h->nobodys_us);
    if (h->topics_stand) return age_ms >= (serves ? WHOLE_EVERY_MS : DOUBT_EVERY_MS);
    return !*h->refusal || age_ms >= DOUBT_EVERY_MS;
}

bool kafka_health_asks_anew(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    const struct kafka_group_state *g = &h->view.group;
    bool has_turn = h->trouble == TROUBLE_NOBODYS && g->goes;
    bool is_spare = h->seen && g->told && g->is_in; /* more dispatchers than partitions */
    bool is_out = h->trouble == TROUBLE_IDLE && !is_spare;
    if (!(has_turn || is_out) || !is_late(h->asked_us, q->lease_ms)) return false;
    h->asked_us = clock_mono_us();
    return true;
}

/* ---- what was seen ---- */

struct shares {
    int partitions, given;
};

/* A topic that none of us reads is given to nobody, and that is as it must be. */
static struct shares shares_of(const struct kafka_queue *q)
{
    struct shares sum = {0, 0};
    for (size_t i = 0; i < LANE_COUNT; i++) {
        if (!q->lanes[i].wanted) continue;
        sum.partitions += q->health.view.topics[i].partitions;
        sum.given += q->health.view.topics[i].given;
    }
    return sum;
}

static void mark_nobodys(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    const struct kafka_group_state *g = &h->view.group;
    struct shares s = shares_of(q);
    if (!q->subscribed || !g->told || g->members == 0 || s.given >= s.partitions)
        h->nobodys_us = 0;
    else if (!h->nobodys_us)
        h->nobodys_us = h->looked_us;
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
    mark_nobodys(q);
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

static enum kafka_trouble are_nobodys(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    if (!h->nobodys_us || h->looked_us - h->nobodys_us < NOBODYS_MS * 1000LL) return TROUBLE_NONE;
    struct shares s = shares_of(q);
    say(h,
        "Kafka's group gives %d of %d partitions to none of its %d members, so what waits in them "
        "is "
        "not sent; one member leaves for %d s and joins anew, so that all are given out again",
        s.partitions - s.given, s.partitions, h->view.group.members, q->lease_ms / 1000);
    return TROUBLE_NOBODYS;
}

/* Who waits for a member that is gone waits for its lease. */
static enum kafka_trouble is_idle(struct kafka_queue *q)
{
    struct kafka_health *h = &q->health;
    if (!q->subscribed || kafka_queue_has_parts(q)) h->served_us = clock_mono_us();
    if (!is_late(h->served_us, q->lease_ms)) return TROUBLE_NONE;
    say(h,
        "Kafka's group gives this process no partition, so it sends nothing. When there are more "
        "dispatchers than the %d partitions this is as it must be; otherwise it asks again and "
        "again",
        h->view.topics[LANE_BLAST].partitions);
    const char *said = kafka_consumer_said(q->consumer);
    if (*said) (void)snprintf(h->detail, sizeof h->detail, " (%s)", said);
    return TROUBLE_IDLE;
}

static enum kafka_trouble look_for_trouble(struct kafka_queue *q)
{
    static enum kafka_trouble (*const looks[])(struct kafka_queue *) = {
        is_away, is_silent, has_no_topics, is_kept_out, is_stuck, are_nobodys, is_idle};
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
        log_warn("queue: %s%s", h->why, h->detail);
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
