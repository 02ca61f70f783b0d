/* The list of conversations, by tabs. */
#include <stdio.h>
#include <stdlib.h>

#include "conversation.h"
#include "core/form.h"
#include "next.h"
#include "tags.h"
#include "web/page.h"
#include "web/page_words.h"
#include "web/search.h"
#include "web/view/view.h"

enum { LIST_LIMIT = 30, HANDED_SHOWN = 5, HREF_BYTES_MAX = 2048 };

enum order { NEWEST, WAITING /* who waits longest */ };

static const struct tab {
    const char *show, *label, *href, *empty;
    bool closed;
    enum order order;
    enum inbox_filter filter;
    const char *tag;
    enum action may; /* beside reading the inbox */
} tabs[] = {
    {"free", "Waiting", "/inbox", "Nobody is waiting for an answer. Well done.", false, WAITING,
     INBOX_FREE, NULL, MAY_READ_INBOX},
    {"mine", "Mine", "/inbox?show=mine", "You have taken none. Tap “Next person”.", false, NEWEST,
     INBOX_MINE, NULL, MAY_READ_INBOX},
    {"longest", "Longest", "/inbox?show=longest", "Nobody is waiting for an answer.", false,
     WAITING, INBOX_ANY, NULL, MAY_TAKE_OVER},
    {"escalated", "For organisers", "/inbox?show=escalated", "Nobody was passed on to you.", false,
     NEWEST, INBOX_ANY, INBOX_ESCALATE, MAY_TAKE_OVER},
    {"all", "All", "/inbox?show=all", "There is no open conversation.", false, NEWEST, INBOX_ANY,
     NULL, MAY_READ_INBOX},
    /* who cannot be matched with a list is for somebody who sees numbers */
    {"unlinked", "No number", "/inbox?show=unlinked", "Everybody who wrote is known by a number.",
     false, NEWEST, INBOX_UNLINKED, NULL, MAY_SEE_NUMBERS},
    {"closed", "Closed", "/inbox?show=closed", "No conversation was closed yet.", true, NEWEST,
     INBOX_ANY, NULL, MAY_READ_INBOX},
};

struct list {
    struct search search;
    struct err wrong; /* with what is looked for; else it has no code */
    json_t *data;     /* owned */
};

static void list_done(void *state)
{
    json_decref(((struct list *)state)->data);
}

static const struct tab *tab_of(const struct web_call *c)
{
    struct slice show = web_query(c, "show");
    if (show.n == 0 && (web_query(c, "search").n || web_query(c, "tag").n)) show = SLICE_LIT("all");
    for (size_t i = 0; i < COUNT_OF(tabs); i++)
        if (slice_is(show, tabs[i].show)) return &tabs[i];
    return &tabs[0];
}

static json_t *tabs_json(const struct web_call *c, const struct tab *current)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(tabs); i++)
        if (access_may_somewhere(c->member, tabs[i].may))
            json_list_add(list, json_pack("{s:s,s:s,s:b}", "label", tabs[i].label, "href",
                                          tabs[i].href, "current", &tabs[i] == current));
    return list;
}

static void add_pair(struct buf *href, const char *name, struct slice value)
{
    if (value.n == 0) return;
    buf_addf(href, "&%s=", name);
    form_encode(href, value);
}

/* "/inbox?show=free&after=…", with what is looked for. */
static json_t *next_json(const struct web_call *c, const struct tab *tab, struct slice next)
{
    static const char *const kept[] = {"search", "tag", "campaign"};
    struct buf href = BUF_INIT(HREF_BYTES_MAX);
    if (next.n == 0) return json_null();
    buf_addf(&href, "/inbox?show=%s", tab->show);
    add_pair(&href, "after", next);
    for (size_t i = 0; i < COUNT_OF(kept); i++)
        add_pair(&href, kept[i], web_query(c, kept[i]));
    json_t *text = json_text(buf_slice(&href));
    buf_done(&href);
    return text;
}

/* "12 wait, the first for 14 min; 3 of them too long." */
static json_t *waits_json(const struct web_call *c, const struct inbox_waiting *w)
{
    char since[32], late[48] = "", text[128];
    if (w->waiting == 0) return json_string("Nobody waits for an answer.");
    view_duration(c->now_ms - w->since_ms, since);
    if (w->overdue) (void)snprintf(late, sizeof late, "; %u too long", w->overdue);
    (void)snprintf(text, sizeof text, "%u %s, the first for %s%s", w->waiting,
                   w->waiting == 1 ? "waits" : "wait", since, late);
    return json_string(text);
}

