/* What groups keep at hand: their own tags, answers that are suggested, templates that a provider holds. */
#include "private.h"

#include <stdlib.h>

static const struct script put_script = {.name = "shelf_put", .parts = {&lua_shelf_put}};
static const struct script list_script = {.name = "shelf_list", .parts = {&lua_shelf_list}};

static const char *const names[] = {[INBOX_OWN_TAGS] = "tags",
                                    [INBOX_SUGGESTIONS] = "suggestions",
                                    [INBOX_TEMPLATES] = "templates"};

static const char *name_of(enum inbox_shelf shelf)
{
    check((size_t)shelf < COUNT_OF(names));
    return names[shelf];
}

static void on_put(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "full"))
        r = err_set(&e, ERR_CONFLICT, "a group has at most %d of them: take one away first",
                    INBOX_SHELF_MAX);
    if (r == 0 && call_says(reply, "missing"))
        r = err_set(&e, ERR_NOT_FOUND, "there is none of that id");
    call_back(c, inbox_shelf_put_cb)(c->arg, r, r ? SLICE_NONE : redis_str(redis_at(reply, 1)),
                                     r ? &e : NULL);
}

void inbox_shelf_put(struct inbox *b, enum inbox_shelf shelf, struct slice group, struct slice id,
                     struct slice thing, inbox_shelf_put_cb *cb, void *arg)
{
    check(thing.n <= INBOX_SHELF_BYTES_MAX);
    struct call *c = call_begin(b->store, &put_script);
    call_key(c, "%s:%.*s", name_of(shelf), SLICE_ARG(group));
    call_key(c, "id:shelf");
    call_text(c, id);
    call_text(c, thing);
    call_i64(c, INBOX_SHELF_MAX);
    call_run(c, on_put, cb, arg);
}

static void on_removed(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && redis_int(reply, 0) == 0)
        r = err_set(&e, ERR_NOT_FOUND, "there is none of that id");
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void inbox_shelf_remove(struct inbox *b, enum inbox_shelf shelf, struct slice group,
                        struct slice id, store_done_cb *cb, void *arg)
{
    struct call *c = call_command(b->store, "HDEL");
    call_key(c, "%s:%.*s", name_of(shelf), SLICE_ARG(group));
    call_text(c, id);
    call_run(c, on_removed, cb, arg);
}

static void on_list(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    size_t n = r ? 0 : redis_count(reply) / 3;
    struct inbox_shelved *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct inbox_shelved){.group = redis_str(redis_at(reply, 3 * i)),
                                         .id = redis_str(redis_at(reply, 3 * i + 1)),
                                         .thing = redis_str(redis_at(reply, 3 * i + 2))};
    call_back(c, inbox_shelf_list_cb)(c->arg, r, list, n, r ? &e : NULL);
    free(list);
}

void inbox_shelf_list(struct inbox *b, enum inbox_shelf shelf, const struct inbox_actor *who,
                      struct slice group, inbox_shelf_list_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &list_script);
    call_prefix(c);
    call_str(c, name_of(shelf));
    call_groups(c, &who->groups, group);
    call_run(c, on_list, cb, arg);
}
