#include "store/kafka_topics.h"

#include <stdio.h>

const char *kafka_topic_warning(const struct kafka_topic_state *t)
{
    if (!t->is_there) return NULL;
    if (t->replicas == 1)
        return "it has one replica: while that broker is away nothing is sent, and what it lost is "
               "gone. Give it three: kafka-reassign-partitions.sh";
    if (t->in_sync_min == 1)
        return "its min.insync.replicas is 1: a record counts as stored when one broker has it. "
               "kafka-configs.sh --alter --entity-type topics --add-config min.insync.replicas=2";
    if (t->in_sync_min == t->replicas)
        return "it needs all of its replicas (min.insync.replicas): while one broker is away "
               "nothing is taken. Give it one more: kafka-reassign-partitions.sh";
    return NULL;
}

const char *kafka_topic_command(const char *topic, int partitions, int replicas,
                                char out[KAFKA_COMMAND_BYTES])
{
    (void)snprintf(out, KAFKA_COMMAND_BYTES,
                   "kafka-topics.sh --create --topic %s --partitions %d --replication-factor %d "
                   "--config min.insync.replicas=%d",
                   topic, partitions, replicas, kafka_in_sync_min(replicas));
    return out;
}
