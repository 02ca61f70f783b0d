/* A spool file of any content: records that are read lie inside it and are told alike by every
 * reader, and what is written again is the same bytes. The file itself goes through spool_open,
 * which may cut and put aside but never trip, and after which everything that is counted can be
 * taken. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "flow/spool.h"

static void check_record(struct slice bytes)
{
    struct spool_head head;
    struct spool_record r;
    if (!spool_record_read(bytes, &head, &r)) return;
    struct buf again = BUF_INIT(SPOOL_RECORD_BYTES_MAX);
    check(head.bytes <= bytes.n && head.bytes == spool_record_bytes(&r));
    spool_record_write(&again, &r);
    check(again.n == head.bytes && memcmp(again.p + 8, bytes.p + 8, head.bytes - 8) == 0);
    buf_done(&again);
}

enum { PATH_BYTES = 192 };
static char folder[64];

static void end(void)
{
    static const char *const below[] = {"rejected", "away"}; /* the spool makes both */
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, below[i]);
        (void)rmdir(path);
    }
    (void)rmdir(folder);
}

static void start(void)
{
    /* thousands of files are synced: in memory, where there is such a folder */
    (void)snprintf(folder, sizeof folder, "/dev/shm/muster-fuzz-spool-XXXXXX");
    if (!mkdtemp(folder)) {
        (void)snprintf(folder, sizeof folder, "/tmp/muster-fuzz-spool-XXXXXX");
        check(mkdtemp(folder));
    }
    (void)atexit(end);
    log_set_level(LOG_LEVEL_ERROR);
}

static void put_file(const uint8_t *data, size_t n)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/0000000000000001.spool", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(fd >= 0 && write(fd, data, n) == (ssize_t)n);
    close(fd);
}

/* Damaged parts are kept by the offset they stood at. */
static void remove_kept(size_t n)
{
    char path[PATH_BYTES];
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(path, sizeof path, "%s/rejected/0000000000000001-%zu.damaged", folder, i);
        (void)unlink(path);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool started;
    if (!started) start();
    started = true;
    check_record(slice_make(data, n));
    if (n > 4096) return 0;
    put_file(data, n);
    const struct spool_config config = {folder, 1 << 20, 1000};
    struct spool *s = NULL;
    struct spool_record r;
    check(spool_open(&config, &s, NULL) == 0);
    size_t records = spool_stats(s).records;
    for (struct spool_place place; spool_take(s, &place, &r, NULL) == 1; records--)
        spool_settle(s, &place);
    check(records == 0 && spool_is_empty(s) && spool_stats(s).bytes == 0);
    spool_free(s);
    remove_kept(n);
    return 0;
}
