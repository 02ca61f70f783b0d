#include "spool_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io/numbered_files.h"
#include "spool_segment.h"

#define REJECTED "rejected"
#define AWAY     "away"
enum { DAY_S = 24 * 3600 };

struct spool_aside {
    int folder, away; /* descriptors */
    struct spool_kept_item *items;
    size_t n, room, bytes;
};

/* ---- what is known of a file ---- */

static void describe(struct slice record, struct spool_kept_item *item)
{
    struct spool_head head;
    if (!spool_head_read(record, &head)) return;
    struct slice name = slice_from(record, SPOOL_HEAD_BYTES);
    name = slice_make(name.p, head.gateway_bytes < name.n ? head.gateway_bytes : name.n);
    item->received_ms = head.received_ms;
    item->why = head.why;
    if (name.n >= sizeof item->gateway) return; /* no gateway of ours has such a name */
    memcpy(item->gateway, name.p, name.n);
    item->gateway[name.n] = '\0';
}

static int open_one(const struct spool_aside *a, uint64_t number)
{
    char name[NUMBERED_NAME_BYTES];
    numbered_name(number, SEGMENT_END, name);
    int fd = openat(a->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static void look_into(const struct spool_aside *a, struct spool_kept_item *item)
{
    char head[SPOOL_HEAD_BYTES + SPOOL_GATEWAY_BYTES];
    int fd = open_one(a, item->number);
    if (fd < 0) return;
    ssize_t n = file_read_at(fd, head, sizeof head, 0);
    if (n > 0) describe(slice_make(head, (size_t)n), item);
    (void)close(fd);
}

static void append(struct spool_aside *a, const struct spool_kept_item *item)
{
    if (a->n == a->room) {
        a->room = a->room ? 2 * a->room : 64;
        a->items = xrealloc(a->items, a->room * sizeof *a->items);
    }
    a->items[a->n++] = *item;
    a->bytes += item->bytes;
}

void spool_aside_added(struct spool_aside *a, uint64_t number, struct slice record)
{
    struct spool_kept_item item = {.number = number, .bytes = record.n};
    describe(record, &item);
    append(a, &item);
}

/* ---- looking ---- */

/* False: it is gone, or no file. */
static bool find(const struct spool_aside *a, uint64_t number, struct spool_kept_item *ret)
{
    char name[NUMBERED_NAME_BYTES];
    struct stat st;
    numbered_name(number, SEGMENT_END, name);
    if (fstatat(a->folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
        return false;
    *ret = (struct spool_kept_item){.number = number,
                                    .bytes = (size_t)st.st_size,
                                    .file = (uint64_t)st.st_ino,
                                    .written_ns = st.st_mtim.tv_sec * INT64_C(1000000000) +
                                                  st.st_mtim.tv_nsec};
    return true;
}

static bool is_same(const struct spool_kept_item *a, const struct spool_kept_item *b)
{
    return a->number == b->number && a->file == b->file && a->written_ns == b->written_ns &&
           a->bytes == b->bytes;
}

/* Both lists are in order: what was known already is not read again. */
static void list_anew(struct spool_aside *a, const struct numbered_list *list)
{
    struct spool_kept_item *known = a->items;
    size_t known_n = a->n, at = 0;
    a->items = NULL;
    a->n = a->room = a->bytes = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct spool_kept_item item;
        if (!find(a, list->numbers[i], &item)) continue;
        while (at < known_n && known[at].number < item.number)
            at++;
        if (at < known_n && is_same(&known[at], &item))
            item = known[at];
        else
            look_into(a, &item);
        append(a, &item);
    }
    free(known);
}

/* Since when it is there says the inode: the move changed it. */
static void let_go(struct spool_aside *a, const struct numbered_list *list)
{
    char name[NUMBERED_NAME_BYTES];
    struct stat st;
    time_t before = time(NULL) - (time_t)ASIDE_AWAY_DAYS * DAY_S;
    for (size_t i = 0; i < list->n; i++) {
        numbered_name(list->numbers[i], SEGMENT_END, name);
        bool old = fstatat(a->away, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ctime < before;
        if (old || list->n - i > SPOOL_KEPT_MAX) (void)unlinkat(a->away, name, 0);
    }
}

void spool_aside_look(struct spool_aside *a)
{
    struct numbered_list here = {0}, away = {0};
    if (numbered_list(a->folder, SEGMENT_END, &here) == 0) list_anew(a, &here);
    if (numbered_list(a->away, SEGMENT_END, &away) == 0) let_go(a, &away);
    free(here.numbers);
    free(away.numbers);
}

const struct spool_kept_item *spool_aside_items(const struct spool_aside *a, size_t *ret_n)
{
    *ret_n = a->n;
    return a->items;
}

size_t spool_aside_bytes(const struct spool_aside *a)
{
    return a->bytes;
}

/* ---- one of them ---- */

static int read_whole(int fd, struct buf *b)
{
    struct stat st;
    if (fstat(fd, &st) < 0) return -errno;
    if (!S_ISREG(st.st_mode) || st.st_size > SPOOL_RECORD_BYTES_MAX) return -EBADMSG;
    buf_clear(b);
    char *to = buf_reserve(b, (size_t)st.st_size + 1);
    check(to);
    ssize_t n = file_read_at(fd, to, (size_t)st.st_size, 0);
    if (n < 0) return (int)n;
    b->n = (size_t)n;
    return 0;
}

int spool_aside_read(const struct spool_aside *a, uint64_t number, struct buf *b,
                     struct spool_record *ret)
{
    struct spool_head head;
    int fd = open_one(a, number);
    if (fd < 0) return fd;
    int rc = read_whole(fd, b);
    (void)close(fd);
    if (rc < 0) return rc;
    bool whole = spool_record_read(buf_slice(b), &head, ret) && head.bytes == b->n;
    return whole ? 0 : -EBADMSG;
}

/* The copy has it no more. */
static void forget(struct spool_aside *a, uint64_t number)
{
    for (size_t i = 0; i < a->n; i++) {
        if (a->items[i].number != number) continue;
        a->bytes -= a->items[i].bytes;
        a->n--;
        memmove(&a->items[i], &a->items[i + 1], (a->n - i) * sizeof *a->items);
        return;
    }
}

void spool_aside_remove(struct spool_aside *a, uint64_t number)
{
    char name[NUMBERED_NAME_BYTES];
    numbered_name(number, SEGMENT_END, name);
    (void)unlinkat(a->folder, name, 0);
    forget(a, number);
}

int spool_aside_put_away(struct spool_aside *a, uint64_t number, uint64_t as_number)
{
    char from[NUMBERED_NAME_BYTES], to[NUMBERED_NAME_BYTES];
    numbered_name(number, SEGMENT_END, from);
    numbered_name(as_number, SEGMENT_END, to);
    if (linkat(a->folder, from, a->away, to, 0) < 0) return -errno;
    spool_aside_remove(a, number);
    return 0;
}

void spool_aside_sync(const struct spool_aside *a)
{
    (void)fsync(a->away);
    (void)fsync(a->folder);
}

/* ---- life ---- */

static uint64_t newest_in(int folder)
{
    struct numbered_list list = {0};
    int rc = numbered_list(folder, SEGMENT_END, &list);
    uint64_t newest = rc == 0 && list.n ? list.numbers[list.n - 1] : 0;
    free(list.numbers);
    return newest;
}

int spool_aside_open(int spool_folder, struct spool_aside **ret, uint64_t *ret_newest)
{
    struct spool_aside *a = xcalloc(1, sizeof *a);
    a->away = -1;
    a->folder = folder_open(spool_folder, REJECTED);
    int rc = a->folder < 0 ? a->folder : 0;
    if (rc == 0) a->away = folder_open(spool_folder, AWAY);
    if (rc == 0 && a->away < 0) rc = a->away;
    if (rc < 0) {
        spool_aside_free(a);
        return rc;
    }
    uint64_t here = newest_in(a->folder), away = newest_in(a->away);
    *ret_newest = here > away ? here : away;
    spool_aside_look(a);
    *ret = a;
    return 0;
}

void spool_aside_free(struct spool_aside *a)
{
    if (!a) return;
    if (a->folder >= 0) (void)close(a->folder);
    if (a->away >= 0) (void)close(a->away);
    free(a->items);
    free(a);
}

int spool_aside_folder(const struct spool_aside *a)
{
    return a->folder;
}
