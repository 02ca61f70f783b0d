/* The journal on a real folder, with its real thread: what a crash, a full disk, damage and another
 * process may do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "flow/journal.h"
#include "io/loop.h"

#include "../folder.h"
#include "../full_disk.h"

enum { PATH_BYTES = 512, BYTES_MAX = 16 << 20, PATIENCE_US = 20 * 1000 * 1000 };

static char folder[64], files_in[96];
static struct loop *loop;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/muster-journal-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(files_in, sizeof files_in, "%s/journal/host_a", folder);
    loop = loop_new();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    loop_free(loop);
    return folder_remove(folder);
}

/* ---- what the tests write: record number i, all of which follows from i ---- */

static struct journal *open_with(uint64_t bytes_max, int64_t keep_ms)
{
    const struct journal_config config = {.loop = loop,
                                          .state_dir = folder,
                                          .instance = "host/a",
                                          .bytes_max = bytes_max,
                                          .keep_ms = keep_ms};
    struct journal *j = NULL;
    struct err e = {0};
    if (journal_open(&config, &j, &e)) fail_msg("%s", e.text);
    return j;
}

static struct journal *open_journal(void)
{
    return open_with(BYTES_MAX, 0);
}

static void set_store(struct journal *j, const char *id, uint64_t mark)
{
    const struct slice peers[] = {SLICE_LIT("host/a"), SLICE_LIT("host/b")};
    const struct journal_store store = {slice_of(id), peers, COUNT_OF(peers)};
    journal_set_store(j, &store, mark);
}

static struct journal_people people_of(uint32_t i)
{
    static uint8_t offsets[JOURNAL_PEOPLE_MAX];
    size_t n = i % JOURNAL_PEOPLE_MAX + 1;
    for (size_t k = 0; k < n; k++)
        offsets[k] = (uint8_t)(i + k);
    return (struct journal_people){
        .campaign = i / 3, .stamp = i * 7, .first = i << 8, .offsets = offsets, .n = n};
}

static const uint8_t *states_of(uint32_t i)
{
    static uint8_t states[JOURNAL_PEOPLE_MAX];
    memset(states, (int)(i % 12), sizeof states);
    return states;
}

static struct told_word word_of(uint32_t i)
{
    static char key[32];
    (void)snprintf(key, sizeof key, i % 2 ? "~GB.%u" : "44770090%04u", i);
    if (i % 8 == 7)
        return (struct told_word){
            .kind = TOLD_TAKEN,
            .taken = {.kind = i % 3 ? SLICE_LIT("moved") : SLICE_LIT("session"),
                      .id = slice_of(key),
                      .more = i % 3 ? SLICE_LIT("owner;1;") : SLICE_NONE,
                      .began_ms = i % 3 ? 1700000000000 + i : 0}};
    if (i % 4 == 3)
        return (struct told_word){
            .kind = TOLD_MOVE, .move = {i, i << 8, (enum campaign_move)(i % CAMPAIGN_MOVE_COUNT)}};
    return (struct told_word){.optout = {.scope = i % 5 ? SLICE_LIT("all") : SLICE_LIT("hold"),
                                         .key = slice_of(key),
                                         .lifted = i % 3 == 0,
                                         .why = i % 7 ? SLICE_LIT("stop") : SLICE_NONE,
                                         .at_ms = 1700000000000 + i}};
}

static void add(struct journal *j, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i <= to; i++) {
        struct journal_people who = people_of(i);
        struct told_word word = word_of(i);
        if (i % 4 == 0)
            journal_grant(j, i, &who);
        else if (i % 4 == 1)
            journal_outcome(j, i, &who, states_of(i));
        else
            journal_told(j, i, &word);
    }
}

static int synced, sync_result;

static void on_synced(void *arg, int result)
{
    (void)arg;
    synced++;
    sync_result = result;
}

static int sync_now(struct journal *j)
{
    int64_t until = clock_mono_us() + PATIENCE_US;
    synced = 0;
    journal_sync(j, on_synced, NULL);
    assert_int_equal(synced, 0);
    while (!synced && clock_mono_us() < until)
        loop_turn(loop, 1000);
    assert_int_equal(synced, 1);
    return sync_result;
}

static void put(struct journal *j, uint32_t from, uint32_t to)
{
    add(j, from, to);
    assert_int_equal(sync_now(j), 0);
}

