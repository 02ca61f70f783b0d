#include "web/lent.h"

#include <stdlib.h>

#include "flow/twin.h"
#include "store/group.h"
#include "store/loan.h"
#include "store/twins.h"

/* Calls `each` for every pair of a group of the member and another group whose inbox is lent to it, until it returns true. */
typedef bool lent_each(void *arg, const char *home, const struct group_info *other);
static void each_lent(const struct web *w, const struct member *m, lent_each *each, void *arg)
{
    for (size_t i = 0; i < m->group_count; i++) {
        const struct group_info *own = groups_find(w->config.groups, slice_of(m->groups[i]));
        for (size_t k = 0; own && k < own->twin_count; k++) {
            const struct group_info *other = twin_helps(w->config.groups, w->config.places, own, k);
            if (other && slice_index(slice_of(other->name), m->groups, m->group_count) < 0 &&
                each(arg, m->groups[i], other))
                return;
        }
    }
}

struct lent_names {
    const char *names[MEMBER_GROUPS_MAX];
    size_t n;
};

static bool add_name(void *arg, const char *home, const struct group_info *other)
{
    struct lent_names *lent = arg;
    (void)home;
    if (slice_index(slice_of(other->name), lent->names, lent->n) < 0)
        lent->names[lent->n++] = other->name;
    return lent->n == MEMBER_GROUPS_MAX;
}

/* The scopes of the loans to the member's groups; of those out of a group that they are in themselves, none. */
struct loan_scopes {
    char texts[MEMBER_GROUPS_MAX][LOAN_SCOPE_BYTES];
    const char *names[MEMBER_GROUPS_MAX];
    size_t n;
};

static void add_scopes(const struct web *w, const struct member *m, struct loan_scopes *to)
{
    size_t n;
    const struct group_set own = {.names = m->groups, .count = m->group_count};
    const struct loan **list = loans_of(w->config.loans, &own, LOAN_BORROWED, web_now(w), &n);
    for (size_t i = 0; i < n && to->n < MEMBER_GROUPS_MAX; i++) {
        if (group_set_has(&own, slice_of(list[i]->group))) continue;
        loan_scope(list[i]->id, to->texts[to->n]);
        to->names[to->n] = to->texts[to->n];
        to->n++;
    }
    free(list);
}

struct member *lent_copy(const struct web *w, const struct member *m)
{
    struct lent_names inboxes = {.n = 0};
    struct loan_scopes loans;
    loans.n = 0;
    if (m->everywhere) return member_copy(m, NULL);
    each_lent(w, m, add_name, &inboxes);
    add_scopes(w, m, &loans);
    return member_copy(m, &(struct member_lent){.loans = loans.names,
                                                .loan_count = loans.n,
                                                .inboxes = inboxes.names,
                                                .inbox_count = inboxes.n});
}

bool loan_is_to(const struct web *w, const struct member *m, enum action action, uint32_t loan)
{
    char scope[LOAN_SCOPE_BYTES];
    const struct group_set own = {.names = m->groups, .count = m->group_count};
    const struct loan *found = m->everywhere ? NULL : loans_find(w->config.loans, loan, web_now(w));
    if (!found || !group_set_has(&own, slice_of(found->to))) return false;
    loan_scope(loan, scope);
    const char *const scopes[] = {scope};
    struct member *with = member_copy(m, &(struct member_lent){.loans = scopes, .loan_count = 1});
    bool may = access_may(with, action, slice_of(scope));
    free(with);
    return may;
}

struct lent_home {
    struct slice group;
    const char *home;
};

static bool is_home(void *arg, const char *home, const struct group_info *other)
{
    struct lent_home *looked_for = arg;
    if (!slice_is(looked_for->group, other->name)) return false;
    looked_for->home = home;
    return true;
}

const char *lent_to(const struct web *w, const struct member *m, struct slice group)
{
    struct lent_home found = {.group = group};
    if (!m->everywhere) each_lent(w, m, is_home, &found);
    return found.home;
}

bool lent_is_own(const struct member *m, struct slice group)
{
    return m->everywhere || slice_index(group, m->groups, m->group_count) >= 0;
}

void lent_answered(struct web_call *c, struct slice group, uint32_t loan)
{
    if (group.n == 0 || lent_is_own(c->member, group)) return;
    const char *home = lent_to(c->web, c->member, group);
    const struct loan *by = loans_find(c->config->loans, loan, c->now_ms);
    if (home)
        twins_note_answer(c->config->store, slice_of(home), group);
    else if (by)
        home = by->to;
    else
        return;
    web_act(c, group, "conversation %u answered, as a volunteer of %s", c->id, home);
}
