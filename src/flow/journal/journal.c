/* Adding, and the group commit: what was added goes to the thread as one piece, while the next one is
 * gathered. */
#include "copy.h"
#include "disk.h"
#include "private.h"
#include "waits.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PENDING_BYTES_MAX = 16 << 20, /* while one wait for the disk lasts */
    FILES = 32,                   /* about so many when it is full */
    FILE_AGE_MS = 24 * 3600 * 1000,
    AGAIN_US = 1000 * 1000, /* after a failure */
    SYNC_FIRST_US = 2000,
};

struct journal {
    struct journal_config config; /* its texts are not kept */
    struct journal_files files;
    struct disk *disk;
    struct disk_task task;
    struct copy *copy;      /* NULL: there is none */
    bool busy, begins_file; /* the task's */
    bool writing_disk, writing_copy;
    int copy_result;
    bool finish; /* the newest file takes no more */
    struct buf pending, writing;
    uint64_t pending_n, writing_n; /* records */
    struct waits waiting, syncing; /* for what is pending; for what is being written */
    struct loop_timer *begin, *lazy, *again;
    /* the store */
    char store[JOURNAL_NAME_BYTES_MAX + 1];
    struct buf peer_bytes;
    struct slice peers[JOURNAL_PEERS_MAX]; /* in peer_bytes */
    size_t peer_n;
    unsigned store_sets; /* how often another one was set */
    unsigned writing_sets;
    uint64_t began, added, writing_mark, durable; /* marks of this store */
    int64_t sync_us;
    int failing; /* 0 or the code */
    struct err why;
    struct journal_stats stats;
};

struct journal_files *journal_files(struct journal *j)
{
    return &j->files;
}

/* ---- the store ---- */

static void set_peers(struct journal *j, struct slice packed)
{
    struct slice peer;
    buf_clear(&j->peer_bytes);
    buf_add_slice(&j->peer_bytes, packed);
    packed = buf_slice(&j->peer_bytes);
    for (j->peer_n = 0; j->peer_n < JOURNAL_PEERS_MAX && journal_next_peer(&packed, &peer);)
        j->peers[j->peer_n++] = peer;
}

struct journal_store journal_store(const struct journal *j)
{
    return (struct journal_store){slice_of(j->store), j->peers, j->peer_n};
}

static void pack_peers(struct buf *out, const struct journal_store *store)
{
    for (size_t i = 0; i < store->peer_n; i++) {
        buf_add_char(out, (char)store->peers[i].n);
        buf_add_slice(out, store->peers[i]);
    }
}

uint64_t journal_mark(const struct journal *j)
{
    return j->durable;
}

uint64_t journal_complete_after(const struct journal *j)
{
    for (size_t i = 0; i < j->files.n; i++)
        if (strcmp(j->files.list[i].store, j->store) == 0) return j->files.list[i].before;
    return j->began;
}

/* ---- to the disk ---- */

static void write_store(struct journal *j, struct buf *out, uint64_t mark)
{
    struct journal_store store = journal_store(j);
    journal_write_store(out, mark, clock_wall_ms(), &store);
}

static bool wants_new_file(const struct journal *j)
{
    const struct journal_files *f = &j->files;
    if (f->fd < 0 || j->finish) return true;
    const struct journal_file *newest = &f->list[f->n - 1];
    return newest->bytes + j->pending.n > j->config.bytes_max / FILES ||
           clock_wall_ms() - newest->begun_ms > FILE_AGE_MS;
}

static void swap_buffers(struct journal *j)
{
    struct buf b = j->writing;
    j->writing = j->pending;
    j->pending = b;
    buf_clear(&j->pending);
    struct waits w = j->syncing;
    j->syncing = j->waiting;
    j->waiting = w;
    j->writing_n = j->pending_n;
    j->pending_n = 0;
    j->writing_mark = j->added;
    j->writing_sets = j->store_sets;
}

/* A file begins with its store: in front of what was gathered. */
static void gather_for_new_file(struct journal *j)
{
    struct buf *all = &j->writing;
    buf_clear(all);
    write_store(j, all, j->durable > j->began ? j->durable : j->began);
    buf_add_slice(all, buf_slice(&j->pending));
    struct buf rest = j->pending;
    j->pending = *all;
    *all = rest;
}

static void prepare_task(struct journal *j, bool new_file)
{
    if (new_file) {
        files_finish_newest(&j->files);
        gather_for_new_file(j);
        j->finish = false;
    }
    swap_buffers(j);
    struct journal_file *newest = files_newest(&j->files);
    j->begins_file = new_file;
    j->task = (struct disk_task){
        .folder = j->files.folder,
        .number = j->files.next_number,
        .fd = j->files.fd,
        .bytes = buf_slice(&j->writing),
        .at = new_file ? 0 : newest->bytes,
    };
    j->busy = true;
}

