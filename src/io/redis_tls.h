#pragma once
/* TLS under a connection to Redis (OpenSSL), on a socket that does not block. The server's
 * certificate must be good for the name or address that we asked for. */
#include "base/err.h"
#include "io/redis.h"

struct redis_tls; /* what all connections of one configuration share */

/* ERR_INVALID: a file that cannot be used, and why. */
int redis_tls_new(const struct redis_tls_files *files, struct redis_tls **ret,
                  struct err *e) MUST_USE;
void redis_tls_free(struct redis_tls *t); /* NULL is fine */

struct redis_tls_stream; /* one connection */
/* fd: connected, not blocking; it stays the caller's and is to be open until redis_tls_end. host: the name or address that the
 * certificate has to be good for; copied. t is to outlive the stream. Returns owned. */
struct redis_tls_stream *redis_tls_begin(struct redis_tls *t, int fd, const char *host);
void redis_tls_end(struct redis_tls_stream *s); /* NULL is fine; the socket is not closed */

/* What a step came to: bytes, or one of these. After WANTS_… the same call is made again when the socket can be read, or written;
 * after FAILED the stream is good for redis_tls_end only. */
enum { REDIS_TLS_WANTS_READ = -1, REDIS_TLS_WANTS_WRITE = -2, REDIS_TLS_FAILED = -3 };
/* 0: they have shaken hands. FAILED: why says it, in n bytes with its NUL. */
int redis_tls_shake(struct redis_tls_stream *s, char *why, size_t n);
long redis_tls_read(struct redis_tls_stream *s, void *to, size_t n); /* 0: the other side ended */
long redis_tls_write(struct redis_tls_stream *s, const void *from, size_t n);
/* Whether there is more that the socket does not show. */
bool redis_tls_has_more(const struct redis_tls_stream *s);
