#pragma once
/* What `muster doctor` finds, in the order in which it looks. */
#include "config/config.h"
#include "base/err.h"

#include <jansson.h>

enum finding { FINDING_OK, FINDING_WARN, FINDING_FAIL };

struct doctor {
    json_t *findings; /* [{"check", "result", "text"}] */
    bool print;       /* also for people, at once: some checks take seconds */
    bool failed;
};

/* text: one line that names the mend where there is one. */
void doctor_find(struct doctor *d, enum finding finding, const char *check, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* Redis: reachable, its settings, its clock beside ours. */
void doctor_redis(struct doctor *d, const struct config *config);
/* Kafka, where it is the queue: brokers, TLS, login, topics. */
void doctor_kafka(struct doctor *d, const struct config *config);