static void expect_people(const struct journal_people *got, const struct journal_people *want)
{
    assert_int_equal(got->campaign, want->campaign);
    assert_int_equal(got->stamp, want->stamp);
    assert_int_equal(got->first, want->first);
    assert_int_equal(got->n, want->n);
    assert_memory_equal(got->offsets, want->offsets, want->n);
}

static void expect_told(const struct journal_record *r, uint32_t i)
{
    const struct told_word word = word_of(i);
    if (r->kind == JOURNAL_MOVE) {
        assert_int_equal(r->move.campaign, word.move.campaign);
        assert_int_equal(r->move.stamp, word.move.stamp);
        assert_int_equal(r->move.move, word.move.move);
        return;
    }
    if (r->kind == JOURNAL_TAKEN) {
        const struct told_taken *t = &word.taken;
        assert_true(slice_eq(r->taken.kind, t->kind) && slice_eq(r->taken.id, t->id));
        assert_true(slice_eq(r->taken.more, t->more));
        assert_int_equal(r->taken.began_ms, t->began_ms);
        return;
    }
    const struct told_optout *what = &word.optout;
    assert_true(slice_eq(r->optout.scope, what->scope) && slice_eq(r->optout.key, what->key));
    assert_true(slice_eq(r->optout.why, what->why) && r->optout.lifted == what->lifted);
    assert_int_equal(r->optout.at_ms, what->at_ms);
}

static void expect_record(const struct journal_record *r, uint32_t i)
{
    static const enum journal_kind kinds[] = {JOURNAL_GRANT, JOURNAL_OUTCOME, JOURNAL_OPTOUT,
                                              JOURNAL_MOVE};
    const struct journal_people who = people_of(i);
    assert_int_equal(r->mark, i);
    assert_int_equal(r->kind, i % 8 == 7 ? JOURNAL_TAKEN : kinds[i % 4]);
    if (i % 4 >= 2) {
        expect_told(r, i);
        return;
    }
    expect_people(&r->people, &who);
    if (r->kind == JOURNAL_OUTCOME) assert_memory_equal(r->states, states_of(i), who.n);
}

static uint64_t damaged;

/* Each record is one that was written, later than the one before. Returns how many there are; the
 * first and the last: */
static uint32_t first, last;
static uint32_t read_all(struct journal *j, uint64_t after)
{
    struct journal_reader *r = journal_read(j, after);
    struct journal_record record;
    uint32_t n = 0;
    int rc;
    first = last = 0;
    for (; (rc = journal_next(r, &record, NULL)) == 1; n++) {
        assert_true(record.mark > last);
        last = (uint32_t)record.mark;
        if (n == 0) first = last;
        expect_record(&record, last);
        assert_true(slice_is(record.store, "one"));
    }
    assert_int_equal(rc, 0);
    damaged = journal_damaged(r);
    journal_reader_free(r);
    return n;
}

/* ---- files ---- */

static int count_files(void)
{
    DIR *d = opendir(files_in);
    int n = 0;
    assert_non_null(d);
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;)
        n += entry->d_name[0] != '.';
    (void)closedir(d);
    return n;
}

static char *path_of(uint64_t number)
{
    static char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%016llu.journal", files_in, (unsigned long long)number);
    return path;
}

static struct buf contents(const char *path)
{
    struct buf b = BUF_INIT(64 << 20);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (ssize_t n; (n = read(fd, buf_reserve(&b, 65536), 65536)) > 0;)
        b.n += (size_t)n;
    close(fd);
    return b;
}

static size_t bytes_of(const char *path)
{
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    return (size_t)s.st_size;
}

static void replace(const char *path, struct slice bytes)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
    close(fd);
}

/* ---- the tests ---- */

static void test_what_was_added_is_read(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    assert_int_equal(journal_store(j).id.n, 0);
    set_store(j, "one", 0);
    put(j, 1, 600);
    assert_int_equal(journal_mark(j), 600);
    assert_int_equal(read_all(j, 0), 600);
    assert_int_equal(read_all(j, 590), 10);
    assert_int_equal(first, 591);
    assert_int_equal(damaged, 0);
    journal_free(j);
}

