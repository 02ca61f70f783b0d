#pragma once
/* What the calls of this layer need of the mark: the gate says what is known of the store, and who
 * reads a reply says which mark it told. */
#include "store/mark.h"

#include "store/call.h"

struct mark {
    unsigned era; /* how often it was left */
    char id[MARK_ID_BYTES];
    uint64_t seen, told; /* told: by the reply that is being read */
    bool lasts;          /* … which no failover takes back */
    enum mark_stand stand;
    bool shut;    /* as the last check-in said */
    bool adopts;  /* the next check-in takes the store as it is */
    int64_t life; /* as the first check-in told; 0 = none yet */
    bool twin;    /* another process took our name since */
    char name[MARK_NAME_BYTES];
    void (*refused)(void *arg);
    void *refused_arg;
};

/* Of the store that is called (call.c). */
struct mark *store_mark(struct store *s);

/* A reply's mark; anything but a number tells none. */
void mark_saw(struct store *s, const struct redisReply *mark);
/* What this process is called in the store: its instance, or a name of its own when another one has taken that. Borrowed until the next
 * call. */
const char *mark_name(struct store *s, const char *instance);
/* Writes a random id. Returns out. */
const char *mark_new_id(char out[MARK_ID_BYTES]);
/* The key `store`. */
void mark_key(struct call *c);
/* Two arguments for mark_refuses of mark.lua: the id (none when nothing stands), the mark. */
void mark_args(struct call *c);
/* The gate said no. */
void mark_was_refused(struct store *s);
