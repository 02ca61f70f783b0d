#pragma once
/* The name of a group: it stands in the configuration, in audiences, in keys of the store and, as a
 * scope of suppressions, in URLs. One rule for all of them, or a campaign makes conversations of a
 * group that nobody can be a member of. */
#include "base/slice.h"

enum { GROUP_BYTES_MAX = 64 };
/* "all" is the scope of suppressions that reach every group, "hold" that of doubts. */
#define GROUP_RULE "1 to 64 of letters, digits and ._-, other than \"all\" and \"hold\""

/* The groups that somebody reaches; made of zeroes: none. Borrowed. */
struct group_set {
    bool all;                 /* every group, and what belongs to none; else: */
    const char *const *names; /* at most GROUP_SET_MAX */
    size_t count;
};
enum { GROUP_SET_MAX = 64 };
bool group_set_has(const struct group_set *set, struct slice group);

bool group_ok(struct slice name); /* GROUP_RULE */
/* A group, "all" or "hold": what may stand as a scope in a key. */
bool group_scope_ok(struct slice scope);