static void test_a_restart_knows_it_all(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 50);
    journal_free(j);
    for (uint32_t i = 50; i < 90; i += 10) {
        j = open_journal();
        struct journal_store store = journal_store(j);
        assert_true(slice_is(store.id, "one"));
        assert_int_equal(store.peer_n, 2);
        assert_true(slice_is(store.peers[1], "host/b"));
        assert_int_equal(journal_mark(j), i);
        assert_int_equal(journal_complete_after(j), 0);
        assert_int_equal(read_all(j, 0), i);
        put(j, i + 1, i + 10);
        journal_free(j);
    }
    assert_int_equal(count_files(), 1);
}

/* As many as a store names, each with as long a name as it may have. */
static void test_the_longest_names_are_known_after_a_restart(void **state)
{
    (void)state;
    char longest[MARK_NAME_BYTES - 1];
    struct slice peers[MARK_PEERS_MAX];
    memset(longest, 'n', sizeof longest);
    for (size_t i = 0; i < MARK_PEERS_MAX; i++)
        peers[i] = slice_make(longest, sizeof longest);
    const struct journal_store all = {SLICE_LIT("one"), peers, MARK_PEERS_MAX};
    struct journal *j = open_journal();
    journal_set_store(j, &all, 1);
    put(j, 1, 2);
    journal_free(j);
    j = open_journal();
    struct journal_store store = journal_store(j);
    assert_int_equal(store.peer_n, MARK_PEERS_MAX);
    assert_true(slice_eq(store.peers[MARK_PEERS_MAX - 1], peers[0]));
    journal_free(j);
}

static void test_nothing_counts_before_it_is_on_the_disk(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 10);
    struct buf before = contents(path_of(1));
    size_t held = journal_stats(j).file_bytes;
    add(j, 11, 20);
    assert_int_equal(journal_mark(j), 10);
    assert_int_equal(read_all(j, 0), 10);
    assert_int_equal(sync_now(j), 0);
    assert_int_equal(journal_mark(j), 20);
    struct buf after = contents(path_of(1));
    assert_true(journal_stats(j).file_bytes > held && memcmp(after.p, before.p, held) == 0);
    buf_done(&before);
    buf_done(&after);
    journal_free(j);
}

static void test_one_wait_is_for_all_of_a_turn(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    synced = 0;
    for (uint32_t i = 1; i <= 100; i++) {
        add(j, i, i);
        journal_sync(j, on_synced, NULL);
    }
    while (synced < 100)
        loop_turn(loop, 1000);
    assert_int_equal(journal_stats(j).syncs, 1);
    assert_int_equal(journal_stats(j).records, 100);
    assert_true(journal_sync_us(j) > 0);
    journal_free(j);
}

static void test_what_nobody_waits_for_is_written_soon(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    add(j, 1, 3);
    int64_t until = clock_mono_us() + PATIENCE_US;
    while (journal_mark(j) < 3 && clock_mono_us() < until)
        loop_turn(loop, 1000);
    assert_int_equal(journal_mark(j), 3);
    add(j, 4, 6);
    journal_free(j); /* an end does not lose it either */
    j = open_journal();
    assert_int_equal(journal_mark(j), 6);
    journal_free(j);
}

static void test_a_sync_of_nothing(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    assert_int_equal(sync_now(j), 0);
    assert_int_equal(journal_stats(j).syncs, 0);
    journal_free(j);
    assert_int_equal(count_files(), 0);
}

static void test_whoever_waits_is_told_at_the_end(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    add(j, 1, 3);
    synced = 0;
    journal_sync(j, on_synced, NULL);
    journal_free(j);
    assert_int_equal(synced, 1);
    assert_true(sync_result < 0);
}

