#include "rehearse_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/say.h"
#include "core/iso8601.h"
#include "core/json.h"
#include "status.h"

enum { SENTENCE_BYTES = 512, BARS_MAX = 90, MINUTE_S = 60, MINUTE_MS = 60 * 1000 };

#define ERRORS_MOST   0.10
#define OPT_OUTS_MOST 0.02
#define KEPT_LEAST    0.90

/* ---- the list ---- */

/* For people, who do not know the codes; of a finding its own sentence says all. */
static const char *title_of(const char *what)
{
    static const struct {
        const char *what, *title;
    } titles[] = {
        {"time", "When it is done"},        {"errors", "Who it does not reach"},
        {"unknown", "Who nobody knows of"}, {"opt-outs", "Who opts out"},
        {"answers", "Who answers people"},  {"rehearsal", "How well it was rehearsed"},
        {"approval", "Who has to approve"},
    };
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (strcmp(titles[i].what, what) == 0) return titles[i].title;
    return "";
}

static void add_line(json_t *list, const char *level, const char *what, const char *why,
                     const char *mend)
{
    json_list_add(list, json_pack("{s:s,s:s,s:s,s:s,s:s}", "level", level, "what", what, "title",
                                  title_of(what), "why", why, "mend", mend));
}

static void add_findings(json_t *list, const json_t *check)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(check, "findings"), i, one)
    {
        bool blocks = strcmp(say_string(one, "level"), "block") == 0;
        if (strcmp(say_string(one, "level"), "note") == 0) continue;
        add_line(list, blocks ? "no" : "look", say_string(one, "code"), say_string(one, "message"),
                 blocks ? "Mend the campaign or its list." : "Read it, and decide.");
    }
}

/* Nobody needs to know it by the second: the minute in which it is done by then. In UTC: whoever shows the report says it by the
 * clock there. */
