/* What people are called. A name is looked up for each new conversation, so the names of a turn of the loop are one call. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/loop.h"

enum { NAMES_MAX = 64, LANGUAGE_BYTES_MAX = 64 };

struct naming {
    struct naming *next;
    uint32_t conversation;
    store_done_cb *cb;
    void *arg;
    size_t name_n, language_n;
    char text[INBOX_NAME_BYTES_MAX + LANGUAGE_BYTES_MAX]; /* the name, and behind it the language */
};

static const struct script name_script = {
    .name = "conv_name", .parts = {&lua_events, &lua_conv_common, &lua_conv_queue, &lua_conv_name}};

static void tell_all(struct naming *list, int result, const struct err *e)
{
    while (list) {
        struct naming *n = list;
        list = n->next;
        if (n->cb) n->cb(n->arg, result, e);
        free(n);
    }
}

static struct naming *take(struct inbox *b)
{
    struct naming *list = b->names;
    b->names = NULL;
    b->names_n = 0;
    return list;
}

static void on_named(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    tell_all(*(struct naming *const *)call_kept(c), r, r ? &e : NULL);
}

static void flush(struct inbox *b)
{
    if (!b->names) return;
    struct call *c = call_begin(b->store, &name_script);
    call_prefix(c);
    for (struct naming *n = b->names; n; n = n->next) {
        call_u64(c, n->conversation);
        call_text(c, slice_make(n->text, n->name_n));
        call_text(c, slice_make(n->text + n->name_n, n->language_n));
    }
    struct naming *list = take(b);
    call_keep(c, list);
    call_run(c, on_named, NULL, NULL);
}

void inbox_on_names(void *arg)
{
    flush(arg);
}

void inbox_names_give_up(struct inbox *b)
{
    struct err e;
    (void)err_set(&e, ERR_UNREACHABLE, "it was not handed to Redis any more");
    tell_all(take(b), ERR_UNREACHABLE, &e);
}

void inbox_set_name(struct inbox *b, uint32_t conversation, struct slice name,
                    struct slice language, store_done_cb *cb, void *arg)
{
    struct naming *n = xmalloc(sizeof *n);
    struct slice shown = call_cut(name, INBOX_NAME_BYTES_MAX);
    bool knows = language.n <= LANGUAGE_BYTES_MAX; /* what is longer is no language */
    n->next = b->names;
    n->conversation = conversation;
    n->cb = cb;
    n->arg = arg;
    n->name_n = shown.n;
    n->language_n = knows ? language.n : 0;
    if (shown.n) memcpy(n->text, shown.p, shown.n);
    if (n->language_n) memcpy(n->text + shown.n, language.p, n->language_n);
    b->names = n;
    if (++b->names_n == NAMES_MAX)
        flush(b);
    else if (b->names_n == 1)
        loop_timer_in(b->names_flush, 0);
}
