/* A journal's file of any content: what is read lies inside it and is written again as the same bytes,
 * all of the file is either a record or passed over, and opening it cuts off its end and nothing
 * before. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "flow/journal/private.h"

enum { PATH_BYTES = 192 };
static char folder[64], path[PATH_BYTES];

static void write_again(struct buf *out, const struct journal_read_record *read)
{
    const struct journal_record *r = &read->record;
    struct slice names[JOURNAL_PEERS_MAX], rest = read->peers;
    struct journal_store store = {.id = r->store, .peers = names};
    switch (r->kind) {
    case JOURNAL_STORE:
        while (store.peer_n < JOURNAL_PEERS_MAX && journal_next_peer(&rest, &names[store.peer_n]))
            store.peer_n++;
        journal_write_store(out, r->mark, r->written_ms, &store);
        break;
    case JOURNAL_GRANT:
    case JOURNAL_OUTCOME:
        journal_write_people(out, r->kind, r->mark, r->written_ms, &r->people, r->states);
        break;
    case JOURNAL_OPTOUT:
        journal_write_optout(out, r->mark, r->written_ms, &r->optout);
        break;
    case JOURNAL_MOVE:
        journal_write_move(out, r->mark, r->written_ms, &r->move);
        break;
    case JOURNAL_CONTACTS:
        journal_write_contacts(out, r->mark, r->written_ms, &r->people);
        break;
    case JOURNAL_OFFERS:
        journal_write_offers(out, r->mark, r->written_ms, &r->people);
        break;
    case JOURNAL_TAKEN:
        journal_write_taken(out, r->mark, r->written_ms, &r->taken);
    }
}

static void check_record(const struct scan *s, struct slice all)
{
    size_t end = s->whole_end, n = s->found.bytes;
    check(n <= end && end <= all.n);
    struct buf again = BUF_INIT(2 * JOURNAL_RECORD_BYTES_MAX);
    write_again(&again, &s->found);
    check(again.n == n && memcmp(again.p, all.p + end - n, n) == 0);
    buf_done(&again);
}

static size_t check_scan(int fd, struct slice all)
{
    struct scan s;
    size_t records = 0;
    int rc;
    scan_begin(&s, fd, all.n);
    while ((rc = scan_next(&s)) == 1) {
        check_record(&s, all);
        records += s.found.bytes;
    }
    check(rc == 0 && records + s.damaged == all.n);
    scan_end(&s);
    return s.whole_end;
}

static void end(void)
{
    char below[PATH_BYTES];
    (void)snprintf(below, sizeof below, "%s/journal/a", folder);
    (void)rmdir(below);
    (void)snprintf(below, sizeof below, "%s/journal", folder);
    (void)rmdir(below);
    (void)rmdir(folder);
}

static void open_files(struct journal_files *f)
{
    struct journal_end last = {.peers = BUF_INIT(JOURNAL_RECORD_BYTES_MAX)};
    struct err e = {0};
    if (files_open(f, folder, "a", &last, &e) < 0) log_error("%s", e.text);
    check(!e.code);
    buf_done(&last.peers);
}

static void start(void)
{
    struct journal_files f;
    (void)snprintf(folder, sizeof folder, "/dev/shm/muster-fuzz-journal-XXXXXX");
    if (!mkdtemp(folder)) {
        (void)snprintf(folder, sizeof folder, "/tmp/muster-fuzz-journal-XXXXXX");
        check(mkdtemp(folder));
    }
    (void)atexit(end);
    (void)snprintf(path, sizeof path, "%s/journal/a/0000000000000001.journal", folder);
    open_files(&f);
    files_close(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool started;
    if (!started) start();
    started = true;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(fd >= 0 && write(fd, data, n) == (ssize_t)n);
    size_t whole = check_scan(fd, slice_make(data, n));
    close(fd);
    struct journal_files f;
    open_files(&f);
    check(files_bytes(&f) == whole);
    files_close(&f);
    (void)unlink(path);
    return 0;
}
