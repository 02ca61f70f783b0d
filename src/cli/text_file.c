#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int read_all(FILE *in, const char *name, struct buf *out, struct err *e)
{
    char chunk[16 * 1024];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, in)) > 0 && !out->failed)
        buf_add(out, chunk, n);
    if (out->failed)
        return err_set(e, ERR_LIMIT, "%s: larger than %zu bytes; is it the right file?", name,
                       out->max);
    if (ferror(in)) return err_set_unreadable(e, name, errno ? -errno : -EIO);
    return 0;
}

int text_file_read(const char *path, struct buf *out, struct err *e)
{
    errno = 0;
    if (strcmp(path, "-") == 0) return read_all(stdin, "stdin", out, e);
    FILE *in = fopen(path, "rb");
    if (!in) return err_set_unreadable(e, path, -errno);
    int rc = read_all(in, path, out, e);
    (void)fclose(in);
    return rc;
}

FILE *text_file_create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out && fd >= 0) (void)close(fd);
    return out;
}
