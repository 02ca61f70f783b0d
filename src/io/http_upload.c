#include "http_upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "io/unnamed_file.h"

enum {
    NAME_BYTES_MAX = 64,
    FILE_NAME_BYTES_MAX = 255,
    POST_BYTES = 32 * 1024, /* what libmicrohttpd keeps of a form while it looks for a boundary */
};

struct field {
    char name[NAME_BYTES_MAX + 1];
    struct buf value;
};

struct http_upload {
    struct http_upload_config config;
    enum http_upload_fault fault;
    uint64_t came, thrown_away; /* bytes of the body; of those since there is a fault */
    uint64_t bytes;             /* of the file */
    int fd;                     /* -1: there is none */
    bool has_file;              /* it has begun */
    struct MHD_PostProcessor *form;
    struct field fields[HTTP_UPLOAD_FIELDS_MAX];
    size_t count;
    char name[FILE_NAME_BYTES_MAX + 1];
};

struct http_upload *http_upload_new(const struct http_upload_config *config)
{
    struct http_upload *u = xcalloc(1, sizeof *u);
    u->config = *config;
    u->fd = -1;
    if (config->bytes_max == 0) u->fault = HTTP_UPLOAD_REFUSED;
    return u;
}

static void drop_file(struct http_upload *u)
{
    if (u->fd >= 0) (void)close(u->fd);
    u->fd = -1;
}

void http_upload_free(struct http_upload *u)
{
    if (!u) return;
    if (u->form) (void)MHD_destroy_post_processor(u->form);
    drop_file(u);
    for (size_t i = 0; i < u->count; i++)
        buf_done(&u->fields[i].value);
    if (u->config.gone) u->config.gone(u->config.arg);
    free(u);
}

/* Nothing that was written is left. */
static void fail(struct http_upload *u, enum http_upload_fault fault)
{
    if (u->fault == HTTP_UPLOAD_FINE) u->fault = fault;
    drop_file(u);
}

/* ---- the file ---- */

static bool disk_has_room(const char *folder, uint64_t bytes)
{
    struct statvfs fs;
    if (statvfs(folder, &fs) != 0) return true; /* opening a file there says what is wrong */
    return (uint64_t)fs.f_bavail * fs.f_frsize >= bytes + HTTP_UPLOAD_SPARE_BYTES;
}

static void open_file(struct http_upload *u)
{
    u->has_file = true;
    u->fd = unnamed_file_open(u->config.folder);
    if (u->fd >= 0) return;
    log_warn("an upload is refused: no file can be made in %s: %s", u->config.folder,
             strerror(errno));
    fail(u, HTTP_UPLOAD_NO_ROOM);
}

static void write_file(struct http_upload *u, const char *p, size_t n)
{
    if (u->bytes + n > u->config.bytes_max) {
        fail(u, HTTP_UPLOAD_TOO_LARGE);
        return;
    }
    u->bytes += n;
    while (n > 0) {
        ssize_t wrote = write(u->fd, p, n);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            log_warn("an upload is refused: it cannot be written in %s: %s", u->config.folder,
                     strerror(errno));
            fail(u, HTTP_UPLOAD_NO_ROOM);
            return;
        }
        p += wrote;
        n -= (size_t)wrote;
    }
}

/* ---- a form ---- */

static struct field *field_of(struct http_upload *u, const char *name, uint64_t offset)
{
    struct field *last = u->count ? &u->fields[u->count - 1] : NULL;
    if (offset > 0 && last && strcmp(last->name, name) == 0) return last;
    if (u->count == HTTP_UPLOAD_FIELDS_MAX || strlen(name) > NAME_BYTES_MAX) return NULL;
    last = &u->fields[u->count++];
    (void)snprintf(last->name, sizeof last->name, "%s", name);
    buf_init(&last->value, HTTP_UPLOAD_FIELD_BYTES_MAX);
    return last;
}

static void take_field(struct http_upload *u, const char *name, const char *data, uint64_t offset,
                       size_t n)
{
    struct field *f = field_of(u, name, offset);
    if (f) buf_add(&f->value, data, n);
    if (!f || f->value.failed) fail(u, HTTP_UPLOAD_UNREADABLE);
}

/* A browser sends a file without name or bytes where none was chosen. */
static void begin_file(struct http_upload *u, const char *name)
{
    if (u->has_file) {
        fail(u, HTTP_UPLOAD_UNREADABLE);
    } else if (u->config.admit && !u->config.admit(u->config.arg, u)) {
        fail(u, HTTP_UPLOAD_REFUSED);
    } else {
        (void)snprintf(u->name, sizeof u->name, "%s", name);
        open_file(u);
    }
}

