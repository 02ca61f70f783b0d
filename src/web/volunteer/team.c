/* What volunteers do among themselves: notes, handing over, taking over. The thread tells of it. */
#include "team.h"

#include "thread.h"
#include "web/view/view.h"

enum { WORDS_BYTES_MAX = 16 * 1024 };

/* ---- in words ---- */

static const struct {
    const char *kind, *did, *to; /* "Sam" did, to whom */
} acts[] = {
    {"note", "noted", NULL},
    {"tags", "tagged", NULL},
    {"handed", "handed it to", "whom"},
    {"taken", "took over from", "whom"},
    {"closed", "closed it", NULL},
    {"reopened", "opened it again", NULL},
    {"off", "took them off the list", NULL},
    {"back", "put them back on the list", NULL},
    {"kept", "kept them on the list", NULL},
    {"no_more", "noted that they want no more of", NULL},
    {"again", "noted that they want it again", NULL},
};

json_t *team_words(const struct inbox_message *m)
{
    struct buf b = BUF_INIT(WORDS_BYTES_MAX);
    size_t i = 0;
    while (i < COUNT_OF(acts) && !slice_is(m->kind, acts[i].kind))
        i++;
    buf_add_slice(&b, m->by);
    if (i < COUNT_OF(acts)) buf_addf(&b, " %s", acts[i].did);
    if (i < COUNT_OF(acts) && acts[i].to) buf_addf(&b, " %.*s", SLICE_ARG(m->note));
    if (m->text.n) buf_addf(&b, ": %.*s", SLICE_ARG(m->text));
    json_t *words = json_text(buf_slice(&b));
    buf_done(&b);
    return words;
}

/* ---- forms ---- */

static void on_noted(void *arg, int result, const struct err *e)
{
    thread_lead(arg, result, e);
}

static void post_note(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct slice text = web_typed(c, "note");
    if (text.n == 0)
        thread_show(c, 400, "Write the note first.");
    else
        inbox_note(c->config->inbox, c->id, &who, text, on_noted, c);
}

static void on_taken(void *arg, int result, const struct inbox_claim *claim, const struct err *e)
{
    (void)claim;
    thread_lead(arg, result, e);
}

static void post_take_over(struct web_call *c)
{
    struct inbox_actor who = view_actor_who(c, MAY_TAKE_OVER);
    inbox_take_over(c->config->inbox, c->id, &who, c->config->claim_ms, on_taken, c);
}

enum { ACTS = NEEDS_STORE | IN_GROUP | PAGE | FORM | WITH_ID };

static const struct route rows[] = {
    {"POST", "/inbox/{id}/note", MAY_ANSWER, ACTS, NULL, post_note},
    {"POST", "/inbox/{id}/take-over", MAY_TAKE_OVER, ACTS, NULL, post_take_over},
};

const struct routes team_page_routes = {rows, COUNT_OF(rows)};
