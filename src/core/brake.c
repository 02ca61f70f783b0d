#include "core/brake.h"

#include "base/check.h"
#include "base/heap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SAMPLES = 128,
    EACH_MS = 10 * 1000, /* between two samples, */
    EACH_PEOPLE = 50,    /* or so many people */
    IDLE_MS = 60 * 1000, /* nobody was texted for so long: who opts out now was texted before */
    WIDE_MS = 5 * 60 * 1000,
};

struct sample {
    int64_t at_ms;
    uint64_t texted, stops, failed;
};

struct brake {
    struct sample samples[SAMPLES]; /* the oldest first; the first is where it began */
    size_t n;
    struct sample last;         /* as it stood at the last look */
    int64_t began_ms, moved_ms; /* moved: somebody was texted */
    uint64_t receipts, texted_at_receipt;
};

const char *brake_cause_to_string(enum brake_cause cause)
{
    static const char *const texts[] = {
#define X(name, text) text,
        BRAKE_CAUSE_TABLE(X)
#undef X
    };
    return texts[cause];
}

/* ---- samples ---- */

static struct sample sample_of(const struct brake_seen *s)
{
    return (struct sample){s->at_ms, s->texted, s->stops, s->failed};
}

static void begin(struct brake *b, const struct brake_seen *from)
{
    *b = (struct brake){.n = 1,
                        .last = sample_of(from),
                        .began_ms = from->at_ms,
                        .moved_ms = from->at_ms,
                        .receipts = from->receipts,
                        .texted_at_receipt = from->texted};
    b->samples[0] = b->last;
}

struct brake *brake_new(const struct brake_seen *from)
{
    struct brake *b = xcalloc(1, sizeof *b);
    begin(b, from);
    return b;
}

void brake_free(struct brake *b)
{
    free(b);
}

/* There is no room: of the older half every other one goes. */
static void thin(struct brake *b)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++)
        if (i >= SAMPLES / 2 || i % 2 == 0) b->samples[kept++] = b->samples[i];
    b->n = kept;
}

static void keep(struct brake *b, const struct sample *now)
{
    const struct sample *before = &b->samples[b->n - 1];
    if (now->at_ms - before->at_ms < EACH_MS && now->texted - before->texted < EACH_PEOPLE) return;
    if (b->n == SAMPLES) thin(b);
    b->samples[b->n++] = *now;
}

/* What comes in while nobody is texted is about nobody of the last ones. */
static void pass_over(struct brake *b, const struct sample *now)
{
    for (size_t i = 0; i < b->n; i++) {
        b->samples[i].stops += now->stops - b->last.stops;
        b->samples[i].failed += now->failed - b->last.failed;
    }
}

static const struct sample *people_back(const struct brake *b, uint64_t texted, uint64_t people)
{
    size_t i = b->n;
    while (--i > 0)
        if (texted - b->samples[i].texted >= people) break;
    return &b->samples[i];
}

static const struct sample *time_back(const struct brake *b, int64_t at_ms)
{
    size_t i = b->n;
    while (--i > 0)
        if (b->samples[i].at_ms <= at_ms) break;
    return &b->samples[i];
}

/* ---- shares ---- */

static bool reaches(uint64_t n, uint64_t of, double percent)
{
    return percent > 0 && of > 0 && (double)n * 100 >= percent * (double)of;
}

/* Of one thing that is counted: by how many it has grown, and of how many people. */
struct share {
    uint64_t n, of, wide_n, wide_of;
};

static bool too_many(const struct share *s, double percent, uint64_t least)
{
    return s->n >= least && s->of >= BRAKE_TEXTED_LEAST && reaches(s->n, s->of, percent) &&
           reaches(s->wide_n, s->wide_of, percent);
}

static void say_share(struct brake_word *ret, const struct share *s, const char *what,
                      const char *mend, double limit)
{
    (void)snprintf(ret->text, sizeof ret->text,
                   "%" PRIu64 " of the last %" PRIu64 " people %s (%.1f %%; %g %% are too many)%s",
                   s->n, s->of, what, 100.0 * (double)s->n / (double)s->of, limit, mend);
}

/* ---- the four ---- */

