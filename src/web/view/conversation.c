#include "web/view/view.h"

#include <stdio.h>

#include "base/buf.h"
#include "core/mask.h"
#include "core/number.h"
#include "core/state.h"
#include "fate.h"
#include "web/call.h"

enum { VIEW_BYTES_MAX = 1 << 18 }; /* of a name or a text as it is shown */

struct inbox_actor view_actor(const struct web_call *c)
{
    return view_actor_who(c, MAY_READ_INBOX);
}

struct inbox_actor view_actor_who(const struct web_call *c, enum action may)
{
    return (struct inbox_actor){.now_ms = c->now_ms,
                                .name = slice_of(c->member->name),
                                .groups = access_groups(c->member, may),
                                .escalated = access_groups(c->member, MAY_TAKE_OVER)};
}

static bool is_masked(const struct inbox_conversation *c, const struct member *m)
{
    return !access_may(m, MAY_SEE_NUMBERS, c->group);
}

void view_duration(int64_t ms, char out[32])
{
    long long minutes = ms < 0 ? 0 : ms / 60000;
    if (minutes < 1)
        (void)snprintf(out, 32, "under 1 min");
    else if (minutes < 120)
        (void)snprintf(out, 32, "%lld min", minutes);
    else if (minutes < 48 * 60)
        (void)snprintf(out, 32, "%lld h", minutes / 60);
    else
        (void)snprintf(out, 32, "%lld days", minutes / (24 * 60));
}

static json_t *waiting_json(int64_t since_ms, int64_t now_ms)
{
    char duration[32];
    if (since_ms == 0) return json_null();
    view_duration(now_ms - since_ms, duration);
    return json_string(duration);
}

json_t *view_ago(int64_t then_ms, int64_t now_ms)
{
    char duration[32], text[64];
    if (then_ms == 0) return json_null();
    if (now_ms - then_ms < 60000) return json_string("just now");
    view_duration(now_ms - then_ms, duration);
    (void)snprintf(text, sizeof text, "%s ago", duration);
    return json_string(text);
}

static json_t *tags_json(struct slice tags)
{
    json_t *list = json_array();
    for (struct slice tag; tags.n > 0 && slice_cut(&tags, ',', &tag);)
        json_list_add(list, json_text(tag));
    return list;
}

static void number_words(uint64_t number, bool masked, char out[VIEW_PERSON_BYTES])
{
    if (!number_is_valid(number))
        (void)snprintf(out, VIEW_PERSON_BYTES, "?");
    else if (masked)
        number_mask(number, out);
    else
        number_format(number, out);
}

/* "GB.13…2942": enough to tell two apart, not enough to find one elsewhere. */
static void shorten(struct slice address, char out[VIEW_PERSON_BYTES])
{
    struct slice head = address, tail = address;
    if (address.n > 9) {
        head.n = 5;
        tail = slice_make(address.p + address.n - 4, 4);
    }
    (void)snprintf(out, VIEW_PERSON_BYTES, address.n > 9 ? "%.*s…%.*s" : "%.*s", SLICE_ARG(head),
                   SLICE_ARG(tail));
}

/* What stands there where nobody has an address; NULL: somebody has. */
static const char *words_for(enum inbox_who who)
{
    switch (who) {
    case INBOX_CHAT:
        return "a group chat";
    case INBOX_NOBODY:
        return "no sender was told";
    case INBOX_OTHERS:
        return "several strangers";
    case INBOX_NAME:
    case INBOX_DOUBTFUL:
    case INBOX_USER_ID:
    case INBOX_NUMBER:
        break;
    }
    return NULL;
}

/* What stands where a number would. A short code or a name is a sender's public one, as it is. */
static void address_words(enum inbox_who who, struct slice address, bool masked,
                          char out[VIEW_PERSON_BYTES])
{
    const char *words = words_for(who);
    if (words)
        (void)snprintf(out, VIEW_PERSON_BYTES, "%s", words);
    else if (who == INBOX_NAME || !masked)
        (void)snprintf(out, VIEW_PERSON_BYTES, "%.*s", SLICE_ARG(address));
    else if (who == INBOX_DOUBTFUL && address.n > 4)
        (void)snprintf(out, VIEW_PERSON_BYTES, "…%.4s", address.p + address.n - 4);
    else
        shorten(address, out);
}

