#pragma once
/* A whole Redis at once, by the distribution's own programs: redis-cli and redis-server, or
 * valkey-cli and valkey-server. They speak to every server that musterd can speak to, and know the
 * format of what they write. All of it blocks: for the client only. */
#include "base/err.h"
#include "io/loop.h"

struct redis;
struct redis_tls_files;

/* Writes what the Redis that r is connected to holds, as it stands at one instant, into the new file
 * `path` (RDB). It is what a replica would get, so the server may be anywhere, and nobody waits for
 * it. All of its databases are in it; *ret_db is r's. tls: as r has them. ERR_NOT_FOUND: no such
 * program here; ERR_REFUSED: it says why. */
int redis_snapshot(const struct redis *r, const struct redis_tls_files *tls, const char *path,
                   int *ret_db, struct err *e) MUST_USE;

/* A server of our own that has loaded such a file, and that nobody else can reach. It writes
 * nothing, and ends with us. */
struct redis_reader;
/* Waits until all of it is loaded. Errors as above: ERR_REFUSED when the file is no whole one, or of a newer
 * Redis. */
int redis_reader_new(struct loop *l, const char *path, int db, struct redis_reader **ret,
                     struct err *e) MUST_USE;
/* For redis_new, with that database; borrowed. */
const char *redis_reader_url(const struct redis_reader *r);
void redis_reader_free(struct redis_reader *r); /* NULL is fine */
