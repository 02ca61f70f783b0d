/* The spool on a real folder: what a crash, a full disk and other processes may do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "flow/spool.h"

#include "../folder.h"
#include "../full_disk.h"

enum { PATH_BYTES = 512, BYTES_MAX = 1 << 20, RECORDS_MAX = 1000 };

static char folder[64], files_in[80], rejected[96];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/muster-spool-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(files_in, sizeof files_in, "%s/spool", folder);
    (void)snprintf(rejected, sizeof rejected, "%s/rejected", files_in);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return folder_remove(folder);
}

static struct spool *open_within(size_t bytes_max, size_t records_max)
{
    struct spool_config config = {files_in, bytes_max, records_max};
    struct spool *s = NULL;
    struct err e = {0};
    if (spool_open(&config, &s, &e)) fail_msg("%s", e.text);
    return s;
}

static struct spool *open_spool(void)
{
    return open_within(BYTES_MAX, RECORDS_MAX);
}

/* Record number i: all of it follows from i. */
static struct spool_record record_of(int i)
{
    static char target[64], body[64];
    (void)snprintf(target, sizeof target, "/hooks/tw?n=%d", i);
    (void)snprintf(body, sizeof body, "From=%%2B44&Body=text+%d", i);
    return (struct spool_record){.gateway = SLICE_LIT("tw"),
                                 .method = SLICE_LIT("POST"),
                                 .target = slice_of(target),
                                 .content_type = SLICE_LIT("application/x-www-form-urlencoded"),
                                 .body = slice_of(body),
                                 .received_ms = 1700000000000 + i};
}

static void add(struct spool *s, int from, int to)
{
    for (int i = from; i <= to; i++) {
        struct spool_record r = record_of(i);
        assert_int_equal(spool_add(s, &r, NULL), 0);
    }
    assert_int_equal(spool_commit(s, NULL), 0);
}

static struct spool_place place; /* of the one that expect_oldest has seen */

static void expect_oldest(struct spool *s, int i)
{
    struct spool_record got, want = record_of(i);
    spool_rewind(s);
    assert_int_equal(spool_take(s, &place, &got, NULL), 1);
    assert_true(slice_eq(got.gateway, want.gateway) && slice_eq(got.method, want.method) &&
                slice_eq(got.target, want.target) &&
                slice_eq(got.content_type, want.content_type) && slice_eq(got.body, want.body));
    assert_int_equal(got.received_ms, want.received_ms);
}

static void take(struct spool *s, int from, int to)
{
    for (int i = from; i <= to; i++) {
        expect_oldest(s, i);
        spool_settle(s, &place);
    }
}

static void expect_empty(struct spool *s)
{
    struct spool_record r;
    assert_int_equal(spool_take(s, &place, &r, NULL), 0);
    assert_true(spool_is_empty(s));
    assert_int_equal(spool_stats(s).records, 0);
    assert_int_equal(spool_stats(s).bytes, 0);
    assert_int_equal(spool_stats(s).oldest_ms, 0);
}

/* How many files there are; *ret_path (may be NULL) gets the path of the one with the highest name.
 */
static int count_files(const char *path, char *ret_path)
{
    char last[256] = "";
    int n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "rejected") == 0 ||
            strcmp(entry->d_name, "away") == 0)
            continue;
        n++;
        if (strcmp(entry->d_name, last) > 0) (void)snprintf(last, sizeof last, "%s", entry->d_name);
    }
    (void)closedir(d);
    if (ret_path) (void)snprintf(ret_path, PATH_BYTES, "%s/%s", path, last);
    return n;
}

static struct buf read_file(const char *path)
{
    struct buf b = BUF_INIT(1 << 24);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, chunk, n);
    (void)fclose(f);
    return b;
}

