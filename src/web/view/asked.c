/* What a person answers to, and what their campaign gives the volunteers besides. */
#include "web/view/view.h"

#include <string.h>

#include "base/buf.h"
#include "core/consent.h"
#include "core/mask.h"
#include "flow/aside.h"
#include "flow/asked.h"

enum { SUGGESTION_BYTES_MAX = 4 * ASIDE_SUGGESTION_BYTES_MAX }; /* with somebody's fields in it */

static json_t *said_json(struct slice said)
{
    return said.n ? view_plain(said, PLAIN_TEXT) : json_null();
}

/* What it needed consent to, and its kind: of which they may want no more. */
static json_t *about_json(const struct campaign *campaign)
{
    struct consent_need need;
    struct err ignored; /* of another version: it says nothing */
    const char *words[CONSENT_WORDS_OF_NEED];
    json_t *list = json_array();
    if (consent_need_read(campaign->consent, &need, &ignored) < 0) return list;
    size_t n = consent_words_of(&need, words);
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], "yes") != 0) json_list_add(list, json_string(words[i]));
    return list;
}

static json_t *asked_json(const struct asked *a, int64_t now_ms)
{
    json_t *o = json_object();
    json_put_count(o, "campaign", a->campaign->id);
    json_put(o, "name", json_text(a->campaign->name));
    json_put_time(o, "at", a->campaign->running_ms);
    json_put(o, "ago", view_ago(a->campaign->running_ms, now_ms));
    json_put(o, "text", said_json(a->said->text));
    json_put(o, "template", said_json(a->said->template_name));
    json_put(o, "about", about_json(a->campaign));
    return o;
}

/* A number is masked in it as in a name. */
static json_t *value_json(struct slice value, bool masked)
{
    struct buf b = BUF_INIT(4 * MESSAGE_TEXT_BYTES_MAX);
    if (masked)
        mask_name(&b, value);
    else
        buf_add_slice(&b, value);
    json_t *text = view_plain(buf_slice(&b), PLAIN_LINE);
    buf_done(&b);
    return text;
}

static json_t *fields_json(const struct recipient *r, bool masked)
{
    json_t *list = json_array();
    const struct aside *aside = message_aside(r->message);
    for (size_t i = 0; i < aside_shown_count(aside); i++) {
        size_t column = aside_shown(aside, i);
        struct slice value = slice_trim(block_field(r->block, r->row, column));
        if (value.n == 0) continue;
        json_list_add(list,
                      json_pack("{s:o,s:o,s:b}", "name", json_text(r->audience->columns[column]),
                                "value", value_json(value, masked), "masked",
                                masked && mask_is_wanted(value)));
    }
    return list;
}

static bool has_tag(const json_t *tags, struct slice tag)
{
    size_t i;
    const json_t *one;
    json_array_foreach(tags, i, one) if (slice_eq(json_slice(one), tag)) return true;
    return false;
}

static void add_missing(void *arg, struct slice name)
{
    json_t *missing = arg;
    json_list_add(missing, json_text(name));
}

static void add_suggestion(json_t *list, const struct recipient *r, size_t i, struct slice tag)
{
    struct buf text = BUF_INIT(SUGGESTION_BYTES_MAX);
    struct err e;
    json_t *missing = json_array();
    if (message_suggest(r->message, i, r->block, r->row, r->nearest, &text, add_missing, missing,
                        &e) == 0 &&
        slice_trim(buf_slice(&text)).n > 0)
        json_list_add(list, json_pack("{s:o,s:o,s:O}", "tag", tag.n ? json_text(tag) : json_null(),
                                      "text", view_plain(buf_slice(&text), PLAIN_TEXT), "missing",
                                      missing));
    json_decref(missing);
    buf_done(&text);
}

/* Those whose tag the conversation has come first. */
static json_t *suggestions_json(const struct recipient *r, const json_t *tags)
{
    json_t *list = json_array();
    const struct aside *aside = message_aside(r->message);
    for (int first = 1; first >= 0; first--)
        for (size_t i = 0; i < aside_suggestion_count(aside); i++) {
            struct slice tag = aside_tag(aside, i);
            if (has_tag(tags, tag) == first) add_suggestion(list, r, i, tag);
        }
    return list;
}

void view_asked(json_t *o, const struct asked *a, const struct member *m, int64_t now_ms)
{
    const json_t *conversation = json_object_get(o, "conversation");
    struct slice group = json_slice(json_object_get(conversation, "group"));
    bool masked = !access_may(m, MAY_SEE_NUMBERS, group);
    json_put(o, "asked", a ? asked_json(a, now_ms) : json_null());
    json_put(o, "fields", a ? fields_json(a->recipient, masked) : json_array());
    json_put(o, "suggestions",
             a ? suggestions_json(a->recipient, json_object_get(conversation, "tags"))
               : json_array());
}
