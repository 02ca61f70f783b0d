#include "commit.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/loop.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum {
    FILES = 32, /* about so many when it is full */
    FILE_AGE_MS = 24 * 3600 * 1000,
    AGAIN_US = 1000 * 1000, /* after a failure */
};

/* ---- a piece goes ---- */

void commit_write_store(struct journal *j, struct buf *out, uint64_t mark)
{
    struct journal_store store = journal_store(j);
    journal_write_store(out, mark, clock_wall_ms(), &store);
}

/* Of a file or a part of the copy: what it is about, and what surely stands before it. */
static void write_head(struct journal *j, struct buf *out)
{
    commit_write_store(j, out, j->durable > j->began ? j->durable : j->began);
}

static bool wants_new_file(const struct journal *j)
{
    const struct journal_files *f = &j->files;
    if (f->fd < 0 || j->finish) return true;
    const struct journal_file *newest = &f->list[f->n - 1];
    return j->end + j->pending.n > j->config.bytes_max / FILES ||
           clock_wall_ms() - newest->begun_ms > FILE_AGE_MS;
}

/* Another store begins a file, and a file begins when all before it stands: so the copy may bring what is under way in any
 * order, and what fails is cut off one file. */
static bool may_begin(const struct journal *j)
{
    if (j->writing || pieces_are_full(&j->pieces)) return false;
    return j->pieces.n == 0 || !wants_new_file(j);
}

/* A file begins with its store: in front of what was gathered. */
static void gather_for_new_file(struct journal *j)
{
    struct buf *all = &j->bytes;
    buf_clear(all);
    write_head(j, all);
    buf_add_slice(all, buf_slice(&j->pending));
    struct buf rest = j->pending;
    j->pending = *all;
    *all = rest;
}

static struct piece *take_pending(struct journal *j)
{
    struct piece *p = pieces_add(&j->pieces);
    struct buf b = j->bytes;
    j->bytes = j->pending;
    j->pending = b;
    buf_clear(&j->pending);
    struct waits nobody = p->waits;
    p->waits = j->waiting;
    j->waiting = nobody;
    p->records = j->pending_n;
    j->pending_n = 0;
    p->mark = j->added;
    p->store_sets = j->store_sets;
    p->bytes = j->bytes.n;
    p->copied = !j->copy || !j->config.copy->waits;
    return p;
}

/* Without the zeros. When they cannot be cut off, a reader takes them for damage, and passes over them. */
static void finish_file(struct journal *j)
{
    struct journal_files *f = &j->files;
    if (f->fd >= 0 && ftruncate(f->fd, (off_t)j->end) != 0)
        log_warn("the journal %s: a file that is full cannot be cut to its size", f->path);
    files_finish_newest(f);
}

static void prepare_task(struct journal *j, bool new_file)
{
    if (new_file) {
        finish_file(j);
        gather_for_new_file(j);
        j->finish = false;
        j->end = 0;
    }
    const struct piece *p = take_pending(j);
    j->begins_file = new_file;
    j->task = (struct disk_task){
        .folder = j->files.folder,
        .number = j->files.next_number,
        .fd = j->files.fd,
        .bytes = buf_slice(&j->bytes),
        .at = j->end,
        .stands = new_file ? 0 : j->task.stands,
    };
    j->end += p->bytes;
    j->writing = true;
}

static void send_copy(struct journal *j)
{
    struct buf head = BUF_INIT(JOURNAL_RECORD_BYTES_MAX);
    if (!j->copy) return;
    write_head(j, &head);
    copy_send(j->copy, pieces_last(&j->pieces)->number, buf_slice(&head), j->task.bytes);
    buf_done(&head);
}

static void begin_task(struct journal *j, bool new_file)
{
    prepare_task(j, new_file);
    loop_timer_cancel(j->lazy);
    disk_begin(j->disk, &j->task);
    send_copy(j);
}

static void fail(struct journal *j, int rc);

static void on_begin(void *arg)
{
    struct journal *j = arg;
    if (j->failing) {
        waits_end(&j->waiting, j->failing);
        return;
    }
    if (!may_begin(j)) return;
    if (j->pending.failed) {
        fail(j, ERR_LIMIT);
        return;
    }
    if (j->pending.n == 0)
        waits_end(&j->waiting, 0);
    else
        begin_task(j, wants_new_file(j));
}

/* ---- it stands ---- */

static void say_well(struct journal *j)
{
    if (!j->failing) return;
    log_info("the journal %s can be written again", j->files.path);
    j->failing = 0;
    j->stats.failing_since_ms = 0;
}

static void note_new_file(struct journal *j)
{
    struct journal_files *f = &j->files;
    struct journal_file *before = files_newest(f);
    int64_t now = clock_wall_ms();
    struct journal_read_record head;
    check(journal_record_read(j->task.bytes, &head) == JOURNAL_WHOLE);
    struct journal_file file = {
        .number = j->task.number, .begun_ms = now, .before = head.record.mark, .last = UINT64_MAX};
    (void)snprintf(file.store, sizeof file.store, "%.*s", SLICE_ARG(head.record.store));
    if (before && strcmp(before->store, file.store) == 0) before->last = file.before;
    files_add(f, &file);
    f->fd = j->task.fd;
    files_tidy(f, &j->config, j->store, now);
}

