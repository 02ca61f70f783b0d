#include "sim/stats.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/map.h"
#include "sim/window.h"
#include "sim/wire.h"

struct stats {
    struct stats_counters n;
    struct window *all;
    struct map *senders; /* sender → struct window */
    struct reason {
        char name[32];
        uint64_t count;
    } reasons[STATS_REASONS_MAX];
    size_t reason_count;
};

struct stats *stats_new(void)
{
    struct stats *s = xcalloc(1, sizeof *s);
    s->all = window_new();
    s->senders = map_new();
    return s;
}

static void forget_senders(struct stats *s)
{
    struct slice key;
    void *value;
    for (size_t pos = 0; map_next(s->senders, &pos, &key, &value);)
        window_free(value);
    map_free(s->senders);
    s->senders = NULL;
}

void stats_free(struct stats *s)
{
    if (!s) return;
    forget_senders(s);
    window_free(s->all);
    free(s);
}

void stats_clear(struct stats *s)
{
    forget_senders(s);
    s->senders = map_new();
    window_clear(s->all);
    s->n = (struct stats_counters){0};
    s->reason_count = 0;
}

struct stats_counters *stats_counters(struct stats *s)
{
    return &s->n;
}

static struct window *window_of(struct stats *s, struct slice sender)
{
    struct window *w = map_get(s->senders, sender);
    if (w || map_count(s->senders) >= STATS_SENDERS_MAX) return w;
    w = window_new();
    (void)map_put(s->senders, sender, w);
    return w;
}

void stats_arrival(struct stats *s, struct slice sender, int64_t now_us)
{
    s->n.requests++;
    window_add(s->all, now_us);
    struct window *w = sender.n ? window_of(s, sender) : NULL;
    if (w) window_add(w, now_us);
}

void stats_rejected(struct stats *s, const char *reason)
{
    struct reason *r = s->reasons;
    for (; r < s->reasons + s->reason_count; r++) {
        if (strcmp(r->name, reason) != 0) continue;
        r->count++;
        return;
    }
    if (s->reason_count == STATS_REASONS_MAX) return; /* there are not as many names */
    s->reason_count++;
    *r = (struct reason){.count = 1};
    memcpy(r->name, reason, strnlen(reason, sizeof r->name - 1));
}

void stats_accepted(struct stats *s, bool again, int64_t now_ms)
{
    s->n.accepted++;
    s->n.duplicates += again;
    if (s->n.accepted == 1) s->n.first_accepted_ms = now_ms;
    s->n.last_accepted_ms = now_ms;
}

static void write_number(struct buf *json, const char *name, uint64_t value)
{
    buf_addf(json, "\"%s\":%llu,", name, (unsigned long long)value);
}

static void write_rejected(const struct stats *s, struct buf *json)
{
    buf_add_cstr(json, "\"rejected\":{");
    for (size_t i = 0; i < s->reason_count; i++)
        buf_addf(json, "%s\"%s\":%llu", i ? "," : "", s->reasons[i].name,
                 (unsigned long long)s->reasons[i].count);
    buf_add_cstr(json, "},");
}

static void write_senders(const struct stats *s, struct buf *json)
{
    struct slice key;
    void *value;
    const char *before = "";
    buf_add_cstr(json, "\"highest_per_second_by_sender\":{");
    for (size_t pos = 0; map_next(s->senders, &pos, &key, &value); before = ",") {
        buf_add_cstr(json, before);
        wire_string(json, key);
        buf_addf(json, ":%u", window_highest(value));
    }
    buf_add_char(json, '}');
}

void stats_write(struct stats *s, const struct stats_live *live, struct buf *json)
{
    const struct stats_counters *n = &s->n;
    buf_add_char(json, '{');
    write_number(json, "requests", n->requests);
    write_number(json, "accepted", n->accepted);
    write_number(json, "unique", n->accepted - n->duplicates);
    write_number(json, "duplicates", n->duplicates);
    write_number(json, "after_stop", n->after_stop);
    write_rejected(s, json);
    write_number(json, "first_accepted_ms", (uint64_t)n->first_accepted_ms);
    write_number(json, "last_accepted_ms", (uint64_t)n->last_accepted_ms);
    write_number(json, "receipts_sent", n->receipts_sent);
    write_number(json, "receipts_failed", n->receipts_failed);
    write_number(json, "replies_sent", n->replies_sent);
    write_number(json, "replies_failed", n->replies_failed);
    write_number(json, "posts_retried", n->posts_retried);
    write_number(json, "posts_dropped", n->posts_dropped);
    write_number(json, "posts_pending", live->pending);
    write_number(json, "in_flight", live->in_flight);
    write_number(json, "queued", live->queued);
    write_number(json, "queued_highest", live->queued_highest);
    write_number(json, "cpu_us", (uint64_t)live->cpu_us);
    write_number(json, "highest_per_second", window_highest(s->all));
    write_senders(s, json);
    buf_add_char(json, '}');
}