static bool judge_share(struct brake_word *ret, enum brake_cause cause, const struct share *s,
                        double limit, double warn)
{
    bool stops = cause == BRAKE_STOPS;
    uint64_t least = stops ? BRAKE_STOPS_LEAST : BRAKE_FAILED_LEAST;
    const char *what = stops ? "opted out" : "did not get it";
    ret->stops_it = too_many(s, limit, least);
    if (!ret->stops_it && !too_many(s, warn, least)) return false;
    ret->cause = cause;
    say_share(ret, s, what,
              stops ? ". Read the text, and whose list it is"
                    : ". Look at the list, and at the "
                      "provider account",
              ret->stops_it ? limit : warn);
    return true;
}

static bool judge_unanswered(const struct brake *b, const struct brake_limits *limits,
                             const struct brake_seen *now, struct brake_word *ret)
{
    int64_t from = now->unanswered_ms > b->began_ms ? now->unanswered_ms : b->began_ms;
    double most = limits->targets * (double)now->target_ms;
    if (now->unanswered_ms == 0 || most <= 0 || (double)(now->at_ms - from) <= most) return false;
    ret->cause = BRAKE_UNANSWERED;
    ret->stops_it = true;
    int64_t minutes = (now->at_ms - now->unanswered_ms) / 60000;
    (void)snprintf(ret->text, sizeof ret->text,
                   "somebody who wrote back has waited %" PRId64
                   " minute%s for an answer (%.0f at most): answer people first",
                   minutes, minutes == 1 ? "" : "s", most / 60000);
    return true;
}

static bool judge_receipts(const struct brake *b, const struct brake_limits *limits,
                           const struct brake_seen *now, struct brake_word *ret)
{
    if (limits->receipts_ms == 0 || !now->receipts_usual) return false;
    const struct sample *then = time_back(b, now->at_ms - limits->receipts_ms);
    if (then->at_ms > now->at_ms - limits->receipts_ms ||
        then->texted < b->texted_at_receipt + BRAKE_RECEIPTS_LEAST)
        return false;
    ret->cause = BRAKE_RECEIPTS;
    ret->stops_it = true;
    (void)snprintf(
        ret->text, sizeof ret->text,
        "no receipt came for %" PRIu64 " texts, for %" PRId64
        " minute%s and more, and this provider account usually sends them: ask the provider",
        now->texted - b->texted_at_receipt, limits->receipts_ms / 60000,
        limits->receipts_ms == 60000 ? "" : "s");
    return true;
}

static void judge(const struct brake *b, const struct brake_limits *limits,
                  const struct brake_seen *now, struct brake_word *ret)
{
    const struct sample *last = people_back(b, now->texted, limits->people),
                        *wide = time_back(b, now->at_ms - WIDE_MS);
    if (wide->texted > last->texted) wide = last;
    const struct share stops = {now->stops - last->stops, now->texted - last->texted,
                                now->stops - wide->stops, now->texted - wide->texted},
                       failed = {now->failed - last->failed, now->texted - last->texted,
                                 now->failed - wide->failed, now->texted - wide->texted};
    struct brake_word warning = {0};
    if (judge_share(ret, BRAKE_STOPS, &stops, limits->stops, limits->stops_warn)) {
        if (ret->stops_it) return;
        warning = *ret;
    }
    if (judge_share(ret, BRAKE_FAILED, &failed, limits->failed, limits->failed_warn)) {
        if (ret->stops_it) return;
        warning = *ret;
    }
    if (judge_receipts(b, limits, now, ret) || judge_unanswered(b, limits, now, ret)) return;
    *ret = warning;
}

/* Who is sent to again was counted before, and leaves the counts. */
static bool went_back(const struct brake *b, const struct brake_seen *now)
{
    return now->texted < b->last.texted || now->stops < b->last.stops ||
           now->failed < b->last.failed || now->at_ms < b->last.at_ms;
}

void brake_look(struct brake *b, const struct brake_limits *limits, const struct brake_seen *now,
                struct brake_word *ret)
{
    check(limits->people > 0);
    *ret = (struct brake_word){.cause = BRAKE_NONE};
    if (went_back(b, now)) begin(b, now);
    const struct sample s = sample_of(now);
    if (s.texted > b->last.texted) b->moved_ms = s.at_ms;
    bool idle = s.at_ms - b->moved_ms > IDLE_MS;
    if (idle) pass_over(b, &s);
    b->last = s;
    if (now->receipts > b->receipts) {
        b->receipts = now->receipts;
        b->texted_at_receipt = now->texted;
    }
    judge(b, limits, now, ret);
    keep(b, &s);
}