/* Who waits too long is said aloud, and in the name of the tab, which is seen from other tabs. */
static void put_late(json_t *data, const struct inbox_waiting *w)
{
    char text[64];
    if (w->overdue == 0) return;
    (void)snprintf(text, sizeof text, "(%u) Inbox", w->overdue);
    json_put(data, "title", json_string(text));
    (void)snprintf(text, sizeof text, "%u %s too long for an answer.", w->overdue,
                   w->overdue == 1 ? "person waits" : "people wait");
    json_put(data, "late", json_string(text));
}

/* Who was handed to them stands before all, whatever they look at. */
static void on_handed(void *arg, int result, const struct inbox_conversation *list, size_t n,
                      struct slice next, const struct err *e)
{
    struct web_call *c = arg;
    struct list *shown = c->state;
    (void)next;
    if (!web_ok(c, result, e)) return;
    json_t *handed = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(handed, conversation_shown(c, &list[i]));
    json_put(shown->data, "handed", handed);
    page_answer(c, PAGE_INBOX, shown->wrong.code ? 400 : 200, json_incref(shown->data));
}

static void on_waiting(void *arg, int result, const struct inbox_waiting *w, const struct err *e)
{
    static const struct inbox_query handed = {.filter = INBOX_HANDED, .limit = HANDED_SHOWN};
    struct web_call *c = arg;
    struct list *list = c->state;
    struct inbox_actor who = view_actor(c);
    if (!web_ok(c, result, e)) return;
    json_put(list->data, "waits", waits_json(c, w));
    put_late(list->data, w);
    inbox_list(c->config->inbox, &handed, &who, on_handed, c);
}

static void put_wrong(json_t *data, const struct err *wrong)
{
    char *text = page_words(slice_of(wrong->text), NULL);
    json_put(data, "problem", json_text(slice_of(text)));
    free(text);
}

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    const struct tab *tab = tab_of(c);
    struct list *shown = c->state;
    struct inbox_actor who = view_actor(c);
    json_t *data = shown->data = page_data(c, "Inbox", ""), *conversations = json_array();
    if (shown->wrong.code) put_wrong(data, &shown->wrong);
    for (size_t i = 0; i < n; i++)
        json_list_add(conversations, conversation_shown(c, &list[i]));
    json_put(data, "conversations", conversations);
    json_put(data, "tabs", tabs_json(c, tab));
    json_put(data, "tabs_label", json_string("Which conversations"));
    next_put(c, data);
    json_put(data, "search", json_text(web_query(c, "search")));
    json_put(data, "tag_options", tags_options(web_query(c, "tag")));
    if (web_query(c, "tag").n) json_put(data, "want_tag", json_text(web_query(c, "tag")));
    bool looks = web_query(c, "search").n || web_query(c, "tag").n;
    json_put(data, "empty", json_string(looks ? "Nobody is found." : tab->empty));
    json_put(data, "next", next_json(c, tab, next));
    inbox_count_waiting(c->config->inbox, &who, on_waiting, c);
}

/* Who is looked for is looked for among all. */
static struct inbox_query query_of(const struct web_call *c, const struct tab *tab)
{
    uint64_t campaign = 0;
    struct slice tag = web_query(c, "tag");
    (void)slice_to_u64(web_query(c, "campaign"), UINT32_MAX, &campaign);
    return (struct inbox_query){
        .closed = tab->closed,
        .any = web_query(c, "search").n > 0,
        .filter = tab->filter,
        .unanswered = tab->order == WAITING,
        .tag = tab->tag ? slice_of(tab->tag) : tag,
        .campaign = tag.n ? (uint32_t)campaign : 0,
        .limit = LIST_LIMIT,
        .after = web_query(c, "after"),
    };
}

static void get_list(struct web_call *c)
{
    struct list *list = web_call_state(c, sizeof *list, list_done);
    struct inbox_query query = query_of(c, tab_of(c));
    if (search_read(c, web_query(c, "search"), &list->search, &query, &list->wrong) < 0)
        query.any = false; /* what is wrong is said, and the list stays */
    search_list(c, &query, on_list);
}

static const struct route rows[] = {
    {"GET", "/inbox", MAY_READ_INBOX, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_list},
};

const struct routes list_routes = {rows, COUNT_OF(rows)};
