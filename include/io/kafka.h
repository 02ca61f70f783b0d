#pragma once
/* Kafka (librdkafka) on the loop. librdkafka has threads of its own; everything here is called, and
 * calls back, on the loop's thread only. Its logs go to the debug level.
 *
 * A consumer hands out assigned partitions one by one, each with a queue of its own, so that the
 * caller chooses from which one to take the next record and when: nothing needs to be paused
 * (pausing throws away what was fetched). What is fetched ahead is bounded to about 1 MiB a
 * partition. */
#include "base/err.h"
#include "base/slice.h"
#include "io/loop.h"

enum { KAFKA_TOPICS_MAX = 8 };

struct kafka_config {      /* all borrowed for the call; NULL is "" */
    const char *brokers;   /* "host:port,…" */
    const char *client_id; /* as the broker's logs call us */
    bool tls;
    const char *ca_file; /* PEM, of who signed the brokers' certificates; "" = the system's */
    const char *user, *password; /* SASL; "" = none */
    const char *sasl;            /* "scram-sha-512" | "scram-sha-256" | "plain" */
    bool at_once; /* a record does not wait for others to go with: each is a group of its own */
    /* librdkafka's "key=value", NULL-terminated; NULL = none. They go over what is said above, and
     * those that promises stand on are refused. */
    const char *const *settings;
};

/* ---- producing ---- */

struct kafka_producer;

/* 0, or negative when the record is not known to be stored: the same record may turn up all the
 * same. */
typedef void kafka_done_cb(void *arg, int result);
/* 0 = all topics are there or, with `only_ask`, would be; ERR_UNREACHABLE = no controller answered;
 * ERR_LIMIT = there are fewer brokers than replicas; ERR_REFUSED = some were refused, and why. */
typedef void kafka_topics_cb(void *arg, int result, const char *why);

struct kafka_topics { /* borrowed for the call */
    const char *const *names;
    size_t n; /* at most KAFKA_TOPICS_MAX */
    int partitions, replicas;
    int64_t keep_ms; /* how long a record stands there; -1 = for ever, 0 = as the brokers say */
    bool only_ask;   /* whether they may be made */
};

/* Starts connecting. Fails on a setting that librdkafka refuses. */
int kafka_producer_new(struct loop *l, const struct kafka_config *config,
                       struct kafka_producer **ret, struct err *e) MUST_USE;
/* Waits until all that was produced has its report, ms at most. */
void kafka_producer_flush(struct kafka_producer *p, int ms);
/* What has no report yet gets a negative result first; a topics callback under way is dropped. */
void kafka_producer_free(struct kafka_producer *p); /* NULL is fine */

struct kafka_header {
    const char *name;
    struct slice value;
};

struct kafka_sending {
    struct slice key, value;
    const struct kafka_header *header; /* NULL: none */
};

/* Everything is copied. The callback runs once, from the loop, never from
 * inside the call: stored by all in-sync replicas, or failed within message.timeout.ms (10 s unless
 * set). */
void kafka_produce(struct kafka_producer *p, const char *topic, const struct kafka_sending *record,
                   kafka_done_cb *cb, void *arg);

/* Creates the topics that are missing. A record counts as stored when more than half of the replicas
 * have it (min.insync.replicas). One call at a time. */
void kafka_create_topics(struct kafka_producer *p, const struct kafka_topics *topics,
                         kafka_topics_cb *cb, void *arg);
int kafka_in_sync_min(int replicas); /* what they are made with */

/* A broker has answered since all were away: stored a record, or spoken of topics. */
bool kafka_producer_is_up(const struct kafka_producer *p);
/* Why none does, as far as it is known: for anybody, with the mend; NULL when nothing is wrong.
 * *detail: librdkafka's own words, with addresses; borrowed until the loop goes on. */
const char *kafka_producer_why(const struct kafka_producer *p, const char **detail);

/* ---- looking ---- */

struct kafka_topic_state {
    bool is_there;
    int partitions, leaderless; /* those that nobody leads can neither be read nor written */
    int short_of;               /* partitions with fewer replicas in sync than replicas */
    int stuck;                  /* partitions with fewer than in_sync_min: nothing is taken there */
    int replicas;               /* of the partition that has the fewest */
    int in_sync_min;            /* min.insync.replicas; 0 = not told */
    bool compacts;      /* cleanup.policy: a newer record of a key takes the place of older ones */
    int64_t keep_ms;    /* retention.ms; -1 = for ever, 0 = not told */
    bool keeps_by_size; /* retention.bytes: the oldest go, whatever their age */
    int given;          /* partitions that a member of the group has; see kafka_group_state */
};
/* Who of a group has what. Only a group at rest says it: while members come and go it is moving. */
struct kafka_group_state {
    bool told; /* asked for, answered, and at rest; otherwise nothing here is known */
    int members;
    bool is_in; /* our instance is a member */
    bool goes;  /* and when one member must join anew it is ours: of those who have the fewest
                   partitions it has the first name */
};
struct kafka_view {
    int brokers;
    struct kafka_topic_state topics[KAFKA_TOPICS_MAX]; /* as asked for */
    struct kafka_group_state group;
};

/* What is looked at; borrowed. A watch makes its own copy. */
struct kafka_sight {
    const char *const *topics;
    size_t n;                     /* KAFKA_TOPICS_MAX at most */
    const char *group, *instance; /* of the member that asks; NULL, both: no group is asked after */
};