static void to_the_minute(int64_t ms, char out[CLOCK_ISO_BYTES])
{
    clock_iso((ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS, out);
}

static int64_t reached(const struct rehearsed *r)
{
    int64_t n = campaign_sent(r->status);
    return n ? n : 1;
}

static double share_of(const struct rehearsed *r, int64_t n)
{
    return (double)n / (double)reached(r);
}

static void add_time(json_t *list, const struct rehearsed *r)
{
    char why[SENTENCE_BYTES], at[CLOCK_ISO_BYTES], who[SAY_COUNT_BYTES];
    int64_t late = campaign_count(r->status, STATE_EXPIRED);
    to_the_minute(r->end_ms, at);
    if (!r->done)
        add_line(list, "look", "time", "The rehearsal was ended before the campaign was done.",
                 "Go by the forecast: the rehearsal had no more time (`--minutes` gives it more).");
    else if (late > 0) {
        (void)snprintf(why, sizeof why, "%s would not get it before the deadline.",
                       say_people(late, who));
        add_line(list, "no", "time", why,
                 "Start earlier, move the deadline, or send through a faster account.");
    } else {
        (void)snprintf(why, sizeof why, "The last text leaves about %s.", at);
        add_line(list, "go", "time", why, "");
    }
}

static void add_errors(json_t *list, const struct rehearsed *r)
{
    char why[SENTENCE_BYTES], who[SAY_COUNT_BYTES];
    int64_t bad =
        campaign_count(r->status, STATE_UNDELIVERED) + campaign_count(r->status, STATE_REFUSED);
    int64_t unknown = campaign_count(r->status, STATE_UNKNOWN);
    (void)snprintf(why, sizeof why, "%lld of %lld would not be delivered (%.1f %%).",
                   (long long)bad, (long long)reached(r), 100 * share_of(r, bad));
    bool many = share_of(r, bad) > ERRORS_MOST;
    add_line(list, many ? "no" : "go", "errors", why,
             many ? "Clean the list first: leave out whom the last campaign did not reach." : "");
    if (unknown == 0) return;
    (void)snprintf(why, sizeof why, "Of %s nobody would know whether they got it.",
                   say_people(unknown, who));
    add_line(list, "look", "unknown", why, "Look at the provider account (`muster gateway list`).");
}

static void add_opt_outs(json_t *list, const struct rehearsed *r)
{
    char why[SENTENCE_BYTES], who[SAY_COUNT_BYTES];
    int64_t stops = say_int(r->status, "stops");
    bool many = share_of(r, stops) > OPT_OUTS_MOST;
    (void)snprintf(why, sizeof why, "%s would opt out (%.1f %%).", say_people(stops, who),
                   100 * share_of(r, stops));
    add_line(list, many ? "look" : "go", "opt-outs", why,
             many ? "More than 2 % is a sign that people did not expect it: text fewer, or say who "
                    "you are."
                  : "");
}

/* The fullest hour, by bars of some minutes. */
static int64_t fullest_hour(const json_t *minutes)
{
    const json_t *bars = json_object_get(minutes, "replies");
    int64_t step = say_int(minutes, "step_minutes"), most = 0;
    size_t n = json_array_size(bars), width = step > 0 ? (size_t)((60 + step - 1) / step) : 1;
    for (size_t i = 0; i < n; i++) {
        int64_t sum = 0;
        for (size_t k = i; k < n && k < i + width; k++)
            sum += json_integer_value(json_array_get(bars, k));
        if (sum > most) most = sum;
    }
    return most;
}

static int64_t answerers(const struct rehearsed *r)
{
    return (fullest_hour(r->minutes) + r->answers_per_hour - 1) / r->answers_per_hour;
}

static void add_answers(json_t *list, const struct rehearsed *r)
{
    char why[SENTENCE_BYTES], who[SAY_COUNT_BYTES], team[SAY_COUNT_BYTES];
    int64_t need = answerers(r);
    if (need == 0)
        (void)snprintf(why, sizeof why, "Nobody would write back.");
    else
        (void)snprintf(why, sizeof why,
                       "Up to %s would write back in an hour. To answer them takes %s, at %lld "
                       "answers an hour each.",
                       say_people(fullest_hour(r->minutes), who), say_people(need, team),
                       (long long)r->answers_per_hour);
    add_line(list, need > 1 ? "look" : "go", "answers", why,
             need > 1 ? "See that they are there, or let it slow down while people wait for an "
                        "answer (`pace_by: answers`)."
                      : "");
}

/* How much of the account's rate this machine has kept, in time that runs faster. */
static double kept(const struct rehearsed *r)
{
    double s = (double)(r->end_ms - r->begin_ms) / 1000;
    double n = (double)campaign_settled(r->status);
    return s > 0 ? fmin(1, n / s / r->rate_per_s) : 1;
}

static void add_faith(json_t *list, const struct rehearsed *r)
{
    char why[SENTENCE_BYTES];
    if (r->speed == 1 || kept(r) >= KEPT_LEAST) return;
    (void)snprintf(
        why, sizeof why,
        "Of the account's rate %.0f %% were used: hours, the deadline, or time that ran %d times "
        "faster than this machine can follow. Then the real campaign is done sooner.",
        100 * kept(r), r->speed);
    add_line(list, "look", "rehearsal", why,
             "Go by the forecast (`--speed` lets a rehearsal run slower).");
}

/* Nobody has to approve in a rehearsal. */
static void add_approval(json_t *list, const struct rehearsed *r)
{
    char why[SENTENCE_BYTES];
    if (!*say_string(r->check, "approval")) return;
    (void)snprintf(why, sizeof why, "A second person must approve it before anybody is texted: %s.",
                   say_string(r->check, "approval"));
    add_line(list, "look", "approval", why,
             "See that somebody else is there then (`muster campaign approve`).");
}

/* ---- the figures ---- */

static json_t *assumed_json(const struct rehearsed *r)
{
    return json_pack("{s:f,s:f,s:f,s:I}", "replies", r->replies, "opt_outs", r->stops, "failures",
                     r->failures, "campaigns", (json_int_t)r->experience);
}

static bool says_no(const json_t *list)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one) if (strcmp(say_string(one, "level"), "no") == 0) return true;
    return false;
}

static json_t *borrowed(const json_t *j)
{
    return j ? json_incref((json_t *)j) : json_null();
}

static void add_fact(json_t *list, const char *term, const char *text)
{
    json_list_add(list, json_pack("{s:s,s:s}", "term", term, "text", text));
}

static void add_time_fact(json_t *list, const char *term, const char *iso)
{
    int64_t at_ms;
    char at[CLOCK_ISO_BYTES];
    if (!iso8601_parse(slice_of(iso), &at_ms)) return;
    to_the_minute(at_ms, at);
    add_fact(list, term, at);
}

