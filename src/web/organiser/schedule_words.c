#include "web/organiser/schedule_words.h"

#include <stdio.h>

#include "base/buf.h"
#include "core/every.h"

enum { PLAN_WORDS_BYTES = 1024 };

static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                    "Friday", "Saturday", "Sunday"};

void schedule_words_time(struct slice local, char out[SCHEDULE_WORDS_BYTES])
{
    int64_t local_s;
    out[0] = '\0';
    if (wall_time_parse(local, &local_s)) when_full(local_s, out);
}

void schedule_words_day(struct slice day, char out[SCHEDULE_WORDS_BYTES])
{
    int64_t local_s;
    schedule_words_time(day, out);
    if (!wall_date_parse(day, &local_s)) return;
    when_full(local_s, out);
    out[strcspn(out, ",")] = '\0';
}

/* "thu", "mon,fri", "mon-fri", "day" */
static void add_days(struct buf *b, struct slice words)
{
    size_t from = 0;
    for (size_t i = 0; i <= words.n; i++) {
        if (i < words.n && words.p[i] != ',' && words.p[i] != '-') continue;
        struct slice word = slice_make(words.p + from, i - from);
        int day = slice_index(word, days, COUNT_OF(days));
        if (day >= 0)
            buf_add_cstr(b, names[day]);
        else
            buf_add_slice(b, word);
        if (i < words.n) buf_add_cstr(b, words.p[i] == '-' ? " to " : ", ");
        from = i + 1;
    }
}

static void add_every(struct buf *b, struct slice every)
{
    struct slice word[4] = {{0}};
    size_t n = 0;
    while (n < COUNT_OF(word) && slice_cut(&every, ' ', &word[n]))
        n += word[n].n > 0;
    if (n < 2) return;
    struct slice time = word[n - 1];
    if (n == 2) {
        buf_add_cstr(b, "Every ");
        add_days(b, word[0]);
    } else if (slice_is(word[0], "month")) {
        bool last = slice_is(word[1], "last");
        buf_addf(b, "Every month: %s%.*s%s", last ? "the " : "day ", SLICE_ARG(word[1]),
                 last ? " day" : "");
    } else if (n == 4) {
        buf_addf(b, "Every %.*s weeks on ", SLICE_ARG(word[0]));
        add_days(b, word[2]);
    } else {
        buf_addf(b, "Every month: the %.*s ", SLICE_ARG(word[0]));
        add_days(b, word[1]);
    }
    buf_addf(b, " at %.*s", SLICE_ARG(time));
}

static void add_list(struct buf *b, const json_t *list, bool are_times)
{
    size_t i;
    char when[SCHEDULE_WORDS_BYTES];
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        schedule_words_time(json_slice(one), when);
        buf_addf(b, "%s%s", i ? "; " : "", are_times ? when : json_string_value(one));
    }
}

json_t *schedule_words_plan(const json_t *plan)
{
    char when[SCHEDULE_WORDS_BYTES];
    struct buf b = BUF_INIT(PLAN_WORDS_BYTES);
    const json_t *event = json_object_get(plan, "event"), *count = json_object_get(plan, "count");
    struct slice until = json_slice(json_object_get(plan, "until"));
    add_every(&b, json_slice(json_object_get(plan, "every")));
    add_list(&b, json_object_get(plan, "dates"), true);
    if (event) {
        schedule_words_time(json_slice(event), when);
        buf_addf(&b, "Before %s: ", when);
        add_list(&b, json_object_get(plan, "remind"), false);
    }
    schedule_words_day(until, when);
    if (until.n) buf_addf(&b, ", until %s", when);
    if (count) buf_addf(&b, ", %lld times", (long long)json_integer_value(count));
    json_t *words = json_text(buf_slice(&b));
    buf_done(&b);
    return words;
}

json_t *schedule_words_outcome(const json_t *firing)
{
    struct slice outcome = json_slice(json_object_get(firing, "outcome"));
    if (slice_is(outcome, "launched")) return json_string("Launched");
    return json_string(slice_is(outcome, "failed") ? "Not launched" : "Missed");
}