static void write_file(const char *path, struct slice bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

/* ---- records ---- */

static void test_the_sum_is_crc32c(void **state)
{
    (void)state;
    /* All of a record but its sum, found by another implementation (tests/fuzz/corpus/spool/whole).
     */
    struct spool_record r = record_of(7), got;
    struct spool_head head;
    struct buf b = BUF_INIT(SPOOL_RECORD_BYTES_MAX);
    spool_record_write(&b, &r);
    assert_int_equal(b.n, spool_record_bytes(&r));
    assert_memory_equal(b.p + 8, "\xa3\x67\x5e\x1b", 4);
    assert_true(spool_record_read(buf_slice(&b), &head, &got));
    assert_int_equal(head.bytes, b.n);
    buf_done(&b);
}

static void test_no_changed_byte_is_believed(void **state)
{
    (void)state;
    struct spool_record r = record_of(7), got;
    struct spool_head head;
    struct buf b = BUF_INIT(SPOOL_RECORD_BYTES_MAX);
    spool_record_write(&b, &r);
    for (size_t i = 0; i < b.n; i++) {
        if (i >= SPOOL_SETTLED_AT && i < 8) continue; /* the mark and its padding */
        b.p[i] ^= 0x20;
        assert_false(spool_record_read(buf_slice(&b), &head, &got));
        b.p[i] ^= 0x20;
        assert_false(spool_record_read(slice_make(b.p, i), &head, &got));
    }
    buf_done(&b);
}

/* ---- order, restarts, files ---- */

static void test_first_in_first_out(void **state)
{
    (void)state;
    struct spool *s = open_spool();
    expect_empty(s);
    add(s, 1, 3);
    assert_int_equal(spool_stats(s).records, 3);
    assert_int_equal(spool_stats(s).oldest_ms, 1700000000001);
    take(s, 1, 1);
    assert_int_equal(spool_stats(s).oldest_ms, 1700000000002);
    add(s, 4, 5);
    take(s, 2, 5);
    expect_empty(s);
    assert_int_equal(count_files(files_in, NULL), 0);
    spool_free(s);
}

static void test_what_is_not_committed_is_not_given(void **state)
{
    (void)state;
    struct spool *s = open_spool();
    struct spool_record r = record_of(1);
    assert_int_equal(spool_add(s, &r, NULL), 0);
    assert_int_equal(spool_take(s, &place, &r, NULL), 0);
    assert_false(spool_is_empty(s));
    assert_int_equal(spool_commit(s, NULL), 0);
    take(s, 1, 1);
    spool_free(s);
}

static void test_restart_goes_on_where_it_was(void **state)
{
    (void)state;
    struct spool *s = open_spool();
    add(s, 1, 5);
    take(s, 1, 2);
    spool_free(s);
    s = open_spool();
    assert_int_equal(spool_stats(s).records, 3);
    take(s, 3, 3);
    add(s, 6, 6);
    take(s, 4, 6);
    expect_empty(s);
    spool_free(s);
}

static void test_many_files_in_order(void **state)
{
    (void)state;
    struct spool *s = open_within(32 * 1024, RECORDS_MAX); /* files of 2 KiB */
    add(s, 1, 100);
    assert_in_range(count_files(files_in, NULL), 5, 20);
    take(s, 1, 40);
    spool_free(s);
    s = open_within(32 * 1024, RECORDS_MAX);
    assert_in_range(count_files(files_in, NULL), 3, 12);
    take(s, 41, 100);
    expect_empty(s);
    spool_free(s);
}

static void test_files_are_private(void **state)
{
    (void)state;
    struct stat st;
    char path[PATH_BYTES];
    struct spool *s = open_spool();
    add(s, 1, 1);
    assert_int_equal(count_files(files_in, path), 1);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(files_in, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    spool_free(s);
}

static void test_two_processes_share_a_folder_and_no_file(void **state)
{
    (void)state;
    struct spool *a = open_spool(), *b = open_spool();
    add(a, 1, 2);
    add(b, 11, 12);
    struct spool *c = open_spool(); /* both files are held */
    expect_empty(c);
    spool_free(c);
    take(a, 1, 2);
    take(b, 11, 11);
    spool_free(b);
    c = open_spool(); /* b is gone: its file is taken over */
    take(c, 12, 12);
    spool_free(c);
    spool_free(a);
}

/* ---- crashes ---- */

static void test_torn_at_every_byte_of_the_last_record(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct spool *s = open_spool();
    add(s, 1, 3);
    spool_free(s);
    assert_int_equal(count_files(files_in, path), 1);
    struct buf whole = read_file(path);
    struct spool_record last = record_of(3);
    size_t before = whole.n - spool_record_bytes(&last);
    for (size_t n = before; n < whole.n; n++) {
        write_file(path, slice_make(whole.p, n));
        s = open_spool();
        assert_int_equal(spool_stats(s).records, 2);
        assert_int_equal(spool_stats(s).bytes, before);
        assert_int_equal(count_files(rejected, NULL), 0); /* nobody was told that it is stored */
        add(s, 4, 4);                                     /* behind the cut */
        take(s, 1, 2);
        take(s, 4, 4);
        expect_empty(s);
        spool_free(s);
    }
    buf_done(&whole);
}

static void test_zeros_and_rubbish_at_the_end_are_cut(void **state)
{
    (void)state;
    char path[PATH_BYTES], tail[100];
    for (int fill = 0; fill < 256; fill += 0x4d) { /* among them 'M' */
        struct spool *s = open_spool();
        add(s, 1, 1);
        spool_free(s);
        (void)count_files(files_in, path);
        struct buf b = read_file(path);
        memset(tail, fill, sizeof tail);
        buf_add(&b, tail, sizeof tail);
        write_file(path, buf_slice(&b));
        buf_done(&b);
        s = open_spool();
        take(s, 1, 1);
        expect_empty(s);
        spool_free(s);
    }
}

static void test_damage_in_the_middle_costs_that_record_only(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct spool *s = open_spool();
    add(s, 1, 3);
    spool_free(s);
    (void)count_files(files_in, path);
    struct buf b = read_file(path);
    struct spool_record first = record_of(1), second = record_of(2);
    b.p[spool_record_bytes(&first) + SPOOL_HEAD_BYTES + 3] ^= 1;
    write_file(path, buf_slice(&b));
    s = open_spool();
    assert_int_equal(spool_stats(s).records, 2);
    take(s, 1, 1);
    take(s, 3, 3);
    expect_empty(s);
    spool_free(s);
    assert_int_equal(count_files(rejected, path), 1);
    struct buf kept = read_file(path);
    assert_int_equal(kept.n, spool_record_bytes(&second));
    buf_done(&kept);
    buf_done(&b);
}

static void test_a_last_record_that_is_whole_and_wrong_is_kept(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct spool *s = open_spool();
    add(s, 1, 2);
    spool_free(s);
    (void)count_files(files_in, path);
    struct buf b = read_file(path);
    b.p[b.n - 1] ^= 1;
    write_file(path, buf_slice(&b));
    s = open_spool();
    take(s, 1, 1);
    expect_empty(s);
    spool_free(s);
    struct spool_record second = record_of(2);
    size_t bytes = spool_record_bytes(&second);
    assert_int_equal(count_files(rejected, path), 1);
    struct buf kept = read_file(path);
    assert_int_equal(kept.n, bytes);
    assert_memory_equal(kept.p, b.p + b.n - bytes, bytes);
    buf_done(&kept);
    buf_done(&b);
}

static void test_damage_of_any_size_is_searched_through(void **state)
{
    (void)state;
    enum { LARGE = 200000 }; /* the search reads 64 KiB at a time */
    char path[PATH_BYTES];
    char *body = xmalloc(LARGE);
    memset(body, 'M', LARGE); /* the magic word begins everywhere */
    for (size_t cut = 0; cut < 4; cut++) {
        struct spool *s = open_within(16 << 20, RECORDS_MAX);
        struct spool_record large = record_of(1);
        large.body = slice_make(body, LARGE - cut);
        assert_int_equal(spool_add(s, &large, NULL), 0);
        add(s, 2, 2);
        spool_free(s);
        (void)count_files(files_in, path);
        struct buf b = read_file(path);
        b.p[0] = 'X';
        write_file(path, buf_slice(&b));
        buf_done(&b);
        s = open_within(16 << 20, RECORDS_MAX);
        take(s, 2, 2);
        expect_empty(s);
        spool_free(s);
    }
    free(body);
}

static void test_damage_while_it_is_open_is_kept_and_said(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct spool *s = open_spool();
    add(s, 1, 2);
    (void)count_files(files_in, path);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "x", 1, SPOOL_HEAD_BYTES), 1);
    close(fd);
    take(s, 2, 2);
    expect_empty(s);
    assert_int_equal(spool_stats(s).rejected, 1);
    assert_int_equal(count_files(rejected, NULL), 1);
    spool_free(s);
}

