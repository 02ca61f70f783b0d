#include "import_progress.h"

#include "base/clock.h"
#include "cli/say.h"
#include "flow/import.h"

#include <stdio.h>
#include <unistd.h>

enum { REDRAW_US = 100000, BAR_CELLS = 30 };

void import_progress_begin(struct import_progress *p, uint64_t bytes_total)
{
    *p = (struct import_progress){.on = isatty(STDERR_FILENO) == 1, .bytes_total = bytes_total};
}

static void draw_bar(uint64_t done, uint64_t total)
{
    if (done > total) done = total; /* the file grew */
    int cells = (int)(done * BAR_CELLS / total);
    (void)fputc('[', stderr);
    for (int i = 0; i < BAR_CELLS; i++)
        (void)fputc(i < cells ? '#' : '.', stderr);
    (void)fprintf(stderr, "] %3d %%  ", (int)(done * 100 / total));
}

void import_progress_show(struct import_progress *p, uint64_t bytes,
                          const struct import_stats *stats)
{
    char rows[SAY_COUNT_BYTES];
    int64_t now_us = p->on ? clock_mono_us() : 0;
    if (!p->on || now_us < p->next_us) return;
    p->next_us = now_us + REDRAW_US;
    (void)fputs("\r\033[K", stderr);
    if (p->bytes_total) draw_bar(bytes, p->bytes_total);
    (void)fprintf(stderr, "%s, %llu stored", say_counted((int64_t)stats->rows, "row", "rows", rows),
                  (unsigned long long)stats->stored);
    (void)fflush(stderr);
}

void import_progress_end(struct import_progress *p)
{
    if (p->on) (void)fputs("\r\033[K", stderr);
    p->on = false;
}
