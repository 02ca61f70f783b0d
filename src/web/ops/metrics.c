#include "metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/plain.h"

enum { LABEL_BYTES_MAX = 4096 }; /* a longer one is cut */

void metrics_family(struct buf *b, const char *name, const char *kind, const char *help)
{
    buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void add_label(struct buf *b, struct slice value)
{
    struct buf line = BUF_INIT(LABEL_BYTES_MAX);
    plain_add(&line, value, PLAIN_LINE);
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '\\' || line.p[i] == '"') buf_add_char(b, '\\');
        buf_add_char(b, line.p[i]);
    }
    buf_done(&line);
}

void metrics_sample(struct buf *b, const char *name, const struct metrics_label labels[4],
                    double value)
{
    buf_add_cstr(b, name);
    for (size_t i = 0; labels && i < 4 && labels[i].name; i++) {
        buf_addf(b, "%s%s=\"", i ? "," : "{", labels[i].name);
        add_label(b, labels[i].value);
        buf_add_char(b, '"');
    }
    if (labels && labels[0].name) buf_add_char(b, '}');
    bool whole = fabs(value) < 9e15 && value == floor(value);
    if (whole)
        buf_addf(b, " %" PRId64 "\n", (int64_t)value);
    else
        buf_addf(b, " %.6f\n", value);
}

void metrics_value(struct buf *b, const char *name, const char *kind, const char *help, double v)
{
    metrics_family(b, name, kind, help);
    metrics_sample(b, name, NULL, v);
}

void metrics_sample1(struct buf *b, const char *name, const char *label, struct slice value,
                     double v)
{
    metrics_sample(b, name, (struct metrics_label[4]){{label, value}}, v);
}

void metrics_sample2(struct buf *b, const char *name, const char *label1, struct slice value1,
                     const char *label2, struct slice value2, double v)
{
    metrics_sample(b, name, (struct metrics_label[4]){{label1, value1}, {label2, value2}}, v);
}

/* The second word of /proc/self/statm [pages]. It is made by the kernel and does not block. */
static uint64_t resident_pages(void)
{
    char text[128];
    uint64_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    size_t n = fread(text, 1, sizeof text, f);
    (void)fclose(f);
    struct slice rest = slice_make(text, n), word = SLICE_NONE;
    if (slice_cut(&rest, ' ', &word) && slice_cut(&rest, ' ', &word))
        (void)slice_to_u64(word, UINT32_MAX, &pages);
    return pages;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void metrics_process(struct buf *b)
{
    struct rusage used = {0};
    (void)getrusage(RUSAGE_SELF, &used);
    metrics_value(b, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
                  (double)resident_pages() * (double)sysconf(_SC_PAGESIZE));
    metrics_value(b, "process_cpu_seconds_total", "counter",
                  "Total user and system CPU time spent in seconds.",
                  seconds(used.ru_utime) + seconds(used.ru_stime));
}