static void test_files_are_private(void **state)
{
    (void)state;
    struct stat st;
    struct journal *j = open_journal();
    put(j, 1, 1);
    journal_free(j);
    assert_int_equal(stat(path_of(1), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(files_in, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void test_one_process_has_it(void **state)
{
    (void)state;
    struct journal *j = open_journal(), *other = NULL;
    struct err e = {0};
    const struct journal_config config = {
        .loop = loop, .state_dir = folder, .instance = "host/a", .bytes_max = BYTES_MAX};
    assert_int_equal(journal_open(&config, &other, &e), ERR_EXISTS);
    assert_non_null(strstr(e.text, files_in));
    assert_non_null(strstr(e.text, "instance"));
    journal_free(j);
    j = open_journal();
    journal_free(j);
}

static void test_no_folder_is_said(void **state)
{
    (void)state;
    struct journal *j = NULL;
    struct err e = {0};
    const struct journal_config config = {
        .loop = loop, .state_dir = "/proc/no", .instance = "a", .bytes_max = BYTES_MAX};
    assert_true(journal_open(&config, &j, &e) < 0);
    assert_non_null(strstr(e.text, "/proc/no"));
}

/* What a power cut leaves: the file ends anywhere in what was being written. */
static void test_torn_at_every_byte(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 3);
    size_t whole = journal_stats(j).file_bytes;
    put(j, 4, 6);
    journal_free(j);
    struct buf all = contents(path_of(1));
    for (size_t n = whole; n < all.n; n++) {
        replace(path_of(1), slice_make(all.p, n));
        j = open_journal();
        uint32_t left = read_all(j, 0);
        assert_true(left >= 3 && left < 6 && last == left);
        assert_int_equal(journal_mark(j), left);
        assert_int_equal(damaged, 0); /* it is cut off */
        put(j, left + 1, left + 2);
        assert_int_equal(read_all(j, 0), left + 2);
        assert_int_equal(damaged, 0);
        journal_free(j);
    }
    buf_done(&all);
}

static void test_a_first_file_torn_at_every_byte(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    assert_int_equal(sync_now(j), 0);
    journal_free(j);
    struct buf all = contents(path_of(1));
    for (size_t n = 0; n < all.n; n++) {
        replace(path_of(1), slice_make(all.p, n));
        j = open_journal();
        set_store(j, "one", 0);
        put(j, 1, 2);
        assert_int_equal(read_all(j, 0), 2);
        journal_free(j);
        assert_int_equal(unlink(path_of(1)) & unlink(path_of(2)), 0);
    }
    buf_done(&all);
}

static void test_a_damaged_byte_costs_one_record(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 5);
    journal_free(j);
    struct buf all = contents(path_of(1));
    for (size_t at = 0; at < all.n; at++) {
        all.p[at] ^= 0x55;
        replace(path_of(1), buf_slice(&all));
        all.p[at] ^= 0x55;
        j = open_journal();
        struct journal_reader *r = journal_read(j, 0);
        struct journal_record record;
        int n = 0;
        while (journal_next(r, &record, NULL) == 1) {
            expect_record(&record, (uint32_t)record.mark);
            n++;
        }
        assert_true(n >= 4);
        assert_true(n == 5 || journal_damaged(r) > 0 ||
                    journal_mark(j) == 4); /* 4: it was the end */
        journal_reader_free(r);
        journal_free(j);
    }
    buf_done(&all);
}

static void test_damage_of_any_size_is_searched_through(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 5);
    size_t head = journal_stats(j).file_bytes;
    put(j, 6, 9);
    journal_free(j);
    struct buf all = contents(path_of(1));
    const size_t sizes[] = {1, 3, 4, 5, 65535, 131071, 131072, 131073, 1 << 20};
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        struct buf b = BUF_INIT(64 << 20);
        buf_add(&b, all.p, head);
        char *hole = buf_reserve(&b, sizes[k]);
        for (size_t i = 0; i < sizes[k]; i++)
            hole[i] = "MJR1"[i % 4]; /* the worst: each fourth byte may begin one */
        b.n += sizes[k];
        buf_add(&b, all.p + head, all.n - head);
        replace(path_of(1), buf_slice(&b));
        buf_done(&b);
        j = open_journal();
        assert_int_equal(journal_stats(j).damaged_bytes, sizes[k]);
        assert_int_equal(read_all(j, 0), 9);
        assert_int_equal(damaged, sizes[k]);
        journal_free(j);
    }
    buf_done(&all);
}

