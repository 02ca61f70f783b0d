/* Reads verified webhooks into events. */
#include <jansson.h>

#include "core/money.h"
#include "core/json_repair.h"
#include "core/unseen.h"
#include "gateway/bound/twice.h"
#include "private.h"
#include "told_time.h"

enum { EVENT_TEXT_BYTES_MAX = 64 * 1024 }; /* of one text; what is longer is cut */

struct reading {
    const struct gateway *g;
    const struct reader *reader;
    const struct hook_sink *sink;
    struct arena *arena;
    struct elements elements;
    bool recognised, mended;
};

/* ---- values */

static bool is_clean(struct slice text)
{
    return slice_is_utf8(text, NULL) && (text.n == 0 || !memchr(text.p, 0, text.n));
}

static size_t next_zero(struct slice text, size_t at)
{
    const char *zero = at < text.n ? memchr(text.p + at, 0, text.n - at) : NULL;
    return zero ? (size_t)(zero - text.p) : text.n;
}

static size_t next_wrong(struct slice text, size_t at)
{
    size_t good;
    return slice_is_utf8(slice_from(text, at), &good) ? text.n : at + good;
}

/* A reply must not be lost for a byte that is wrong: each one, and each NUL, becomes U+FFFD. One
 * pass: the next of both kinds are looked for again only behind the last one. */
static struct slice clean(struct slice text, struct arena *a)
{
    static const char REPLACEMENT[] = "\xef\xbf\xbd";
    if (text.n > EVENT_TEXT_BYTES_MAX) text.n = EVENT_TEXT_BYTES_MAX;
    if (is_clean(text)) return text;
    char *out = arena_alloc(a, text.n * 3);
    size_t n = 0, at = 0, zero = next_zero(text, 0), wrong = next_wrong(text, 0);
    if (!out) return SLICE_NONE;
    for (;;) {
        size_t stop = zero < wrong ? zero : wrong;
        memcpy(out + n, text.p + at, stop - at);
        n += stop - at;
        if (stop == text.n) return slice_make(out, n);
        memcpy(out + n, REPLACEMENT, 3);
        n += 3;
        at = stop + 1;
        if (zero < at) zero = next_zero(text, at);
        if (wrong < at) wrong = next_wrong(text, at);
    }
}

static struct slice read_text(const struct selector_list *s, const struct facts *f)
{
    return clean(selector_read(s, f), f->arena);
}

/* What a program wrote for a program: blanks around it mean nothing. */
static struct slice read_word(const struct selector_list *s, const struct facts *f)
{
    return slice_trim(read_text(s, f));
}

static int64_t read_time(const struct selector_list *s, const struct facts *f)
{
    int64_t at_ms;
    return told_time_read(selector_read(s, f), &at_ms) ? at_ms : 0;
}

static struct slice read_address(const struct reading *r, const struct selector_list *s,
                                 const struct facts *f)
{
    return address_read(r->g, read_text(s, f), f->arena);
}

static struct slice read_person_address(const struct reading *r, const struct selector_list *list,
                                        const struct facts *f)
{
    return address_of_person(r->g, read_text(list, f), f->arena);
}

/* What it cost, as far as it is told and can be. Some write it below zero, as what they took. */
static void read_cost(const struct reader *r, const struct facts *f, struct receipt_event *event)
{
    uint64_t parts = 0;
    int64_t cost;
    (void)slice_to_u64(selector_read(&r->cost_parts, f), RECEIPT_PARTS_MAX, &parts);
    event->part_count = (unsigned)parts;
    if (!money_amount(selector_read(&r->cost, f), &cost) || (r->cost_per_part && parts == 0))
        return;
    event->cost = r->cost_per_part ? cost * (int64_t)parts : cost;
    event->currency = read_text(&r->cost_currency, f);
}

/* ---- events */

/* What the provider says of a failure: of several codes the one that counts. */
struct told_code {
    struct slice text;       /* none: it says none */
    bool first;              /* title and details are said of it */
    const struct rule *rule; /* NULL: nobody has listed it */
};

