#include "web/view/view.h"

#include "flow/place_book.h"
#include "web/call.h"

json_t *view_place(const struct web_call *c, const struct place *p)
{
    size_t n, coming = 0;
    uint64_t pledged = 0, waiting = 0;
    const struct session *const *list = place_book_sessions_of(c->config->places, p->id, &n);
    for (size_t i = 0; i < n; i++) {
        if (list[i]->end_ms < c->now_ms || list[i]->is_cancelled) continue;
        coming++;
        pledged += list[i]->pledged;
        waiting += list[i]->waiting;
    }
    json_t *o = place_json(p);
    json_put_count(o, "coming", coming);
    json_put_count(o, "pledged", pledged);
    json_put_count(o, "waiting", waiting);
    return o;
}
