#include "web/view/view.h"

#include <stdio.h>

#include "base/clock.h"
#include "core/json.h"
#include "store/rehearsal.h"

enum { NOTE_BYTES = 320 };

static json_t *stored(struct slice text)
{
    return text.n ? json_loadb(text.p, text.n, 0, NULL) : NULL;
}

static void put_stored(json_t *o, const char *key, struct slice text)
{
    json_t *value = stored(text);
    json_put(o, key, value ? value : json_null());
}

static void say_stopped(const struct rehearsal *r, char out[NOTE_BYTES])
{
    char since[CLOCK_ISO_BYTES];
    clock_iso(r->until_ms - REHEARSAL_LEASE_MS, since);
    (void)snprintf(out, NOTE_BYTES,
                   "Nothing was heard since %s of the program that plays it. It begins anew when "
                   "whoever runs the server starts the service muster-rehearsals there; until then "
                   "no other one begins, unless somebody takes this one away.",
                   since);
}

/* What there is to know of one that is not over, for people. Returns owned. */
static json_t *note_json(const struct rehearsal *r, bool is_there, int64_t now_ms)
{
    char text[NOTE_BYTES] = "";
    if (r->state == REHEARSAL_WAITING && !is_there)
        (void)snprintf(text, sizeof text,
                       "Nobody plays rehearsals at the moment: whoever runs the server starts the "
                       "service muster-rehearsals there. It waits until then, or until somebody "
                       "takes it away.");
    else if (r->state == REHEARSAL_WAITING && r->ahead > 0)
        (void)snprintf(text, sizeof text, "It waits: %llu before it.",
                       (unsigned long long)r->ahead);
    else if (r->state == REHEARSAL_WAITING)
        (void)snprintf(text, sizeof text, "It is the next one.");
    else if (r->state == REHEARSAL_UNDER_WAY && r->until_ms < now_ms)
        say_stopped(r, text);
    return *text ? json_string(text) : json_null();
}

json_t *view_rehearsal(const struct rehearsal *r, int64_t worker_ms, int64_t now_ms)
{
    bool is_there = now_ms - worker_ms < REHEARSAL_WORKER_MS;
    json_t *o = json_object();
    json_put_count(o, "id", r->id);
    json_put(o, "name", json_text(r->name));
    json_put(o, "group", json_text(r->group));
    json_put(o, "by", json_text(r->by));
    json_put(o, "state", json_string(rehearsal_state_to_string(r->state)));
    json_put(o, "note", note_json(r, is_there, now_ms));
    json_put_time(o, "made_at", r->made_ms);
    json_put_time(o, "taken_at", r->taken_ms);
    json_put_time(o, "ended_at", r->ended_ms);
    json_put_time(o, "until", r->made_ms + (int64_t)REHEARSAL_DAYS * 24 * 3600 * 1000);
    json_put_count(o, "ahead", r->ahead);
    json_put_count(o, "people", r->people);
    json_put_count(o, "sent", r->sent);
    json_put_count(o, "replies", r->replies);
    json_put(o, "go", r->state == REHEARSAL_FINISHED ? json_boolean(r->go) : json_null());
    json_put_text(o, "why", r->why);
    return o;
}

json_t *view_rehearsal_whole(const struct rehearsal *r, int64_t worker_ms, int64_t now_ms)
{
    json_t *o = view_rehearsal(r, worker_ms, now_ms);
    put_stored(o, "campaign", r->body);
    put_stored(o, "report", r->report);
    return o;
}

json_t *view_rehearsal_taken(const struct rehearsal *r, const char *lease)
{
    json_t *o = json_object();
    json_put_count(o, "id", r->id);
    json_put(o, "lease", json_string(lease));
    json_put(o, "group", json_text(r->group));
    json_put(o, "zone", json_text(r->zone));
    json_put_count(o, "audience", r->audience);
    put_stored(o, "campaign", r->body);
    put_stored(o, "check", r->check);
    return o;
}