/* A key of the store (store/inbox.h) as people see it. */
void view_key(struct slice key, bool masked, char out[VIEW_PERSON_BYTES])
{
    uint64_t number;
    if (slice_to_u64(key, UINT64_MAX, &number))
        number_words(number, masked, out);
    else
        address_words(INBOX_USER_ID, slice_make(key.p + 1, key.n ? key.n - 1 : 0), masked, out);
}

void view_person(const struct inbox_conversation *c, bool masked, char out[VIEW_PERSON_BYTES])
{
    if (c->number)
        number_words(c->number, masked, out);
    else
        address_words(c->who, c->address, masked, out);
}

json_t *view_plain(struct slice s, enum plain_kind kind)
{
    struct buf shown = BUF_INIT(VIEW_BYTES_MAX);
    plain_add(&shown, s, kind);
    json_t *text = json_text(buf_slice(&shown));
    buf_done(&shown);
    return text;
}

json_t *view_name(const struct inbox_conversation *c, const struct member *m)
{
    struct buf name = BUF_INIT(VIEW_BYTES_MAX);
    if (is_masked(c, m))
        mask_name(&name, c->name);
    else
        buf_add_slice(&name, c->name);
    json_t *text = view_plain(buf_slice(&name), PLAIN_LINE);
    buf_done(&name);
    return text;
}

/* Of the last line. */
static json_t *said_by(const struct inbox_conversation *c, const struct member *m)
{
    if (c->said.n == 0) return json_null();
    if (c->said_by.n == 0) return json_string("them");
    return slice_is(c->said_by, m->name) ? json_string("you") : json_text(c->said_by);
}

/* Who it is, and whether they can be answered. */
static void put_person(json_t *o, const struct inbox_conversation *c, const struct member *m)
{
    char text[VIEW_PERSON_BYTES];
    const char *who = inbox_who_to_string(c->who);
    json_put(o, "name", view_name(c, m));
    view_person(c, is_masked(c, m), text);
    json_put(o, "number", c->number ? json_text(slice_of(text)) : json_null());
    json_put(o, "address", view_plain(slice_of(text), PLAIN_LINE));
    json_put(o, "person", json_string(who));
    json_put(o, "linked", json_boolean(c->number != 0));
    json_put(o, "answerable", json_boolean(c->answerable));
    json_put(o, "why_not",
             c->answerable ? json_null() : json_string(inbox_why_unreachable(slice_of(who))));
    json_put_text(o, "language", c->language);
}

/* Which member has it, or was to have it. */
static void put_holder(json_t *o, const struct inbox_conversation *c, const struct member *m)
{
    bool mine = c->claimed_by.n > 0 && slice_is(c->claimed_by, m->name);
    json_put(o, "claimed_by", c->claimed_by.n ? json_text(c->claimed_by) : json_null());
    json_put_time(o, "claimed_until", c->claim_until_ms);
    json_put(o, "mine", json_boolean(mine));
    json_put(o, "fence", mine ? json_integer((json_int_t)c->claim_fence) : json_null());
    json_put_text(o, "handed_by", c->handed_by);
    json_put_text(o, "handed_to", c->handed_to);
    json_put(o, "handed_word",
             c->handed_word.n ? view_plain(c->handed_word, PLAIN_LINE) : json_null());
}

/* What was said last, and since when somebody waits for an answer. */
static void put_talk(json_t *o, const struct inbox_conversation *c, const struct member *m,
                     int64_t now_ms)
{
    json_put_time(o, "last_in", c->last_in_ms);
    json_put_time(o, "last_out", c->last_out_ms);
    json_put_time(o, "waiting_since", c->waiting_ms);
    json_put(o, "waiting", waiting_json(c->waiting_ms, now_ms));
    json_put(o, "unread", json_integer(c->unread));
    json_put(o, "overdue", json_boolean(c->overdue));
    json_put_count(o, "heard", c->heard);
    json_put(o, "last_line", c->said.n ? view_plain(c->said, PLAIN_LINE) : json_null());
    json_put(o, "last_by", said_by(c, m));
    json_put_time(o, "window_ends", c->window_ends_ms);
    json_put(o, "window_closed", json_boolean(c->window_ends_ms && c->window_ends_ms <= now_ms));
}

