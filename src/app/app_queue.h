#pragma once
/* The queue as the configuration says it. */
#include "config/config.h"
#include "io/redis.h"
#include "store/queue.h"

/* Borrows from both; redis NULL: it is only looked at. */
struct queue_config app_queue_config(const struct config *c, const struct redis_config *redis);
