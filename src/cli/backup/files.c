#include "files.h"

#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 256 * 1024, DEPTH_MAX = 6 };

int files_path(char *out, const char *folder, const char *name, struct err *e)
{
    int n = snprintf(out, BACKUP_PATH_BYTES, "%s/%s", folder, name);
    return n >= 0 && n < BACKUP_PATH_BYTES
               ? 0
               : err_set(e, ERR_LIMIT, "%s/%s: the name is too long", folder, name);
}

static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 || fsync(fd) < 0 ? -errno : 0;
    if (fd >= 0) (void)close(fd);
    return rc;
}

/* ---- folders ---- */

static bool is_empty(const char *folder)
{
    DIR *d = opendir(folder);
    size_t n = 0;
    while (d && readdir(d) && n < 3)
        n++;
    if (d) (void)closedir(d);
    return n <= 2; /* . and .. */
}

int files_new_folder(const char *folder, struct err *e)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_set(e, -errno, "cannot make %s: %s", folder, strerror(errno));
    if (!is_empty(folder))
        return err_set(e, ERR_EXISTS, "%s is not empty: each backup needs a folder of its own",
                       folder);
    return chmod(folder, 0700) == 0 ? 0 : err_set(e, -errno, "%s: %s", folder, strerror(errno));
}

static void own(const char *path, const struct stat *as)
{
    if (geteuid() == 0 && lchown(path, as->st_uid, as->st_gid) != 0) {
        /* who reads it says so */
    }
}

/* The folders between `root` and the last part of path. */
static int make_folders(const char *root, char *path, const struct stat *owner)
{
    for (char *c = path + strlen(root) + 1; *c; c++) {
        if (*c != '/') continue;
        *c = '\0';
        int made = mkdir(path, 0700);
        if (made == 0) own(path, owner);
        *c = '/';
        if (made != 0 && errno != EEXIST) return -errno;
    }
    return 0;
}

/* ---- copying ---- */

static int pour(int from, int to)
{
    char *piece = xmalloc(PIECE_BYTES);
    ssize_t n, wrote = 0;
    while ((n = read(from, piece, PIECE_BYTES)) > 0)
        for (ssize_t at = 0; at < n; at += wrote)
            if ((wrote = write(to, piece + at, (size_t)(n - at))) < 0) {
                int why = errno;
                free(piece);
                return -why;
            }
    free(piece);
    return n < 0 || fsync(to) < 0 ? -errno : 0;
}

static int copy_open(int from, const char *to_folder, char *to, struct err *e)
{
    struct stat owner;
    if (stat(to_folder, &owner) != 0)
        return err_set(e, -errno, "%s: %s", to_folder, strerror(errno));
    int rc = make_folders(to_folder, to, &owner);
    int fd = rc < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && rc == 0) rc = -errno;
    if (rc == -EEXIST) return err_set(e, ERR_EXISTS, "%s is there already", to);
    if (rc == 0) rc = pour(from, fd);
    if (fd >= 0) (void)close(fd);
    if (rc < 0) {
        (void)unlink(to);
        return err_set(e, rc, "cannot write %s: %s", to, strerror(-rc));
    }
    own(to, &owner);
    *strrchr(to, '/') = '\0';
    rc = sync_folder(to);
    return rc < 0 ? err_set(e, rc, "cannot sync %s: %s", to, strerror(-rc)) : 0;
}

int files_copy(const char *from_folder, const char *from, const char *to_folder, const char *to,
               struct err *e)
{
    char source[BACKUP_PATH_BYTES], target[BACKUP_PATH_BYTES];
    int rc = files_path(source, from_folder, from, e);
    if (rc == 0) rc = files_path(target, to_folder, to, e);
    if (rc < 0) return rc;
    int fd = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return err_set(e, -errno, "cannot read %s: %s", source, strerror(errno));
    rc = copy_open(fd, to_folder, target, e);
    (void)close(fd);
    return rc;
}

int files_write(const char *folder, const char *name, struct slice text, struct err *e)
{
    char path[BACKUP_PATH_BYTES], draft[BACKUP_PATH_BYTES + 8];
    int rc = files_path(path, folder, name, e);
    if (rc < 0) return rc;
    (void)snprintf(draft, sizeof draft, "%s.new", path);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0 &&
                rename(draft, path) == 0 && sync_folder(folder) == 0;
    int why = errno;
    if (fd >= 0) (void)close(fd);
    return good ? 0 : err_set(e, -why, "cannot write %s: %s", path, strerror(why));
}

/* ---- looking ---- */

static int walk(const char *root, const char *below, int depth, files_cb *cb, void *arg,
                struct err *e);

static int visit(const char *root, const char *name, int depth, files_cb *cb, void *arg,
                 struct err *e)
{
    char path[BACKUP_PATH_BYTES];
    struct stat st;
    int rc = files_path(path, root, name, e);
    if (rc < 0) return rc;
    if (lstat(path, &st) != 0) return 0; /* gone meanwhile */
    if (S_ISREG(st.st_mode)) return cb(arg, name, e);
    return S_ISDIR(st.st_mode) && depth < DEPTH_MAX ? walk(root, name, depth + 1, cb, arg, e) : 0;
}

static int walk(const char *root, const char *below, int depth, files_cb *cb, void *arg,
                struct err *e)
{
    char path[BACKUP_PATH_BYTES], name[BACKUP_PATH_BYTES];
    int rc = files_path(path, root, below, e);
    if (rc < 0) return rc;
    DIR *d = opendir(path);
    if (!d) return err_set(e, -errno, "cannot read %s: %s", path, strerror(errno));
    const struct dirent *one;
    while (rc == 0 && (one = readdir(d))) {
        if (strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0) continue;
        int n = snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", one->d_name);
        rc = (size_t)n < sizeof name ? visit(root, name, depth, cb, arg, e)
                                     : err_set(e, ERR_LIMIT, "%s: a name is too long", path);
    }
    (void)closedir(d);
    return rc;
}

int files_each(const char *folder, files_cb *cb, void *arg, struct err *e)
{
    return walk(folder, "", 0, cb, arg, e);
}
