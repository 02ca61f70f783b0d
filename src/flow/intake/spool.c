#include "flow/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "io/numbered_files.h"
#include "spool_aside.h"
#include "spool_segment.h"

#define REJECTED "rejected"
enum {
    LOOK_ASIDE_EVERY = 16,
    USUAL_BYTES = 2048, /* of a webhook */
    /* about so many when it is full: small enough to go early, few enough to keep open */
    FILES = 16
};

struct spool {
    char *path;
    int folder;                /* a descriptor */
    struct spool_aside *aside; /* the folder `rejected` */
    size_t bytes_max, records_max;
    uint64_t next_number;
    struct segment *head, *tail; /* oldest, newest */
    size_t bytes, records, fresh;
    struct buf in, out; /* the record that was read; the one that is written */
    uint64_t rejected_n;
    size_t refused_n;    /* webhooks for which there seemed to be no room in `rejected` */
    size_t wanted_bytes; /* of the last one for which there was none; 0 */
    int64_t looked_ms;   /* when that folder was listed for spool_kept */
};

static int disk_error(const struct spool *s, int rc, const char *what, struct err *e)
{
    return err_set(e, rc, "spool: cannot %s in %s: %s; see that the disk is well and has room",
                   what, s->path, err_code_text(rc));
}

/* ---- opening ---- */

static int no_folder(int rc, const char *path, struct err *e)
{
    return err_set(e, rc,
                   "spool: cannot make or open the folder %s: %s; give its parent to this user",
                   path, err_code_text(rc));
}

/* Numbers are above all that are taken, so that a file may be moved back from there. */
static int open_folders(struct spool *s, struct err *e)
{
    uint64_t newest = 0;
    s->folder = folder_open(AT_FDCWD, s->path);
    if (s->folder < 0) return no_folder(s->folder, s->path, e);
    int rc = spool_aside_open(s->folder, &s->aside, &newest);
    if (rc < 0) return no_folder(rc, REJECTED " or `away`", e);
    s->next_number = newest + 1;
    return 0;
}

static void append_segment(struct spool *s, struct segment *g)
{
    if (s->tail)
        s->tail->next = g;
    else
        s->head = g;
    s->tail = g;
    s->bytes += g->size;
    s->records += g->records;
}

/* Files of which nothing is left to store go, wherever they stand. */
static void remove_settled(struct spool *s)
{
    struct segment *before = NULL;
    for (struct segment *next, *g = s->head; g; g = next) {
        next = g->next;
        if (g->records || g->fresh) {
            before = g;
            continue;
        }
        *(before ? &before->next : &s->head) = next;
        if (!next) s->tail = before;
        s->bytes -= g->size;
        segment_remove(s->folder, g);
    }
    if (s->head) return;
    buf_done(&s->in); /* a webhook may be megabytes */
    buf_init(&s->in, SPOOL_RECORD_BYTES_MAX);
}

static int adopt(struct spool *s, uint64_t number, struct err *e)
{
    struct segment *g = NULL;
    size_t lost;
    int rc = segment_adopt(s->folder, spool_aside_folder(s->aside), number, &g, &lost);
    if (rc < 0) return disk_error(s, rc, "take over the files", e);
    if (rc == 0) return 0;
    if (lost)
        log_warn("spool: %zu bytes of file %llu in %s are no whole record; what is more than the "
                 "unfinished end that a crash leaves is kept in " REJECTED,
                 lost, (unsigned long long)number, s->path);
    append_segment(s, g);
    return 0;
}

static int adopt_all(struct spool *s, struct err *e)
{
    struct numbered_list here = {0};
    int rc = numbered_list(s->folder, SEGMENT_END, &here);
    if (rc < 0) rc = disk_error(s, rc, "list the files", e);
    for (size_t i = 0; rc == 0 && i < here.n; i++)
        rc = adopt(s, here.numbers[i], e);
    if (here.n && here.numbers[here.n - 1] >= s->next_number)
        s->next_number = here.numbers[here.n - 1] + 1;
    free(here.numbers);
    remove_settled(s);
    return rc;
}

