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

bool role_from_string(struct slice text, enum role *ret)
{
    static const char *const texts[] = {
#define X(name, text) text,
        ROLE_TABLE(X)
#undef X
    };
    int i = slice_index(text, texts, COUNT_OF(texts));
    if (i >= 0) *ret = (enum role)i;
    return i >= 0;
}

/* ---- scopes ---- */

static const char *const scopes[] = {
#define X(name, text) text,
    SCOPE_TABLE(X)
#undef X
};

const char *scope_to_string(enum scope scope)
{
    check((unsigned)scope < SCOPE_COUNT);
    return scopes[scope];
}

bool scope_from_string(struct slice text, enum scope *ret)
{
    int i = slice_index(text, scopes, COUNT_OF(scopes));
    if (i >= 0) *ret = (enum scope)i;
    return i >= 0;
}

static unsigned scopes_of(enum action action)
{
    unsigned found = 0;
#define X(scope, of) found |= (of) == action ? 1U << (scope) : 0;
    SCOPE_ACTION_TABLE(X)
#undef X
    return found;
}

/* ---- members ---- */

/* Its bytes and the NUL, behind which *at is then. */
static const char *put_text(char **at, const char *text)
{
    char *here = *at;
    size_t n = strlen(text) + 1;
    memcpy(here, text, n);
    *at = here + n;
    return here;
}

/* How many of n more there is room for behind `have`. */
static size_t with_room(size_t have, size_t n)
{
    return n > MEMBER_GROUPS_MAX - have ? MEMBER_GROUPS_MAX - have : n;
}

static size_t texts_bytes(const char *const *texts, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += strlen(texts[i]) + 1;
    return bytes;
}

static const char **put_texts(char **at, const char **to, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *to++ = put_text(at, texts[i]);
    return to;
}

struct member *member_copy(const struct member *m, const struct member_lent *lent)
{
    struct member_lent more = lent ? *lent : (struct member_lent){0};
    more.loan_count = with_room(m->group_count, more.loan_count);
    more.inbox_count = with_room(m->group_count + more.loan_count, more.inbox_count);
    size_t n = m->group_count + more.loan_count + more.inbox_count;
    size_t lists = n * sizeof(const char *);
    size_t bytes = sizeof *m + lists + strlen(m->id) + strlen(m->name) + 2;
    bytes += texts_bytes(m->groups, m->group_count);
    bytes += texts_bytes(more.loans, more.loan_count) + texts_bytes(more.inboxes, more.inbox_count);
    struct member *copy = xmalloc(bytes);
    const char **groups = (const char **)(copy + 1);
    char *at = (char *)(copy + 1) + lists;
    *copy = *m;
    copy->groups = groups;
    copy->id = put_text(&at, m->id);
    copy->name = put_text(&at, m->name);
    groups = put_texts(&at, groups, m->groups, m->group_count);
    groups = put_texts(&at, groups, more.loans, more.loan_count);
    (void)put_texts(&at, groups, more.inboxes, more.inbox_count);
    copy->loan_count = more.loan_count;
    copy->lent_count = more.inbox_count;
    return copy;
}

bool access_may_run(const struct member *by, enum role role, const struct group_set *groups)
{
    struct group_set own = access_groups(by, MAY_RUN_PEOPLE);
    if (role > by->role) return false;
    if (own.all) return true;
    if (groups->all || groups->count == 0) return false;
    for (size_t i = 0; i < groups->count; i++)
        if (!group_set_has(&own, slice_of(groups->names[i]))) return false;
    return true;
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

/* Of what is lent to them, how much that action reaches: inboxes stand behind loans. */
static size_t lent_for(const struct member *m, enum action action)
{
    switch (action) {
    case MAY_READ_INBOX:
    case MAY_ANSWER:
        return m->loan_count + m->lent_count;
    case MAY_LAUNCH_CAMPAIGNS:
    case MAY_READ_CAMPAIGNS:
    case MAY_RUN_CAMPAIGNS:
        return m->loan_count;
    default:
        return 0;
    }
}

struct group_set access_groups(const struct member *m, enum action action)
{
    enum reach reach = access_reach(m->role, action);
    bool in_scope = m->scopes == 0 || action == MAY_ANYBODY || m->scopes & scopes_of(action);
    if (reach == REACH_NOWHERE || !in_scope) return (struct group_set){0};
    return (struct group_set){reach == REACH_ALL || m->everywhere, m->groups,
                              m->group_count + lent_for(m, action)};
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
