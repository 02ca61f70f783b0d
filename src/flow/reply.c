#include "flow/reply.h"

#include "core/state.h"

#include <stdlib.h>

struct replying {
    struct outbox *outbox;
    reply_cb *cb;
    void *arg;
};

static int check_text(struct slice text, struct err *e)
{
    if (text.n == 0) return err_set(e, ERR_INVALID, "there is nothing to send: write a text first");
    if (!slice_is_utf8(text, NULL) || memchr(text.p, '\0', text.n))
        return err_set(e, ERR_INVALID, "the text is not UTF-8; send it again from another program");
    size_t n = slice_characters(text);
    if (n > REPLY_CHARACTERS_MAX)
        return err_set(e, ERR_INVALID, "the text has %zu characters and %d are allowed: shorten it",
                       n, REPLY_CHARACTERS_MAX);
    return 0;
}

static void on_recorded(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    struct replying *w = arg;
    if (result == 0 && !a->again) outbox_publish(w->outbox, a->index);
    w->cb(w->arg, result, a, e);
    free(w);
}

int reply_send(struct inbox *b, struct outbox *o, const struct inbox_answer *answer,
               const struct inbox_actor *who, reply_cb *cb, void *arg, struct err *e)
{
    struct inbox_answer trimmed = *answer;
    trimmed.text = slice_trim(answer->text);
    int r = check_text(trimmed.text, e);
    if (r < 0) return r;
    struct replying *w = xmalloc(sizeof *w);
    *w = (struct replying){o, cb, arg};
    inbox_reply(b, &trimmed, who, on_recorded, w);
    return 0;
}

/* ---- one that nobody knows about ---- */

struct resolving {
    struct outbox *outbox;
    uint32_t index;
    inbox_resolved_cb *cb;
    void *arg;
};

static void on_resolved(void *arg, int result, bool changed, int state, const struct err *e)
{
    struct resolving *w = arg;
    if (changed && state == STATE_PENDING) outbox_publish(w->outbox, w->index);
    w->cb(w->arg, result, changed, state, e);
    free(w);
}

void reply_resolve(struct inbox *b, struct outbox *o, const struct inbox_resolve *what,
                   const struct inbox_actor *who, inbox_resolved_cb *cb, void *arg)
{
    struct resolving *w = xmalloc(sizeof *w);
    *w = (struct resolving){o, what->index, cb, arg};
    inbox_resolve(b, what, who, on_resolved, w);
}
