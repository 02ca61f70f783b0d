#include "inbox_view.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/plain.h"
#include "core/mask.h"
#include "core/number.h"
#include "core/state.h"
#include "inbox_fate.h"

enum { VIEW_BYTES_MAX = 1 << 18 }; /* of a name or a text as it is shown */

struct inbox_actor view_actor(const struct person *person)
{
    bool all = person->role == PERSON_ORGANISER;
    return (struct inbox_actor){slice_of(person->name), all ? SLICE_NONE : slice_of(person->group)};
}

int64_t view_now(const struct inbox_web_config *config)
{
    return config->now_ms ? config->now_ms() : clock_wall_ms();
}

json_t *view_text(struct slice s)
{
    json_t *text = json_stringn(s.p ? s.p : "", s.n);
    return text ? text : json_string("?");
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

static json_t *time_json(int64_t ms)
{
    char iso[CLOCK_ISO_BYTES];
    if (ms == 0) return json_null();
    clock_iso(ms, iso);
    return json_string(iso);
}

static json_t *waiting_json(int64_t since_ms, int64_t now_ms)
{
    char duration[32];
    if (since_ms == 0) return json_null();
    view_duration(now_ms - since_ms, duration);
    return json_string(duration);
}

static json_t *ago_json(int64_t then_ms, int64_t now_ms)
{
    char duration[32], text[64];
    if (now_ms - then_ms < 60000) return json_string("just now");
    view_duration(now_ms - then_ms, duration);
    (void)snprintf(text, sizeof text, "%s ago", duration);
    return json_string(text);
}

static json_t *tags_json(struct slice tags)
{
    json_t *list = json_array();
    for (struct slice tag; tags.n > 0 && slice_cut(&tags, ',', &tag);)
        check(json_array_append_new(list, view_text(tag)) == 0);
    return list;
}

static json_t *number_json(uint64_t number, bool masked)
{
    char text[NUMBER_MASK_BYTES];
    if (!number_is_valid(number)) return json_string("?");
    if (masked)
        number_mask(number, text);
    else
        number_format(number, text);
    return json_string(text);
}

/* Sets or fails as a bug: only memory can lack. Takes value. */
static void set(json_t *o, const char *key, json_t *value)
{
    check(json_object_set_new(o, key, value) == 0);
}

static json_t *plain_json(struct slice s, enum plain_kind kind)
{
    struct buf shown = BUF_INIT(VIEW_BYTES_MAX);
    plain_add(&shown, s, kind);
    json_t *text = view_text(buf_slice(&shown));
    buf_done(&shown);
    return text;
}

json_t *view_name(const struct inbox_conversation *c, const struct person *person)
{
    struct buf name = BUF_INIT(VIEW_BYTES_MAX);
    if (person->role == PERSON_VOLUNTEER)
        mask_name(&name, c->name);
    else
        buf_add_slice(&name, c->name);
    json_t *text = plain_json(buf_slice(&name), PLAIN_LINE);
    buf_done(&name);
    return text;
}

json_t *view_conversation(const struct inbox_conversation *c, const struct person *person,
                          int64_t now_ms)
{
    bool mine = c->claimed_by.n > 0 && slice_is(c->claimed_by, person->name);
    json_t *o = json_object();
    set(o, "id", json_integer(c->id));
    set(o, "group", view_text(c->group));
    set(o, "name", view_name(c, person));
    set(o, "number", number_json(c->number, person->role == PERSON_VOLUNTEER));
    set(o, "gateway", view_text(c->gateway));
    set(o, "sender", view_text(c->sender));
    set(o, "campaign", c->campaign ? json_integer(c->campaign) : json_null());
    set(o, "state", json_string(c->closed ? "closed" : "open"));
    set(o, "claimed_by", c->claimed_by.n ? view_text(c->claimed_by) : json_null());
    set(o, "claimed_until", time_json(c->claim_until_ms));
    set(o, "mine", json_boolean(mine));
    set(o, "fence", mine ? json_integer((json_int_t)c->claim_fence) : json_null());
    set(o, "last_in", time_json(c->last_in_ms));
    set(o, "last_out", time_json(c->last_out_ms));
    set(o, "waiting_since", time_json(c->waiting_ms));
    set(o, "waiting", waiting_json(c->waiting_ms, now_ms));
    set(o, "unread", json_integer(c->unread));
    set(o, "doubt", json_boolean(c->doubt));
    set(o, "tags", tags_json(c->tags));
    return o;
}

static json_t *view_message(const struct inbox_message *m, int64_t now_ms)
{
    json_t *o = json_object();
    char fate[FATE_BYTES];
    set(o, "dir", json_string(m->out ? "out" : "in"));
    set(o, "text", plain_json(m->text, PLAIN_TEXT));
    set(o, "kind", view_text(m->kind));
    set(o, "at", time_json(m->at_ms));
    set(o, "ago", ago_json(m->at_ms, now_ms));
    if (m->media) set(o, "media", json_integer(m->media));
    if (!m->out) return o;
    set(o, "by", view_text(m->by));
    set(o, "index", json_integer(m->index));
    set(o, "state",
        m->state < 0 ? json_null() : json_string(state_to_string((enum state)m->state)));
    set(o, "reason", m->reason.n ? view_text(m->reason) : json_null());
    view_fate(m, fate);
    set(o, "fate", *fate ? view_text(slice_of(fate)) : json_null());
    set(o, "unknown_since", time_json(m->unknown_since_ms));
    set(o, "unknown_for", waiting_json(m->unknown_since_ms, now_ms));
    set(o, "may_resend", json_boolean(m->unknown_since_ms && slice_is(m->kind, "reply")));
    set(o, "resent", json_integer(m->resent));
    return o;
}

json_t *view_messages(const struct inbox_thread *t, int64_t now_ms)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->count; i++)
        check(json_array_append_new(list, view_message(&t->messages[i], now_ms)) == 0);
    return list;
}
