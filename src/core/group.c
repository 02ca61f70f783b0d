#include "core/group.h"

#include "base/ascii.h"

static bool is_fit(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '.' || c == '_' || c == '-';
}

bool group_scope_ok(struct slice scope)
{
    for (size_t i = 0; i < scope.n; i++)
        if (!is_fit(scope.p[i])) return false;
    return scope.n > 0 && scope.n <= GROUP_BYTES_MAX;
}

bool group_ok(struct slice name)
{
    return group_scope_ok(name) && !slice_is(name, "all") && !slice_is(name, "hold");
}

bool group_set_has(const struct group_set *set, struct slice group)
{
    return set->all || slice_index(group, set->names, set->count) >= 0;
}
