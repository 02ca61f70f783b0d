#include "thread.h"

#include <stdio.h>

#include <sodium.h>

#include "conversation.h"
#include "core/parts.h"
#include "web/page.h"
#include "web/view/view.h"
#include "web/volunteer/volunteer.h"

enum { THREAD_MESSAGES = 100, KEY_BYTES = 33 };

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

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    struct web_call *c = arg;
    const struct thread *shown = c->state;
    if (!web_ok(c, result, e)) return;
    json_t *data = page_data(c, "Conversation", shown->problem);
    json_put(data, "conversation", conversation_shown(c, &t->conversation));
    json_put(data, "messages", view_messages(t, c->member, c->now_ms));
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
