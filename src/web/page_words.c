#include "web/page_words.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/buf.h"
#include "core/json.h"

enum { SAID_BYTES_MAX = 16 * 1024 };

static const struct {
    const char *key, *label;
} labels[] = {
    {"name", "the name"},
    {"audience", "who gets it"},
    {"gateway", "the provider account"},
    {"gateways", "the provider accounts"},
    {"message", "the text"},
    {"text", "the text"},
    {"template", "the template"},
    {"start", "when it begins"},
    {"deadline", "when nothing leaves any more"},
    {"hours", "the hours"},
    {"budget", "what it may cost"},
    {"month_budget", "what a month may cost"},
    {"canary", "with how many it begins"},
    {"brake_off", "why the brake is off"},
    {"pause_account_refusals", "after how many refusals it stops"},
    {"pause_failed_percent", "how many may fail"},
    {"pause_filtered_percent", "how many may be taken for spam"},
    {"pause_of_receipts", "how many receipts say something"},
    {"needs_consent", "what they agreed to"},
    {"consent_months", "how many months ago"},
    {"min_age", "the age"},
    {"answer_within_minutes", "the minutes"},
    {"confirmed", "what you have seen to"},
    {"to", "the number"},
    {"why", "why"},
    {"title", "the title"},
    {"zone", "the time zone"},
    {"country", "the country"},
    {"language", "the language"},
    {"every", "how often"},
    {"often", "how often"},
    {"day", "the day"},
    {"date", "the day"},
    {"time", "the time"},
    {"until", "the last day"},
    {"count", "how many times"},
    {"dates", "the dates"},
    {"within_minutes", "until when something leaves"},
    {"late_minutes", "how late it may begin"},
    {"event", "when the event is"},
    {"remind", "the reminders"},
    {"except", "the days that are left out"},
    {"only", "who of them"},
    {"group", "the group"},
    {"at", "where it is"},
    {"needed", "how many people it needs"},
    {"end", "when it ends"},
    {"meeting_point", "where people meet"},
    {"organiser", "who is there"},
    {"capacity", "how many people may come"},
    {"note", "what to know besides"},
};

static const char *label_of(struct slice key)
{
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (slice_is(key, labels[i].key)) return labels[i].label;
    return NULL;
}

/* ---- the client's commands ---- */

static bool is_at(struct slice s, size_t i, const char *text)
{
    return slice_starts(slice_from(s, i), text);
}

/* The other way to do what a page's button does. */
#define OR_ELSE ", or muster "

/* Where a command, or in brackets a key, is told of next; s.n: nowhere. */
static size_t command_in(struct slice s)
{
    static const char *const begins[] = {"`muster ", "(muster ", ": muster ",
                                         "(`",       OR_ELSE,    "(campaign key `"};
    for (size_t i = 0; i < s.n; i++)
        for (size_t k = 0; k < COUNT_OF(begins); k++)
            if (is_at(s, i, begins[k])) return i;
    return s.n;
}

/* Where what leads to it begins: a bracket, or the end of the clause before. */
static size_t hint_begin(struct slice s, size_t at, bool *ret_bracket)
{
    *ret_bracket = false;
    if (is_at(s, at, OR_ELSE)) return at;
    for (size_t i = at + 1; i-- > 0;) {
        *ret_bracket = s.p[i] == '(';
        if (*ret_bracket) return i > 0 && s.p[i - 1] == ' ' ? i - 1 : i;
        if ((s.p[i] == ';' || s.p[i] == ':' || s.p[i] == '.') && is_at(s, i + 1, " ")) return i;
    }
    return 0;
}

static size_t hint_end(struct slice s, size_t at, bool bracket)
{
    if (is_at(s, at, OR_ELSE)) {
        const char *end = memchr(s.p + at, ')', s.n - at);
        return end ? (size_t)(end - s.p) : s.n;
    }
    for (size_t i = at + 1; i < s.n; i++) {
        if (bracket && s.p[i] == ')') return i + 1;
        if (!bracket && (s.p[i] == ';' || s.p[i] == '.') && (i + 1 == s.n || s.p[i + 1] == ' '))
            return i;
    }
    return s.n;
}

/* Adds s without what leads to a command. */
static void add_without_commands(struct buf *out, struct slice s)
{
    for (size_t at; (at = command_in(s)) < s.n;) {
        bool bracket;
        size_t begin = hint_begin(s, at, &bracket), end = hint_end(s, at, bracket);
        buf_add(out, s.p, begin);
        s = slice_from(s, end);
    }
    buf_add_slice(out, s);
}

