#pragma once
/* What the parts of the conversation store share: receive.c (what comes in), inbox.c, read.c, act.c. */
#include "store/call.h"
#include "store/inbox_decide.h"
#include "store/lua_scripts.h"

struct loop_timer;

struct inbox {
    struct store *store;
    struct inbox_bounds bounds;
    int64_t target_ms;
    const struct groups *groups; /* which may say another; NULL: none does */
    /* receive.c's */
    struct loop_timer *flush;
    struct arrivals *open, *spare; /* open: not sent yet */
    size_t calls;                  /* under way */
    int64_t said_us;               /* [µs] monotonic: when a refusal was last said */
    /* name.c's */
    struct loop_timer *names_flush;
    struct naming *names; /* not sent yet */
    size_t names_n;
};

enum { INBOX_NAME_BYTES_MAX = 256 };

/* Of the timers `flush` and `names_flush`. */
void inbox_on_flush(void *arg);
void inbox_on_names(void *arg);
/* What was collected is told ERR_UNREACHABLE. */
void inbox_names_give_up(struct inbox *b);
void arrivals_free(struct inbox *b);

/* Scripts about conversations and whose they are. */
#define INBOX_SCRIPT(text, lua)                                                                    \
    {                                                                                              \
        .name = (text), .parts = {                                                                 \
            &lua_direct_common,                                                                    \
            &lua_conv_common,                                                                      \
            &lua_conv_queue,                                                                       \
            &lua_conv_tags,                                                                        \
            &lua_optouts,                                                                          \
            &lua_person_common,                                                                    \
            &(lua)                                                                                 \
        }                                                                                          \
    }

/* A conversation of a script's reply (conv_row.lua, or its whole hash); borrows from it. */
struct inbox_reading {
    int64_t now_ms, target_ms;
    const struct groups *groups;
};
void inbox_read_row(const struct redisReply *row, const struct inbox_reading *at,
                    struct inbox_conversation *c);

/* prefix, now, id, groups allowed, by: how most of the scripts begin. */
void inbox_begin(struct call *c, uint32_t id, const struct inbox_actor *who);
/* 0, or what `missing` and `held` say. */
int inbox_read_done(const struct redisReply *reply, struct err *e);
/* The same, for a store_done_cb. */
void inbox_on_done(struct call *c, const struct redisReply *reply);

/* A message as the list keeps it. Returns owned. */
char *inbox_message_json(const struct inbox_message *m);
int inbox_not_found(struct err *e);
/* "claimed by Alex until 14:05 UTC", from the answer {what, by, until, fence}; ERR_CONFLICT. */
int inbox_held(const struct redisReply *reply, struct err *e);
