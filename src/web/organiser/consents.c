/* What one person agreed to and what they took back of it, as /optouts shows it beside what keeps texts from them. */
#include "base/buf.h"
#include "core/consent.h"
#include "core/json.h"
#include "web/local_time.h"
#include "web/organiser/optouts.h"

enum { WORDS_MAX = 16, WORDS_BYTES_MAX = 2048 };

/* "news,reminders" → "news, reminders" */
static json_t *words_json(struct slice agreed)
{
    struct buf b = BUF_INIT(WORDS_BYTES_MAX);
    struct slice word;
    while (agreed.n && slice_cut(&agreed, ',', &word))
        buf_addf(&b, "%s%.*s", b.n ? ", " : "", SLICE_ARG(word));
    json_t *text = json_text(buf_slice(&b));
    buf_done(&b);
    return text;
}

/* What one campaign after the other stood on. */
static json_t *agreed_json(const json_t *kept)
{
    json_t *o = json_deep_copy(kept);
    struct slice first = json_slice(json_object_get(kept, "first_used"));
    struct slice last = json_slice(json_object_get(kept, "last_used"));
    check(o);
    json_put(o, "words", words_json(json_slice(json_object_get(kept, "consent"))));
    json_put(o, "first_day", json_text(slice_make(first.p, first.n < 10 ? first.n : 10)));
    json_put(o, "last_day", json_text(slice_make(last.p, last.n < 10 ? last.n : 10)));
    return o;
}

static json_t *taken_json(const struct web_call *c, const json_t *taken)
{
    char when[LOCAL_TIME_BYTES];
    json_t *o = json_deep_copy(taken);
    check(o);
    local_time_show_iso(c, json_object_get(taken, "at"), when);
    json_put(o, "when", json_string(when));
    return o;
}

static bool has(const json_t *list, const char *key, struct slice word)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i,
                       one) if (slice_eq(json_slice(json_object_get(one, key)), word)) return true;
    return false;
}

/* The words of one piece that can still be taken back, each once. False: it says "to anything", and then the word is typed. */
static bool add_words(json_t *words, struct slice agreed, const json_t *taken)
{
    struct slice word;
    while (agreed.n && slice_cut(&agreed, ',', &word)) {
        if (slice_is(word, "yes")) return false;
        if (consent_word_ok(word) && !has(taken, "consent", word) && !has(words, "word", word) &&
            json_array_size(words) < WORDS_MAX)
            json_list_add(words, json_pack("{s:o}", "word", json_text(word)));
    }
    return true;
}

void consents_put(const struct web_call *c, json_t *data, const json_t *found)
{
    json_t *agreed = json_array(), *taken = json_array(), *words = json_array();
    const json_t *withdrawn = json_object_get(found, "withdrawn"), *one;
    bool all_named = true;
    size_t i;
    json_array_foreach(json_object_get(found, "evidence"), i, one)
    {
        json_list_add(agreed, agreed_json(one));
        all_named &= add_words(words, json_slice(json_object_get(one, "consent")), withdrawn);
    }
    json_array_foreach(withdrawn, i, one) json_list_add(taken, taken_json(c, one));
    json_put(data, "known", json_boolean(found != NULL));
    json_put(data, "nothing_agreed", json_boolean(json_array_size(agreed) == 0));
    json_put(data, "choose", json_boolean(all_named && json_array_size(words) > 0));
    json_put(data, "agreed", agreed);
    json_put(data, "taken", taken);
    json_put(data, "words", words);
}