/* ---- bounds ---- */

static void test_bounded_by_records(void **state)
{
    (void)state;
    struct err e = {0};
    struct spool *s = open_within(BYTES_MAX, 3);
    struct spool_record r = record_of(4);
    add(s, 1, 3);
    assert_int_equal(spool_add(s, &r, &e), ERR_LIMIT);
    assert_non_null(strstr(e.text, "spool.records_max"));
    take(s, 1, 1);
    add(s, 4, 4);
    take(s, 2, 4);
    spool_free(s);
}

static void test_bounded_by_bytes(void **state)
{
    (void)state;
    enum { BYTES = 4000 };
    struct spool *s = open_within(BYTES, RECORDS_MAX);
    int n = 0, rc = 0;
    while (rc == 0) {
        struct spool_record r = record_of(n + 1);
        rc = spool_add(s, &r, NULL);
        n += rc == 0;
        assert_int_equal(spool_commit(s, NULL), 0);
    }
    assert_int_equal(rc, ERR_LIMIT);
    assert_in_range(spool_stats(s).bytes, BYTES - 200, BYTES);
    take(s, 1, n);
    expect_empty(s);
    spool_free(s);
}

static void test_full_disk_leaves_no_half_record(void **state)
{
    (void)state;
    struct spool *s = open_spool();
    add(s, 1, 2);
    size_t full = spool_stats(s).bytes;
    struct spool_record r = record_of(3);
    for (size_t room = 0; room < spool_record_bytes(&r); room++) {
        struct err e = {0};
        char path[PATH_BYTES];
        struct stat st;
        limit_files(full + room);
        assert_int_equal(spool_add(s, &r, &e), -EFBIG);
        assert_non_null(strstr(e.text, files_in));
        assert_int_equal(spool_commit(s, NULL), 0);
        (void)count_files(files_in, path);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, full);
    }
    limit_files(RLIM_INFINITY);
    add(s, 3, 3);
    take(s, 1, 3);
    expect_empty(s);
    spool_free(s);
}

