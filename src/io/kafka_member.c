/* What a member of the group is set to, and which of librdkafka's words say why it is not in it. */
#include "kafka_impl.h"

#include <stdio.h>
#include <string.h>

int kafka_member_conf(const struct kafka_consumer_config *config, rd_kafka_conf_t **ret,
                      struct err *e)
{
    char session[16], heartbeat[16];
    (void)snprintf(session, sizeof session, "%d", config->session_ms);
    (void)snprintf(heartbeat, sizeof heartbeat, "%d",
                   config->session_ms / 6 > 3000 ? 3000 : config->session_ms / 6 + 1);
    static const struct kafka_setting ours[] = {
        {"partition.assignment.strategy", "cooperative-sticky"},
        {"queued.min.messages", "100"},
        {"queued.max.messages.kbytes", "1024"},
        {"fetch.wait.max.ms", "250"},
        {"fetch.error.backoff.ms", "100"},
        {"debug", "cgrp"}, /* a few lines a second, for kafka_tells_why */
    };
    const struct kafka_setting forced[] = {
        {"group.id", config->group},       {"group.instance.id", config->instance},
        {"session.timeout.ms", session},   {"heartbeat.interval.ms", heartbeat},
        {"max.poll.interval.ms", session}, /* a process that hangs is as dead as one that is gone */
        {"enable.auto.commit", "false"},   {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "earliest"}, /* no offset yet: nobody has read what is there */
        {"enable.partition.eof", "false"},
    };
    return kafka_conf_new(&config->common, KAFKA_SETTINGS(ours), KAFKA_SETTINGS(forced), ret, e);
}

bool kafka_is_refusal(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT ||
           code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL ||
           code == RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED;
}

bool kafka_tells_why(const char *facility, const char *text)
{
    return strcmp(facility, "REJOIN") == 0 || strcmp(facility, "GRPSYNC") == 0 ||
           (strcmp(facility, "JOIN") == 0 && strstr(text, "no matching topics")) ||
           (strcmp(facility, "CGRPCOORD") == 0 && strstr(text, "error")) ||
           (strcmp(facility, "CGRPQUERY") == 0 && strstr(text, "no broker"));
}
