#include "web/lent.h"

#include "flow/twin.h"
#include "store/group.h"
#include "store/twins.h"

static const struct group_info *helped_by(const struct web *w, const char *group)
{
    const struct group_info *own = groups_find(w->config.groups, slice_of(group));
    return own ? twin_helps(w->config.groups, w->config.places, own) : NULL;
}

struct member *lent_copy(const struct web *w, const struct member *m)
{
    const char *lent[MEMBER_GROUPS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < m->group_count && !m->everywhere; i++) {
        const struct group_info *other = helped_by(w, m->groups[i]);
        if (!other || slice_index(slice_of(other->name), m->groups, m->group_count) >= 0 ||
            slice_index(slice_of(other->name), lent, n) >= 0)
            continue;
        lent[n++] = other->name;
    }
    return member_copy(m, lent, n);
}

const char *lent_to(const struct web *w, const struct member *m, struct slice group)
{
    if (m->everywhere || slice_index(group, m->groups, m->group_count) >= 0) return NULL;
    for (size_t i = 0; i < m->group_count; i++) {
        const struct group_info *other = helped_by(w, m->groups[i]);
        if (other && slice_is(group, other->name)) return m->groups[i];
    }
    return NULL;
}

void lent_answered(struct web_call *c, struct slice group)
{
    const char *home = group.n ? lent_to(c->web, c->member, group) : NULL;
    if (!home) return;
    twins_note_answer(c->config->store, slice_of(home), group);
    web_act(c, group, "conversation %u answered, as a volunteer of %s", c->id, home);
}
