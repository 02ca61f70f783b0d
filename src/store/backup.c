#include "store/backup.h"

#include "call.h"

static void on_last(struct call *c, const struct redisReply *reply)
{
    const struct backup_last last = {
        .store = redis_str(redis_at(reply, 0)),
        .mark = (uint64_t)redis_int(redis_at(reply, 1), 0),
        .at_ms = redis_int(redis_at(reply, 2), 0),
    };
    call_back(c, backup_last_cb)(c->arg, call_failed(reply, NULL), &last);
}

void backup_last_load(struct store *s, backup_last_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HMGET");
    call_key(c, BACKUP_KEY);
    call_str(c, BACKUP_ID);
    call_str(c, BACKUP_MARK);
    call_str(c, BACKUP_AT_MS);
    call_run(c, on_last, cb, arg);
}
