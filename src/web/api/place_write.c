#include "web/api/place_write.h"

#include "flow/place_book.h"
#include "web/own.h"
#include "web/view/view.h"

struct writing {
    uint32_t id;
    bool is_session, is_new;
    place_written *then;
};

static void on_caught_up(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    const struct writing *w = c->state;
    (void)result, (void)e; /* it is done, whatever the copy says */
    w->then(c);
}

void place_write_catch_up(struct web_call *c, place_written *then)
{
    struct writing *w = c->state ? c->state : web_call_state(c, sizeof *w, NULL);
    w->then = then;
    place_book_catch_up(c->config->places, on_caught_up, c);
}

static json_t *written_json(const struct web_call *c, const struct writing *w)
{
    const struct place *p = place_book_place(c->config->places, w->id);
    const struct session *s = place_book_session(c->config->places, w->id);
    if (w->is_session) return s ? session_json(s) : NULL;
    return p ? view_place(c, p) : NULL;
}

/* A session that has been over for a day is in no copy. */
static void answer_written(struct web_call *c)
{
    const struct writing *w = c->state;
    json_t *o = written_json(c, w);
    if (!o) o = json_pack("{s:I}", "id", (json_int_t)w->id);
    web_answer(c, w->is_new ? 201 : 200, o);
}

static void on_written(void *arg, int result, const struct place_outcome *list, size_t n,
                       const struct err *e)
{
    struct web_call *c = arg;
    struct writing *w = c->state;
    if (!web_ok(c, result, e)) return;
    check(n == 1);
    if (list[0].did == PLACE_REFUSED) {
        web_failed(c, list[0].e.code, &list[0].e);
        return;
    }
    w->id = list[0].id;
    place_write_catch_up(c, answer_written);
}

void place_write_one(struct web_call *c, bool is_session, uint32_t id, json_t *said)
{
    const struct group_set groups = own_groups(c);
    const struct place_item item = {is_session, id, said};
    const struct place_writing writing = {
        .items = &item, .n = 1, .groups = &groups, .by = web_by(c), .now_ms = c->now_ms};
    if (web_body_ok(c)) {
        struct writing *w = web_call_state(c, sizeof *w, NULL);
        *w = (struct writing){.is_session = is_session, .is_new = id == 0};
        place_write(c->config->store, &writing, on_written, c);
    }
    json_decref(said);
}
