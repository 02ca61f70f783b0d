#include "core/access.h"

#include "base/check.h"

/* In the order of enum action. */
static const unsigned char reaches[ACTION_COUNT][ROLE_COUNT] = {
    {REACH_NOWHERE, REACH_NOWHERE, REACH_NOWHERE}, /* unsaid */
    {REACH_ALL, REACH_ALL, REACH_ALL},             /* anybody */
#define X(name, text, volunteer, organiser, owner)                                                 \
    {REACH_##volunteer, REACH_##organiser, REACH_##owner},
    ACTION_TABLE(X)
#undef X
};

const char *role_to_string(enum role role)
{
    static const char *const texts[] = {
#define X(name, text) text,
        ROLE_TABLE(X)
#undef X
    };
    check((unsigned)role < ROLE_COUNT);
    return texts[role];
}

const char *action_to_string(enum action action)
{
    static const char *const texts[] = {"", "",
#define X(name, text, volunteer, organiser, owner) text,
                                        ACTION_TABLE(X)
#undef X
    };
    check((unsigned)action < ACTION_COUNT);
    return texts[action];
}

enum reach access_reach(enum role role, enum action action)
{
    check((unsigned)role < ROLE_COUNT && (unsigned)action < ACTION_COUNT);
    return (enum reach)reaches[action][role];
}

struct group_set access_groups(const struct member *m, enum action action)
{
    enum reach reach = access_reach(m->role, action);
    if (reach == REACH_NOWHERE) return (struct group_set){0};
    return (struct group_set){reach == REACH_ALL || m->everywhere, m->groups, m->group_count};
}

bool access_may(const struct member *m, enum action action, struct slice group)
{
    struct group_set groups = access_groups(m, action);
    return group_set_has(&groups, group);
}

bool access_may_somewhere(const struct member *m, enum action action)
{
    struct group_set groups = access_groups(m, action);
    return groups.all || groups.count > 0;
}

bool access_may_everywhere(const struct member *m, enum action action)
{
    return access_groups(m, action).all;
}
