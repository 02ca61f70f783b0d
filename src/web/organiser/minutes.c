#include "web/organiser/minutes.h"

#include <stdio.h>

#include "core/iso8601.h"
#include "web/organiser/campaign_words.h"
#include "web/local_time.h"

enum { WIDTH = 900, HEIGHT = 100, LABEL_BYTES = 256, BARS_MIN = 30 }; /* few bars are not wide */

struct picture {
    const json_t *replies, *stops;
    size_t n;
    json_int_t most, sum[2]; /* in one bar; of all */
    int64_t from_ms, step;   /* [wall ms], [minutes] */
};

static json_int_t at(const json_t *list, size_t i)
{
    return json_integer_value(json_array_get(list, i));
}

static void measure(struct picture *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (at(p->replies, i) > p->most) p->most = at(p->replies, i);
        if (at(p->stops, i) > p->most) p->most = at(p->stops, i);
        p->sum[0] += at(p->replies, i);
        p->sum[1] += at(p->stops, i);
    }
}

static void add_bar(const struct picture *p, json_t *bars, size_t i, const char *kind, json_int_t n)
{
    double width = (double)WIDTH / (double)(p->n < BARS_MIN ? BARS_MIN : p->n),
           height = (double)(HEIGHT * n) / (double)p->most;
    if (n == 0) return;
    json_list_add(bars, json_pack("{s:s,s:f,s:f,s:f,s:f}", "kind", kind, "x", (double)i * width,
                                  "y", HEIGHT - height, "width", width * 0.9, "height", height));
}

static void add_row(const struct web_call *c, const struct picture *p, json_t *rows, size_t i)
{
    char when[LOCAL_TIME_BYTES];
    if (at(p->replies, i) + at(p->stops, i) == 0) return;
    local_time_show(c, p->from_ms + (int64_t)i * p->step * 60000, when);
    json_list_add(rows, json_pack("{s:s,s:o,s:o}", "at", when, "replies",
                                  words_count(json_array_get(p->replies, i)), "stops",
                                  words_count(json_array_get(p->stops, i))));
}

static json_t *label(const struct web_call *c, const struct picture *p)
{
    char text[LABEL_BYTES], when[LOCAL_TIME_BYTES];
    local_time_show(c, p->from_ms, when);
    (void)snprintf(
        text, sizeof text,
        "Replies (%lld), opt-outs among them (%lld), since %s. A bar is %lld min, the highest is "
        "%lld.",
        (long long)p->sum[0], (long long)p->sum[1], when, (long long)p->step, (long long)p->most);
    return json_string(text);
}

void minutes_put(const struct web_call *c, json_t *data, const json_t *minutes)
{
    struct picture p = {.replies = json_object_get(minutes, "replies"),
                        .stops = json_object_get(minutes, "stops"),
                        .step = json_integer_value(json_object_get(minutes, "step_minutes"))};
    p.n = json_array_size(p.replies);
    measure(&p);
    if (p.most == 0 || !iso8601_parse(json_slice(json_object_get(minutes, "from")), &p.from_ms))
        return;
    json_t *bars = json_array(), *rows = json_array();
    for (size_t i = 0; i < p.n; i++) {
        add_bar(&p, bars, i, "good", at(p.replies, i));
        add_bar(&p, bars, i, "bad", at(p.stops, i)); /* in front: whoever opts out wrote, too */
        add_row(c, &p, rows, i);
    }
    json_put(data, "minutes",
             json_pack("{s:o,s:o,s:o}", "label", label(c, &p), "bars", bars, "rows", rows));
}
