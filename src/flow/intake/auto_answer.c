/* A postcode that somebody texted is answered by itself, in three steps:
 *
 *   1. May this person be answered now, and which group's are they?
 *   2. Where is the postcode, and which sessions are near it?
 *   3. The answer is recorded, if the first question still has the same answer.
 *
 * Each step goes on with a reply of Redis. */
#include "flow/auto_answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "core/digest.h"
#include "store/inbox_auto.h"

struct auto_answer {
    struct auto_answer_config config;
    size_t under_way;
};

struct giving {
    struct auto_answer *a;
    uint32_t conversation;
    char where[WHERE_SAID_BYTES], event[DIGEST_BYTES];
    int64_t at_ms, now_ms;
    store_done_cb *cb;
    void *arg;
};

struct auto_answer *auto_answer_new(const struct auto_answer_config *c)
{
    struct auto_answer *a = xcalloc(1, sizeof *a);
    a->config = *c;
    return a;
}

void auto_answer_free(struct auto_answer *a)
{
    free(a);
}

bool auto_answer_reads(const struct auto_answer *a, struct slice text, struct slice note,
                       char out[WHERE_SAID_BYTES])
{
    return a && where_alone(a->config.words->country, text, note, out);
}

/* Only what may happen when it is asked again is an error for others. */
static void end(struct giving *g, int result, const struct err *e)
{
    struct giving was = *g;
    g->a->under_way--;
    free(g);
    bool again = result == ERR_UNREACHABLE;
    was.cb(was.arg, again ? result : 0, again ? e : NULL);
}

static void ask_inbox(struct giving *g, struct slice text, uint32_t session, inbox_auto_cb *cb)
{
    const struct inbox_auto ask = {.conversation = g->conversation,
                                   .event = slice_of(g->event),
                                   .at_ms = g->at_ms,
                                   .text = text,
                                   .session = session};
    inbox_answer_by_itself(g->a->config.inbox, &ask, g->now_ms, cb, g);
}

static void on_recorded(void *arg, int result, const struct inbox_auto_said *said,
                        const struct err *e)
{
    struct giving *g = arg;
    if (result == 0 && said->is_recorded) outbox_publish(g->a->config.outbox, said->index);
    end(g, result, e);
}

static void on_nearest(void *arg, int result, const struct nearest_answer *found,
                       const struct err *e)
{
    struct giving *g = arg;
    char out[NEAR_TEXT_BYTES];
    struct slice text = SLICE_NONE;
    if (result == 0 && found->is_exact && found->n > 0)
        text = session_answer(g->a->config.words, &found->found[0], found->where, true, out);
    if (text.n)
        ask_inbox(g, text, found->found[0].session->id, on_recorded);
    else
        end(g, result, e);
}

static bool is_of_groups(const struct auto_answer_config *c, struct slice group)
{
    for (size_t i = 0; i < c->group_count; i++)
        if (slice_is(group, c->groups[i])) return true;
    return c->group_count == 0;
}

static void on_may(void *arg, int result, const struct inbox_auto_said *said, const struct err *e)
{
    struct giving *g = arg;
    if (result < 0 || !said->may || !is_of_groups(&g->a->config, said->group)) {
        end(g, result, e);
        return;
    }
    const struct nearest_ask ask = {.text = slice_of(g->where), .group = said->group, .max = 1};
    nearest_find(g->a->config.nearest, &ask, on_nearest, g);
}

void auto_answer_give(struct auto_answer *a, const struct auto_answer_ask *ask, int64_t now_ms,
                      store_done_cb *cb, void *arg)
{
    if (a->under_way >= AUTO_ANSWERS_AT_ONCE) {
        cb(arg, 0, NULL);
        return;
    }
    struct giving *g = xmalloc(sizeof *g);
    *g = (struct giving){.a = a,
                         .conversation = ask->conversation,
                         .at_ms = ask->at_ms,
                         .now_ms = now_ms,
                         .cb = cb,
                         .arg = arg};
    (void)snprintf(g->where, sizeof g->where, "%s", ask->where);
    (void)snprintf(g->event, sizeof g->event, "%.*s", SLICE_ARG(ask->event));
    a->under_way++;
    ask_inbox(g, SLICE_NONE, 0, on_may);
}
