#include "thread.h"

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "coming.h"
#include "conversation.h"
#include "nearest.h"
#include "base/check.h"
#include "core/iso8601.h"
#include "core/parts.h"
#include "flow/asked.h"
#include "flow/doubt.h"
#include "next.h"
#include "tags.h"
#include "team.h"
#include "web/local_time.h"
#include "web/no_more.h"
#include "web/offered.h"
#include "web/page.h"
#include "web/respond.h"
#include "web/suggested.h"
#include "web/view/view.h"

enum {
    THREAD_MESSAGES = 100,
    KEY_BYTES = 33,
    PATH_BYTES = 64,
    KNOWN_BYTES_MAX = 1 << 18,
    LESS_BYTES_MAX = 4096
};

struct thread {
    int status;
    char problem[ERR_TEXT_BYTES];
    bool doubted; /* they are asked about their answer */
    json_t *data; /* owned, as the tags are, until the page is whole */
    char *tags;
    uint32_t campaign; /* that they answer to, and who they are */
    uint64_t number;
    int64_t asked_ms;                     /* [wall ms] */
    char place[WHERE_SAID_BYTES], *group; /* where they said that they are; owned */
};

static void thread_done(void *state)
{
    struct thread *t = state;
    json_decref(t->data);
    free(t->tags);
    free(t->group);
}

static json_t *parts_json(struct slice text)
{
    if (text.n == 0) return json_null();
    struct parts parts;
    char count[32];
    parts_count(text, &parts);
    (void)snprintf(count, sizeof count, "%u part%s", parts.parts, parts.parts == 1 ? "" : "s");
    return json_pack("{s:s,s:i,s:i,s:s}", "parts", count, "units", (int)parts.units, "per_part",
                     (int)parts.per_part, "encoding", parts_encoding_to_string(parts.encoding));
}

/* What was written goes before the suggestion that was tapped. */
static json_t *joined(struct slice text, struct slice suggested)
{
    struct buf b = BUF_INIT(2 * INBOX_TEXT_BYTES_MAX);
    buf_add_slice(&b, text);
    if (slice_trim(text).n > 0 && suggested.n > 0) buf_add_char(&b, ' ');
    buf_add_slice(&b, suggested);
    json_t *json = json_text(buf_slice(&b));
    buf_done(&b);
    return json;
}

/* What was being written: in the form that came, or kept by the store. Owned; {} where there is none. */
static json_t *draft_of(const struct web_call *c, const struct inbox_thread *t)
{
    json_t *draft = t->draft.n ? json_loadb(t->draft.p, t->draft.n, 0, NULL) : NULL;
    if (!draft) draft = json_object();
    struct slice text = web_field(c, "text"), suggested = web_field(c, "suggest");
    if (web_field(c, "fence").n == 0 && text.n == 0) return draft;
    json_put(draft, "text", joined(text, suggested));
    json_put(draft, "key", json_text(web_field(c, "key")));
    return draft;
}

/* The key that tells one answer from the next, however often its form is sent: kept while the same
 * form comes back. */
static json_t *key_json(const json_t *draft)
{
    struct slice old = json_slice(json_object_get(draft, "key"));
    if (old.n > 0) return json_text(old);
    unsigned char random[(KEY_BYTES - 1) / 2];
    char key[KEY_BYTES];
    randombytes_buf(random, sizeof random);
    return json_string(sodium_bin2hex(key, sizeof key, random, sizeof random));
}

static void put_draft(const struct web_call *c, const struct inbox_thread *t, json_t *data)
{
    json_t *draft = draft_of(c, t);
    struct slice text = json_slice(json_object_get(draft, "text"));
    json_put(data, "draft", json_text(text));
    json_put(data, "parts", parts_json(text));
    json_put(data, "key", key_json(draft));
    json_decref(draft);
}

static void put_doubt(const struct web_call *c, const struct thread *shown, json_t *data)
{
    char digest[DIGEST_BYTES] = "";
    if (shown->doubted) doubt_digest(web_typed(c, "text"), digest);
    json_put(data, "doubted", json_string(digest));
}

/* ---- what is shown ---- */

/* "Today", "Yesterday", "Tue 24 November". */
static json_t *day_json(const struct web_call *c, int64_t at_ms)
{
    char text[LOCAL_TIME_BYTES];
    int64_t days_ago = local_time_day(c, c->now_ms) - local_time_day(c, at_ms);
    if (days_ago <= 1) return json_string(days_ago == 1 ? "Yesterday" : "Today");
    local_time_show_day(c, at_ms, text);
    return json_string(text);
}