/* So that a wait for the disk is for what was added, and not for what the file system notes of a file that grows. */
static void test_a_file_stands_ahead_of_what_it_holds(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 1);
    size_t stands = bytes_of(path_of(1));
    assert_true(stands > journal_stats(j).file_bytes);
    put(j, 2, 50);
    put(j, 51, 99);
    assert_int_equal(bytes_of(path_of(1)), stands);
    struct buf crashed = contents(path_of(1));
    size_t held = journal_stats(j).file_bytes;
    journal_free(j);
    assert_int_equal(bytes_of(path_of(1)), held); /* it ended in good order */
    replace(path_of(1), buf_slice(&crashed));
    j = open_journal();
    assert_int_equal(journal_stats(j).damaged_bytes, 0);
    assert_int_equal(journal_stats(j).file_bytes, held);
    put(j, 100, 101);
    assert_int_equal(read_all(j, 0), 101);
    assert_int_equal(damaged, 0);
    journal_free(j);
    buf_done(&crashed);
}

static void test_the_oldest_goes_when_it_is_full(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    uint32_t i = 0;
    while (journal_stats(j).dropped_files < 2) {
        put(j, i + 1, i + 2000);
        i += 2000;
    }
    assert_true(journal_stats(j).file_bytes <= BYTES_MAX + BYTES_MAX / 16);
    assert_true(journal_stats(j).files > 8);
    assert_int_equal(count_files(), journal_stats(j).files);
    uint64_t complete = journal_complete_after(j);
    assert_true(complete > 0);
    assert_int_equal(read_all(j, 0), i - complete);
    assert_int_equal(first, complete + 1);
    journal_free(j);
    j = open_journal();
    assert_int_equal(journal_complete_after(j), complete);
    assert_int_equal(read_all(j, i - 5), 5);
    assert_int_equal(read_all(j, 0), i - complete);
    journal_free(j);
}

static void test_what_a_backup_holds_goes(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 10);
    journal_drop(j, 10);
    assert_int_equal(read_all(j, 0), 10); /* the newest stays */
    put(j, 11, 20);
    assert_int_equal(read_all(j, 0), 10); /* and goes when it is not the newest */
    assert_int_equal(first, 11);
    assert_int_equal(journal_complete_after(j), 10);
    journal_drop(j, 19);
    put(j, 21, 30);
    assert_int_equal(read_all(j, 0), 20); /* 20 is in no backup */
    assert_int_equal(journal_stats(j).dropped_files, 0);
    journal_free(j);
}

static void test_nothing_goes_while_it_is_read(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 10);
    struct journal_reader *r = journal_read(j, 0);
    journal_drop(j, 10);
    put(j, 11, 20);
    struct journal_record record;
    for (uint32_t i = 1; i <= 10; i++) {
        assert_int_equal(journal_next(r, &record, NULL), 1);
        expect_record(&record, i);
    }
    assert_int_equal(journal_next(r, &record, NULL), 0); /* what came since is not told */
    journal_reader_free(r);
    journal_drop(j, 10);
    put(j, 21, 30);
    assert_int_equal(first = read_all(j, 0), 20);
    journal_free(j);
}

static void test_what_is_too_old_goes(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 10);
    journal_drop(j, 1); /* the next one goes into a new file */
    put(j, 11, 20);
    journal_free(j);
    assert_int_equal(count_files(), 2);
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    assert_int_equal(utimensat(AT_FDCWD, path_of(1), old, 0), 0);
    j = open_with(BYTES_MAX, 1000 * 3600);
    journal_drop(j, 1);
    put(j, 21, 21);
    assert_int_equal(read_all(j, 0), 11);
    assert_int_equal(first, 11);
    journal_free(j);
}

static void test_marks_are_of_one_store(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    put(j, 1, 100);
    set_store(j, "two", 7);
    assert_int_equal(journal_mark(j), 0);
    assert_int_equal(sync_now(j), 0);
    assert_int_equal(journal_mark(j), 7);
    assert_int_equal(journal_complete_after(j), 7);
    put(j, 8, 9);
    for (int again = 0; again < 2; again++) {
        assert_true(slice_is(journal_store(j).id, "two"));
        assert_int_equal(journal_mark(j), 9);
        assert_int_equal(journal_complete_after(j), 7);
        struct journal_reader *r = journal_read(j, 0);
        struct journal_record record;
        for (uint32_t i = 1; i <= 102; i++) {
            assert_int_equal(journal_next(r, &record, NULL), 1);
            assert_true(slice_is(record.store, i <= 100 ? "one" : "two"));
        }
        assert_int_equal(journal_next(r, &record, NULL), 0);
        journal_reader_free(r);
        journal_free(j);
        j = open_journal();
    }
    journal_free(j);
}