static void test_full_disk_does_not_harm_what_was_added_before(void **state)
{
    (void)state;
    struct spool *s = open_spool();
    struct spool_record r = record_of(1);
    limit_files(spool_record_bytes(&r) + 10);
    assert_int_equal(spool_add(s, &r, NULL), 0);
    r = record_of(2);
    assert_int_equal(spool_add(s, &r, NULL), -EFBIG);
    assert_int_equal(spool_commit(s, NULL), 0);
    limit_files(RLIM_INFINITY);
    take(s, 1, 1);
    expect_empty(s);
    spool_free(s);
}

/* ---- putting aside ---- */

static void test_rejected_can_be_put_back(void **state)
{
    (void)state;
    char aside[PATH_BYTES], back[PATH_BYTES];
    struct spool *s = open_spool();
    add(s, 1, 2);
    expect_oldest(s, 1);
    assert_int_equal(spool_reject(s, &place, SPOOL_REFUSED, NULL), 0);
    assert_int_equal(spool_stats(s).rejected, 1);
    take(s, 2, 2);
    expect_empty(s);
    spool_free(s);
    assert_int_equal(count_files(rejected, aside), 1);
    s = open_spool();
    expect_empty(s); /* not by itself */
    spool_free(s);
    (void)snprintf(back, sizeof back, "%s%s", files_in, strrchr(aside, '/'));
    assert_int_equal(rename(aside, back), 0);
    s = open_spool();
    take(s, 1, 1);
    expect_empty(s);
    spool_free(s);
}

/* What nobody can read: kept at once, whatever else waits, and found again after being moved back.
 */
static void test_kept_without_waiting(void **state)
{
    (void)state;
    char path[PATH_BYTES], back[PATH_BYTES];
    struct spool *s = open_spool();
    add(s, 1, 1);
    struct spool_record r = record_of(2);
    assert_int_equal(spool_keep(s, &r, NULL), 0);
    assert_int_equal(spool_stats(s).rejected, 1);
    assert_int_equal(count_files(rejected, path), 1);
    take(s, 1, 1);
    expect_empty(s);
    spool_free(s);
    (void)snprintf(back, sizeof back, "%s%s", files_in, strrchr(path, '/'));
    assert_int_equal(rename(path, back), 0);
    s = open_spool();
    take(s, 2, 2);
    expect_empty(s);
    spool_free(s);
}

static void test_what_is_kept_is_bounded(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct spool_record r = record_of(1);
    size_t room = 3 * spool_record_bytes(&r);
    struct spool *s = open_within(room, RECORDS_MAX);
    for (int i = 0; i < 3; i++)
        assert_int_equal(spool_keep(s, &r, NULL), 0);
    struct err e = {0};
    assert_int_equal(spool_keep(s, &r, &e), ERR_LIMIT);
    assert_non_null(strstr(e.text, "take them out"));
    spool_free(s);
    /* also after a restart; until somebody takes one out */
    s = open_within(room, RECORDS_MAX);
    assert_int_equal(spool_keep(s, &r, NULL), ERR_LIMIT);
    assert_int_equal(count_files(rejected, path), 3);
    assert_int_equal(spool_kept(s, 1000000).webhooks, 3);
    assert_true(spool_kept(s, 1000000).full);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(spool_kept(s, 1000000 + SPOOL_LOOK_MS - 1).webhooks, 3);
    assert_int_equal(spool_kept(s, 1000000 + SPOOL_LOOK_MS).webhooks, 2);
    int tries = 1, result;
    while ((result = spool_keep(s, &r, NULL)) == ERR_LIMIT && tries < 100)
        tries++;
    assert_int_equal(result, 0);
    spool_free(s);
}

