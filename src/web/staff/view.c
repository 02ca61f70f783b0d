#include "web/staff/view.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/number.h"
#include "web/view/view.h"

static json_t *groups_json(const struct member *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->group_count; i++)
        json_list_add(list, json_string(m->groups[i]));
    return list;
}

static json_t *number_json(uint64_t number, bool whole)
{
    char text[NUMBER_MASK_BYTES];
    if (!number_is_valid(number)) return json_null();
    if (whole)
        number_format(number, text);
    else
        number_mask(number, text);
    return json_string(text);
}

/* One whose time is over is out, whether the sweep came by or not. */
static enum staff_state state_now(const struct staff_member *m, int64_t now_ms)
{
    return m->until_ms && m->until_ms <= now_ms ? STAFF_OUT : m->state;
}

/* "12 min ago", for people; programs have the times. */
static void put_ago(const struct web_call *c, json_t *o, const char *key, int64_t at_ms)
{
    char span[32], text[48];
    if (!(c->route->flags & PAGE) || at_ms == 0) return;
    view_duration(c->now_ms > at_ms ? c->now_ms - at_ms : 0, span);
    (void)snprintf(text, sizeof text, "%s ago", span);
    json_put(o, key, json_string(text));
}

/* "in 3 h" */
static void put_left(const struct web_call *c, json_t *o, int64_t until_ms)
{
    char span[32], text[48];
    if (!(c->route->flags & PAGE) || until_ms == 0) return;
    view_duration(until_ms > c->now_ms ? until_ms - c->now_ms : 0, span);
    (void)snprintf(text, sizeof text, "in %s", span);
    json_put(o, "left", json_string(text));
}

json_t *staff_json(const struct web_call *c, const struct staff_member *m)
{
    static const char *const words[] = {[STAFF_INVITED] = "invited, not here yet",
                                        [STAFF_WAITING] = "waits to be let in",
                                        [STAFF_IN] = "",
                                        [STAFF_OUT] = "no access any more"};
    bool self = c->member && strcmp(c->member->id, m->is.id) == 0;
    json_t *o = json_object();
    uint64_t id = 0;
    (void)slice_to_u64(slice_of(m->is.id), UINT32_MAX, &id);
    json_put_count(o, "id", id);
    json_put(o, "name", json_text(slice_of(m->is.name)));
    json_put(o, "role", json_string(role_to_string(m->is.role)));
    json_put(o, "everywhere", json_boolean(m->is.everywhere));
    json_put(o, "groups", groups_json(&m->is));
    json_put(o, "state", json_string(staff_state_to_string(state_now(m, c->now_ms))));
    json_put(o, "number", number_json(m->number, self));
    json_put(o, "language", json_text(slice_of(m->language)));
    json_put_text(o, "by", slice_of(m->by));
    json_put_time(o, "at", m->at_ms);
    json_put_time(o, "until", m->until_ms);
    json_put_text(o, "out_by", slice_of(m->out_by));
    json_put_time(o, "out_at", m->out_ms);
    put_ago(c, o, "at_ago", m->at_ms);
    put_ago(c, o, "out_ago", m->out_ms);
    put_left(c, o, m->until_ms);
    if (c->route->flags & PAGE) json_put(o, "now", json_string(words[state_now(m, c->now_ms)]));
    return o;
}

/* ---- sessions and tokens ---- */

static int newer_session(const void *a, const void *b)
{
    const struct staff_session *x = *(const struct staff_session *const *)a,
                               *y = *(const struct staff_session *const *)b;
    return (x->at_ms < y->at_ms) - (x->at_ms > y->at_ms);
}

static json_t *session_json(const struct web_call *c, const struct staff_session *s,
                            struct slice current)
{
    json_t *o = json_object();
    put_ago(c, o, "at_ago", s->at_ms);
    put_ago(c, o, "seen_ago", s->seen_ms);
    json_put(o, "id", json_string(s->id));
    json_put(o, "device", json_text(slice_of(s->device)));
    json_put(o, "address", json_text(slice_of(s->address)));
    json_put_time(o, "at", s->at_ms);
    json_put_time(o, "seen", s->seen_ms);
    json_put_time(o, "until", s->until_ms);
    json_put(o, "current", json_boolean(slice_is(current, s->id)));
    return o;
}

json_t *staff_sessions_json(const struct web_call *c, struct slice member, struct slice current)
{
    enum { MAX = 64 };
    const struct staff_session *found[MAX], *s;
    size_t n = 0, pos = 0;
    json_t *list = json_array();
    while (n < MAX && (s = roster_next_session(staff_roster(c->config->staff), &pos)))
        if (slice_is(member, s->member) && c->now_ms < s->until_ms) found[n++] = s;
    qsort(found, n, sizeof *found, newer_session);
    for (size_t i = 0; i < n; i++)
        json_list_add(list, session_json(c, found[i], current));
    return list;
}