static enum MHD_Result on_part(void *arg, enum MHD_ValueKind kind, const char *key,
                               const char *filename, const char *content_type,
                               const char *transfer_encoding, const char *data, uint64_t offset,
                               size_t n)
{
    struct http_upload *u = arg;
    (void)kind, (void)content_type, (void)transfer_encoding;
    if (u->fault != HTTP_UPLOAD_FINE) return MHD_NO;
    if (!filename)
        take_field(u, key ? key : "", data, offset, n); /* name=f, without quotes, has none */
    else if (offset == 0 && (*filename || n > 0))
        begin_file(u, filename);
    if (filename && u->fd >= 0 && n > 0) write_file(u, data, n);
    return u->fault == HTTP_UPLOAD_FINE ? MHD_YES : MHD_NO;
}

/* ---- the body ---- */

static struct slice header(struct MHD_Connection *mhd, const char *name)
{
    const char *value = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);
    return value ? slice_of(value) : SLICE_NONE;
}

static bool is_form(struct slice content_type)
{
    struct slice kind = SLICE_NONE;
    (void)slice_cut(&content_type, ';', &kind);
    return slice_is_nocase(slice_trim(kind), "multipart/form-data");
}

bool http_upload_begin(struct http_upload *u, struct MHD_Connection *mhd)
{
    uint64_t announced = 0;
    bool known = slice_to_u64(header(mhd, "Content-Length"), UINT64_MAX, &announced);
    bool form = is_form(header(mhd, "Content-Type"));
    /* what stands around the file in a form is little */
    uint64_t most = u->config.bytes_max + (form ? HTTP_UPLOAD_DRAIN_BYTES_MAX : 0);
    if (known && announced > most) fail(u, HTTP_UPLOAD_TOO_LARGE);
    if (!disk_has_room(u->config.folder, known ? announced : u->config.bytes_max))
        fail(u, HTTP_UPLOAD_NO_ROOM);
    if (u->fault == HTTP_UPLOAD_FINE && form) {
        u->form = MHD_create_post_processor(mhd, POST_BYTES, on_part, u);
        if (!u->form) fail(u, HTTP_UPLOAD_UNREADABLE);
    } else if (u->fault == HTTP_UPLOAD_FINE) {
        open_file(u);
    }
    return u->fault == HTTP_UPLOAD_FINE || announced <= HTTP_UPLOAD_DRAIN_BYTES_MAX;
}

bool http_upload_add(struct http_upload *u, const char *p, size_t n)
{
    if (u->fault == HTTP_UPLOAD_FINE && !u->form) {
        write_file(u, p, n);
    } else if (u->fault == HTTP_UPLOAD_FINE) {
        u->came += n;
        bool ok = MHD_post_process(u->form, p, n) == MHD_YES;
        /* fields that are not kept, and what no part is, have their bound too */
        ok = ok && u->came <= u->config.bytes_max + HTTP_UPLOAD_DRAIN_BYTES_MAX;
        if (!ok) fail(u, HTTP_UPLOAD_UNREADABLE);
    }
    if (u->fault != HTTP_UPLOAD_FINE) u->thrown_away += n;
    return u->thrown_away <= HTTP_UPLOAD_DRAIN_BYTES_MAX;
}

void http_upload_end(struct http_upload *u)
{
    bool cut = u->form && MHD_destroy_post_processor(u->form) != MHD_YES;
    u->form = NULL;
    if (cut) fail(u, HTTP_UPLOAD_UNREADABLE);
    if (!u->has_file) fail(u, HTTP_UPLOAD_NO_FILE);
}

/* ---- what came ---- */

enum http_upload_fault http_upload_fault(const struct http_upload *u)
{
    return u->fault;
}

bool http_upload_field_at(const struct http_upload *u, size_t i, struct slice *ret_name,
                          struct slice *ret_value)
{
    if (i >= u->count) return false;
    *ret_name = slice_of(u->fields[i].name);
    *ret_value = buf_slice(&u->fields[i].value);
    return true;
}

struct slice http_upload_field(const struct http_upload *u, const char *name)
{
    struct slice one, value;
    for (size_t i = 0; http_upload_field_at(u, i, &one, &value); i++)
        if (slice_is(one, name)) return value.p ? value : SLICE_LIT("");
    return SLICE_NONE;
}

struct slice http_upload_name(const struct http_upload *u)
{
    return u->name[0] ? slice_of(u->name) : SLICE_NONE;
}

uint64_t http_upload_bytes(const struct http_upload *u)
{
    return u->fd >= 0 ? u->bytes : 0;
}

size_t http_upload_peek(const struct http_upload *u, uint64_t offset, void *out, size_t n)
{
    size_t got = 0;
    while (u->fd >= 0 && got < n) {
        ssize_t r = pread(u->fd, (char *)out + got, n - got, (off_t)(offset + got));
        if (r <= 0) break;
        got += (size_t)r;
    }
    return got;
}

FILE *http_upload_take_file(struct http_upload *u)
{
    if (u->fd < 0 || u->fault != HTTP_UPLOAD_FINE || lseek(u->fd, 0, SEEK_SET) != 0) return NULL;
    FILE *f = fdopen(u->fd, "r+e");
    if (f) u->fd = -1;
    return f;
}
