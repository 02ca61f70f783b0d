#include "disk.h"

#include "base/check.h"
#include "io/loop.h"
#include "io/numbered_files.h"
#include "private.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct disk {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct disk_task *task; /* under the lock: NULL while there is none */
    bool ending;            /* under the lock */
    int wake;               /* eventfd: a task is done */
    struct loop_fd *fd;
    void (*done)(void *arg);
    void *arg;
};

/* ---- the thread ---- */

/* Zeros behind the piece, for the next ones to be written over: a file that does not grow has nothing but its bytes to be waited
 * for. They are for speed alone: where the disk has no room for them, it may have some for the piece. */
static void stand_ahead(struct disk_task *t)
{
    static const char zeros[JOURNAL_AHEAD_BYTES];
    size_t end = t->at + t->bytes.n;
    if (end <= t->stands) return;
    bool all = file_write_at(t->fd, slice_make(zeros, sizeof zeros), end) == 0;
    t->stands = end + (all ? sizeof zeros : 0);
}

static int write_and_wait(struct disk_task *t)
{
    if (t->fd < 0) t->fd = numbered_create(t->folder, t->number, JOURNAL_FILE_END);
    if (t->fd < 0) return t->fd;
    int rc = file_write_at(t->fd, t->bytes, t->at);
    if (rc < 0) return rc;
    stand_ahead(t);
    return fdatasync(t->fd) == 0 ? 0 : -errno;
}

void disk_do(struct disk_task *task)
{
    task->result = write_and_wait(task);
}

static struct disk_task *next_task(struct disk *d)
{
    check(pthread_mutex_lock(&d->lock) == 0);
    while (!d->task && !d->ending)
        check(pthread_cond_wait(&d->given, &d->lock) == 0);
    struct disk_task *t = d->task;
    check(pthread_mutex_unlock(&d->lock) == 0);
    return t;
}

static void end_task(struct disk *d)
{
    check(pthread_mutex_lock(&d->lock) == 0);
    d->task = NULL;
    check(pthread_mutex_unlock(&d->lock) == 0);
    uint64_t one = 1;
    check(write(d->wake, &one, sizeof one) == sizeof one);
}

static void *run(void *arg)
{
    struct disk *d = arg;
    for (struct disk_task *t; (t = next_task(d)) != NULL;) {
        disk_do(t);
        end_task(d);
    }
    return NULL;
}

/* ---- the loop ---- */

static void on_wake(void *arg, int events)
{
    struct disk *d = arg;
    uint64_t count;
    (void)events;
    if (read(d->wake, &count, sizeof count) == sizeof count) d->done(d->arg);
}

/* Signals are the loop's. */
static void start_thread(struct disk *d)
{
    sigset_t all, before;
    check(sigfillset(&all) == 0 && pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    check(pthread_create(&d->thread, NULL, run, d) == 0);
    check(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
}

struct disk *disk_new(struct loop *l, void (*done)(void *arg), void *arg)
{
    struct disk *d = xcalloc(1, sizeof *d);
    d->done = done;
    d->arg = arg;
    d->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    check(d->wake >= 0);
    check(pthread_mutex_init(&d->lock, NULL) == 0 && pthread_cond_init(&d->given, NULL) == 0);
    d->fd = loop_fd_new(l, d->wake, LOOP_READ, on_wake, d);
    start_thread(d);
    return d;
}

void disk_free(struct disk *d)
{
    check(pthread_mutex_lock(&d->lock) == 0);
    d->ending = true;
    check(pthread_cond_signal(&d->given) == 0);
    check(pthread_mutex_unlock(&d->lock) == 0);
    check(pthread_join(d->thread, NULL) == 0);
    loop_fd_free(d->fd);
    close(d->wake);
    check(pthread_cond_destroy(&d->given) == 0 && pthread_mutex_destroy(&d->lock) == 0);
    free(d);
}

void disk_begin(struct disk *d, struct disk_task *task)
{
    check(pthread_mutex_lock(&d->lock) == 0);
    check(!d->task && !d->ending);
    d->task = task;
    check(pthread_cond_signal(&d->given) == 0);
    check(pthread_mutex_unlock(&d->lock) == 0);
}