/* ---- what a person decides about them ---- */

static void keep_one(struct spool *s, int i, enum spool_why why)
{
    struct spool_record r = record_of(i);
    r.why = why;
    assert_int_equal(spool_keep(s, &r, NULL), 0);
}

/* The ids of what is kept, and how many there are. */
static size_t kept_numbers(struct spool *s, int64_t now_ms, uint64_t out[8])
{
    size_t n;
    const struct spool_kept_item *items = spool_kept_items(s, now_ms, &n);
    assert_true(n <= 8);
    for (size_t i = 0; i < n; i++)
        out[i] = items[i].number;
    return n;
}

static void test_what_is_kept_says_since_when_from_whom_and_why(void **state)
{
    (void)state;
    struct spool *s = open_spool();
    keep_one(s, 1, SPOOL_UNREADABLE);
    keep_one(s, 2, SPOOL_MISDIRECTED);
    for (int restarted = 0; restarted < 2; restarted++) {
        size_t n;
        const struct spool_kept_item *items = spool_kept_items(s, 1000000, &n);
        struct spool_record second = record_of(2);
        assert_int_equal(n, 2);
        assert_int_equal(items[0].why, SPOOL_UNREADABLE);
        assert_int_equal(items[1].why, SPOOL_MISDIRECTED);
        assert_int_equal(items[1].received_ms, second.received_ms);
        assert_int_equal(items[1].bytes, spool_record_bytes(&second));
        assert_string_equal(items[1].gateway, "tw");
        assert_true(items[0].number < items[1].number);
        spool_free(s);
        s = open_spool();
    }
    spool_free(s);
}

/* Each of them, whatever it was kept for; and it says then that it was kept before. */
static void test_tried_again_it_waits_like_any_other(void **state)
{
    (void)state;
    uint64_t ids[8];
    size_t done;
    struct spool *s = open_spool();
    add(s, 1, 1);
    keep_one(s, 2, SPOOL_REFUSED);
    keep_one(s, 3, SPOOL_NO_GATEWAY);
    keep_one(s, 4, SPOOL_UNREAD);
    assert_int_equal(kept_numbers(s, 1000000, ids), 3);
    uint64_t asked[] = {ids[0], 999, ids[1]}; /* 999 is nobody */
    assert_int_equal(spool_try_again(s, asked, 3, &done, NULL), 0);
    assert_int_equal(done, 2);
    assert_int_equal(kept_numbers(s, 1000000, ids), 1);
    assert_int_equal(count_files(rejected, NULL), 1);
    take(s, 1, 1);
    expect_oldest(s, 2);
    spool_free(s); /* they are on the disk */
    s = open_spool();
    struct spool_record again;
    assert_int_equal(spool_take(s, &place, &again, NULL), 1);
    assert_int_equal(again.why, SPOOL_REFUSED);
    spool_settle(s, &place);
    take(s, 3, 3);
    expect_empty(s);
    spool_free(s);
}

static void test_what_has_no_room_or_no_disk_stays_kept(void **state)
{
    (void)state;
    uint64_t ids[8];
    size_t done;
    struct err e = {0};
    struct spool *s = open_within(BYTES_MAX, 2);
    add(s, 1, 1);
    keep_one(s, 2, SPOOL_UNREAD);
    keep_one(s, 3, SPOOL_UNREAD);
    assert_int_equal(kept_numbers(s, 1000000, ids), 2);
    assert_int_equal(spool_try_again(s, ids, 2, &done, &e), ERR_LIMIT);
    assert_int_equal(done, 1);
    take(s, 1, 2);
    assert_int_equal(kept_numbers(s, 1000000, ids), 1);
    limit_files(10);
    assert_int_equal(spool_try_again(s, ids, 1, &done, &e), -EFBIG);
    assert_int_equal(done, 0);
    limit_files(RLIM_INFINITY);
    assert_int_equal(count_files(rejected, NULL), 1);
    assert_int_equal(spool_try_again(s, ids, 1, &done, &e), 0);
    take(s, 3, 3);
    expect_empty(s);
    spool_free(s);
}

