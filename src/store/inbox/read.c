/* Reading conversations: one script each for a thread and for a page of the list. */
#include "private.h"
#include "store/group.h"

#include <stdlib.h>

#include <jansson.h>

#include "core/state.h"
#include "store/page.h"
#include "store/suppress.h"

static const struct script thread_script = {
    .name = "conv_thread", .parts = {&lua_direct_common, &lua_conv_common, &lua_conv_thread}};
static const struct script list_script = {
    .name = "conv_list",
    .parts = {&lua_direct_common, &lua_conv_common, &lua_merged, &lua_conv_row, &lua_conv_list}};

static const struct {
    const char *who, *why;
} unreachable[] = {
    {"user_id", "the provider gives no number for this person, and no answer can go to their user "
                "id through this gateway"},
    {"name", "they write from a short code or a name, which takes no answers"},
    {"doubtful", "their number came in a form that may be somebody else's: it cannot be matched "
                 "with one that can be texted"},
    {"chat", "this is a group chat: answers go to single people only"},
    {"nobody", "the provider did not say who wrote"},
    {"others", "these are several people, beyond the bound of strangers that are kept apart"},
};

const char *inbox_why_unreachable(struct slice who)
{
    for (size_t i = 0; i < COUNT_OF(unreachable); i++)
        if (slice_is(who, unreachable[i].who)) return unreachable[i].why;
    return "nothing can be sent there";
}

static enum inbox_who who_of(const struct redisReply *hash, bool has_number)
{
    static const char *const names[] = {
#define X(name, text) text,
        INBOX_WHO_TABLE(X)
#undef X
    };
    if (has_number) return INBOX_NUMBER;
    int i = slice_index(redis_field(hash, "who"), names, COUNT_OF(names));
    return i < 0 ? INBOX_NOBODY : (enum inbox_who)i;
}

/* A number, or what stands in its place. */
static void read_key(const struct redisReply *hash, struct inbox_conversation *c)
{
    struct slice key = redis_field(hash, "number");
    bool is_number = key.n > 0 && key.p[0] != '~';
    uint64_t v;
    if (is_number && slice_to_u64(key, INT64_MAX, &v)) c->number = v;
    if (!is_number && key.n) c->address = slice_make(key.p + 1, key.n - 1);
    c->who = who_of(hash, is_number);
    c->user_id = redis_field(hash, "user_id");
    c->answerable =
        is_number || (c->who == INBOX_USER_ID && slice_is(redis_field(hash, "takes_id"), "1"));
}

/* The hash as a flat [field, value, …] array. */
void inbox_read_row(const struct redisReply *hash, const struct inbox_reading *at,
                    struct inbox_conversation *c)
{
    uint64_t v;
#define NUMBER(field) (slice_to_u64(redis_field(hash, field), INT64_MAX, &v) ? v : 0)
    *c = (struct inbox_conversation){
        .id = (uint32_t)NUMBER("id"),
        .group = redis_field(hash, "group"),
        .name = redis_field(hash, "name"),
        .gateway = redis_field(hash, "gateway"),
        .sender = redis_field(hash, "sender"),
        .tags = redis_field(hash, "tags"),
        .campaign = (uint32_t)NUMBER("campaign"),
        .loan = (uint32_t)NUMBER("loan"),
        .closed = slice_is(redis_field(hash, "state"), "closed"),
        .claimed_by = redis_field(hash, "claimed_by"),
        .claim_until_ms = (int64_t)NUMBER("claim_until_ms"),
        .claim_fence = NUMBER("claim_fence"),
        .last_in_ms = (int64_t)NUMBER("last_in_ms"),
        .last_out_ms = (int64_t)NUMBER("last_out_ms"),
        .waiting_ms = (int64_t)NUMBER("waiting_ms"),
        .unread = (uint32_t)NUMBER("unread"),
        .heard = (uint32_t)NUMBER("heard"),
        .said = redis_field(hash, "said"),
        .said_by = redis_field(hash, "said_by"),
        .language = redis_field(hash, "language"),
        .handed_by = redis_field(hash, "handed_by"),
        .handed_to = redis_field(hash, "handed_to"),
        .handed_word = redis_field(hash, "handed_word"),
        .doubt = NUMBER("doubt") != 0,
    };
    int64_t window_ms = (int64_t)NUMBER("window_ms"), within_ms = (int64_t)NUMBER("within_ms");
#undef NUMBER
    read_key(hash, c);
    c->overdue = c->waiting_ms && !c->closed &&
                 at->now_ms - c->waiting_ms >
                     groups_target_ms(at->groups, c->group, within_ms, at->target_ms);
    if (window_ms && c->last_in_ms) c->window_ends_ms = c->last_in_ms + window_ms;
    if (c->claimed_by.n == 0 || c->claim_until_ms <= at->now_ms) {
        c->claimed_by = SLICE_NONE;
        c->claim_until_ms = 0;
    }
}