json_t *view_conversation(const struct inbox_conversation *c, const struct member *m,
                          int64_t now_ms)
{
    json_t *o = json_object();
    json_put(o, "id", json_integer(c->id));
    json_put(o, "group", json_text(c->group));
    put_person(o, c, m);
    json_put(o, "gateway", json_text(c->gateway));
    json_put(o, "sender", json_text(c->sender));
    json_put(o, "campaign", c->campaign ? json_integer(c->campaign) : json_null());
    json_put(o, "state", json_string(c->closed ? "closed" : "open"));
    put_holder(o, c, m);
    put_talk(o, c, m, now_ms);
    json_put(o, "doubt", json_boolean(c->doubt));
    json_put(o, "tags", tags_json(c->tags));
    return o;
}

json_t *view_next(const struct inbox_next *n, const struct member *m, int64_t now_ms)
{
    json_t *o = json_object();
    json_put(o, "conversation", n->taken ? view_conversation(n->taken, m, now_ms) : json_null());
    json_put_count(o, "held", n->held);
    json_put_time(o, "free_at", n->free_ms);
    return o;
}

/* The words that an edit, a reaction or a revoke is about, where the thread still shows them. */
static struct slice about_words(const struct inbox_thread *t, const struct inbox_message *m)
{
    for (size_t i = 0; m->about.n && i < t->count; i++)
        if (slice_eq(t->messages[i].own_id, m->about)) return t->messages[i].text;
    return SLICE_NONE;
}

/* What a message is about; `about` is none when the thread shows it no more. */
static void say_about(const struct inbox_message *m, struct slice about, struct buf *b)
{
    if (m->edit && about.n) buf_addf(b, "Edited; before: “%.*s”. ", SLICE_ARG(about));
    if (slice_is(m->kind, "revoked") && about.n)
        buf_addf(b, "Took a message back: “%.*s”. ", SLICE_ARG(about));
    if (slice_is(m->kind, "reaction"))
        buf_addf(b, about.n ? "Reacted to “%.*s”. " : "A reaction. ", SLICE_ARG(about));
}

/* One line that says what came, where words alone would not; it stands before them. */
static void say_what(const struct inbox_message *m, struct slice about, bool masked, struct buf *b)
{
    char was[VIEW_PERSON_BYTES], now[VIEW_PERSON_BYTES];
    if (m->speaker.n) {
        view_key(m->speaker, masked, was);
        buf_addf(b, "%s wrote. ", was);
    }
    say_about(m, about, b);
    if (slice_is(m->kind, "echo")) buf_add_cstr(b, "Written on the phone, not here. ");
    if (slice_is(m->kind, "auto")) buf_add_cstr(b, "Sent by Muster, read by nobody of us. ");
    if (slice_is(m->kind, "bound"))
        buf_addf(b, "%u more messages in this hour were not kept. ", m->more);
    if (m->was_key.n) {
        view_key(m->was_key, masked, was);
        view_key(m->now_key, masked, now);
        buf_addf(b, "Changed the number from %s to %s. ", was, now);
    } else if (about.n == 0) { /* the gateway's own line is all that can be said */
        buf_add_slice(b, m->note.n ? m->note : m->edit ? SLICE_LIT("An edit.") : SLICE_NONE);
    }
}

static json_t *what_json(const struct inbox_message *m, const struct inbox_thread *t, bool masked)
{
    struct buf b = BUF_INIT(2 * INBOX_TEXT_BYTES_MAX);
    say_what(m, about_words(t, m), masked, &b);
    struct slice line = slice_trim(buf_slice(&b));
    json_t *text = line.n ? view_plain(line, PLAIN_LINE) : json_null();
    buf_done(&b);
    return text;
}

