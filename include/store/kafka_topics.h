#pragma once
/* What the queue wants of Kafka's topics, for itself and for `muster doctor`. */
#include "io/kafka.h"

enum { KAFKA_COMMAND_BYTES = 512 };

/* What may go wrong with a topic that works now, and the mend; NULL = nothing. Static. */
const char *kafka_topic_warning(const struct kafka_topic_state *t);
/* How somebody makes it by hand just as kafka_create_topics does; returns out. */
const char *kafka_topic_command(const char *topic, int partitions, int replicas,
                                char out[KAFKA_COMMAND_BYTES]);
