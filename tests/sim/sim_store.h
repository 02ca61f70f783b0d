#pragma once
/* A Redis of one process' memory: the commands that Muster's stores and scripts use, and its
 * scripts in real Lua. What it keeps is never lost (appendfsync always). */
#include "base/slice.h"

#include <stdint.h>

struct sim_store;
struct redisReply; /* hiredis's struct, made and freed here; io/redis.h reads it */

struct sim_store *sim_store_new(void);
void sim_store_free(struct sim_store *s);
/* [µs since 1970] what TIME says. */
void sim_store_set_clock(struct sim_store *s, int64_t now_us);

/* What INFO says of the process: another number is another run of it. */
void sim_store_set_run(struct sim_store *s, unsigned run);

/* One command; never NULL. The caller frees the reply. An unknown command is a bug of the test: it
 * aborts. */
struct redisReply *sim_store_run(struct sim_store *s, size_t argc, const struct slice *argv);
/* Compiles a script, or finds it; returns its number. */
int sim_store_script(struct sim_store *s, const char *name, struct slice source);
/* Runs one, its keys first. A script that fails aborts. */
struct redisReply *sim_store_eval(struct sim_store *s, int script, size_t nkeys, size_t argc,
                                  const struct slice *argv);

/* Reading from behind, for the checks. Borrowed until the key changes; none when it is not there.
 */
struct slice sim_store_string(const struct sim_store *s, const char *key);
struct slice sim_store_field(const struct sim_store *s, const char *key, struct slice field);
/* ---- what an operator does with it: a copy, and putting it back over what there is. NULL: it is emptied. */
struct sim_store_copy;
struct sim_store_copy *sim_store_copy(const struct sim_store *s);
void sim_store_copy_free(struct sim_store_copy *c); /* NULL is fine */
void sim_store_put_back(struct sim_store *s, const struct sim_store_copy *c);

/* Changes with every write. */
uint64_t sim_store_writes(const struct sim_store *s);

/* That count when this key was written last; 0: it is not there. */
uint64_t sim_store_changed(const struct sim_store *s, const char *key);

/* ---- replies ---- */
struct redisReply *sim_reply_nil(void);
struct redisReply *sim_reply_int(long long v);
struct redisReply *sim_reply_text(struct slice text);
struct redisReply *sim_reply_status(const char *text);
struct redisReply *sim_reply_error(const char *text);
struct redisReply *sim_reply_array(size_t n); /* elements are set by the caller */
void sim_reply_free(struct redisReply *r);