static void put_team(json_t *o, const struct inbox_message *m, int64_t now_ms)
{
    json_put(o, "whom", m->note.n ? view_plain(m->note, PLAIN_LINE) : json_null());
    json_put_time(o, "at", m->at_ms);
    json_put(o, "ago", view_ago(m->at_ms, now_ms));
    json_put(o, "by", json_text(m->by));
}

/* What became of a message of ours. */
static void put_sent(json_t *o, const struct inbox_message *m, int64_t now_ms)
{
    char fate[FATE_BYTES];
    json_put(o, "by", json_text(m->by));
    json_put(o, "index", json_integer(m->index));
    json_put(o, "state",
             m->state < 0 ? json_null() : json_string(state_to_string((enum state)m->state)));
    json_put(o, "reason", m->reason.n ? json_text(m->reason) : json_null());
    view_fate(m, fate);
    json_put(o, "fate", *fate ? json_text(slice_of(fate)) : json_null());
    json_put_time(o, "unknown_since", m->unknown_since_ms);
    json_put(o, "unknown_for", waiting_json(m->unknown_since_ms, now_ms));
    json_put(o, "may_resend", json_boolean(m->unknown_since_ms && slice_is(m->kind, "reply")));
    json_put(o, "resent", json_integer(m->resent));
}

static json_t *view_message(const struct inbox_thread *t, const struct inbox_message *m,
                            bool masked, int64_t now_ms)
{
    json_t *o = json_object();
    json_put(o, "dir", json_string(m->team ? "team" : m->out ? "out" : "in"));
    json_put(o, "text", view_plain(m->text, PLAIN_TEXT));
    json_put(o, "kind", json_text(m->kind));
    if (m->team) {
        put_team(o, m, now_ms);
        return o;
    }
    json_put(o, "note", what_json(m, t, masked));
    json_put(o, "edit", json_boolean(m->edit));
    json_put_time(o, "at", m->at_ms);
    json_put(o, "ago", view_ago(m->at_ms, now_ms));
    if (m->media) json_put(o, "media", json_integer(m->media));
    if (m->out && !slice_is(m->kind, "echo")) put_sent(o, m, now_ms);
    return o;
}

json_t *view_messages(const struct inbox_thread *t, const struct member *m, int64_t now_ms)
{
    json_t *list = json_array();
    bool masked = is_masked(&t->conversation, m);
    for (size_t i = 0; i < t->count; i++)
        json_list_add(list, view_message(t, &t->messages[i], masked, now_ms));
    return list;
}

json_t *view_taken_off(const struct inbox_thread *t, const struct member *m, int64_t now_ms)
{
    char left[32];
    if (t->off_by.n == 0) return json_null();
    bool may = slice_is(t->off_by, m->name) || access_may(m, MAY_TAKE_OVER, t->conversation.group);
    view_duration(t->off_until_ms - now_ms, left);
    json_t *o =
        json_pack("{s:o,s:b,s:s}", "by", json_text(t->off_by), "may_undo", may, "for", left);
    json_put_time(o, "until", t->off_until_ms);
    return o;
}

void view_thread_state(json_t *o, const struct inbox_thread *t, const struct member *m,
                       int64_t now_ms)
{
    json_t *draft = t->draft.n ? json_loadb(t->draft.p, t->draft.n, 0, NULL) : NULL;
    json_put(o, "suppressed", t->suppressed_scope.n ? json_text(t->suppressed_scope) : json_null());
    json_put(o, "taken_off", view_taken_off(t, m, now_ms));
    json_put(o, "on_hold", json_boolean(t->on_hold));
    json_put(o, "sounds_like_stop",
             t->sounds_like_stop.n ? view_plain(t->sounds_like_stop, PLAIN_TEXT) : json_null());
    json_put(o, "draft", draft ? draft : json_null());
}

json_t *view_waiting(const struct inbox_waiting *w)
{
    json_t *o = json_object();
    json_put_count(o, "waiting", w->waiting);
    json_put_count(o, "overdue", w->overdue);
    json_put_count(o, "held", w->held);
    json_put_time(o, "waiting_since", w->since_ms);
    return o;
}
