/* Tags: what somebody answered, in a word. */
#include "private.h"

#include "base/ascii.h"

static const struct script tag_script = {.name = "conv_tag",
                                         .parts = {&lua_events, &lua_conv_common, &lua_conv_queue,
                                                   &lua_conv_team, &lua_conv_tags, &lua_conv_tag}};

bool inbox_tag_ok(struct slice tag)
{
    if (tag.n == 0 || tag.n > INBOX_TAG_BYTES_MAX) return false;
    for (size_t i = 0; i < tag.n; i++) {
        char c = tag.p[i];
        if (!(ascii_is_lower(c) || ascii_is_digit(c) || c == '_' || c == '-')) return false;
    }
    return true;
}

static bool tags_ok(struct slice list)
{
    struct slice rest = list, tag;
    size_t n = 0;
    while (list.n > 0 && slice_cut(&rest, ',', &tag))
        if (!inbox_tag_ok(tag) || ++n > INBOX_TAGS_MAX) return false;
    return true;
}

/* Redis is asked although nothing is to be done, so that the callback runs later like any other. */
static void on_bad_tag(struct call *c, const struct redisReply *reply)
{
    (void)reply;
    struct err e;
    int r = err_set(&e, ERR_INVALID, "a tag has 1 to %d of the characters a-z 0-9 _ -",
                    INBOX_TAG_BYTES_MAX);
    call_back(c, inbox_tags_cb)(c->arg, r, SLICE_NONE, &e);
}

static void on_tagged(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = inbox_read_done(reply, &e);
    if (r == 0 && call_says(reply, "unknown"))
        r = err_set(&e, ERR_INVALID,
                    "there is no tag '%.*s'; an organiser can add it to the group's own ones",
                    SLICE_ARG(redis_str(redis_at(reply, 1))));
    call_back(c, inbox_tags_cb)(c->arg, r, r ? SLICE_NONE : redis_str(redis_at(reply, 1)),
                                r ? &e : NULL);
}

void inbox_tag(struct inbox *b, uint32_t id, const struct inbox_actor *who,
               const struct inbox_tagging *tagging, inbox_tags_cb *cb, void *arg)
{
    if (!tags_ok(tagging->add) || !tags_ok(tagging->remove) || !tags_ok(tagging->toggle)) {
        call_run(call_command(b->store, "PING"), on_bad_tag, cb, arg);
        return;
    }
    struct call *c = call_begin(b->store, &tag_script);
    inbox_begin(c, id, who);
    call_text(c, tagging->add);
    call_text(c, tagging->remove);
    call_text(c, tagging->toggle);
    call_str(c, INBOX_STANDARD_TAGS);
    call_run(c, on_tagged, cb, arg);
}