int spool_open(const struct spool_config *config, struct spool **ret, struct err *e)
{
    struct spool *s = xcalloc(1, sizeof *s);
    s->path = xstrdup(config->folder);
    s->folder = -1;
    s->bytes_max = config->bytes_max;
    s->records_max = config->records_max;
    buf_init(&s->in, SPOOL_RECORD_BYTES_MAX);
    buf_init(&s->out, SPOOL_RECORD_BYTES_MAX);
    int rc = open_folders(s, e);
    if (rc == 0) rc = adopt_all(s, e);
    if (rc < 0) {
        spool_free(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void spool_free(struct spool *s)
{
    if (!s) return;
    for (struct segment *next, *g = s->head; g; g = next) {
        next = g->next;
        segment_free(g);
    }
    if (s->folder >= 0) close(s->folder);
    spool_aside_free(s->aside);
    buf_done(&s->in);
    buf_done(&s->out);
    free(s->path);
    free(s);
}

/* ---- adding ---- */

static int new_segment(struct spool *s, int folder, struct segment **ret)
{
    int rc;
    do {
        rc = segment_create(folder, s->next_number++, ret);
    } while (rc == -EEXIST); /* another process that shares the folder was first */
    return rc;
}

static size_t uncommitted_bytes(const struct spool *s)
{
    size_t n = 0;
    for (const struct segment *g = s->head; g; g = g->next)
        n += g->written - g->size;
    return n;
}

static int make_room(struct spool *s, size_t bytes, struct err *e)
{
    struct segment *g = s->tail;
    if (g && !g->closed && (g->written == 0 || g->written + bytes <= s->bytes_max / FILES))
        return 0;
    int rc = new_segment(s, s->folder, &g);
    if (rc < 0) return disk_error(s, rc, "make a file", e);
    append_segment(s, g);
    return 0;
}

int spool_add(struct spool *s, const struct spool_record *r, struct err *e)
{
    size_t bytes = spool_record_bytes(r);
    if (s->records + s->fresh >= s->records_max || bytes > SPOOL_RECORD_BYTES_MAX ||
        s->bytes + uncommitted_bytes(s) + bytes > s->bytes_max)
        return err_set(
            e, ERR_LIMIT,
            "the spool %s is full with %zu webhooks in %zu bytes; see why Redis does not take "
            "them, or raise spool.bytes_max and spool.records_max",
            s->path, s->records + s->fresh, s->bytes);
    int rc = make_room(s, bytes, e);
    if (rc < 0) return rc;
    buf_clear(&s->out);
    spool_record_write(&s->out, r);
    rc = segment_append(s->tail, buf_slice(&s->out));
    if (rc < 0) return disk_error(s, rc, "write", e);
    s->fresh++;
    return 0;
}

static int sync_all(struct spool *s)
{
    int rc = 0;
    for (struct segment *g = s->head; g && rc == 0; g = g->next)
        if (g->fresh) rc = segment_sync(g);
    return rc;
}

static void accept_all(struct spool *s)
{
    for (struct segment *g = s->head; g; g = g->next) {
        s->bytes += g->written - g->size;
        s->records += g->fresh;
        segment_accept(g);
    }
}

static void cut_all(struct spool *s)
{
    for (struct segment *g = s->head; g; g = g->next)
        if (g->fresh) segment_cut(g);
}

int spool_commit(struct spool *s, struct err *e)
{
    int rc = sync_all(s);
    if (rc == 0)
        accept_all(s);
    else
        cut_all(s);
    s->fresh = 0;
    if (rc == 0) return 0;
    remove_settled(s);
    return disk_error(s, rc, "write", e);
}

/* ---- taking ---- */

/* The disk gave back something else than was written: the file is kept for people. */
static int give_up(struct spool *s, struct segment *g, struct err *e)
{
    int rc = segment_keep(s->folder, spool_aside_folder(s->aside), g);
    if (rc < 0) return disk_error(s, rc, "keep a damaged file", e);
    log_error(
        "spool: %zu webhooks of file %llu in %s cannot be read any more; it is kept in " REJECTED,
        g->records, (unsigned long long)g->number, s->path);
    s->records -= g->records;
    s->rejected_n += g->records;
    g->records = 0;
    return 0;
}

int spool_take(struct spool *s, struct spool_place *ret_place, struct spool_record *ret,
               struct err *e)
{
    for (struct segment *g = s->head; g; g = g->next) {
        int rc = segment_next(g, &s->in, ret);
        if (rc < 0) return disk_error(s, rc, "read", e);
        if (rc == 1) {
            *ret_place = (struct spool_place){g, g->read - s->in.n, s->in.n};
            return 1;
        }
        rc = g->records && g->taken == 0 ? give_up(s, g, e) : 0;
        if (rc < 0) return rc;
    }
    remove_settled(s);
    return 0;
}

void spool_settle(struct spool *s, const struct spool_place *place)
{
    segment_settle(place->segment, place->at);
    s->records--;
    remove_settled(s);
}

void spool_untake(const struct spool_place *place)
{
    check(place->segment->taken && place->segment->read == place->at + place->bytes);
    place->segment->taken--;
    place->segment->read = place->at;
}

void spool_rewind(struct spool *s)
{
    for (struct segment *g = s->head; g; g = g->next)
        segment_rewind(g);
}

/* As a file of its own, so that it can be moved back alone. */
static int put_aside(struct spool *s, struct slice record, struct err *e)
{
    struct segment *g;
    uint64_t number = 0;
    int rc = new_segment(s, spool_aside_folder(s->aside), &g);
    if (rc == 0) {
        number = g->number;
        rc = segment_append(g, record);
        if (rc == 0) rc = segment_sync(g);
        if (rc == 0)
            segment_free(g);
        else
            segment_remove(spool_aside_folder(s->aside), g);
    }
    if (rc < 0) return disk_error(s, rc, "put a webhook aside", e);
    s->rejected_n++;
    spool_aside_added(s->aside, number, record);
    return 0;
}

int spool_reject(struct spool *s, const struct spool_place *place, enum spool_why why,
                 struct err *e)
{
    int rc = segment_read(place->segment, place->at, place->bytes, &s->in);
    if (rc < 0) return disk_error(s, rc, "read", e);
    s->in.p[SPOOL_WHY_AT] = (char)why;
    rc = put_aside(s, buf_slice(&s->in), e);
    if (rc == 0) spool_settle(s, place);
    return rc;
}

static bool has_room_aside(const struct spool *s, size_t bytes)
{
    size_t n;
    (void)spool_aside_items(s->aside, &n);
    return n < SPOOL_KEPT_MAX && spool_aside_bytes(s->aside) + bytes <= s->bytes_max;
}

/* People take files out: that is looked for when it seems full, but not with every webhook, since
 * there may be thousands of files. */
static bool finds_room_aside(struct spool *s, size_t bytes)
{
    if (!has_room_aside(s, bytes) && s->refused_n++ % LOOK_ASIDE_EVERY == 0)
        spool_aside_look(s->aside);
    bool found = has_room_aside(s, bytes);
    s->wanted_bytes = found ? 0 : bytes;
    return found;
}

const struct spool_kept_item *spool_kept_items(struct spool *s, int64_t now_ms, size_t *ret_n)
{
    if (now_ms - s->looked_ms >= SPOOL_LOOK_MS || now_ms < s->looked_ms) {
        spool_aside_look(s->aside);
        s->looked_ms = now_ms;
    }
    return spool_aside_items(s->aside, ret_n);
}

struct spool_kept spool_kept(struct spool *s, int64_t now_ms)
{
    size_t n;
    (void)spool_kept_items(s, now_ms, &n);
    return (struct spool_kept){n,
                               !has_room_aside(s, s->wanted_bytes ? s->wanted_bytes : USUAL_BYTES)};
}

int spool_keep(struct spool *s, const struct spool_record *r, struct err *e)
{
    size_t bytes = spool_record_bytes(r), n;
    (void)spool_aside_items(s->aside, &n);
    if (bytes > SPOOL_RECORD_BYTES_MAX || !finds_room_aside(s, bytes))
        return err_set(e, ERR_LIMIT,
                       "the folder `" REJECTED
                       "` of %s is full with %zu webhooks in %zu bytes; see "
                       "what they are, and take them out",
                       s->path, n, spool_aside_bytes(s->aside));
    buf_clear(&s->out);
    spool_record_write(&s->out, r);
    return put_aside(s, buf_slice(&s->out), e);
}

/* Adds those that are there and can be read, as long as there is room; tells in numbers which. */
static int add_again(struct spool *s, uint64_t *numbers, size_t n, size_t *ret_added, struct err *e)
{
    struct spool_record r;
    struct buf file = BUF_INIT(SPOOL_RECORD_BYTES_MAX + 1);
    int rc = 0;
    *ret_added = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (spool_aside_read(s->aside, numbers[i], &file, &r) < 0) continue;
        rc = spool_add(s, &r, e);
        if (rc == 0) numbers[(*ret_added)++] = numbers[i];
    }
    buf_done(&file);
    return rc;
}

int spool_try_again(struct spool *s, const uint64_t *numbers, size_t n, size_t *ret_done,
                    struct err *e)
{
    check(s->fresh == 0);
    uint64_t *added = xcalloc(n ? n : 1, sizeof *added);
    size_t added_n;
    memcpy(added, numbers, n * sizeof *added);
    int full = add_again(s, added, n, &added_n, e);
    int rc = spool_commit(s, e);
    *ret_done = rc == 0 ? added_n : 0;
    for (size_t i = 0; i < *ret_done; i++)
        spool_aside_remove(s->aside, added[i]);
    spool_aside_sync(s->aside);
    free(added);
    return rc < 0 ? rc : full;
}

int spool_put_away(struct spool *s, const uint64_t *numbers, size_t n, size_t *ret_done,
                   struct err *e)
{
    int rc = 0;
    *ret_done = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        do {
            rc = spool_aside_put_away(s->aside, numbers[i], s->next_number++);
        } while (rc == -EEXIST);
        *ret_done += rc == 0;
        if (rc == -ENOENT) rc = 0; /* somebody else was first */
    }
    spool_aside_sync(s->aside);
    return rc < 0 ? disk_error(s, rc, "put a webhook away", e) : 0;
}

/* ---- looking ---- */

bool spool_is_empty(const struct spool *s)
{
    return s->records + s->fresh == 0;
}

const char *spool_folder(const struct spool *s)
{
    return s->path;
}

struct spool_stats spool_stats(const struct spool *s)
{
    int64_t oldest_ms = 0;
    for (const struct segment *g = s->head; g && !oldest_ms; g = g->next)
        oldest_ms = segment_oldest_ms(g);
    return (struct spool_stats){s->records, s->bytes, oldest_ms, s->rejected_n};
}