static void test_the_same_store_again_is_no_news(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 5);
    assert_int_equal(sync_now(j), 0);
    for (int i = 0; i < 100; i++)
        set_store(j, "one", 5);
    assert_int_equal(sync_now(j), 0);
    assert_int_equal(journal_stats(j).syncs, 1);
    set_store(j, "one", 6); /* somebody else moved the mark on */
    assert_int_equal(sync_now(j), 0);
    assert_int_equal(journal_mark(j), 6);
    journal_free(j);
}

/* ---- a disk that takes nothing ---- */

static void wait_until_well(struct journal *j)
{
    int64_t until = clock_mono_us() + PATIENCE_US;
    while (journal_is_well(j, NULL) < 0 && clock_mono_us() < until)
        loop_turn(loop, 1000);
    assert_int_equal(journal_is_well(j, NULL), 0);
}

static void test_a_full_disk_is_said_and_ends(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    struct err e = {0};
    set_store(j, "one", 0);
    put(j, 1, 10);
    size_t before = journal_stats(j).file_bytes;
    limit_files(before + 20);
    add(j, 11, 12);
    assert_true(sync_now(j) < 0);
    assert_true(journal_is_well(j, &e) < 0);
    assert_non_null(strstr(e.text, files_in));
    assert_true(journal_stats(j).failing_since_ms > 0);
    assert_int_equal(journal_mark(j), 10);
    add(j, 13, 13);
    assert_true(sync_now(j) < 0);                   /* as long as it lasts */
    assert_int_equal(bytes_of(path_of(1)), before); /* no half of it */
    limit_files(RLIM_INFINITY);
    wait_until_well(j);
    put(j, 14, 20);
    assert_int_equal(read_all(j, 0), 17);
    assert_int_equal(damaged, 0);
    journal_free(j);
    j = open_journal();
    assert_int_equal(read_all(j, 0), 17);
    assert_int_equal(journal_complete_after(j), 0);
    journal_free(j);
}

static void test_no_room_for_a_new_file_leaves_none(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    limit_files(0);
    add(j, 1, 2);
    assert_true(sync_now(j) < 0);
    assert_int_equal(count_files(), 0);
    limit_files(RLIM_INFINITY);
    wait_until_well(j);
    set_store(j, "one", 0);
    put(j, 3, 4);
    assert_int_equal(read_all(j, 0), 2);
    journal_free(j);
}

static void test_too_much_at_once_is_refused_and_not_kept(void **state)
{
    (void)state;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    for (int i = 0; i < 200; i++)
        add(j, 254, 1200); /* more than memory may hold */
    assert_int_equal(sync_now(j), ERR_LIMIT);
    wait_until_well(j);
    put(j, 2000, 2001);
    assert_int_equal(read_all(j, 0), 2);
    journal_free(j);
}

/* ---- kill -9 ---- */

/* Writes for ever, and tells of what is synced. */
static _Noreturn void write_until_killed(int fd, uint32_t from)
{
    loop = loop_new();
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    for (uint32_t i = from;; i += 7) {
        put(j, i, i + 6);
        uint32_t told = i + 6;
        check(write(fd, &told, sizeof told) == sizeof told);
    }
}

