/* People of muster.yaml, and who they are to the store: taken over at the start, once Redis is there
 * (docs/adr/0034). Until then nobody's token counts, as it may be one of somebody who was revoked. */
#include "web/staff/staff.h"

#include <stdlib.h>

#include "base/log.h"
#include "store/staff.h"
#include "web/private.h"

enum { AGAIN_US = 500 * 1000 };

struct take_over {
    struct web *web;
    struct loop_timer *timer;
    struct staff_person *people; /* all of it owned */
    size_t count, done;
    struct staff_taken_over sum;
    bool asking, dead; /* a reply is to come; it frees us */
};

static void copy_person(const struct web *w, const struct auth_member *m, struct staff_person *p)
{
    char hash[AUTH_ID_BYTES];
    const char **groups = xcalloc(m->group_count, sizeof *groups);
    for (size_t i = 0; i < m->group_count; i++)
        groups[i] = xstrdup(m->groups[i]);
    auth_hash(w->auth, AUTH_TOKEN, slice_of(m->token), hash);
    *p = (struct staff_person){.name = xstrdup(m->name),
                               .role = m->role,
                               .groups = groups,
                               .group_count = m->group_count,
                               .everywhere = m->everywhere || m->role == ROLE_OWNER,
                               .token = slice_of(xstrdup(hash))};
}

static void free_all(struct take_over *t)
{
    for (size_t i = 0; i < t->count; i++) {
        struct staff_person *p = &t->people[i];
        for (size_t g = 0; g < p->group_count; g++)
            free((char *)p->groups[g]);
        free((void *)p->groups);
        free((char *)p->name);
        free((char *)p->token.p);
    }
    free(t->people);
    free(t);
}

static void say_done(const struct take_over *t)
{
    if (t->count == 0) return;
    log_warn("people: %lld of muster.yaml became members of the store, %lld have another token "
             "there now; the store has them all, so `people` can be taken out of the file. Who "
             "leaves: muster person revoke",
             (long long)t->sum.taken, (long long)t->sum.renewed);
    if (t->sum.clash)
        log_warn(
            "people: %lld of muster.yaml were not taken over, since somebody else of the store "
            "has that name",
            (long long)t->sum.clash);
}

static void go_on(void *arg);

static void on_taken(void *arg, int result, const struct staff_taken_over *taken,
                     const struct err *e)
{
    struct take_over *t = arg;
    (void)e;
    t->asking = false;
    if (t->dead) {
        free_all(t);
        return;
    }
    if (result < 0) {
        loop_timer_in(t->timer, AGAIN_US);
        return;
    }
    size_t rest = t->count - t->done;
    t->done += rest < STAFF_TAKE_OVER_MAX ? rest : STAFF_TAKE_OVER_MAX;
    t->sum.taken += taken->taken;
    t->sum.renewed += taken->renewed;
    t->sum.clash += taken->clash;
    if (t->done < t->count)
        go_on(t);
    else
        say_done(t);
}

static void go_on(void *arg)
{
    struct take_over *t = arg;
    size_t rest = t->count - t->done;
    t->asking = true;
    staff_take_over(t->web->config.staff, t->people + t->done,
                    rest < STAFF_TAKE_OVER_MAX ? rest : STAFF_TAKE_OVER_MAX, web_now(t->web),
                    on_taken, t);
}

struct take_over *take_over_new(struct web *w, const struct auth_config *config)
{
    struct take_over *t = xcalloc(1, sizeof *t);
    t->web = w;
    t->count = config->count;
    t->people = xcalloc(config->count + 1, sizeof *t->people);
    for (size_t i = 0; i < config->count; i++)
        copy_person(w, &config->members[i], &t->people[i]);
    t->timer = loop_timer_new(w->config.loop, go_on, t);
    if (t->count) loop_timer_in(t->timer, 0);
    return t;
}

void take_over_free(struct take_over *t)
{
    if (!t) return;
    loop_timer_free(t->timer);
    t->dead = true;
    if (!t->asking) free_all(t);
}

bool take_over_is_done(const struct take_over *t)
{
    return t->done == t->count;
}