static void test_put_away_it_is_kept_no_more_and_can_be_erased(void **state)
{
    (void)state;
    char away[PATH_BYTES];
    uint64_t ids[8];
    size_t done;
    struct spool *s = open_spool();
    (void)snprintf(away, sizeof away, "%s/away", files_in);
    keep_one(s, 1, SPOOL_UNREAD);
    keep_one(s, 2, SPOOL_UNREAD);
    assert_int_equal(kept_numbers(s, 1000000, ids), 2);
    assert_int_equal(spool_put_away(s, ids, 1, &done, NULL), 0);
    assert_int_equal(done, 1);
    assert_int_equal(spool_put_away(s, ids, 1, &done, NULL), 0); /* somebody else was first */
    assert_int_equal(done, 0);
    assert_int_equal(spool_kept(s, 1000000).webhooks, 1);
    assert_int_equal(count_files(rejected, NULL), 1);
    assert_int_equal(count_files(away, NULL), 1);
    spool_free(s);
    s = open_spool(); /* its number is not given to another one */
    keep_one(s, 3, SPOOL_UNREAD);
    assert_int_equal(spool_put_away(s, &ids[1], 1, &done, NULL), 0);
    assert_int_equal(count_files(away, NULL), 2);
    const char *const texts[] = {"text+1"};
    assert_int_equal(spool_forget(files_in, texts, 1, NULL), 1);
    assert_int_equal(count_files(away, NULL), 1);
    spool_free(s);
}

/* People and other processes move files: another one of the same name is another one, and rubbish is nobody's. */
static void test_a_file_that_changed_is_read_anew(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    size_t n, done;
    struct spool *s = open_spool();
    keep_one(s, 1, SPOOL_UNREAD);
    (void)count_files(rejected, path);
    assert_int_equal(spool_kept_items(s, 1000000, &n)[0].why, SPOOL_UNREAD);
    assert_int_equal(unlink(path), 0);
    write_file(path,
               SLICE_LIT("no record at all, and as long as one that is: 0123456789 0123456789"));
    const struct spool_kept_item *items = spool_kept_items(s, 1000000 + SPOOL_LOOK_MS, &n);
    assert_int_equal(n, 1);
    assert_string_equal(items[0].gateway, "");
    assert_int_equal(items[0].why, SPOOL_WHY_UNSAID);
    uint64_t id = items[0].number;
    assert_int_equal(spool_try_again(s, &id, 1, &done, NULL), 0);
    assert_int_equal(done, 0); /* it stays for whoever can tell what it is */
    assert_int_equal(count_files(rejected, NULL), 1);
    spool_free(s);
}

static void test_no_folder_is_said(void **state)
{
    (void)state;
    struct err e = {0};
    struct spool *s = NULL;
    struct spool_config config = {"/proc/no/spool", BYTES_MAX, RECORDS_MAX};
    assert_int_equal(spool_open(&config, &s, &e), -ENOENT);
    assert_non_null(strstr(e.text, "/proc/no/spool"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_the_sum_is_crc32c),
        TEST(test_no_changed_byte_is_believed),
        TEST(test_first_in_first_out),
        TEST(test_what_is_not_committed_is_not_given),
        TEST(test_restart_goes_on_where_it_was),
        TEST(test_many_files_in_order),
        TEST(test_files_are_private),
        TEST(test_two_processes_share_a_folder_and_no_file),
        TEST(test_torn_at_every_byte_of_the_last_record),
        TEST(test_zeros_and_rubbish_at_the_end_are_cut),
        TEST(test_damage_in_the_middle_costs_that_record_only),
        TEST(test_a_last_record_that_is_whole_and_wrong_is_kept),
        TEST(test_damage_of_any_size_is_searched_through),
        TEST(test_damage_while_it_is_open_is_kept_and_said),
        TEST(test_bounded_by_records),
        TEST(test_bounded_by_bytes),
        TEST(test_full_disk_leaves_no_half_record),
        TEST(test_full_disk_does_not_harm_what_was_added_before),
        TEST(test_rejected_can_be_put_back),
        TEST(test_kept_without_waiting),
        TEST(test_what_is_kept_is_bounded),
        TEST(test_what_is_kept_says_since_when_from_whom_and_why),
        TEST(test_tried_again_it_waits_like_any_other),
        TEST(test_what_has_no_room_or_no_disk_stays_kept),
        TEST(test_put_away_it_is_kept_no_more_and_can_be_erased),
        TEST(test_a_file_that_changed_is_read_anew),
        TEST(test_no_folder_is_said),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