static uint32_t run_and_kill(uint32_t from, int64_t after_us)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) write_until_killed(fds[1], from);
    close(fds[1]);
    uint32_t told = 0, value;
    int64_t until = 0;
    while ((!until || clock_mono_us() < until) &&
           read(fds[0], &value, sizeof value) == sizeof value) {
        told = value;
        if (!until) until = clock_mono_us() + after_us; /* it runs */
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(fds[0], &value, sizeof value) == sizeof value)
        told = value;
    close(fds[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return told;
}

static void test_kill_loses_nothing_that_was_synced(void **state)
{
    (void)state;
    uint32_t next = 1, told = 0;
    for (int i = 0; i < 25; i++) {
        told = run_and_kill(next, 100 + i * 373);
        struct journal *j = open_journal();
        assert_true(journal_mark(j) >= told && told >= next);
        uint32_t n = read_all(j, 0);
        assert_int_equal(n, last);
        assert_int_equal(journal_mark(j), last);
        assert_int_equal(damaged, 0);
        next = last + 1;
        journal_free(j);
    }
}

/* Who has a contact stands before the record that makes it. */
static void test_contacts_are_kept_with_their_people(void **state)
{
    (void)state;
    static uint8_t prints[JOURNAL_PEOPLE_MAX * CAP_PRINT_BYTES];
    for (size_t i = 0; i < sizeof prints; i++)
        prints[i] = (uint8_t)(i * 31);
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    for (uint32_t mark = 5; mark <= 255; mark += 250) {
        struct journal_people who = people_of(mark);
        who.prints = prints;
        who.minute = 29000000 + mark;
        journal_contacts(j, mark, &who);
        journal_grant(j, mark, &who);
    }
    assert_int_equal(sync_now(j), 0);
    struct journal_reader *r = journal_read(j, 5);
    struct journal_record record;
    assert_int_equal(journal_next(r, &record, NULL), 1);
    const struct journal_people who = people_of(255);
    assert_int_equal(record.kind, JOURNAL_CONTACTS);
    assert_int_equal(record.people.n, JOURNAL_PEOPLE_MAX);
    expect_people(&record.people, &who);
    assert_int_equal(record.people.minute, 29000255);
    assert_memory_equal(record.people.prints, prints, sizeof prints);
    assert_int_equal(journal_next(r, &record, NULL), 1);
    assert_int_equal(record.kind, JOURNAL_GRANT);
    assert_int_equal(record.mark, 255);
    assert_int_equal(journal_next(r, &record, NULL), 0);
    journal_reader_free(r);
    journal_free(j);
}

/* And whom the text tells of which session. */
static void test_offers_are_kept_with_their_people(void **state)
{
    (void)state;
    static uint32_t sessions[JOURNAL_PEOPLE_MAX];
    for (uint32_t i = 0; i < JOURNAL_PEOPLE_MAX; i++)
        sessions[i] = i * 16777259;
    struct journal *j = open_journal();
    set_store(j, "one", 0);
    struct journal_people who = people_of(255);
    who.sessions = sessions;
    journal_offers(j, 255, &who);
    journal_grant(j, 255, &who);
    assert_int_equal(sync_now(j), 0);
    struct journal_reader *r = journal_read(j, 5);
    struct journal_record record;
    assert_int_equal(journal_next(r, &record, NULL), 1);
    assert_int_equal(record.kind, JOURNAL_OFFERS);
    expect_people(&record.people, &who);
    assert_memory_equal(record.people.sessions, sessions, sizeof sessions);
    assert_int_equal(journal_next(r, &record, NULL), 1);
    assert_int_equal(record.kind, JOURNAL_GRANT);
    assert_int_equal(journal_next(r, &record, NULL), 0);
    journal_reader_free(r);
    journal_free(j);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_added_is_read),
        TEST(test_a_restart_knows_it_all),
        TEST(test_the_longest_names_are_known_after_a_restart),
        TEST(test_contacts_are_kept_with_their_people),
        TEST(test_offers_are_kept_with_their_people),
        TEST(test_nothing_counts_before_it_is_on_the_disk),
        TEST(test_one_wait_is_for_all_of_a_turn),
        TEST(test_what_nobody_waits_for_is_written_soon),
        TEST(test_a_sync_of_nothing),
        TEST(test_whoever_waits_is_told_at_the_end),
        TEST(test_files_are_private),
        TEST(test_one_process_has_it),
        TEST(test_no_folder_is_said),
        TEST(test_torn_at_every_byte),
        TEST(test_a_first_file_torn_at_every_byte),
        TEST(test_a_damaged_byte_costs_one_record),
        TEST(test_damage_of_any_size_is_searched_through),
        TEST(test_a_file_stands_ahead_of_what_it_holds),
        TEST(test_the_oldest_goes_when_it_is_full),
        TEST(test_what_a_backup_holds_goes),
        TEST(test_nothing_goes_while_it_is_read),
        TEST(test_what_is_too_old_goes),
        TEST(test_marks_are_of_one_store),
        TEST(test_the_same_store_again_is_no_news),
        TEST(test_a_full_disk_is_said_and_ends),
        TEST(test_no_room_for_a_new_file_leaves_none),
        TEST(test_too_much_at_once_is_refused_and_not_kept),
        TEST(test_kill_loses_nothing_that_was_synced),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