static struct told_code read_code(const struct reading *r, const struct facts *f)
{
    const struct rule_list *codes = &r->g->p->codes;
    struct told_code code = {.rule = NULL};
    code.text = clean(rules_choose_code(codes, &r->reader->code, f, &code.first), f->arena);
    const struct rule_input in = {.code = code.text, .facts = f};
    if (code.text.n) code.rule = rules_find(codes, NULL, &in);
    return code;
}

static void explain(const struct reading *r, const struct facts *f, const struct told_code *code,
                    struct receipt_event *event)
{
    if (code->first) {
        event->title = read_text(&r->reader->title, f);
        event->details = read_text(&r->reader->details, f);
    }
    event->code = code->text;
    event->outcome = REFUSED;
    if (!code->rule) return;
    event->reason = code->rule->reason;
    event->suppress = code->rule->suppress;
    event->outcome = code->rule->outcome;
    event->scope = code->rule->scope;
    event->filtered = code->rule->filtered;
}

static void tell_unlisted(const struct reading *r, struct slice word, const struct facts *f)
{
    if (r->sink->unlisted) r->sink->unlisted(r->sink->arg, clean(word, f->arena));
}

/* False: nothing follows. A code that says that the person opted out counts, whatever the provider calls the state. */
static bool read_state(const struct reading *r, const struct facts *f, bool opted_out, int *ret)
{
    struct slice word;
    if (!words_read(&r->reader->states, &r->reader->status, f, ret, &word)) {
        tell_unlisted(r, word, f);
        *ret = opted_out ? STATE_UNDELIVERED : WORD_IGNORED;
    } else if (*ret == WORD_IGNORED && opted_out) {
        *ret = STATE_ACCEPTED; /* it moves nobody back */
    }
    return *ret != WORD_IGNORED;
}

static void tell_receipt(struct reading *r, const struct facts *f)
{
    int state;
    const struct told_code code = read_code(r, f);
    bool opted_out = code.rule && code.rule->suppress;
    if (!read_state(r, f, opted_out, &state)) return;
    struct receipt_event event = {.state = (enum state)state,
                                  .ref = read_word(&r->reader->ref, f),
                                  .provider_id = read_word(&r->reader->id, f),
                                  .to = read_person_address(r, &r->reader->to, f),
                                  .to_user_id = read_word(&r->reader->user_id, f),
                                  .from_id = read_word(&r->reader->own_id, f),
                                  .international = !r->g->p->numbers.national,
                                  .at_ms = read_time(&r->reader->at, f),
                                  .parts = r->reader->parts};
    read_cost(r->reader, f, &event);
    if (opted_out || event.state == STATE_UNDELIVERED || event.state == STATE_UNKNOWN)
        explain(r, f, &code, &event);
    if (r->sink->receipt && !arena_failed(r->arena)) r->sink->receipt(r->sink->arg, &event);
}

static const struct shape *shape_of(const struct reader *r, const struct facts *f)
{
    const struct shape *s = shape_find(&r->shapes, f);
    return s ? s : &r->own;
}

/* What the shape does not say, the reader says. */
static const struct selector_list *either(const struct selector_list *shape,
                                          const struct selector_list *reader)
{
    return shape->count ? shape : reader;
}

static int read_media_count(const struct reader *r, const struct shape *s, const struct facts *f)
{
    uint64_t said = 0;
    struct slice number = selector_read(either(&s->media_count, &r->own.media_count), f);
    (void)slice_to_u64(number, 1000, &said);
    int there = selector_count(either(&s->media, &r->own.media), f);
    return (int)said + there;
}

/* Some write the id where the number would stand. */
static void take_user_id(struct inbound_event *event)
{
    struct slice *id = address_is_parent_id(event->from) ? &event->parent_user_id : &event->user_id;
    if (id->n == 0) *id = event->from;
    event->from = SLICE_NONE;
}

