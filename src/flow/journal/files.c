/* What stands on the disk: which files, what each is about, and when it goes. */
#include "private.h"

#include "base/log.h"
#include "io/numbered_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* ---- opening ---- */

static int cannot(const struct journal_files *f, int rc, const char *what, struct err *e)
{
    return err_set(e, rc,
                   "the journal: cannot %s %s: %s; see that the disk is well and has room, and "
                   "that this user may write there",
                   what, f->path, err_code_text(rc));
}

/* One folder in another; `at` is closed. */
static int folder_in(int at, const char *name)
{
    int fd = folder_open(at, name);
    if (at >= 0) close(at);
    return fd;
}

static int open_folder(struct journal_files *f, const char *state_dir, const char *instance,
                       struct err *e)
{
    char name[PATH_BYTES], path[PATH_BYTES * 2];
    (void)snprintf(name, sizeof name, "%s", instance);
    for (char *c = name; *c; c++)
        if (*c == '/' || (*c == '.' && c == name)) *c = '_';
    (void)snprintf(path, sizeof path, "%s/journal/%s", state_dir, name);
    f->path = xstrdup(path);
    int fd = folder_open(AT_FDCWD, state_dir);
    if (fd >= 0) fd = folder_in(fd, "journal");
    if (fd >= 0) fd = folder_in(fd, name);
    if (fd < 0) return cannot(f, fd, "open", e);
    f->folder = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 0;
    return err_set(
        e, ERR_EXISTS,
        "the journal %s is another process'; stop it, or give this one another `instance` "
        "in muster.yaml",
        f->path);
}

static void copy_name(char out[JOURNAL_NAME_BYTES_MAX + 1], struct slice name)
{
    (void)snprintf(out, JOURNAL_NAME_BYTES_MAX + 1, "%.*s", SLICE_ARG(name));
}

/* The first record says what it is about. 1; 0: it does not begin with one. */
static int read_head(struct journal_file *file, int fd)
{
    struct scan s;
    scan_begin(&s, fd, file->bytes);
    int rc = scan_next(&s);
    const struct journal_record *head = &s.found.record;
    if (rc == 1 && head->kind == JOURNAL_STORE && s.damaged == 0) {
        file->before = head->mark;
        file->begun_ms = head->written_ms;
        copy_name(file->store, head->store);
    } else if (rc == 1) {
        rc = 0;
    }
    scan_end(&s);
    return rc;
}

static int look_at(struct journal_files *f, uint64_t number)
{
    struct stat st;
    int fd = numbered_open(f->folder, number, JOURNAL_FILE_END, &st);
    if (fd < 0) return fd == -ENOENT ? 0 : fd;
    struct journal_file file = {.number = number,
                                .bytes = (size_t)st.st_size,
                                .begun_ms = (int64_t)st.st_mtime * 1000,
                                .written_ms = (int64_t)st.st_mtime * 1000,
                                .last = UINT64_MAX};
    int rc = read_head(&file, fd);
    close(fd);
    struct journal_file *before = files_newest(f);
    if (rc == 1 && before && strcmp(before->store, file.store) == 0) before->last = file.before;
    if (rc != 1 && before) { /* its head is damaged: what is in it may still be read */
        memcpy(file.store, before->store, sizeof file.store);
        file.before = before->before;
    }
    files_add(f, &file);
    return 0;
}

static void take_end(struct journal_end *end, const struct scan *s)
{
    const struct journal_record *r = &s->found.record;
    if (r->kind == JOURNAL_STORE) {
        if (!slice_is(r->store, end->store)) {
            end->mark = 0;
            end->began = r->mark;
        }
        copy_name(end->store, r->store);
        buf_clear(&end->peers);
        buf_add_slice(&end->peers, s->found.peers);
    }
    if (r->mark > end->mark) end->mark = r->mark;
}

