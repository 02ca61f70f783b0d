#pragma once
/* The way to Redis as muster.yaml names it; what replicas must have is for those who need it. */
#include "config/config.h"
#include "io/redis.h"

static inline struct redis_config config_redis(const struct config *c)
{
    return (struct redis_config){
        .url = c->redis.url,
        .tls = {.ca = c->redis.ca_file, .cert = c->redis.cert_file, .key = c->redis.key_file},
        .sentinel_user = c->redis.sentinel_user,
        .sentinel_password = c->redis.sentinel_password,
    };
}

/* For the connection over which messages are granted and words are stored. */
static inline struct redis_config config_redis_lasting(const struct config *c)
{
    struct redis_config r = config_redis(c);
    r.replicas_min = c->redis.replicas_min;
    r.replicas_ms = c->redis.replicas_ms;
    return r;
}
