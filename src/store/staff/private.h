#pragma once
/* What the files of this room share. */
#include "store/staff.h"

#include "base/buf.h"
#include "store/call.h"
#include "store/follow.h"
#include "store/lua_scripts.h"

struct staff {
    struct store *store;
    struct roster *roster;
    struct follow *follow;
    struct loop_timer *sweep;
};

#define STAFF_SCRIPT(id, lua)                                                                      \
    static const struct script id = {.name = #lua,                                                 \
                                     .parts = {&lua_follow_changed, &lua_audit, &lua_events,       \
                                               &lua_group_appear, &lua_staff_common, &(lua)}}

/* Prefix, time and who are its first arguments. */
struct call *staff_begin(struct staff *s, const struct script *script, int64_t now_ms,
                         struct slice by);
/* Its reply is {"ok", member} or {"no", why}; cb may be NULL. */
void staff_run(struct staff *s, struct call *c, staff_cb *cb, void *arg);
/* Two arguments; `room` holds the first until the call runs. */
void staff_call_groups(struct call *c, const struct staff_groups *g, struct buf *room);
