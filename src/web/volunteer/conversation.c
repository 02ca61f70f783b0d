#include "conversation.h"

#include "web/view/view.h"

json_t *conversation_shown(const struct web_call *c, const struct inbox_conversation *conversation)
{
    json_t *o = view_conversation(conversation, c->member, c->now_ms);
    struct slice holder = conversation->claimed_by;
    char held[32];
    view_duration(conversation->claim_until_ms - c->now_ms, held);
    json_put(o, "display",
             conversation->name.n ? view_name(conversation, c->member) : json_string("Somebody"));
    /* A badge of nought says nothing. */
    if (conversation->unread == 0) json_put(o, "unread", json_null());
    json_put(o, "has_tags", json_boolean(conversation->tags.n > 0));
    json_put(o, "open", json_boolean(!conversation->closed));
    json_put(o, "held", json_boolean(holder.n && !slice_is(holder, c->member->name)));
    json_put(o, "held_for", json_string(held));
    if (conversation->window_ends_ms > c->now_ms) {
        view_duration(conversation->window_ends_ms - c->now_ms, held);
        json_put(o, "window_left", json_string(held));
    }
    json_put(o, "we_said", json_boolean(conversation->said_by.n > 0));
    return o;
}
