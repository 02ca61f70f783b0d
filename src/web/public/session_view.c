#include "web/public/session_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/form.h"
#include "core/link.h"
#include "flow/launch.h"
#include "flow/zone_book.h"
#include "store/group.h"
#include "web/public/say.h"

enum { TEXT_BYTES_MAX = 2048 };

/* ---- when ---- */

static const struct zone_set *zones_of(const struct web_call *c, struct slice group)
{
    struct zone_book *zones = c->config->means->zones;
    const struct groups *groups = c->config->groups;
    const struct group_info *info = groups && group.n ? groups_find(groups, group) : NULL;
    if (info && zone_book_knows(zones, slice_of(info->zone)))
        return zone_book_of(zones, 0, slice_of(info->zone));
    return zone_book_named(zones, slice_of(c->config->country)); /* most people's is the first */
}

static int64_t local_s(const struct zone_set *set, int64_t at_ms)
{
    int64_t until_s, at_s = at_ms / 1000;
    return at_s + (set->n ? zone_offset_s(set->zones[0], at_s, &until_s) : 0);
}

void session_when(const struct web_call *c, const struct place *p, const struct session *s,
                  char out[SAY_WHEN_BYTES])
{
    const struct zone_set *set = zones_of(c, slice_of(p->group));
    public_when(public_language_of(c), local_s(set, s->start_ms), local_s(set, s->end_ms),
                local_s(set, c->now_ms), out);
}

/* ---- what is shown ---- */

void session_path(const struct web_call *c, const struct session *s, char out[SESSION_PATH_BYTES])
{
    char token[LINK_CHARS + 1];
    link_make(c->config->link_key, &(struct link){LINK_PAGE, s->id, 0}, token);
    (void)snprintf(out, SESSION_PATH_BYTES, "/near/%s", token);
}

static void put_text(json_t *view, const char *key, const char *text)
{
    if (text && *text) json_put(view, key, json_text(slice_of(text)));
}

static void put_flag(json_t *view, const char *key, bool is)
{
    if (is) json_put(view, key, json_true());
}

static void put_room(enum public_language l, json_t *view, const struct session *s)
{
    char room[SAY_FAR_BYTES];
    uint32_t left = session_left(s);
    if (s->capacity == 0) return;
    put_text(view, "room",
             left ? public_room(l, left, s->capacity, room) : public_word(l, WORD_full));
    put_flag(view, "full", left == 0);
}

json_t *session_view(const struct web_call *c, const struct place *p, const struct session *s)
{
    char when[SAY_WHEN_BYTES];
    json_t *view = json_object();
    session_when(c, p, s, when);
    put_text(view, "place", p->name);
    put_text(view, "when", when);
    put_text(view, "where", s->meeting_point);
    put_text(view, "with", s->organiser);
    put_text(view, "note", s->note);
    put_room(public_language_of(c), view, s);
    put_flag(view, "steps", s->accessible);
    put_flag(view, "lifts", s->lifts);
    put_flag(view, "cancelled", s->is_cancelled);
    put_flag(view, "over", s->end_ms <= c->now_ms);
    return view;
}

/* ---- what passes it on ---- */

static void put_address(json_t *share, const char *key, const char *start, struct slice text)
{
    struct buf address = BUF_INIT(TEXT_BYTES_MAX);
    buf_add_cstr(&address, start);
    form_encode(&address, text);
    json_put(share, key, json_text(buf_slice(&address)));
    buf_done(&address);
}

void session_view_share(const struct web_call *c, json_t *view, const char *path)
{
    char *address = public_address(c, path);
    struct buf text = BUF_INIT(TEXT_BYTES_MAX);
    buf_addf(&text, "%s %s, %s: %s", public_say(c, WORD_can_you),
             json_string_value(json_object_get(view, "place")),
             json_string_value(json_object_get(view, "when")), address);
    json_t *share = json_pack("{s:s,s:s+}", "address", address, "calendar", path, "/calendar.ics");
    put_address(share, "whatsapp", "https://wa.me/?text=", buf_slice(&text));
    put_address(share, "sms", "sms:?&body=", buf_slice(&text));
    json_put(view, "share", share);
    buf_done(&text);
    free(address);
}
