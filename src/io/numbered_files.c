#include "io/numbered_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 16, MODE = 0600, FOLDER_MODE = 0700 };
static const uint64_t NUMBER_MAX = 999999999999999; /* the next ones fit the name too */

void numbered_name(uint64_t number, const char *end, char out[NUMBERED_NAME_BYTES])
{
    (void)snprintf(out, NUMBERED_NAME_BYTES, "%0*" PRIu64 "%s", NUMBER_DIGITS, number, end);
}

bool numbered_read_name(const char *name, const char *end, uint64_t *ret)
{
    struct slice s = slice_of(name);
    if (s.n != NUMBER_DIGITS + strlen(end) || !slice_ends(s, end)) return false;
    return slice_to_u64(slice_make(s.p, NUMBER_DIGITS), NUMBER_MAX, ret);
}

int folder_open(int at, const char *path)
{
    if (mkdirat(at, path, FOLDER_MODE) != 0 && errno != EEXIST) return -errno;
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int numbered_list(int folder, const char *end, struct numbered_list *ret)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        int rc = -errno;
        if (fd >= 0) close(fd);
        return rc;
    }
    *ret = (struct numbered_list){0};
    uint64_t number;
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (!numbered_read_name(entry->d_name, end, &number)) continue;
        if ((ret->n & (ret->n - 1)) == 0)
            ret->numbers = xrealloc(ret->numbers, (ret->n ? 2 * ret->n : 1) * sizeof *ret->numbers);
        ret->numbers[ret->n++] = number;
    }
    (void)closedir(d);
    if (ret->n) qsort(ret->numbers, ret->n, sizeof *ret->numbers, by_size);
    return 0;
}

int numbered_create(int folder, uint64_t number, const char *end)
{
    char name[NUMBERED_NAME_BYTES];
    numbered_name(number, end, name);
    int fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (fd < 0) return -errno;
    /* Another process that starts at this moment may have it already: the next number is as good.
     */
    int rc = flock(fd, LOCK_EX | LOCK_NB) == 0 ? fd : -EEXIST;
    if (rc >= 0 && fsync(folder) != 0) {
        rc = -errno;
        (void)unlinkat(folder, name, 0);
    }
    if (rc < 0) close(fd);
    return rc;
}

int numbered_open(int folder, uint64_t number, const char *end, struct stat *ret)
{
    char name[NUMBERED_NAME_BYTES];
    numbered_name(number, end, name);
    int fd = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return -errno;
    int rc = flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, ret) == 0 ? fd : -errno;
    if (rc >= 0 && ret->st_nlink == 0) rc = -ENOENT; /* its owner was just done with it */
    if (rc < 0) close(fd);
    return rc;
}

void numbered_remove(int folder, uint64_t number, const char *end)
{
    char name[NUMBERED_NAME_BYTES];
    numbered_name(number, end, name);
    (void)unlinkat(folder, name, 0);
    (void)fsync(folder);
}

int file_write_at(int fd, struct slice s, size_t at)
{
    while (s.n) {
        ssize_t n = pwrite(fd, s.p, s.n, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n ? -errno : -EIO;
        s = slice_from(s, (size_t)n);
        at += (size_t)n;
    }
    return 0;
}

ssize_t file_read_at(int fd, char *out, size_t n, size_t at)
{
    size_t got = 0;
    while (got < n) {
        ssize_t r = pread(fd, out + got, n - got, (off_t)(at + got));
        if (r < 0 && errno == EINTR) continue;
        if (r < 0) return -errno;
        if (r == 0) break;
        got += (size_t)r;
    }
    return (ssize_t)got;
}