/* ---- the names of keys ---- */

static void add_label(struct buf *out, struct slice key)
{
    const char *label = label_of(key);
    if (label) buf_add_cstr(out, label);
    for (size_t i = 0; !label && i < key.n; i++)
        buf_add_char(out, key.p[i] == '_' ? ' ' : key.p[i]);
}

/* A word in quotes or backticks at i, without them; none: it is no word. */
static struct slice word_at(struct slice s, size_t i)
{
    size_t end = i + 1;
    while (end < s.n && (isalnum((unsigned char)s.p[end]) || s.p[end] == '_'))
        end++;
    bool closed = end < s.n && end > i + 1 && s.p[end] == s.p[i];
    return closed ? slice_make(s.p + i + 1, end - i - 1) : SLICE_NONE;
}

/* What stands in quotes may be anything: it is a key where the problem is about that key. */
static bool is_key(struct slice word, const json_t *errors)
{
    size_t i;
    const json_t *one;
    json_array_foreach(errors, i, one)
    {
        struct slice pointer = json_slice(json_object_get(one, "pointer"));
        if (slice_starts(pointer, "#/") && slice_eq(slice_from(pointer, 2), word)) return true;
    }
    return false;
}

static void add_with_labels(struct buf *out, struct slice s, const json_t *errors)
{
    for (size_t i = 0; i < s.n; i++) {
        bool code = s.p[i] == '`', quote = s.p[i] == '\'';
        struct slice word = code || quote ? word_at(s, i) : SLICE_NONE;
        if (word.n && (code || is_key(word, errors))) {
            add_label(out, word);
            i += word.n + 1;
        } else {
            buf_add_char(out, s.p[i]);
        }
    }
}

char *page_words(struct slice said, const json_t *errors)
{
    struct buf plain = BUF_INIT(SAID_BYTES_MAX), words = BUF_INIT(SAID_BYTES_MAX);
    add_without_commands(&plain, said);
    add_with_labels(&words, buf_slice(&plain), errors);
    char *text = slice_strdup(slice_trim(buf_slice(&words)));
    text[0] = (char)toupper((unsigned char)text[0]);
    buf_done(&plain);
    buf_done(&words);
    return text;
}

/* ---- a problem ---- */

static void mend_errors(json_t *errors)
{
    size_t i;
    json_t *one;
    json_array_foreach(errors, i, one)
    {
        char *text = page_words(json_slice(json_object_get(one, "detail")), errors);
        json_put(one, "detail", json_text(slice_of(text)));
        free(text);
    }
}

json_t *page_problem(const char *code, const char *message, json_t *more)
{
    json_t *body = more ? more : json_object(), *errors = json_object_get(body, "errors");
    char *detail = page_words(slice_of(message), errors);
    mend_errors(errors);
    json_put(body, "code", json_string(code));
    json_put(body, "detail", json_text(slice_of(detail)));
    free(detail);
    return body;
}

const char *page_detail(const json_t *problem)
{
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    return detail ? detail : "That did not work. Try again.";
}

json_t *page_wrong(const json_t *problem)
{
    size_t i;
    const json_t *one;
    json_t *wrong = json_object();
    json_array_foreach(json_object_get(problem, "errors"), i, one)
    {
        const char *pointer = json_string_value(json_object_get(one, "pointer"));
        json_t *detail = json_object_get(one, "detail");
        if (!pointer || strncmp(pointer, "#/", 2) != 0 || !detail) continue;
        if (!json_object_get(wrong, pointer + 2)) json_put(wrong, pointer + 2, json_incref(detail));
    }
    return wrong;
}

char *page_wrong_words(const json_t *wrong)
{
    struct buf text = BUF_INIT(SAID_BYTES_MAX);
    const char *key;
    json_t *sentence;
    buf_add_cstr(&text, "Please look at: ");
    json_object_foreach((json_t *)wrong, key, sentence)
    {
        if (text.n > strlen("Please look at: ")) buf_add_cstr(&text, ", ");
        add_label(&text, slice_of(key));
    }
    buf_add_char(&text, '.');
    char *words = slice_strdup(buf_slice(&text));
    buf_done(&text);
    return words;
}

json_t *page_who(const json_t *by)
{
    struct slice name = json_slice(by);
    if (name.n == 0 || slice_is(name, "local")) return json_null();
    if (!slice_starts(name, "local:")) return json_text(name);
    name = slice_from(name, strlen("local:"));
    return json_sprintf("%.*s at the server", SLICE_ARG(name));
}