static void read_person(const struct reading *r, const struct facts *f, struct inbound_event *event)
{
    event->from = read_person_address(r, &r->reader->from, f);
    event->user_id = read_word(&r->reader->user_id, f);
    event->parent_user_id = read_word(&r->reader->parent_user_id, f);
    event->profile_name = read_text(&r->reader->profile_name, f);
    if (text_is_unseen(event->profile_name)) event->profile_name = SLICE_NONE; /* U+3164 */
    event->international = !r->g->p->numbers.national;
    if (address_is_user_id(r->g, event->from)) take_user_id(event);
}

/* The provider's own word for what a person wants counts more than the item's shape. False: by that
 * word, nothing follows from it. */
static bool read_kind(const struct reader *r, const struct shape *s, const struct facts *f,
                      struct inbound_event *event)
{
    int kind = s->kind == SHAPE_KIND_OPEN ? r->own.kind : s->kind;
    bool known = words_find(&r->kinds, selector_read(&r->kind, f), &kind);
    if (known && kind == WORD_IGNORED) return false;
    event->kind = (enum inbound_kind)kind;
    event->handled = known && r->handled;
    return true;
}

static void read_words(const struct reading *r, const struct shape *s, const struct facts *f,
                       struct inbound_event *event)
{
    const struct shape *own = &r->reader->own;
    struct slice text = selector_read(either(&s->text, &own->text), f);
    event->text = clean(encoding_read(&r->reader->encoding, text, f), f->arena);
    event->action = read_text(either(&s->action, &own->action), f);
    event->about = read_word(either(&s->about, &own->about), f);
    event->new_from = read_person_address(r, either(&s->new_from, &own->new_from), f);
    event->new_user_id = read_word(either(&s->new_user_id, &own->new_user_id), f);
    /* Who shows no number until the new one comes: the id says who that was. */
    if (event->new_from.n && event->user_id.n && slice_eq(event->from, event->new_from))
        event->from = SLICE_NONE;
    event->media_count = read_media_count(r->reader, s, f);
    event->note = clean(note_make(s->note, f), f->arena);
    /* Nothing may stand in a thread as a blank. */
    bool blank = event->media_count == 0 && event->note.n == 0 && text_is_unseen(event->text);
    if (blank && event->kind != INBOUND_REACTION && event->kind != INBOUND_REVOKED)
        event->note = SLICE_LIT("An empty message");
}

static void unread(struct reading *r)
{
    r->recognised = true;
    if (r->sink->unread) r->sink->unread(r->sink->arg);
}

static void tell_inbound(struct reading *r, const struct facts *f)
{
    const struct reader *reader = r->reader;
    const struct shape *s = shape_of(reader, f);
    struct inbound_event event = {.event_id = read_word(&reader->id, f),
                                  .to = read_address(r, &reader->to, f),
                                  .to_channel =
                                      address_channel(r->g, selector_read(&reader->to, f)),
                                  .to_id = read_word(&reader->own_id, f),
                                  .chat = read_word(&reader->chat, f),
                                  .at_ms = read_time(&reader->at, f)};
    if (!read_kind(reader, s, f, &event)) return;
    read_person(r, f, &event);
    read_words(r, s, f, &event);
    if (!event.from.n && !event.user_id.n && !event.parent_user_id.n)
        unread(r);
    else if (r->sink->inbound && !arena_failed(r->arena))
        r->sink->inbound(r->sink->arg, &event);
}

static void tell_account(struct reading *r, const struct facts *f)
{
    const struct reader *reader = r->reader;
    const struct shape *s = shape_of(reader, f);
    struct account_event event = {.level = s->level,
                                  .reason = s->reason,
                                  .text = clean(note_make(s->note, f), f->arena),
                                  .template_name = read_text(&reader->template_name, f),
                                  .template_language = read_text(&reader->template_language, f),
                                  .account_id = read_word(&reader->account_id, f),
                                  .at_ms = read_time(&reader->at, f)};
    if (s->keep) unread(r);
    if (r->sink->account && !arena_failed(r->arena)) r->sink->account(r->sink->arg, &event);
}

static bool applies(struct reading *r, const struct facts *f)
{
    bool fits = selector_all_present(&r->reader->present, f) &&
                !selector_any_present(&r->reader->absent, f) &&
                conditions_fit(&r->reader->match, f);
    r->recognised |= fits;
    return fits;
}

