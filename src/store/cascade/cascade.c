/* Which cascades go on: a copy in each process, and how one begins and ends. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "core/json.h"
#include "store/follow.h"

static const struct script put_script = {
    .name = "cascade_put",
    .prelude = cascade_names,
    .parts = {&lua_follow_changed, &lua_audit, &lua_cascade_links, &lua_cascade_put}};

struct one {
    struct cascade is; /* its texts are the record's */
    json_t *record;    /* owned */
};

/* ---- the copy ---- */

static void one_free(struct one *o)
{
    if (!o) return;
    json_decref(o->record);
    free(o);
}

static void take(void *arg, size_t hash, struct slice field, struct slice value)
{
    struct cascades *c = arg;
    uint64_t campaign;
    (void)hash;
    one_free(map_del(c->by_campaign, field));
    json_t *record = value.p ? json_loadb(value.p, value.n, 0, NULL) : NULL;
    if (!json_is_object(record) || !slice_to_u64(field, UINT32_MAX, &campaign)) {
        json_decref(record);
        return;
    }
    struct one *o = xcalloc(1, sizeof *o);
    o->record = record;
    o->is = (struct cascade){
        .campaign = (uint32_t)campaign,
        .group = json_cstr_at(record, "group"),
        .title = json_cstr_at(record, "title"),
        .text = json_cstr_at(record, "text"),
        .until_ms = (int64_t)json_number_value(json_object_get(record, "until")),
        .version = ++c->version,
    };
    (void)map_put(c->by_campaign, field, o);
}

struct cascades *cascades_new(struct loop *l, struct store *s)
{
    struct cascades *c = xcalloc(1, sizeof *c);
    const struct follow_config config = {.loop = l,
                                         .store = s,
                                         .stream = "cascades:changes",
                                         .hashes = {"cascades"},
                                         .take = take,
                                         .arg = c};
    c->store = s;
    c->by_campaign = map_new();
    c->flush = loop_timer_new(l, cascades_on_flush, c);
    c->follow = follow_new(&config);
    return c;
}

void cascades_free(struct cascades *c)
{
    if (!c) return;
    size_t pos = 0;
    struct slice key;
    void *one;
    cascades_give_up(c);
    loop_timer_free(c->flush);
    follow_free(c->follow);
    while (map_next(c->by_campaign, &pos, &key, &one))
        one_free(one);
    map_free(c->by_campaign);
    free(c);
}

bool cascades_are_read(const struct cascades *c)
{
    return !c || follow_is_read(c->follow);
}

const struct cascade *cascades_find(const struct cascades *c, uint32_t campaign)
{
    char key[16];
    (void)snprintf(key, sizeof key, "%u", campaign);
    const struct one *o = c ? map_get(c->by_campaign, slice_of(key)) : NULL;
    return o ? &o->is : NULL;
}

static int by_campaign(const void *a, const void *b)
{
    const struct cascade *x = *(const struct cascade *const *)a,
                         *y = *(const struct cascade *const *)b;
    return (x->campaign > y->campaign) - (x->campaign < y->campaign);
}

size_t cascades_list(const struct cascades *c, const struct group_set *reach,
                     const struct cascade **out, size_t max)
{
    size_t pos = 0, n = 0;
    struct slice key;
    void *one;
    while (c && n < max && map_next(c->by_campaign, &pos, &key, &one)) {
        const struct cascade *is = &((const struct one *)one)->is;
        if (group_set_has(reach, slice_of(is->group))) out[n++] = is;
    }
    if (n > 1) qsort(out, n, sizeof *out, by_campaign);
    return n;
}

/* ---- changing ---- */

struct changing {
    store_done_cb *cb;
    void *arg;
};

/* It is done, whatever the copy says. */
static void on_caught_up(void *arg, int result, const struct err *e)
{
    (void)result, (void)e;
    struct changing w = *(struct changing *)arg;
    free(arg);
    w.cb(w.arg, 0, NULL);
}

static void on_put(struct call *call, const struct redisReply *reply)
{
    struct err e;
    struct cascades *c = *(struct cascades *const *)call_kept(call);
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "missing"))
        r = err_set(&e, ERR_NOT_FOUND, "this campaign has no page to pass on");
    else if (r == 0 && call_says(reply, "full"))
        r = err_set(&e, ERR_CONFLICT, "%d pages to pass on go on: end one first", CASCADES_MAX);
    if (r < 0) {
        call_back(call, store_done_cb)(call->arg, r, &e);
        return;
    }
    struct changing *w = xmalloc(sizeof *w);
    *w = (struct changing){call_back(call, store_done_cb), call->arg};
    follow_catch_up(c->follow, on_caught_up, w);
}

static void put(struct cascades *c, const struct cascade *cascade, const char *record,
                struct deed deed, store_done_cb *cb, void *arg)
{
    struct call *call = call_begin(c->store, &put_script);
    call_lasts(call);
    call_keep(call, c);
    call_prefix(call);
    call_i64(call, deed.at_ms);
    call_text(call, deed.who);
    call_u64(call, cascade->campaign);
    call_str(call, cascade->group);
    call_str(call, record);
    call_u64(call, CASCADES_MAX);
    call_run(call, on_put, cb, arg);
}

void cascades_put(struct cascades *c, const struct cascade *cascade, struct deed deed,
                  store_done_cb *cb, void *arg)
{
    json_t *record =
        json_pack("{s:s,s:s,s:s,s:I}", "group", cascade->group, "title", cascade->title, "text",
                  cascade->text, "until", (json_int_t)cascade->until_ms);
    check(record);
    char *text = json_dumps(record, JSON_COMPACT);
    check(text);
    put(c, cascade, text, deed, cb, arg);
    free(text);
    json_decref(record);
}

void cascades_end(struct cascades *c, uint32_t campaign, struct deed deed, store_done_cb *cb,
                  void *arg)
{
    const struct cascade *is = cascades_find(c, campaign);
    const struct cascade it = {.campaign = campaign, .group = is ? is->group : ""};
    put(c, &it, "", deed, cb, arg);
}
