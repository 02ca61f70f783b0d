#pragma once
/* The Redis server of the world and the network to it, behind io/redis.h (sim_redis.c). One server,
 * any number of connections; commands of a connection run in order, its answers come in order. What
 * the server has answered it never forgets, but where a world goes back (going_back.c); what it had not got to when a connection broke
 * may have been done or not. */
#include "sim.h"
#include "sim_store.h"

struct redis;

void sim_redis_begin(void);
void sim_redis_end(void);
struct sim_store *sim_redis_store(void);

/* [µs since 1970] the server's own clock. */
int64_t sim_redis_clock_us(void);
void sim_redis_jump(int64_t us); /* sets it forward or back */

/* ---- what may go wrong */
/* The connection breaks: some of what is on its way still arrives, no answer does. Noticed at once,
 * or, when silently, only by the deadline of a command. */
void sim_redis_cut(struct redis *r, bool silently);
/* all connections break; none stands before it is up again */
void sim_redis_crash(int64_t down_us);
void sim_redis_stall(int64_t us); /* a slow disk: nothing is answered for a while */
/* Other keys are put in place of what there is; NULL: none. down_us: it is stopped for that, and started anew; 0: under the connections
 * that it has (FLUSHALL). */
void sim_redis_put_back(const struct sim_store_copy *copy, int64_t down_us);
/* every command gets an error and does nothing (full disk, loading) */
void sim_redis_refuse(int64_t us);
/* It is up, takes everything, and its clock is right; a stall runs out by itself. Returns whether
 * the clock was set. */
bool sim_redis_heal(void);
/* This connection never breaks and is always there (the plan's own). */
void sim_redis_make_safe(struct redis *r);

/* Runs after each command, with the script's name or NULL. `lost`: its answer will not
 * come, or not before whoever asked wakes up. */
struct sim_done {
    const char *script;
    size_t argc;
    const struct slice *argv;
    const struct redisReply *reply;
    bool lost;
};
void sim_redis_watch(void (*cb)(const struct sim_done *done));
