#pragma once
/* When a process checks in with its store (store/mark.h): with each connection, before anything
 * else, then every second, and at once when the gate was refused. What it last heard is kept for
 * whoever asks, and said once in the log. */
#include "base/err.h"
#include "io/loop.h"
#include "io/redis.h"
#include "store/mark.h"

struct check_in;

struct check_in_config {
    struct loop *loop; /* all borrowed for the life */
    struct redis *redis;
    struct store *store;
    const char *instance;
    int64_t grace_ms; /* [ms] how long those who do not come are waited for; a lease's length: until
                         then nobody takes over what they had */
    /* It stands otherwise than before. NULL = nobody wants to know. */
    void (*changed)(void *arg);
    void *arg;
    /* It was heard which store this is, and it is the one that is known: each time, before anything
     * is granted in it. NULL = nobody wants to know. */
    void (*heard)(void *arg);
    void *heard_arg;
    const struct slice *peers; /* whom this process knew of before its start; copied */
    size_t peer_count;         /* ≤ MARK_PEERS_MAX */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life, but for peers. The first
 * check-in is sent in the next turn of the loop. */
struct check_in *check_in_new(const struct check_in_config *config);
void check_in_free(struct check_in *c);  /* after the redis; NULL is fine */
void check_in_begin(struct check_in *c); /* the connection came or went */
void check_in_stop(struct check_in *c);  /* nothing begins any more; NULL is fine */

struct check_in_heard {
    enum mark_stand stand; /* AWAY: not heard with this connection */
    unsigned connections;  /* so many came and went: behind each may be another store */
    uint64_t mark;
    /* BACK: as in struct mark_report */
    enum mark_back back;
    int64_t since_ms;
    char by[MARK_NAME_BYTES];
    uint64_t had, seen;
    bool apply;
    int64_t waits_until_ms; /* WAITS */
    size_t peer_count;
    char peers[MARK_PEERS_MAX][MARK_NAME_BYTES];
};
/* Never NULL; borrowed until the loop turns. */
const struct check_in_heard *check_in_heard(const struct check_in *c);
/* 0: the gate lets this process pass, as far as the store is concerned; or it is away, which is
 * another story (io/redis.h). Else negative, and e says in a line why not, since when, and the mend.
 * One text for the log, /readyz and the pages. */
int check_in_problem(const struct check_in *c, struct err *e);
