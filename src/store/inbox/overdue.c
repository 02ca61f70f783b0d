#include "store/inbox_overdue.h"

#include "store/call.h"
#include "store/group.h"
#include "store/lua_scripts.h"

static const struct script overdue_script = {
    .name = "conv_overdue", .parts = {&lua_events, &lua_conv_targets, &lua_conv_overdue}};

void inbox_overdue_tell(struct store *s, int64_t target_ms, const struct groups *groups,
                        int64_t now_ms, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &overdue_script);
    call_prefix(c);
    call_i64(c, now_ms);
    call_i64(c, target_ms);
    static const struct group_set all = {.all = true};
    struct buf targets = BUF_INIT(GROUPS_TARGETS_BYTES_MAX);
    groups_targets(groups, &all, &targets);
    call_text(c, buf_slice(&targets));
    call_run(c, call_read_done, cb, arg);
    buf_done(&targets);
}
