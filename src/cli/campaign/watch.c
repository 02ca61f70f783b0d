/* muster campaign watch: asks twice a second. On a terminal one line is drawn again and again;
 * elsewhere a line every few seconds, when something has changed. */
#include "campaign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/say.h"

enum {
    ASK_EVERY_MS = 500,
    LINE_EVERY_US = 2 * 1000 * 1000, /* where nothing can be drawn again */
    GIVE_UP_US = 60 * 1000 * 1000,   /* a restart of musterd takes seconds */
    BAR_CELLS = 30,
};

struct watch {
    struct verb_call *c;
    uint32_t id;
    bool terminal;
    bool shown; /* once */
    int64_t next_line_us, silent_since_us;
    int64_t shown_settled;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
    (void)signo;
    interrupted = 1;
}

/* ---- showing ---- */

/* As the server sees it; nothing while it does not know. */
static void print_speed(const json_t *status)
{
    char left[SAY_TIME_BYTES];
    const json_t *rate = json_object_get(status, "rate_per_s"),
                 *left_s = json_object_get(status, "left_s");
    if (json_is_number(rate))
        (void)printf(", %.*f/s", json_number_value(rate) < 1, json_number_value(rate));
    if (json_is_integer(left_s))
        (void)printf(", %s left", say_duration(json_integer_value(left_s), left));
}

static void print_progress(const json_t *status)
{
    char sent[SAY_COUNT_BYTES], total[SAY_COUNT_BYTES], replies[SAY_COUNT_BYTES],
        eta[SAY_TIME_BYTES];
    int64_t all = campaign_sum(status), settled = campaign_settled(status);
    (void)putchar('[');
    say_bar(stdout, settled, all, BAR_CELLS);
    (void)printf("] %3lld %%  %s of %s sent", (long long)(all ? settled * 100 / all : 0),
                 say_count(campaign_sent(status), sent), say_count(all, total));
    print_speed(status);
    (void)printf(", %s", say_counted(say_int(status, "replies"), "reply", "replies", replies));
    if (campaign_waits_for_start(status))
        (void)printf(" (starts %s)", say_when(say_string(status, "start"), eta));
    else if (!campaign_is(status, 1u << CAMPAIGN_RUNNING))
        (void)printf(" (%s)", say_string(status, "status"));
    if (json_is_true(json_object_get(status, "waits_for_provider")))
        (void)fputs(" (waits for the provider's queue)", stdout);
    const char *slowed = say_string(json_object_get(status, "pace"), "text");
    if (*slowed) (void)printf(" (%s)", slowed);
}

static void show(struct watch *w, const json_t *status)
{
    int64_t now_us = clock_mono_us(), settled = campaign_settled(status);
    bool first = !w->shown;
    w->shown = true;
    if (w->c->json) {
        (void)say_json(status);
    } else if (w->terminal) {
        (void)fputs("\r\033[K", stdout);
        print_progress(status);
    } else if (!campaign_rests(status) && now_us >= w->next_line_us &&
               (settled != w->shown_settled || first)) {
        w->next_line_us = now_us + LINE_EVERY_US;
        w->shown_settled = settled;
        print_progress(status);
        (void)putchar('\n');
    }
    (void)fflush(stdout);
}

static void clear_line(const struct watch *w)
{
    if (w->terminal && !w->c->json) (void)fputs("\r\033[K", stdout);
}

static void print_end(const struct watch *w, const json_t *status)
{
    if (w->c->json) return;
    clear_line(w);
    print_progress(status);
    (void)putchar('\n');
    campaign_print_head(status);
    (void)printf("What became of everyone: muster campaign report %u\n", w->id);
    if (campaign_is(status, 1u << CAMPAIGN_PAUSED | 1u << CAMPAIGN_BLOCKED))
        (void)printf("To go on: muster campaign resume %u\n", w->id);
}

static void print_left(const struct watch *w)
{
    clear_line(w);
    if (w->c->json) return;
    (void)fprintf(stderr,
                  "\nThe campaign runs on. muster campaign watch %u shows it again; muster "
                  "campaign pause %u stops it.\n",
                  w->id, w->id);
}

/* ---- asking ---- */

static void wait_a_moment(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = ASK_EVERY_MS * 1000000L}, NULL);
}

/* Whether a silent server may still come back. Says so the first time. */
static bool still_hoping(struct watch *w, int result, const struct err *e)
{
    int64_t now_us = clock_mono_us();
    if (result != ERR_UNREACHABLE || !w->shown) return false;
    if (w->silent_since_us == 0) {
        w->silent_since_us = now_us;
        clear_line(w);
        say_note("campaign watch", e->text);
        if (!w->c->json) (void)fputs("asking again for a minute\n", stderr);
    }
    return now_us - w->silent_since_us < GIVE_UP_US;
}

static int watch(struct watch *w)
{
    for (;;) {
        struct err e;
        json_t *status = NULL;
        int r = campaign_get(w->c, w->id, &status, &e);
        bool rests = r == 0 && campaign_rests(status);
        if (r == 0) {
            w->silent_since_us = 0;
            show(w, status);
        }
        if (rests) print_end(w, status);
        json_decref(status);
        if (rests) return EXIT_DONE;
        if (interrupted) {
            print_left(w);
            return EXIT_DONE;
        }
        if (r < 0 && !still_hoping(w, r, &e)) return verb_fail(w->c, r, &e);
        wait_a_moment();
    }
}

int campaign_watch(struct verb_call *c)
{
    struct watch w = {.c = c, .terminal = isatty(STDOUT_FILENO) == 1};
    const struct sigaction stop = {.sa_handler = on_interrupt};
    if (!campaign_id(c, &w.id)) return EXIT_USAGE;
    (void)sigaction(SIGINT, &stop, NULL);
    return watch(&w);
}