static void add_duration(json_t *list, const char *term, int64_t seconds)
{
    char text[SAY_TIME_BYTES];
    if (seconds > MINUTE_S) seconds = (seconds + MINUTE_S - 1) / MINUTE_S * MINUTE_S;
    if (seconds < 10 * MINUTE_S && seconds >= MINUTE_S)
        (void)snprintf(text, sizeof text, "%lld min", (long long)(seconds / MINUTE_S));
    else
        (void)say_duration(seconds, text);
    add_fact(list, term, text);
}

/* False: nobody has set a price. */
static bool price_text(const json_t *report, char out[SENTENCE_BYTES])
{
    const json_t *price = json_object_get(report, "price");
    double amount = json_number_value(json_object_get(price, "amount"));
    (void)snprintf(out, SENTENCE_BYTES, "%.2f %s", amount, say_string(price, "currency"));
    return amount > 0;
}

/* What would happen, as term and text: the page of the client shows them, and that of the server. Returns owned. */
static json_t *facts_json(const json_t *report)
{
    char text[SENTENCE_BYTES], count[SAY_COUNT_BYTES];
    const json_t *forecast = json_object_get(report, "forecast"),
                 *assumed = json_object_get(report, "assumed");
    json_t *list = json_array();
    add_fact(list, "People", say_count(say_int(report, "people"), count));
    add_time_fact(list, "Done", say_string(report, "finished_at"));
    add_duration(list, "Takes", say_int(report, "seconds"));
    add_time_fact(list, "Forecast", say_string(forecast, "at"));
    add_time_fact(list, "Deadline", say_string(report, "deadline"));
    (void)snprintf(text, sizeof text, "%lld, at most %lld in an hour",
                   (long long)say_int(report, "replies"),
                   (long long)say_int(report, "replies_per_hour"));
    add_fact(list, "Replies", text);
    add_fact(list, "To answer them", say_count(say_int(report, "answerers"), count));
    add_fact(list, "Opt-outs", say_count(say_int(report, "opt_outs"), count));
    if (price_text(report, text)) add_fact(list, "Price", text);
    (void)snprintf(text, sizeof text, "%.1f of 100 write back, %.1f opt out, %.1f are not reached",
                   100 * json_number_value(json_object_get(assumed, "replies")),
                   100 * json_number_value(json_object_get(assumed, "opt_outs")),
                   100 * json_number_value(json_object_get(assumed, "failures")));
    add_fact(list, "As if", text);
    return list;
}

json_t *rehearsal_json(const struct rehearsed *r)
{
    json_t *o = json_object(), *list = json_array();
    add_findings(list, r->check);
    add_time(list, r);
    add_approval(list, r);
    add_errors(list, r);
    add_opt_outs(list, r);
    add_answers(list, r);
    add_faith(list, r);
    json_put(o, "name", json_text(slice_of(r->name)));
    json_put(o, "people", json_integer(say_int(r->status, "total")));
    json_put(o, "go", json_boolean(!says_no(list)));
    json_put_time(o, "began_at", r->begin_ms);
    json_put_time(o, "finished_at", r->done ? r->end_ms : 0);
    json_put(o, "seconds", json_integer((r->end_ms - r->begin_ms) / 1000));
    json_put(o, "forecast", borrowed(json_object_get(r->check, "finish")));
    json_put(o, "deadline", borrowed(json_object_get(r->status, "deadline")));
    json_put(o, "counts", borrowed(json_object_get(r->status, "counts")));
    json_put(o, "replies", json_integer(say_int(r->status, "replies")));
    json_put(o, "opt_outs", json_integer(say_int(r->status, "stops")));
    json_put(o, "replies_per_hour", json_integer(fullest_hour(r->minutes)));
    json_put(o, "answerers", json_integer(answerers(r)));
    json_put(o, "price", borrowed(json_object_get(r->check, "price")));
    json_put(o, "assumed", assumed_json(r));
    json_put(o, "speed", json_integer(r->speed));
    json_put(o, "kept", json_real(kept(r)));
    json_put(o, "list", list);
    json_put(o, "facts", facts_json(o));
    return o;
}

/* ---- as text ---- */

static const char *mark_of(const json_t *line)
{
    const char *level = say_string(line, "level");
    return strcmp(level, "no") == 0 ? "NO  " : strcmp(level, "go") == 0 ? "go  " : "look";
}