static void send_copy(struct journal *j)
{
    struct buf head = BUF_INIT(JOURNAL_RECORD_BYTES_MAX);
    if (!j->copy) return;
    write_store(j, &head, j->durable > j->began ? j->durable : j->began);
    copy_send(j->copy, buf_slice(&head), j->task.bytes);
    buf_done(&head);
}

static void begin_task(struct journal *j, bool new_file)
{
    prepare_task(j, new_file);
    loop_timer_cancel(j->lazy);
    j->writing_disk = true;
    j->writing_copy = j->copy && j->config.copy->waits;
    j->copy_result = 0;
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
    if (j->busy) return;
    if (j->pending.failed) {
        fail(j, ERR_LIMIT);
        return;
    }
    if (j->pending.n == 0)
        waits_end(&j->waiting, 0);
    else
        begin_task(j, wants_new_file(j));
}

/* ---- what the disk said ---- */

static void measure(struct journal *j)
{
    int64_t took = clock_mono_us() - j->syncing.since_us;
    if (j->syncing.n == 0) return;
    /* Rises at once, falls slowly: slots that are too near are lost, others cost nothing. */
    j->sync_us += took > j->sync_us ? (took - j->sync_us) / 2 : (took - j->sync_us) / 16;
}

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

static void note_written(struct journal *j)
{
    if (j->begins_file) note_new_file(j);
    struct journal_file *file = files_newest(&j->files);
    file->bytes += j->task.bytes.n;
    file->written_ms = clock_wall_ms();
    if (j->writing_sets == j->store_sets && j->writing_mark > j->durable)
        j->durable = j->writing_mark;
    j->stats.syncs++;
    j->stats.records += j->writing_n;
    j->stats.bytes += j->task.bytes.n;
}

/* Nobody knows what of it is on the disk: it is cut off, and the file takes no more. */
static void give_up_task(struct journal *j)
{
    struct journal_files *f = &j->files;
    int fd = j->task.fd;
    if (fd >= 0 && ftruncate(fd, (off_t)j->task.at) != 0 && !j->failing)
        log_warn("the journal %s: what was not written cannot be cut off", f->path);
    if (fd >= 0 && fd != f->fd) {
        struct journal_file file = {.number = j->task.number};
        files_add(f, &file); /* empty: goes at once */
        f->fd = fd;
    }
    files_finish_newest(f);
    if (j->task.result == -EEXIST) f->next_number++;
}

static void fail(struct journal *j, int rc)
{
    bool first = !j->failing;
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
    waits_end(&j->syncing, rc);
    waits_end(&j->waiting, rc);
}

static void on_done(struct journal *j)
{
    int rc = j->task.result < 0 ? j->task.result : j->copy_result;
    if (j->writing_disk || j->writing_copy) return;
    j->busy = false;
    if (rc < 0) {
        give_up_task(j);
        fail(j, rc);
        return;
    }
    note_written(j);
    if (j->failing) waits_end(&j->waiting, j->failing); /* what they added was dropped */
    say_well(j);
    measure(j);
    waits_end(&j->syncing, 0);
    if (j->waiting.n && !j->busy) on_begin(j);
    if (j->pending.n && !j->busy && !loop_timer_armed(j->lazy))
        loop_timer_in(j->lazy, JOURNAL_LAZY_MS * 1000);
}

static void on_disk(void *arg)
{
    struct journal *j = arg;
    j->writing_disk = false;
    on_done(j);
}

static void on_copy(void *arg, int result)
{
    struct journal *j = arg;
    j->writing_copy = false;
    j->copy_result = result < 0 ? JOURNAL_NO_COPY : 0;
    on_done(j);
}

/* Whether it can be written is tried with the head of a new file. */
static void on_again(void *arg)
{
    struct journal *j = arg;
    if (!j->busy) begin_task(j, true);
}

/* ---- adding ---- */

static struct buf *adding(struct journal *j, uint64_t mark)
{
    if (j->failing) return NULL;
    if (mark > j->added) j->added = mark;
    j->pending_n++;
    if (!j->busy && !loop_timer_armed(j->lazy)) loop_timer_in(j->lazy, JOURNAL_LAZY_MS * 1000);
    return &j->pending;
}

void journal_set_store(struct journal *j, const struct journal_store *store, uint64_t mark)
{
    struct buf packed = BUF_INIT(JOURNAL_RECORD_BYTES_MAX);
    pack_peers(&packed, store);
    bool other = !slice_is(store->id, j->store);
    bool news =
        other || !slice_eq(buf_slice(&packed), buf_slice(&j->peer_bytes)) || mark > j->added;
    if (other) {
        (void)snprintf(j->store, sizeof j->store, "%.*s", SLICE_ARG(store->id));
        j->store_sets++;
        j->added = j->durable = 0;
        j->began = mark;
        j->finish = true;
    }
    if (news) {
        set_peers(j, buf_slice(&packed));
        struct buf *out = adding(j, mark);
        if (out) write_store(j, out, mark);
    }
    buf_done(&packed);
}

void journal_grant(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    struct buf *out = adding(j, mark);
    if (out) journal_write_people(out, JOURNAL_GRANT, mark, clock_wall_ms(), who, NULL);
}