static void note_standing(struct journal *j, const struct piece *p)
{
    struct journal_file *file = files_newest(&j->files);
    file->bytes += p->bytes;
    file->written_ms = clock_wall_ms();
    if (p->store_sets == j->store_sets && p->mark > j->durable) j->durable = p->mark;
    j->stats.records += p->records;
    j->stats.bytes += p->bytes;
}

static void tell_standing(struct journal *j, struct piece *p)
{
    note_standing(j, p);
    if (j->failing) waits_end(&j->waiting, j->failing); /* what they added was dropped */
    say_well(j);
    if (p->waits.n)
        sync_time_saw(&j->sync, clock_mono_us() - p->waits.since_us, j->files.path,
                      j->config.copy && j->config.copy->waits);
    waits_end(&p->waits, 0);
}

static void go_on(struct journal *j)
{
    for (struct piece *p; (p = pieces_take_standing(&j->pieces)) != NULL;)
        tell_standing(j, p);
    if (j->waiting.n) on_begin(j);
    if (j->pending.n && !j->writing && !loop_timer_armed(j->lazy))
        loop_timer_in(j->lazy, JOURNAL_LAZY_MS * 1000);
}

/* ---- it does not ---- */

/* Nobody knows what stands behind the last piece that does: it is cut off, and the file takes no more. */
static void give_up_file(struct journal *j)
{
    struct journal_files *f = &j->files;
    const struct journal_file *newest = files_newest(f);
    if (f->fd >= 0 && ftruncate(f->fd, (off_t)newest->bytes) != 0 && !j->failing)
        log_warn("the journal %s: what was not written cannot be cut off", f->path);
    files_finish_newest(f);
}

static void fail(struct journal *j, int rc)
{
    bool first = !j->failing;
    if (!j->writing) give_up_file(j); /* else when the thread has let go of it */
    j->failing =
        err_set(&j->why, rc, "the journal %s cannot be written: %s; %s. Nothing is sent until then",
                j->files.path, err_code_text(rc),
                rc == JOURNAL_NO_COPY ? "its topic does not take it; see that Kafka is well"
                                      : "see that the disk is well and has room");
    j->stats.failed++;
    if (first) {
        j->stats.failing_since_ms = clock_wall_ms();
        log_error("%s", j->why.text);
    }
    buf_clear(&j->pending);
    j->pending_n = 0;
    loop_timer_in(j->again, AGAIN_US);
    pieces_end(&j->pieces, rc);
    waits_end(&j->waiting, rc);
}

/* ---- what is heard of it ---- */

static void note_task(struct journal *j)
{
    struct journal_files *f = &j->files;
    j->writing = false;
    if (j->task.result == 0) {
        j->stats.syncs++;
        if (j->begins_file) note_new_file(j);
        return;
    }
    if (j->task.fd >= 0 && j->task.fd != f->fd) {
        struct journal_file file = {.number = j->task.number};
        files_add(f, &file); /* empty: goes at once */
        f->fd = j->task.fd;
    }
    if (j->task.result == -EEXIST) f->next_number++;
}

static void on_disk(void *arg)
{
    struct journal *j = arg;
    struct piece *p = pieces_last(&j->pieces);
    note_task(j);
    if (!p) { /* the copy has not taken it, or one before it */
        give_up_file(j);
    } else if (j->task.result < 0) {
        fail(j, j->task.result);
    } else {
        p->on_disk = true;
        go_on(j);
    }
}

static void on_copy(void *arg, uint64_t piece, int result)
{
    struct journal *j = arg;
    struct piece *p = pieces_find(&j->pieces, piece);
    if (!p) return;
    if (result < 0) {
        fail(j, JOURNAL_NO_COPY);
    } else {
        p->copied = true;
        go_on(j);
    }
}

/* Whether it can be written is tried with the head of a new file. */
static void on_again(void *arg)
{
    struct journal *j = arg;
    if (j->writing)
        loop_timer_in(j->again, AGAIN_US);
    else if (j->pieces.n == 0)
        begin_task(j, true);
}

/* ---- life ---- */

void commit_start(struct journal *j)
{
    struct loop *l = j->config.loop;
    const struct journal_file *newest = files_newest(&j->files);
    j->end = newest ? newest->bytes : 0;
    j->begin = loop_timer_new(l, on_begin, j);
    j->lazy = loop_timer_new(l, on_begin, j);
    j->again = loop_timer_new(l, on_again, j);
    j->disk = disk_new(l, on_disk, j);
    if (j->config.copy) j->copy = copy_new(l, j->config.copy, on_copy, j);
}

static void note_last_task(struct journal *j)
{
    note_task(j);
    if (j->task.result < 0) give_up_file(j);
}

void commit_drain(struct journal *j)
{
    disk_free(j->disk);
    if (j->writing) note_last_task(j);
    pieces_end(&j->pieces, -ECANCELED);
    if (!j->failing && !j->pending.failed && j->pending.n) {
        prepare_task(j, wants_new_file(j));
        disk_do(&j->task);
        send_copy(j);
        note_last_task(j);
    }
    finish_file(j);
}