static void print_list(const json_t *report)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(report, "list"), i, one)
    {
        (void)printf("  %s  %-11s ", mark_of(one), say_string(one, "what"));
        say_words(say_string(one, "why"));
        if (*say_string(one, "mend")) {
            (void)fputs("\n                    ", stdout);
            say_words(say_string(one, "mend"));
        }
        (void)putchar('\n');
    }
}

void rehearsal_print(const json_t *report)
{
    char count[SAY_COUNT_BYTES], text[SAY_TIME_BYTES], price[SENTENCE_BYTES];
    const json_t *forecast = json_object_get(report, "forecast");
    (void)fputs("rehearsal of '", stdout);
    say_text(stdout, say_string(report, "name"));
    (void)printf("': %s; nothing left this machine\n",
                 say_people(say_int(report, "people"), count));
    (void)printf("  took      %s", say_duration(say_int(report, "seconds"), text));
    if (json_is_object(forecast))
        (void)printf(" (forecast: %s)", say_duration(say_int(forecast, "seconds"), text));
    (void)printf("\n  replies   %s", say_count(say_int(report, "replies"), count));
    (void)printf(", at most %s in an hour", say_count(say_int(report, "replies_per_hour"), count));
    (void)printf("; %s to answer\n", say_count(say_int(report, "answerers"), count));
    (void)printf("  opt-outs  %s\n", say_count(say_int(report, "opt_outs"), count));
    if (price_text(report, price)) (void)printf("  price     %s\n", price);
    (void)putchar('\n');
    print_list(report);
    (void)puts(json_is_true(json_object_get(report, "go")) ? "\nGO" : "\nNO GO");
}

/* ---- as a page ---- */

/* Times are said by the clock here. */
static void escaped(FILE *to, const char *said)
{
    char *words = say_times(said);
    for (const char *text = words; *text; text++) {
        const char *as = *text == '<'   ? "&lt;"
                         : *text == '>' ? "&gt;"
                         : *text == '&' ? "&amp;"
                         : *text == '"' ? "&quot;"
                                        : NULL;
        if (as)
            (void)fputs(as, to);
        else
            (void)fputc(*text, to);
    }
    free(words);
}

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<title>Rehearsal</title><style>\n"
    ":root{color-scheme:light dark}body{font:1.05rem/1.5 "
    "system-ui,sans-serif;max-width:44rem;margin:0 auto;"
    "padding:1rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem "
    "1rem}dd{margin:0}\n"
    "ul{list-style:none;padding:0}li{border-left:.4rem solid #2a7d4f;padding:.4rem "
    ".8rem;margin:.6rem 0}\n"
    "li.look{border-color:#b7791f}li.no{border-color:#c53030}.big{font-size:2rem;font-weight:700;"
    "margin:.5rem 0}\n"
    "</style></head><body>\n";

static void page_facts(const json_t *report, FILE *to)
{
    size_t i;
    const json_t *one;
    (void)fputs("<dl>\n", to);
    json_array_foreach(json_object_get(report, "facts"), i, one)
    {
        (void)fputs("<dt>", to);
        escaped(to, say_string(one, "term"));
        (void)fputs("</dt><dd>", to);
        escaped(to, say_string(one, "text"));
        (void)fputs("</dd>\n", to);
    }
    (void)fputs("</dl>\n", to);
}

void rehearsal_page(const json_t *report, FILE *to)
{
    size_t i;
    const json_t *one;
    bool go = json_is_true(json_object_get(report, "go"));
    (void)fputs(page_head, to);
    (void)fputs("<h1>", to);
    escaped(to, say_string(report, "name"));
    (void)fprintf(to,
                  "</h1>\n<p>A rehearsal. Nobody was texted.</p>\n<p class=\"big\">%s</p>\n<ul>\n",
                  go ? "Go" : "No go");
    json_array_foreach(json_object_get(report, "list"), i, one)
    {
        const char *level = say_string(one, "level"), *title = say_string(one, "title");
        (void)fprintf(to, "<li class=\"%s\">", level);
        if (*title) (void)fprintf(to, "<strong>%s</strong><br>", title);
        escaped(to, say_string(one, "why"));
        if (*say_string(one, "mend")) (void)fputs("<br>", to);
        escaped(to, say_string(one, "mend"));
        (void)fputs("</li>\n", to);
    }
    (void)fputs("</ul>\n<h2>What would happen</h2>\n", to);
    page_facts(report, to);
    (void)fputs("</body></html>\n", to);
}
