#pragma once
/* One connection to a server that speaks Redis' language (RESP 2), plain or over TLS: bytes out,
 * replies in. hiredis reads the replies; the socket is ours, because hiredis 0.14 knows neither TLS
 * nor a refused connection. Who waits for which reply is the owner's. */
#include "base/buf.h"
#include "redis_tls.h"
#include "redis_url.h"

struct loop;
struct redisReply;
struct redis_wire;

struct redis_wire_owner {
    void (*opened)(void *arg);
    void (*reply)(void *arg, struct redisReply *reply); /* the callee's: freeReplyObject */
    /* Nothing more comes; `failure` is ERR_UNREACHABLE, or ERR_REFUSED for one who does not speak
     * Redis' language or cannot be trusted. The wire is to be freed. */
    void (*closed)(void *arg, int failure, const char *why);
    void *arg;
};

/* Begins to connect. `attempt` goes through the addresses of a name. tls NULL = plain. ERR_UNREACHABLE
 * when it fails at once; else the owner is called, never from inside this. */
int redis_wire_open(struct loop *l, const struct url_place *place, unsigned attempt,
                    struct redis_tls *tls, const struct redis_wire_owner *owner,
                    struct redis_wire **ret, struct err *e) MUST_USE;
void redis_wire_free(struct redis_wire *w); /* also from inside a callback; NULL is fine */

/* What is put here leaves with the next flush. */
struct buf *redis_wire_out(struct redis_wire *w);
void redis_wire_put(struct redis_wire *w, size_t argc, const struct slice *argv);
/* The same in parts: how many words there are, and then the words. */
void redis_wire_begin(struct redis_wire *w, size_t argc);
void redis_wire_words(struct redis_wire *w, size_t n, const struct slice *words);
/* Writes what the socket takes; the rest follows by itself. It may call closed. */
void redis_wire_flush(struct redis_wire *w);