/* The messages, with a line before the first one of each day. */
static json_t *messages_shown(const struct web_call *c, const struct inbox_thread *t)
{
    json_t *list = view_messages(t, c->member, c->now_ms);
    for (size_t i = 0; i < t->count; i++) {
        int64_t at_ms = t->messages[i].at_ms;
        json_t *message = json_array_get(list, i);
        if (t->messages[i].team) json_put(message, "remark", team_words(&t->messages[i]));
        if (i > 0 && local_time_day(c, at_ms) == local_time_day(c, t->messages[i - 1].at_ms))
            continue;
        json_put(message, "day", day_json(c, at_ms));
    }
    return list;
}

static bool is_same_day(const struct web_call *c, const json_t *a, const json_t *b)
{
    int64_t at_ms, other_ms;
    return iso8601_parse(json_slice(json_object_get(a, "at")), &at_ms) &&
           iso8601_parse(json_slice(json_object_get(b, "at")), &other_ms) &&
           local_time_day(c, at_ms) == local_time_day(c, other_ms);
}

/* Where in the messages something of that time stands. Times in ISO 8601 sort as texts. */
static size_t place_of(const json_t *messages, const char *at)
{
    size_t i = 0, n = json_array_size(messages);
    while (i < n) {
        const char *other = json_string_value(json_object_get(json_array_get(messages, i), "at"));
        if (other && strcmp(other, at) >= 0) break;
        i++;
    }
    return i;
}

/* What we sent them stands where it belongs: before what they wrote since. */
static void put_bubble(const struct web_call *c, json_t *messages, const json_t *asked)
{
    json_t *bubble = json_object();
    const char *at = json_string_value(json_object_get(asked, "at"));
    struct slice template = json_slice(json_object_get(asked, "template"));
    size_t place = at ? place_of(messages, at) : 0;
    json_t *after = json_array_get(messages, place);
    json_put(bubble, "dir", json_string("out first"));
    json_put(bubble, "campaign_name", json_incref(json_object_get(asked, "name")));
    json_put(bubble, "text", json_incref(json_object_get(asked, "text")));
    json_put(bubble, "at", json_incref(json_object_get(asked, "at")));
    json_put(bubble, "ago", json_incref(json_object_get(asked, "ago")));
    if (template.n > 0) json_put(bubble, "template", json_text(template));
    if (at && !is_same_day(c, place ? json_array_get(messages, place - 1) : NULL, bubble))
        json_put(bubble, "day", day_json(c, ((struct thread *)c->state)->asked_ms));
    if (is_same_day(c, bubble, after)) (void)json_object_del(after, "day");
    check(json_array_insert_new(messages, place, bubble) == 0);
}

