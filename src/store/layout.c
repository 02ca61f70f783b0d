#include "store/layout.h"

#include "call.h"
#include "store/lua_scripts.h"

static const struct script note = {.name = "layout_note", .parts = {&lua_layout_note}};

static int judge_version(struct slice version, struct slice made_by, struct err *e)
{
    uint64_t n;
    if (!slice_to_u64(version, UINT32_MAX, &n))
        return err_set(e, ERR_REFUSED,
                       "the store says of itself that its layout is '%.*s', which is none: "
                       "somebody wrote to the "
                       "key `layout`. Restore a backup (muster backup restore)",
                       SLICE_ARG(version));
    if (n > STORE_LAYOUT)
        return err_set(e, ERR_REFUSED,
                       "the store was made by a newer Muster, version %.*s (layout %llu; this is "
                       "version %s, layout "
                       "%d): install that version again, or restore a backup of before the upgrade "
                       "into an empty Redis",
                       SLICE_ARG(made_by), (unsigned long long)n, MUSTER_VERSION, STORE_LAYOUT);
    if (n < STORE_LAYOUT_OLDEST)
        return err_set(e, ERR_REFUSED,
                       "the store was made by Muster %.*s (layout %llu), and this version %s knows "
                       "how to go on from "
                       "layout %d: upgrade to a version in between first",
                       SLICE_ARG(made_by), (unsigned long long)n, MUSTER_VERSION,
                       STORE_LAYOUT_OLDEST);
    return 0;
}

int layout_judge(const struct redisReply *reply, struct err *e)
{
    struct slice why, version = redis_str(redis_at(reply, 0)),
                      restoring = redis_str(redis_at(reply, 2));
    if (redis_is_error(reply, &why))
        return err_set(e, ERR_REFUSED, "the layout of the store cannot be read: %.*s",
                       SLICE_ARG(why));
    if (restoring.n)
        return err_set(e, ERR_REFUSED,
                       "the store is not whole: the backup of %.*s was being restored into it. Run "
                       "that `muster backup "
                       "restore` again to its end",
                       SLICE_ARG(restoring));
    return version.p ? judge_version(version, redis_str(redis_at(reply, 1)), e) : 0;
}

void layout_note(struct store *s, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &note);
    call_key(c, LAYOUT_KEY);
    call_u64(c, STORE_LAYOUT);
    call_str(c, MUSTER_VERSION);
    call_run(c, call_read_done, cb, arg);
}
