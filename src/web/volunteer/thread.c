#include "thread.h"

#include <stdio.h>
#include <time.h>

#include <sodium.h>

#include "conversation.h"
#include "core/parts.h"
#include "next.h"
#include "web/page.h"
#include "web/view/view.h"
#include "web/volunteer/volunteer.h"

enum { THREAD_MESSAGES = 100, KEY_BYTES = 33, DAY_MS = 24 * 60 * 60 * 1000 };

struct thread {
    int status;
    char problem[ERR_TEXT_BYTES];
};

static json_t *parts_json(struct slice text)
{
    if (text.n == 0) return json_null();
    struct parts parts;
    char count[32];
    parts_count(text, &parts);
    (void)snprintf(count, sizeof count, parts.parts == 1 ? "1 part" : "%u parts", parts.parts);
    return json_pack("{s:s,s:i,s:i,s:s}", "parts", count, "units", (int)parts.units, "per_part",
                     (int)parts.per_part, "encoding", parts_encoding_to_string(parts.encoding));
}

/* The key that tells one answer from the next, however often its form is sent: kept while the same
 * form comes back. */
static json_t *key_json(const struct web_call *c)
{
    struct slice old = web_field(c, "key");
    if (old.n > 0) return json_text(old);
    unsigned char random[(KEY_BYTES - 1) / 2];
    char key[KEY_BYTES];
    randombytes_buf(random, sizeof random);
    return json_string(sodium_bin2hex(key, sizeof key, random, sizeof random));
}

/* ---- what is shown ---- */

/* The tags that are there in one tap. */
static const struct {
    const char *tag, *label;
} tags[] = {
    {"yes", "Yes"},
    {"maybe", "Maybe"},
    {"no", "No"},
    {"question", "Question"},
    {"wrong_number", "Wrong number"},
    {"moved", "Moved"},
    {"lift", "Needs a lift"},
    {"escalate", "Ask an organiser"},
};

static bool has_tag(struct slice list, const char *wanted)
{
    for (struct slice tag; list.n > 0 && slice_cut(&list, ',', &tag);)
        if (slice_is(tag, wanted)) return true;
    return false;
}

static json_t *quick_tags(struct slice on)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        json_list_add(list, json_pack("{s:s,s:s,s:b}", "tag", tags[i].tag, "label", tags[i].label,
                                      "on", has_tag(on, tags[i].tag)));
    return list;
}

/* "Today", "Yesterday", "Tue 24 November". */
static json_t *day_json(int64_t at_ms, int64_t now_ms)
{
    char text[64];
    time_t at_s = (time_t)(at_ms / 1000);
    struct tm day;
    int64_t days_ago = now_ms / DAY_MS - at_ms / DAY_MS;
    if (days_ago <= 1) return json_string(days_ago == 1 ? "Yesterday" : "Today");
    (void)strftime(text, sizeof text, "%a %e %B", gmtime_r(&at_s, &day));
    return json_string(text);
}

/* The messages, with a line before the first one of each day. */
static json_t *messages_shown(const struct web_call *c, const struct inbox_thread *t)
{
    json_t *list = view_messages(t, c->member, c->now_ms);
    for (size_t i = 0; i < t->count; i++) {
        int64_t at_ms = t->messages[i].at_ms;
        if (i > 0 && at_ms / DAY_MS == t->messages[i - 1].at_ms / DAY_MS) continue;
        json_put(json_array_get(list, i), "day", day_json(at_ms, c->now_ms));
    }
    return list;
}

/* The top of the page: who it is, the way back, the way to all that is done less often. */
static json_t *thread_frame(const struct web_call *c, const struct inbox_thread *t,
                            const char *problem)
{
    json_t *shown = conversation_shown(c, &t->conversation);
    json_t *data = page_data(c, json_string_value(json_object_get(shown, "display")), problem);
    char line[VIEW_PERSON_BYTES + 128];
    (void)snprintf(line, sizeof line, "%s · %.*s%s",
                   json_string_value(json_object_get(shown, "address")),
                   SLICE_ARG(t->conversation.group), t->conversation.closed ? " · closed" : "");
    json_put(data, "line", json_string(line));
    json_put(data, "app", json_true());
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/inbox", "label", "Inbox"));
    json_put(data, "aside", json_pack("{s:s,s:s}", "href", "#more", "label", "More"));
    json_put(data, "conversation", shown);
    return data;
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    struct web_call *c = arg;
    const struct thread *shown = c->state;
    if (!web_ok(c, result, e)) return;
    json_t *data = thread_frame(c, t, shown->problem);
    json_put(data, "messages", messages_shown(c, t));
    next_put(c, data);
    json_put(data, "quick_tags", quick_tags(t->conversation.tags));
    json_put(data, "suppressed", json_boolean(t->suppressed_scope.n > 0));
    json_put(data, "on_hold", json_boolean(t->on_hold && t->suppressed_scope.n == 0));
    json_put(data, "draft", json_text(web_field(c, "text")));
    json_put(data, "parts", parts_json(web_field(c, "text")));
    json_put(data, "key", key_json(c));
    page_answer(c, PAGE_THREAD, shown->status, data);
}

void thread_show(struct web_call *c, int status, const char *problem)
{
    struct thread *shown = web_call_state(c, sizeof *shown, NULL);
    struct inbox_actor who = view_actor(c->member);
    shown->status = status;
    (void)snprintf(shown->problem, sizeof shown->problem, "%s", problem);
    inbox_read(c->config->inbox, c->id, &who, c->now_ms, THREAD_MESSAGES, on_thread, c);
}

static void get_thread(struct web_call *c)
{
    thread_show(c, 200, "");
}

static const struct route rows[] = {
    {"GET", "/inbox/{id}", MAY_READ_INBOX, NEEDS_STORE | IN_GROUP | PAGE | WITH_ID, NULL,
     get_thread},
};

const struct routes thread_routes = {rows, COUNT_OF(rows)};
