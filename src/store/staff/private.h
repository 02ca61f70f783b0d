#pragma once
/* What the files of this room share. */
#include "store/staff.h"

#include "base/buf.h"
#include "store/call.h"
#include "store/follow.h"
#include "store/lua_scripts.h"
#include "store/told_keeper.h"

struct staff {
    struct store *store;
    struct roster *roster;
    struct follow *follow;
    struct loop_timer *sweep;
};

#define STAFF_PARTS                                                                                \
    &lua_follow_changed, &lua_audit, &lua_events, &lua_group_appear, &lua_mark, &lua_taken,        \
        &lua_staff_common
#define STAFF_SCRIPT(id, lua)                                                                      \
    static const struct script id = {.name = #lua, .parts = {STAFF_PARTS, &(lua)}}
/* One that may take something away from somebody: its reply ends with what it was. */
#define STAFF_TAKES(id, lua)                                                                       \
    static const struct script id = {                                                              \
        .name = #lua, .parts = {STAFF_PARTS, &(lua)}, .told = told_taken_last}

/* Prefix, time and who are its first arguments. */
struct call *staff_begin(struct staff *s, const struct script *script, struct deed deed);
/* Its reply is {"ok", member} or {"no", why}; cb may be NULL. */
void staff_run(struct staff *s, struct call *c, staff_cb *cb, void *arg);
/* Two arguments; `room` holds the first until the call runs. */
void staff_call_groups(struct call *c, const struct staff_groups *g, struct buf *room);