/* "ward: Holbeck · first name: Ann" */
static json_t *known_json(const json_t *fields)
{
    struct buf b = BUF_INIT(KNOWN_BYTES_MAX);
    size_t i;
    const json_t *field;
    json_array_foreach(fields, i, field)
    {
        struct slice name = json_slice(json_object_get(field, "name"));
        if (i > 0) buf_add_cstr(&b, " · ");
        for (size_t k = 0; k < name.n; k++)
            buf_add_char(&b, name.p[k] == '_' ? ' ' : name.p[k]);
        buf_addf(&b, ": %s", json_string_value(json_object_get(field, "value")));
    }
    json_t *known = json_text(buf_slice(&b));
    buf_done(&b);
    return known;
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

static void show(struct web_call *c)
{
    const struct thread *shown = c->state;
    page_answer(c, PAGE_THREAD, shown->status, json_incref(shown->data));
}

/* As volunteers read them. */
static json_t *word_shown(struct slice word)
{
    static const char *const labels[][2] = {{"reminder", "reminders"},
                                            {"election", "texts about an election"},
                                            {"fundraising", "asking for money"},
                                            {"survey", "surveys"},
                                            {"service", "texts about what they asked for"},
                                            {"action", "calls to do something"}};
    size_t i = 0;
    while (i < COUNT_OF(labels) && !slice_is(word, labels[i][0]))
        i++;
    return i < COUNT_OF(labels) ? json_string(labels[i][1]) : json_text(word);
}

static void put_words(struct web_call *c)
{
    json_t *data = ((const struct thread *)c->state)->data, *choices = json_array(), *one;
    size_t i;
    struct buf less = BUF_INIT(LESS_BYTES_MAX);
    json_array_foreach(json_object_get(data, "no_more"), i, one)
    {
        json_t *words = word_shown(json_slice(json_object_get(one, "consent")));
        buf_addf(&less, "%s%s", i ? ", " : "", json_string_value(words));
        json_put(one, "words", words);
    }
    json_put(data, "less", json_text(buf_slice(&less)));
    buf_done(&less);
    json_array_foreach(json_object_get(data, "no_more_of"), i, one)
    {
        json_list_add(choices,
                      json_pack("{s:O,s:o}", "word", one, "words", word_shown(json_slice(one))));
    }
    json_put(data, "may_have_less", json_boolean(json_array_size(choices) > 0));
    json_put(data, "no_more_of", choices);
    show(c);
}

/* What the form of each template needs besides what the API tells. */
static void put_templates(struct web_call *c)
{
    const struct thread *shown = c->state;
    json_t *list = json_object_get(shown->data, "templates"), *one, *gap;
    size_t i, k;
    json_array_foreach(list, i, one)
    {
        json_t *gaps = json_object_get(one, "gaps");
        size_t n = json_array_size(gaps);
        bool typed = slice_eq(web_field(c, "template"), json_slice(json_object_get(one, "id")));
        json_put(one, "open", json_boolean(typed || json_array_size(list) == 1));
        json_put(one, "has_gaps", json_boolean(n > 0));
        json_put_count(one, "gap_count", n);
        json_array_foreach(gaps, k, gap) json_put_count(gap, "at", k);
    }
    json_put(shown->data, "any_templates", json_boolean(json_array_size(list) > 0));
    no_more_put(c, shown->data, shown->number, put_words);
}

static void put_offered(struct web_call *c)
{
    offered_put(c, ((const struct thread *)c->state)->data, put_templates);
}

static void put_nearest(struct web_call *c)
{
    const struct thread *shown = c->state;
    nearest_put(c, shown->place, slice_of(shown->group), shown->data, put_offered);
}

static void put_coming(struct web_call *c)
{
    coming_put(c, ((struct thread *)c->state)->data, put_nearest);
}

static void on_asked(void *arg, const struct asked *asked)
{
    struct web_call *c = arg;
    struct thread *shown = c->state;
    json_t *data = shown->data;
    view_asked(data, asked, c->member, c->now_ms);
    shown->asked_ms = asked ? asked->campaign->running_ms : 0;
    if (asked) put_bubble(c, json_object_get(data, "messages"), json_object_get(data, "asked"));
    json_put(data, "has_fields",
             json_boolean(json_array_size(json_object_get(data, "fields")) > 0));
    json_put(data, "known", known_json(json_object_get(data, "fields")));
    suggested_put(c, data, put_coming);
}

static void on_tags(void *arg, int result, const struct inbox_shelved *own, size_t n,
                    const struct err *e)
{
    struct web_call *c = arg;
    struct thread *shown = c->state;
    if (!web_ok(c, result, e)) return;
    json_put(shown->data, "quick_tags", tags_shown(slice_of(shown->tags), own, n));
    asked_load(c->config->store, c->config->accounts, c->config->means->words, shown->campaign,
               shown->number, on_asked, c);
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    struct web_call *c = arg;
    struct thread *shown = c->state;
    struct inbox_actor who = view_actor(c);
    if (!web_ok(c, result, e)) return;
    json_t *data = thread_frame(c, t, shown->problem);
    json_put(data, "messages", messages_shown(c, t));
    next_put(c, data);
    json_put(data, "suppressed", json_boolean(t->suppressed_scope.n > 0));
    json_put(data, "taken_off", view_taken_off(t, c->member, c->now_ms));
    json_put(data, "on_hold", json_boolean(t->on_hold && t->suppressed_scope.n == 0));
    json_put(data, "may_take_over",
             json_boolean(access_may(c->member, MAY_TAKE_OVER, t->conversation.group)));
    json_put(data, "may_set_up",
             json_boolean(access_may(c->member, MAY_SET_UP_INBOX, t->conversation.group)));
    put_draft(c, t, data);
    put_doubt(c, shown, data);
    shown->data = data;
    shown->tags = slice_strdup(t->conversation.tags);
    shown->group = slice_strdup(t->conversation.group);
    (void)nearest_said(c, t, shown->place);
    shown->campaign = t->conversation.campaign;
    shown->number = t->conversation.number;
    inbox_shelf_list(c->config->inbox, INBOX_OWN_TAGS, &who, t->conversation.group, on_tags, c);
}

static void load(struct web_call *c, int status, const char *problem, bool doubted)
{
    struct thread *shown = web_call_state(c, sizeof *shown, thread_done);
    shown->doubted = doubted;
    struct inbox_actor who = view_actor(c);
    shown->status = status;
    (void)snprintf(shown->problem, sizeof shown->problem, "%s", problem);
    inbox_read(c->config->inbox, c->id, &who, THREAD_MESSAGES, on_thread, c);
}

void thread_show(struct web_call *c, int status, const char *problem)
{
    load(c, status, problem, false);
}

void thread_show_doubt(struct web_call *c, const char *problem)
{
    load(c, 409, problem, true);
}

void thread_lead(struct web_call *c, int result, const struct err *e)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/inbox/%u", c->id);
    if (result == ERR_NOT_FOUND || result == ERR_UNREACHABLE)
        web_failed(c, result, e);
    else if (result < 0)
        thread_show(c, respond_status_of(result), e->text);
    else
        web_answer_redirect(c, path);
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
