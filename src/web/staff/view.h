#pragma once
/* People as JSON, for the API and the pages. All of it is returned owned. */
#include "store/staff.h"
#include "web/call.h"

/* Their number whole for themselves only. */
json_t *staff_json(const struct web_call *c, const struct staff_member *m);
/* All of a member's sessions, the newest first; `current`: whose id is that. */
json_t *staff_sessions_json(const struct web_call *c, struct slice member, struct slice current);
/* All of one member's tokens; member none: of all. */
json_t *staff_tokens_json(const struct web_call *c, struct slice member);
/* Whom c's member sees, by name, from behind `after` on: at most `limit`; *ret_next is borrowed,
 * NULL at the end. q: a part of the name, whatever the case. waiting: those alone, or all. */
struct staff_query {
    struct slice q, group, after;
    size_t limit;
    bool waiting;
};
json_t *staff_list_json(const struct web_call *c, const struct staff_query *query,
                        const char **ret_next);
json_t *staff_shift_json(const struct web_call *c, const struct staff_shift *s);