/* ---- one thread ---- */

/* Borrows from root, and the i-th of what the script told. A message that nobody can read is shown
 * as an empty one. */
static void read_message(json_t *root, const struct redisReply *reply, size_t i,
                         struct inbox_message *m)
{
    const char *dir = "in", *kind = "", *by = "", *text = "", *note = "", *id = "", *about = "";
    const char *from = "", *now = "";
    json_int_t at_ms = 0, index = 0, media = 0, more = 0;
    int64_t state = redis_int(redis_at(redis_at(reply, 2), i), -1);
    (void)json_unpack(root, "{s?s,s?s,s?s,s?s,s?I,s?I,s?I,s?I}", "dir", &dir, "kind", &kind, "by",
                      &by, "text", &text, "at_ms", &at_ms, "i", &index, "media", &media, "n",
                      &more);
    (void)json_unpack(root, "{s?s,s?s,s?s,s?s,s?s}", "note", &note, "id", &id, "about", &about,
                      "from", &from, "to", &now);
    bool change = strcmp(kind, "change") == 0;
    *m = (struct inbox_message){
        .note = slice_of(note),
        .own_id = slice_of(id),
        .about = slice_of(about),
        .edit = json_is_true(json_object_get(root, "edit")),
        .speaker = change ? SLICE_NONE : slice_of(from),
        .was_key = change ? slice_of(from) : SLICE_NONE,
        .now_key = change ? slice_of(now) : SLICE_NONE,
        .more = (uint32_t)more,
        .out = strcmp(dir, "out") == 0,
        .team = strcmp(dir, "team") == 0,
        .text = slice_of(text),
        .by = slice_of(by),
        .kind = slice_of(kind),
        .at_ms = at_ms,
        .media = (unsigned)media,
        .index = (uint32_t)index,
        .state = state < STATE_COUNT ? (int)state : -1,
        .reason = redis_str(redis_at(redis_at(reply, 3), i)),
        .unknown_since_ms = redis_int(redis_at(redis_at(reply, 6), i), 0),
        .resent = (uint32_t)redis_int(redis_at(redis_at(reply, 7), i), 0),
    };
}

/* The newest answer that is shown says it better than the row. */
static void note_doubt(struct inbox_conversation *c, const struct inbox_message *messages, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (messages[i].out && slice_is(messages[i].kind, "reply"))
            c->doubt = messages[i].state == STATE_UNKNOWN;
}