static bool is_item(const struct facts *f)
{
    return f->depth == 0 || json_is_object(f->trail[f->depth - 1]);
}

static void receipt_item(void *arg, const struct facts *f)
{
    struct reading *r = arg;
    if (!is_item(f))
        unread(r);
    else if (applies(r, f))
        tell_receipt(r, f);
}

static void inbound_item(void *arg, const struct facts *f)
{
    struct reading *r = arg;
    if (!is_item(f))
        unread(r);
    else if (applies(r, f))
        tell_inbound(r, f);
}

static void alert_item(void *arg, const struct facts *f)
{
    struct reading *r = arg;
    if (!is_item(f))
        unread(r);
    else if (applies(r, f))
        tell_account(r, f);
}

/* ---- the whole webhook */

/* What jansson refuses is mended and read again; NULL: it cannot be mended. */
static json_t *load_mended(struct slice body, struct reading *r)
{
    json_error_t where;
    size_t rest = 0;
    bool torn = false;
    struct buf mended = BUF_INIT(3 * (size_t)GATEWAY_HOOK_BYTES_MAX + 64);
    json_t *json = NULL;
    if (json_repair(body, &mended, &rest)) {
        json = json_loadb(mended.p, mended.n, JSON_REJECT_DUPLICATES, &where);
        if (!json && json_error_code(&where) == json_error_duplicate_key)
            json = twice_load(body, &torn);
    }
    buf_done(&mended);
    r->mended = json != NULL;
    if (json && (rest || torn)) unread(r);
    return json;
}

static bool open_json(struct reading *r, struct slice body, struct facts *f)
{
    json_error_t where;
    if (body.n == 0) return false;
    json_t *json = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &where);
    if (!json) json = load_mended(body, r);
    if (!json) return false;
    f->trail[0] = json;
    f->depth = 1;
    return json_is_object(json) && selector_all_present(&r->g->p->hooks.require, f);
}

/* False when it is not in the provider's language. A form's fields are the query's when there is no
 * body. */
static bool open_facts(struct reading *r, const struct hook_request *hook, struct form *query,
                       struct form *fields, struct facts *f)
{
    *f = (struct facts){
        .arena = r->arena, .query = query, .fields = fields, .elements = &r->elements};
    if (form_parse(hook_query(hook), r->arena, query) < 0) return false;
    *fields = *query;
    if (r->g->p->hooks.json) return open_json(r, hook->body, f);
    if (!hook_is_get(hook) && form_parse(hook->body, r->arena, fields) < 0) return false;
    if (twice_empty(fields)) unread(r);
    return true;
}

static void read_each(struct reading *r, struct facts *f, const struct reader *list, size_t count,
                      void (*item)(void *arg, const struct facts *f))
{
    for (size_t i = 0; i < count; i++) {
        r->reader = &list[i];
        selector_walk(&r->reader->each, f, item, r);
    }
}

static bool read_all(struct reading *r, struct facts *f)
{
    const struct provider *p = r->g->p;
    read_each(r, f, p->receipts, p->receipt_count, receipt_item);
    read_each(r, f, p->inbound, p->inbound_count, inbound_item);
    read_each(r, f, p->alerts, p->alert_count, alert_item);
    return r->recognised || p->hooks.ignore_unrecognised;
}

enum hook_result gateway_read(struct gateway *g, const struct hook_request *hook,
                              const struct hook_sink *sink)
{
    struct form query = {0}, fields = {0};
    struct facts f;
    struct reading r = {.g = g, .sink = sink, .arena = g->event_arena};
    arena_clear(g->event_arena);
    bool good = open_facts(&r, hook, &query, &fields, &f) && read_all(&r, &f) &&
                !arena_failed(g->event_arena);
    if (r.mended && sink->mended) sink->mended(sink->arg);
    elements_done(&r.elements);
    if (f.depth) json_decref(f.trail[0]);
    return good ? HOOK_OK : HOOK_MALFORMED;
}