static json_t *scopes_json(unsigned scopes)
{
    json_t *list = json_array();
    for (int i = 0; i < SCOPE_COUNT; i++)
        if (scopes & 1U << i) json_list_add(list, json_string(scope_to_string((enum scope)i)));
    return list;
}

static json_t *token_json(const struct web_call *c, const struct staff_token *t)
{
    const struct staff_member *m =
        roster_member(staff_roster(c->config->staff), slice_of(t->member));
    json_t *o = json_object();
    json_put(o, "id", json_string(t->id));
    json_put(o, "name", json_text(slice_of(t->name)));
    json_put(o, "member", json_text(slice_of(m ? m->is.name : "")));
    json_put(o, "scopes", scopes_json(t->scopes));
    json_put(o, "everything", json_boolean(t->scopes == 0));
    json_put_text(o, "by", slice_of(t->by));
    json_put_time(o, "at", t->at_ms);
    json_put_time(o, "until", t->until_ms);
    put_ago(c, o, "at_ago", t->at_ms);
    put_left(c, o, t->until_ms);
    return o;
}

static int newer_token(const void *a, const void *b)
{
    const struct staff_token *x = *(const struct staff_token *const *)a,
                             *y = *(const struct staff_token *const *)b;
    return (x->at_ms < y->at_ms) - (x->at_ms > y->at_ms);
}

json_t *staff_tokens_json(const struct web_call *c, struct slice member)
{
    const struct roster *r = staff_roster(c->config->staff);
    size_t max = roster_count(r, ROSTER_TOKENS), n = 0, pos = 0;
    const struct staff_token **found = xcalloc(max + 1, sizeof *found), *t;
    json_t *list = json_array();
    while ((t = roster_next_token(r, &pos)))
        if ((member.n == 0 || slice_is(member, t->member)) &&
            (t->until_ms == 0 || c->now_ms < t->until_ms))
            found[n++] = t;
    qsort(found, n, sizeof *found, newer_token);
    for (size_t i = 0; i < n; i++)
        json_list_add(list, token_json(c, found[i]));
    free(found);
    return list;
}

/* ---- the list ---- */

static bool has_group(const struct member *m, struct slice group)
{
    return group.n == 0 || slice_index(group, m->groups, m->group_count) >= 0;
}

static bool fits(const struct web_call *c, const struct staff_query *q,
                 const struct staff_member *m)
{
    struct group_set set = access_groups(c->member, MAY_READ_PEOPLE);
    bool seen = set.all;
    for (size_t i = 0; i < m->is.group_count && !seen; i++)
        seen = group_set_has(&set, slice_of(m->is.groups[i]));
    if (!seen || !has_group(&m->is, q->group) || !slice_holds_nocase(slice_of(m->is.name), q->q))
        return false;
    bool waits = m->state == STAFF_WAITING && state_now(m, c->now_ms) == STAFF_WAITING;
    return q->waiting ? waits : true;
}

static int by_name(const void *a, const void *b)
{
    const struct staff_member *x = *(const struct staff_member *const *)a,
                              *y = *(const struct staff_member *const *)b;
    return strcmp(x->is.name, y->is.name);
}

/* Where the page behind that name begins. */
static size_t position_behind(const struct staff_member *const *found, size_t n, struct slice name)
{
    size_t at = 0;
    char *after = slice_strdup(name);
    while (at < n && strcmp(found[at]->is.name, after) <= 0)
        at++;
    free(after);
    return at;
}

json_t *staff_list_json(const struct web_call *c, const struct staff_query *q,
                        const char **ret_next)
{
    const struct roster *r = staff_roster(c->config->staff);
    size_t n = 0, pos = 0, listed = 0;
    const struct staff_member **found = xcalloc(roster_count(r, ROSTER_MEMBERS) + 1, sizeof *found),
                              *m;
    json_t *list = json_array();
    while ((m = roster_next_member(r, &pos)))
        if (fits(c, q, m)) found[n++] = m;
    qsort(found, n, sizeof *found, by_name);
    size_t at = q->after.n ? position_behind(found, n, q->after) : 0;
    for (; at < n && listed < q->limit; at++, listed++)
        json_list_add(list, staff_json(c, found[at]));
    *ret_next = at < n && at > 0 ? found[at - 1]->is.name : NULL;
    free(found);
    return list;
}

json_t *staff_shift_json(const struct web_call *c, const struct staff_shift *s)
{
    json_t *o = json_object();
    json_put(o, "id", json_text(s->code));
    json_put(o, "group", json_text(s->group));
    json_put(o, "max", json_integer(s->max));
    json_put(o, "joined", json_integer(s->joined));
    json_put(o, "approve", json_boolean(s->approve));
    json_put_text(o, "by", s->by);
    json_put_time(o, "until", s->until_ms);
    put_left(c, o, s->until_ms);
    return o;
}
