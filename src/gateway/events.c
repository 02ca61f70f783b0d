/* Reads verified webhooks into events. */
#include <jansson.h>

#include "bound.h"

enum { EVENT_TEXT_BYTES_MAX = 64 * 1024 }; /* of one text; what is longer is cut */

/* Below it a time is in seconds (up to the year 33658), else in milliseconds (from 2001 on). */
static const uint64_t AT_MS_SINCE = 1000000000000;

struct reading {
    const struct gateway *g;
    const struct reader *reader;
    const struct hook_sink *sink;
    struct arena *arena;
    bool recognised;
};

/* ---- values */

static bool is_clean(struct slice text)
{
    return slice_is_utf8(text, NULL) && (text.n == 0 || !memchr(text.p, 0, text.n));
}

/* A reply must not be lost for a byte that is wrong: each one, and each NUL, becomes U+FFFD. */
static struct slice clean(struct slice text, struct arena *a)
{
    static const char REPLACEMENT[] = "\xef\xbf\xbd";
    if (text.n > EVENT_TEXT_BYTES_MAX) text.n = EVENT_TEXT_BYTES_MAX;
    if (is_clean(text)) return text;
    char *out = arena_alloc(a, text.n * 3);
    size_t n = 0, bad;
    if (!out) return SLICE_NONE;
    while (text.n) {
        const char *zero = memchr(text.p, 0, text.n);
        size_t good = zero ? (size_t)(zero - text.p) : text.n;
        if (!slice_is_utf8(slice_make(text.p, good), &bad)) good = bad;
        memcpy(out + n, text.p, good);
        n += good;
        if (good == text.n) break;
        memcpy(out + n, REPLACEMENT, 3);
        n += 3;
        text = slice_from(text, good + 1);
    }
    return slice_make(out, n);
}

static struct slice read_text(const struct selector_list *s, const struct facts *f)
{
    return clean(selector_read(s, f), f->arena);
}

static int64_t read_time(const struct selector_list *s, const struct facts *f)
{
    uint64_t at;
    if (!slice_to_u64(selector_read(s, f), INT64_MAX / 1000, &at)) return 0;
    return (int64_t)(at < AT_MS_SINCE ? at * 1000 : at);
}

static struct slice read_address(const struct reading *r, const struct selector_list *s,
                                 const struct facts *f)
{
    return address_read(r->g, read_text(s, f), f->arena);
}

/* ---- events */

static void explain(const struct reading *r, const struct facts *f, struct receipt_event *event)
{
    struct rule_input in = {.code = read_text(&r->reader->code, f), .facts = f};
    event->title = read_text(&r->reader->title, f);
    event->details = read_text(&r->reader->details, f);
    event->outcome = REFUSED;
    if (in.code.n == 0) return;
    const struct rule *rule = rules_find(&r->g->p->codes, NULL, &in);
    event->code = in.code;
    if (!rule) return;
    event->reason = rule->reason;
    event->suppress = rule->suppress;
    event->outcome = rule->outcome;
    event->scope = rule->scope;
    event->filtered = rule->filtered;
}

static void tell_unlisted(const struct reading *r, struct slice word, const struct facts *f)
{
    if (r->sink->unlisted) r->sink->unlisted(r->sink->arg, clean(word, f->arena));
}

static void tell_receipt(struct reading *r, const struct facts *f)
{
    int state;
    struct slice word;
    if (!words_read(&r->reader->states, &r->reader->status, f, &state, &word)) {
        tell_unlisted(r, word, f);
        return;
    }
    if (state == WORD_IGNORED) return;
    struct receipt_event event = {.state = (enum state)state,
                                  .ref = read_text(&r->reader->ref, f),
                                  .provider_id = read_text(&r->reader->id, f),
                                  .to = read_address(r, &r->reader->to, f),
                                  .to_user_id = read_text(&r->reader->user_id, f),
                                  .from_id = read_text(&r->reader->own_id, f),
                                  .international = true,
                                  .at_ms = read_time(&r->reader->at, f),
                                  .parts = r->reader->parts};
    if (event.state == STATE_UNDELIVERED || event.state == STATE_UNKNOWN) explain(r, f, &event);
    if (!arena_failed(r->arena)) r->sink->receipt(r->sink->arg, &event);
}

