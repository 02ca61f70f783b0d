#include "core/when.h"

#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/check.h"
#include "core/iso8601.h"
#include "core/own_text.h"

enum { SAID_BYTES_MAX = 64 * 1024 };

static struct tm tm_of(int64_t local_s)
{
    time_t t = (time_t)local_s;
    struct tm tm = {0};
    check(gmtime_r(&t, &tm));
    return tm;
}

void when_short(int64_t local_s, struct slice language, char out[WHEN_SHORT_BYTES])
{
    struct tm tm = tm_of(local_s);
    struct slice day = own_word(language, OWN_DAYS, (unsigned)tm.tm_wday);
    struct slice month = own_word(language, OWN_MONTHS, (unsigned)tm.tm_mon);
    (void)snprintf(out, WHEN_SHORT_BYTES, "%.*s %d %.*s %02d:%02d", SLICE_ARG(day), tm.tm_mday,
                   SLICE_ARG(month), tm.tm_hour, tm.tm_min);
}

void when_full(int64_t local_s, char out[WHEN_FULL_BYTES])
{
    time_t t = (time_t)local_s;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || strftime(out, WHEN_FULL_BYTES, "%a %d %b %Y, %H:%M", &tm) == 0)
        out[0] = '\0';
}

char *when_words(struct slice said, when_words_cb *show, void *arg)
{
    static const char form[] = "2026-11-27T18:00:00Z";
    struct buf out = BUF_INIT(SAID_BYTES_MAX);
    for (size_t i = 0; i < said.n;) {
        char shown[WHEN_FULL_BYTES];
        int64_t at_ms;
        struct slice word = slice_make(said.p + i, said.n - i);
        if (word.n > sizeof form - 1) word.n = sizeof form - 1;
        bool is_time =
            word.n == sizeof form - 1 && word.p[word.n - 1] == 'Z' && iso8601_parse(word, &at_ms);
        if (is_time) show(arg, at_ms, shown);
        buf_add_slice(&out, is_time ? slice_of(shown) : slice_make(said.p + i, 1));
        i += is_time ? word.n : 1;
    }
    char *text = slice_strdup(buf_slice(&out));
    buf_done(&out);
    return text;
}