/* Asks, and waits for the responses, up to KAFKA_LOOK_MS for each of three. */
enum { KAFKA_LOOK_MS = 2000 };
int kafka_look(struct kafka_producer *p, const struct kafka_sight *sight, struct kafka_view *ret,
               struct err *e) MUST_USE;

/* The same beside the loop. view is NULL when nobody answered. */
typedef void kafka_view_cb(void *arg, const struct kafka_view *view);
struct kafka_watch;
struct kafka_watch *kafka_watch_new(struct loop *l, struct kafka_producer *p,
                                    const struct kafka_sight *sight, kafka_view_cb *cb, void *arg);
void kafka_watch_free(struct kafka_watch *w); /* before its producer; waits for a look under way */
void kafka_watch_look(struct kafka_watch *w); /* once; nothing when a look is under way */

/* ---- reading all of a topic ---- */

/* Negative ends the reading. Key and value are borrowed. */
typedef int kafka_read_cb(void *arg, struct slice key, struct slice value);
/* Calls back with each record that stands there when it begins, in the order of each partition, and
 * waits for that: half a minute without a word ends it. 0 also when there is no such topic; negative
 * is what the callback returned, or ERR_UNREACHABLE, ERR_INVALID. Joins no group. */
int kafka_read_all(const struct kafka_config *config, const char *topic, kafka_read_cb *cb,
                   void *arg, struct err *e) MUST_USE;

/* ---- consuming ---- */

struct kafka_consumer;
struct kafka_partition; /* an assigned partition; gone after its `revoked` callback */

struct kafka_consumer_events {
    /* False: it is not ours to read. Then nothing more is heard of it; all partitions are revoked
     * as lost, and the consumer joins anew session_ms later, when the group has forgotten it. */
    bool (*assigned)(void *arg, struct kafka_partition *p);
    /* `lost`: too late to commit anything, another consumer may have it already. */
    void (*revoked)(void *arg, struct kafka_partition *p, bool lost);
    void (*committed)(void *arg, struct kafka_partition *p, int result);
    void (*readable)(void *arg); /* some partition may have records */
    /* The group has given our place to another of our name (or to our own former self, whose
     * response was lost with a broker). The consumer joins anew by itself, 0.5 s later at first and
     * 30 s at most; until then its partitions are there, and say nothing; then they are revoked as
     * lost. */
    void (*failed)(void *arg, const char *why);
    /* The brokers do not let it into the group, and asking again, as it does, will not mend that:
     * session_ms is outside of their bounds (`session`), or a right is missing. Said once until it
     * is in the group. */
    void (*refused)(void *arg, bool session, const char *why);
};

struct kafka_consumer_config {
    struct kafka_config common;
    const char *group;
    /* Static membership: a consumer that comes back under this name within session_ms gets its
     * partitions back at once and disturbs nobody; it never leaves the group by itself. */
    const char *instance;
    int session_ms; /* [ms] silent for longer = dead, its partitions go to others; within the
                       broker's group.min/max.session.timeout.ms */
};

/* *ret is owned. config is borrowed for the call, events and arg for its life. An error: librdkafka's words. */
int kafka_consumer_new(struct loop *l, const struct kafka_consumer_config *config,
                       const struct kafka_consumer_events *events, void *arg,
                       struct kafka_consumer **ret, struct err *e) MUST_USE;
/* Commits under way are waited for, 2 s at most, and reported; more may be started from there. No
 * other callbacks. librdkafka waits for a commit that the brokers' going away cut short, session_ms
 * at most, so start none while kafka_consumer_is_up says no. NULL is fine. */
void kafka_consumer_free(struct kafka_consumer *c);
/* Joins the group for these topics; replaces the earlier set. */
void kafka_subscribe(struct kafka_consumer *c, const char *const *topics, size_t n);
/* In the next turn it falls silent, and its partitions are revoked as lost. When the group has
 * forgotten its name, session_ms later, a new client joins, and the group gives out everything anew:
 * a name that is still known would be given what it had, and if that was nothing, nothing. */
void kafka_consumer_join_anew(struct kafka_consumer *c);
/* What librdkafka said of why it is not in the group, in its own words; "" = nothing since it was in
 * it last, or `debug` is among the settings. Borrowed. */
const char *kafka_consumer_said(const struct kafka_consumer *c);
/* A broker has answered since all were away: given partitions or records, or taken a commit. */
bool kafka_consumer_is_up(const struct kafka_consumer *c);
/* Asks for a `readable` in the next turn. */
void kafka_consumer_wake(struct kafka_consumer *c);

const char *kafka_partition_topic(const struct kafka_partition *p); /* borrowed from p */
/* What the caller keeps with a partition, never looked at here; NULL at first. */
void kafka_partition_set_user(struct kafka_partition *p, void *user);
void *kafka_partition_user(const struct kafka_partition *p);
/* The offset after the last record that the broker has told us of; -1 before the first answer. */
int64_t kafka_partition_end(const struct kafka_partition *p);

struct kafka_record {
    int64_t offset;
    struct slice key, value; /* borrowed until kafka_record_done */
    void *handle;
};

/* Takes the next record; false when there is none now. */
bool kafka_take(struct kafka_partition *p, struct kafka_record *ret) MUST_USE;
bool kafka_record_has_header(const struct kafka_record *r, const char *name);
void kafka_record_done(struct kafka_record *r);
/* After a restart reading begins at this offset. `committed` tells how it went; one at a time. */
void kafka_commit(struct kafka_partition *p, int64_t offset);