void journal_contacts(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    struct buf *out = adding(j, mark);
    if (out) journal_write_contacts(out, mark, clock_wall_ms(), who);
}

void journal_outcome(struct journal *j, uint64_t mark, const struct journal_people *who,
                     const uint8_t *states)
{
    struct buf *out = adding(j, mark);
    if (out) journal_write_people(out, JOURNAL_OUTCOME, mark, clock_wall_ms(), who, states);
}

void journal_told(struct journal *j, uint64_t mark, const struct told_word *word)
{
    struct buf *out = adding(j, mark);
    if (!out) return;
    if (word->kind == TOLD_MOVE)
        journal_write_move(out, mark, clock_wall_ms(), &word->move);
    else
        journal_write_optout(out, mark, clock_wall_ms(), &word->optout);
}

void journal_sync(struct journal *j, journal_sync_cb *cb, void *arg)
{
    if (j->busy && !j->failing && j->pending.n == 0 && !j->pending.failed) {
        waits_add(&j->syncing, cb, arg);
        return;
    }
    waits_add(&j->waiting, cb, arg);
    /* Not at once: one wait is for all of this turn of the loop. */
    if ((!j->busy || j->failing) && !loop_timer_armed(j->begin)) loop_timer_in(j->begin, 0);
}

int journal_is_well(const struct journal *j, struct err *e)
{
    return j->failing ? err_set(e, j->failing, "%s", j->why.text) : 0;
}

const char *journal_reason(const struct journal *j)
{
    if (j->failing == JOURNAL_NO_COPY) return "Kafka's topic does not take it";
    return j->failing ? err_code_text(j->failing) : NULL;
}

int64_t journal_sync_us(const struct journal *j)
{
    return j->sync_us;
}

void journal_drop(struct journal *j, uint64_t mark)
{
    if (mark > j->files.dropped_to) j->files.dropped_to = mark;
    j->finish = true;
    files_tidy(&j->files, &j->config, j->store, clock_wall_ms());
}

/* ---- life ---- */

int journal_open(const struct journal_config *config, struct journal **ret, struct err *e)
{
    struct journal *j = xcalloc(1, sizeof *j);
    j->config = *config;
    j->sync_us = SYNC_FIRST_US;
    buf_init(&j->pending, PENDING_BYTES_MAX);
    buf_init(&j->writing, PENDING_BYTES_MAX + JOURNAL_RECORD_BYTES_MAX);
    buf_init(&j->peer_bytes, JOURNAL_RECORD_BYTES_MAX);
    struct journal_end end = {.peers = BUF_INIT(JOURNAL_RECORD_BYTES_MAX)};
    int rc = files_open(&j->files, config->state_dir, config->instance, &end, e);
    (void)snprintf(j->store, sizeof j->store, "%s", end.store);
    set_peers(j, buf_slice(&end.peers));
    j->added = j->durable = end.mark;
    j->began = end.began;
    buf_done(&end.peers);
    if (rc < 0) {
        journal_free(j);
        return rc;
    }
    j->begin = loop_timer_new(config->loop, on_begin, j);
    j->lazy = loop_timer_new(config->loop, on_begin, j);
    j->again = loop_timer_new(config->loop, on_again, j);
    j->disk = disk_new(config->loop, on_disk, j);
    if (config->copy) j->copy = copy_new(config->loop, config->copy, on_copy, j);
    if (config->copy && !config->copy->waits) journal_send_tail(&j->files, j->copy);
    *ret = j;
    return 0;
}

static void note_task(struct journal *j)
{
    if (j->task.result < 0)
        give_up_task(j);
    else
        note_written(j);
    j->busy = false;
}

/* What is left is written here: the thread has ended. */
static void drain(struct journal *j)
{
    disk_free(j->disk);
    if (j->busy) note_task(j);
    if (j->failing || j->pending.failed || j->pending.n == 0) return;
    prepare_task(j, wants_new_file(j));
    disk_do(&j->task);
    send_copy(j);
    note_task(j);
}

void journal_free(struct journal *j)
{
    if (!j) return;
    if (j->disk) drain(j);
    copy_free(j->copy);
    waits_end(&j->syncing, -ECANCELED);
    waits_end(&j->waiting, -ECANCELED);
    loop_timer_free(j->begin);
    loop_timer_free(j->lazy);
    loop_timer_free(j->again);
    files_close(&j->files);
    buf_done(&j->pending);
    buf_done(&j->writing);
    buf_done(&j->peer_bytes);
    free(j->syncing.list);
    free(j->waiting.list);
    free(j);
}

struct journal_stats journal_stats(const struct journal *j)
{
    struct journal_stats s = j->stats;
    s.files = j->files.n;
    s.file_bytes = files_bytes(&j->files);
    s.damaged_bytes = j->files.damaged;
    s.dropped_files = j->files.lost;
    copy_stats(j->copy, &s);
    return s;
}
