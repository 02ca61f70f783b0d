#include "flow/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, FILE_BYTES_MAX = SPOOL_RECORD_BYTES_MAX };

static bool holds_one(struct slice bytes, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (*texts[i] && memmem(bytes.p, bytes.n, texts[i], strlen(texts[i]))) return true;
    return false;
}

/* Into b; what cannot be read is empty. */
static void read_file(int folder, const char *name, struct buf *b)
{
    struct stat st;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    buf_clear(b);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_BYTES_MAX) {
        char *to = buf_reserve(b, (size_t)st.st_size);
        ssize_t n = to ? pread(fd, to, (size_t)st.st_size, 0) : -1;
        if (n > 0) b->n += (size_t)n;
    }
    if (fd >= 0) (void)close(fd);
}

static int forget_in(DIR *d, const char *const *texts, size_t n)
{
    struct buf bytes = BUF_INIT(FILE_BYTES_MAX);
    const struct dirent *one;
    int gone = 0;
    while ((one = readdir(d))) {
        if (one->d_name[0] == '.') continue;
        read_file(dirfd(d), one->d_name, &bytes);
        if (holds_one(buf_slice(&bytes), texts, n) && unlinkat(dirfd(d), one->d_name, 0) == 0)
            gone++;
    }
    buf_done(&bytes);
    return gone;
}

int spool_forget(const char *folder, const char *const *texts, size_t n, struct err *e)
{
    static const char *const folders[] = {"rejected", "away"};
    char path[PATH_BYTES];
    int gone = 0;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        DIR *d = opendir(path);
        if (!d) return err_set(e, -errno, "cannot read the folder %s: %s", path, strerror(errno));
        gone += forget_in(d, texts, n);
        (void)fsync(dirfd(d));
        (void)closedir(d);
    }
    return gone;
}
