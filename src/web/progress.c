#include "web/progress.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "store/campaign.h"
#include "web/live.h"
#include "web/view/view.h"

struct progress {
    struct store *store;
    int64_t (*now_ms)(void);
    progress_cb *cb;
    void *arg;
    struct map *told,
        *before; /* campaign id → its JSON, owned: as it was told in this look, and in the one before */
    bool asking, dead;
};

static void forget(struct map *told)
{
    size_t pos = 0;
    struct slice key;
    void *json;
    while (map_next(told, &pos, &key, &json))
        free(json);
    map_free(told);
}

struct progress *progress_new(struct store *s, int64_t (*now_ms)(void), progress_cb *cb, void *arg)
{
    struct progress *p = xcalloc(1, sizeof *p);
    *p = (struct progress){
        .store = s, .now_ms = now_ms ? now_ms : clock_wall_ms, .cb = cb, .arg = arg};
    p->told = map_new();
    return p;
}

void progress_free(struct progress *p)
{
    if (!p) return;
    p->dead = true;
    if (p->asking) return;
    forget(p->told);
    free(p);
}

static void see(struct progress *p, const struct campaign *c)
{
    struct slice id = slice_make(&c->id, sizeof c->id);
    json_t *view = view_campaign(c, p->now_ms());
    char *json = json_dumps(view, JSON_COMPACT);
    json_decref(view);
    check(json);
    const char *was = map_get(p->before, id);
    if (!was || strcmp(was, json) != 0) p->cb(p->arg, c, slice_of(json));
    free(map_put(p->told, id, json));
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    struct progress *p = arg;
    (void)next;
    (void)e;
    p->asking = false;
    if (p->dead) {
        progress_free(p);
        return;
    }
    if (result < 0) return;
    p->before = p->told;
    p->told = map_new();
    for (size_t i = 0; i < n; i++)
        see(p, &list[i]);
    forget(p->before);
    p->before = NULL;
}

void progress_look(struct progress *p)
{
    if (p->asking) return;
    p->asking = true;
    campaign_list_active(p->store, LIVE_CAMPAIGNS_MAX, on_list, p);
}