/* Reads the newest to its end, and cuts off what a crash tore. */
static int adopt_newest(struct journal_files *f, struct journal_end *end)
{
    struct journal_file *file = files_newest(f);
    struct stat st;
    int fd = numbered_open(f->folder, file->number, JOURNAL_FILE_END, &st), rc;
    if (fd < 0) return fd;
    struct scan s;
    copy_name(end->store, slice_of(file->store));
    end->began = end->mark = file->before;
    scan_begin(&s, fd, file->bytes);
    while ((rc = scan_next(&s)) == 1)
        take_end(end, &s);
    scan_end(&s);
    size_t torn = file->bytes - s.whole_end;
    if (rc == 0 && torn && (ftruncate(fd, (off_t)s.whole_end) != 0 || fdatasync(fd) != 0))
        rc = -errno;
    if (rc < 0) {
        close(fd);
        return rc;
    }
    file->bytes = s.whole_end;
    f->damaged = s.damaged > torn ? s.damaged - torn : 0;
    f->fd = fd;
    if (file->bytes == 0) files_finish_newest(f);
    return 0;
}

static void say_damaged(const struct journal_files *f)
{
    if (f->damaged)
        log_error(
            "the journal: %llu bytes of the newest file in %s are no record and are passed over: "
            "see that the disk is well",
            (unsigned long long)f->damaged, f->path);
}

int files_open(struct journal_files *f, const char *state_dir, const char *instance,
               struct journal_end *end, struct err *e)
{
    struct numbered_list here = {0};
    *f = (struct journal_files){.folder = -1, .fd = -1, .next_number = 1};
    int rc = open_folder(f, state_dir, instance, e);
    if (rc < 0) return rc;
    rc = numbered_list(f->folder, JOURNAL_FILE_END, &here);
    for (size_t i = 0; rc == 0 && i < here.n; i++)
        rc = look_at(f, here.numbers[i]);
    free(here.numbers);
    if (rc == 0 && f->n) rc = adopt_newest(f, end);
    if (rc < 0) return cannot(f, rc, "read", e);
    say_damaged(f);
    return 0;
}

void files_close(struct journal_files *f)
{
    check(f->readers == 0);
    if (f->fd >= 0) close(f->fd);
    if (f->folder >= 0) close(f->folder);
    free(f->list);
    free(f->path);
}

/* ---- the list ---- */

void files_add(struct journal_files *f, const struct journal_file *file)
{
    f->list = xrealloc(f->list, (f->n + 1) * sizeof *f->list);
    f->list[f->n++] = *file;
    if (file->number >= f->next_number) f->next_number = file->number + 1;
}

struct journal_file *files_newest(struct journal_files *f)
{
    return f->n ? &f->list[f->n - 1] : NULL;
}

uint64_t files_bytes(const struct journal_files *f)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < f->n; i++)
        sum += f->list[i].bytes;
    return sum;
}

static void remove_at(struct journal_files *f, size_t i)
{
    numbered_remove(f->folder, f->list[i].number, JOURNAL_FILE_END);
    memmove(&f->list[i], &f->list[i + 1], (f->n - i - 1) * sizeof *f->list);
    f->n--;
}

void files_finish_newest(struct journal_files *f)
{
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
    if (f->n && f->list[f->n - 1].bytes == 0) remove_at(f, f->n - 1);
}

/* ---- when one goes ---- */

static bool is_held(const struct journal_files *f, const struct journal_file *file,
                    const char *store)
{
    return f->dropped_to && file->last <= f->dropped_to && strcmp(file->store, store) == 0;
}

static void say_lost(struct journal_files *f, const struct journal_config *config)
{
    f->lost++;
    log_warn(
        "the journal %s is full with %llu bytes: its oldest file goes, and no backup is known to "
        "hold what is in it. A restore of an older store would miss that: make backups, or raise "
        "journal.bytes_max",
        f->path, (unsigned long long)config->bytes_max);
}

void files_tidy(struct journal_files *f, const struct journal_config *config, const char *store,
                int64_t now_ms)
{
    if (f->readers) return;
    for (size_t i = 0; i + 1 < f->n;) {
        const struct journal_file *file = &f->list[i];
        bool old = config->keep_ms && file->written_ms < now_ms - config->keep_ms;
        if (old || is_held(f, file, store))
            remove_at(f, i);
        else
            i++;
    }
    while (f->n > 1 && files_bytes(f) > config->bytes_max) {
        say_lost(f, config);
        remove_at(f, 0);
    }
}