static void read_thread(const struct call *c, const struct redisReply *reply)
{
    const struct inbox_reading *at = call_kept(c);
    const struct redisReply *list = redis_at(reply, 1);
    size_t n = redis_count(list);
    struct inbox_message *messages = xcalloc(n + 1, sizeof *messages);
    json_t **roots = xcalloc(n + 1, sizeof(json_t *));
    for (size_t i = 0; i < n; i++) {
        struct slice text = redis_str(redis_at(list, i));
        roots[i] = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
        read_message(roots[i], reply, i, &messages[i]);
    }
    struct inbox_thread thread = {.messages = messages, .count = n};
    inbox_read_row(redis_at(reply, 0), at, &thread.conversation);
    thread.conversation.id = c->id;
    note_doubt(&thread.conversation, messages, n);
    struct slice scope = redis_str(redis_at(reply, 4));
    if (scope.n > 0) thread.suppressed_scope = scope;
    struct suppress_entry hold = {0};
    char *evidence = NULL;
    struct slice held = redis_str(redis_at(reply, 8));
    thread.on_hold = held.n > 0;
    if (thread.on_hold && suppress_read_record(held, &hold, &evidence))
        thread.sounds_like_stop = hold.evidence;
    thread.draft = redis_str(redis_at(reply, 9));
    thread.off_until_ms = redis_int(redis_at(reply, 11), 0);
    if (thread.off_until_ms > at->now_ms) thread.off_by = redis_str(redis_at(reply, 10));
    call_back(c, inbox_thread_cb)(c->arg, 0, &thread, NULL);
    free(evidence);
    for (size_t i = 0; i < n; i++)
        json_decref(roots[i]);
    free(roots);
    free(messages);
}

static void on_thread(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && redis_count(reply) == 0) r = inbox_not_found(&e);
    if (r)
        call_back(c, inbox_thread_cb)(c->arg, r, NULL, &e);
    else
        read_thread(c, reply);
}

void inbox_read(struct inbox *b, uint32_t id, const struct inbox_actor *who, int messages,
                inbox_thread_cb *cb, void *arg)
{
    check(messages > 0 && messages <= INBOX_MESSAGES_MAX);
    struct call *c = call_begin(b->store, &thread_script);
    c->id = id;
    call_keep(c, (struct inbox_reading){who->now_ms, b->target_ms, b->groups});
    call_prefix(c);
    call_u64(c, id);
    call_groups(c, &who->groups, SLICE_NONE);
    call_i64(c, messages);
    call_text(c, who->name);
    call_run(c, on_thread, cb, arg);
}

/* ---- the list ---- */

static void on_list(struct call *c, const struct redisReply *reply)
{
    const struct inbox_reading *at = call_kept(c);
    inbox_list_cb *cb = call_back(c, inbox_list_cb);
    struct err e;
    int r = call_failed(reply, &e);
    if (r) {
        cb(c->arg, r, NULL, 0, SLICE_NONE, &e);
        return;
    }
    size_t n = page_count(reply);
    struct inbox_conversation *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++)
        inbox_read_row(redis_at(reply, i + 2), at, &list[i]);
    char cursor[PAGE_CURSOR_BYTES];
    cb(c->arg, 0, list, n, page_next(reply, cursor), NULL);
    free(list);
}

void inbox_list(struct inbox *b, const struct inbox_query *query, const struct inbox_actor *who,
                inbox_list_cb *cb, void *arg)
{
    static const char *const filters[] = {"any", "mine", "handed", "free", "unlinked"};
    check(query->limit > 0 && query->limit <= INBOX_PAGE_MAX && query->filter <= INBOX_UNLINKED);
    struct call *c = call_begin(b->store, &list_script);
    call_keep(c, (struct inbox_reading){who->now_ms, b->target_ms, b->groups});
    call_prefix(c);
    call_i64(c, who->now_ms);
    call_groups(c, &who->groups, query->group);
    call_str(c, query->unanswered ? "unanswered"
                : query->any      ? "any"
                : query->closed   ? "closed"
                                  : "inbox");
    call_str(c, filters[query->filter]);
    call_text(c, who->name);
    call_str(c, query->oldest_first || query->unanswered ? "oldest" : "newest");
    call_i64(c, query->limit);
    page_after(c, query->after);
    call_text(c, query->tag);
    if (query->campaign)
        call_u64(c, query->campaign);
    else
        call_str(c, "");
    call_text(c, query->name);
    call_text(c, query->digits);
    call_groups(c, &query->whole, SLICE_NONE);
    call_run(c, on_list, cb, arg);
}