static int read_media_count(const struct reader *reader, const struct facts *f)
{
    uint64_t said = 0;
    (void)slice_to_u64(selector_read(&reader->media_count, f), 1000, &said);
    return (int)said + selector_count(&reader->media, f);
}

/* Some write the id where the number would stand. */
static void take_user_id(struct inbound_event *event)
{
    struct slice *id = address_is_parent_id(event->from) ? &event->parent_user_id : &event->user_id;
    if (id->n == 0) *id = event->from;
    event->from = SLICE_NONE;
}

static void tell_inbound(struct reading *r, const struct facts *f)
{
    const struct reader *reader = r->reader;
    int kind = INBOUND_MESSAGE;
    bool known = words_find(&reader->kinds, selector_read(&reader->kind, f), &kind);
    if (known && kind == WORD_IGNORED) return;
    struct inbound_event event = {
        .kind = (enum inbound_kind)kind,
        .handled = known && reader->handled,
        .event_id = read_text(&reader->id, f),
        .from = read_address(r, &reader->from, f),
        .international = true,
        .user_id = read_text(&reader->user_id, f),
        .parent_user_id = read_text(&reader->parent_user_id, f),
        .to = read_address(r, &reader->to, f),
        .to_id = read_text(&reader->own_id, f),
        .chat = read_text(&reader->chat, f),
        .text =
            clean(encoding_read(&reader->encoding, selector_read(&reader->text, f), f), f->arena),
        .profile_name = read_text(&reader->profile_name, f),
        .media_count = read_media_count(reader, f),
        .at_ms = read_time(&reader->at, f)};
    if (address_is_user_id(r->g, event.from)) take_user_id(&event);
    bool somebody = event.from.n || event.user_id.n || event.parent_user_id.n;
    if (somebody && !arena_failed(r->arena)) r->sink->inbound(r->sink->arg, &event);
}

static bool applies(struct reading *r, const struct facts *f)
{
    bool fits = selector_all_present(&r->reader->present, f) &&
                !selector_any_present(&r->reader->absent, f) &&
                conditions_fit(&r->reader->match, f);
    r->recognised |= fits;
    return fits;
}

static void receipt_item(void *arg, const struct facts *f)
{
    struct reading *r = arg;
    if (applies(r, f)) tell_receipt(r, f);
}

static void inbound_item(void *arg, const struct facts *f)
{
    struct reading *r = arg;
    if (applies(r, f)) tell_inbound(r, f);
}

/* ---- the whole webhook */

/* False when it is not in the provider's language. A form's fields are the query's when there is no
 * body. */
static bool open_facts(struct gateway *g, const struct hook_request *hook, struct form *query,
                       struct form *fields, struct facts *f)
{
    json_error_t where;
    *f = (struct facts){.arena = g->event_arena, .query = query, .fields = fields};
    if (form_parse(hook_query(hook), g->event_arena, query) < 0) return false;
    *fields = *query;
    if (!g->p->hooks.json)
        return hook_is_get(hook) || form_parse(hook->body, g->event_arena, fields) == 0;
    if (hook->body.n == 0) return false;
    json_t *json = json_loadb(hook->body.p, hook->body.n, JSON_REJECT_DUPLICATES, &where);
    if (!json) return false;
    f->trail[0] = json;
    f->depth = 1;
    return json_is_object(json) && selector_all_present(&g->p->hooks.require, f);
}

static bool read_all(struct gateway *g, struct facts *f, const struct hook_sink *sink)
{
    struct reading r = {.g = g, .sink = sink, .arena = g->event_arena};
    for (size_t i = 0; i < g->p->receipt_count; i++) {
        r.reader = &g->p->receipts[i];
        selector_walk(&r.reader->each, f, receipt_item, &r);
    }
    for (size_t i = 0; i < g->p->inbound_count; i++) {
        r.reader = &g->p->inbound[i];
        selector_walk(&r.reader->each, f, inbound_item, &r);
    }
    return r.recognised || g->p->hooks.ignore_unrecognised;
}

enum hook_result gateway_read(struct gateway *g, const struct hook_request *hook,
                              const struct hook_sink *sink)
{
    struct form query = {0}, fields = {0};
    struct facts f;
    arena_clear(g->event_arena);
    bool good = open_facts(g, hook, &query, &fields, &f) && read_all(g, &f, sink) &&
                !arena_failed(g->event_arena);
    if (f.depth) json_decref(f.trail[0]);
    return good ? HOOK_OK : HOOK_MALFORMED;
}
