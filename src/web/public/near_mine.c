/* What a person said, by the link in the text that they got for it: to look at, and to change their mind. */
#include <stdio.h>

#include "web/public/near_session.h"

void meeting_mine_path(const struct web_call *c, uint32_t session, uint32_t number,
                       char out[MEETING_MINE_BYTES])
{
    char token[LINK_CHARS + 1];
    link_make(c->config->link_key, &(struct link){LINK_PLEDGE, session, number}, token);
    (void)snprintf(out, MEETING_MINE_BYTES, "/pledge/%s", token);
}

/* False: it is none, and c has its response. */
static bool read_link(struct web_call *c, struct link *ret)
{
    if (link_read(c->config->link_key, LINK_PLEDGE, web_param(c, "link"), ret)) return true;
    meeting_none(c);
    return false;
}

/* ---- the page ---- */

/* For each state of a pledge: the title, the line below it, and the button. Where `line` is the same word as `title` there is no line. */
static const struct {
    enum public_word title, line;
    const char *button;
} states[PLEDGE_STATE_COUNT] = {
    [PLEDGE_COMING] = {WORD_mine_coming, WORD_mine_remind, "leave"},
    [PLEDGE_WAITING] = {WORD_mine_waits, WORD_mine_full, "leave"},
    [PLEDGE_GONE] = {WORD_mine_gone, WORD_mine_told, "come"},
    [PLEDGE_OFF] = {WORD_cancelled, WORD_look_other, ""},
    [PLEDGE_CAME] = {WORD_mine_came, WORD_mine_came, ""},
    [PLEDGE_MISSED] = {WORD_mine_missed, WORD_mine_next, ""},
};

/* That it is cancelled stands in the pledge when they were told, and on the page from the beginning. */
static enum pledge_state state_of(const struct pledge_view *v)
{
    enum pledge_state state = v->list[0].state;
    bool hopes = state == PLEDGE_COMING || state == PLEDGE_WAITING;
    return hopes && v->session->is_cancelled ? PLEDGE_OFF : state;
}

static void show(struct web_call *c, const struct pledge_view *v)
{
    const struct looked l = {v->session, v->place};
    enum pledge_state state = state_of(v);
    json_t *data = meeting_data(c, &l);
    if (state == PLEDGE_OFF) (void)json_object_del(data, "cancelled"); /* the title says it */
    bool more = states[state].line != states[state].title;
    json_put(data, "title", json_string(public_say(c, states[state].title)));
    json_put(data, "line", json_string(more ? public_say(c, states[state].line) : ""));
    json_put(data, "good", json_boolean(state == PLEDGE_COMING));
    if (meeting_is_open(c, v->session) && *states[state].button)
        json_put(data, states[state].button, json_true());
    public_answer(c, PAGE_NEAR_MINE, 200, data);
}

/* False: c has its response. */
static bool is_there(struct web_call *c, int result, const struct err *e)
{
    if (result == ERR_NOT_FOUND)
        meeting_none(c);
    else if (result == ERR_CONFLICT)
        web_error(c, 409, "conflict", "This one is over.");
    else
        return web_ok(c, result, e);
    return false;
}

static void on_found(void *arg, int result, const struct pledge_view *v, const struct err *e)
{
    if (is_there(arg, result, e)) show(arg, v);
}

static void get_mine(struct web_call *c)
{
    struct link link;
    if (read_link(c, &link)) pledge_find(c->config->store, link.a, link.b, c->now_ms, on_found, c);
}

/* ---- they change their mind ---- */

static void on_cancelled(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    struct web_call *c = arg;
    char path[MEETING_MINE_BYTES];
    if (!is_there(c, result, e)) return;
    meeting_mine_path(c, d->session, d->number, path);
    web_answer_redirect(c, path);
}

/* The page says it: no text is needed. */
static void post_leave(struct web_call *c)
{
    struct link link;
    if (read_link(c, &link))
        pledge_cancel(c->config->store, link.a, link.b, false, deed_of(SLICE_NONE, c->now_ms),
                      on_cancelled, c);
}

static void on_again(void *arg, int result, const struct pledge_view *v, const struct err *e)
{
    struct web_call *c = arg;
    if (!is_there(c, result, e)) return;
    const struct pledge *p = &v->list[0];
    struct pledge_ask ask = {
        .session = p->session, .group = p->group, .name = p->name, .way = PLEDGE_BY_LINK};
    if (!slice_to_u64(p->person, UINT64_MAX, &ask.person)) ask.user_id = p->person;
    meeting_come(c, &ask);
}

static void post_come(struct web_call *c)
{
    struct link link;
    if (read_link(c, &link)) pledge_find(c->config->store, link.a, link.b, c->now_ms, on_again, c);
}

static const struct route rows[] = {
    {"GET", "/pledge/{link}", MAY_ANYBODY, PUBLIC | PAGE | NEEDS_STORE, NULL, get_mine},
    {"POST", "/pledge/{link}/leave", MAY_ANYBODY, PUBLIC | PAGE | FORM | NEEDS_STORE, NULL,
     post_leave},
    {"POST", "/pledge/{link}/come", MAY_ANYBODY, PUBLIC | PAGE | FORM | NEEDS_STORE, NULL,
     post_come},
};

const struct routes near_mine_routes = {rows, COUNT_OF(rows)};
