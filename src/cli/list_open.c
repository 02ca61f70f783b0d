#include "list_open.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "text_file.h"

enum { PIECE_BYTES = 64 * 1024 };

static int copy_into(FILE *to, FILE *from, const char *path, struct err *e)
{
    char piece[PIECE_BYTES];
    for (size_t n; (n = fread(piece, 1, sizeof piece, from)) > 0;)
        if (fwrite(piece, 1, n, to) != n)
            return err_set(e, -errno, "cannot write a temporary file: %s", strerror(errno));
    if (ferror(from)) return err_set_unreadable(e, path, -errno);
    return fflush(to) == 0
               ? 0
               : err_set(e, -errno, "cannot write a temporary file: %s", strerror(errno));
}

static int copy(FILE *from, const char *path, FILE **ret, struct err *e)
{
    FILE *to = tmpfile();
    if (!to) return err_set(e, -errno, "cannot make a temporary file: %s", strerror(errno));
    int r = copy_into(to, from, path, e);
    if (r < 0) (void)fclose(to);
    if (r == 0) *ret = to;
    return r;
}

int list_open(const char *path, FILE **ret, struct err *e)
{
    struct stat st;
    if (strcmp(path, "-") == 0) return copy(stdin, "stdin", ret, e);
    FILE *in = fopen(path, "re");
    if (!in) return err_set_unreadable(e, path, -errno);
    if (fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode)) {
        *ret = in;
        return 0;
    }
    int r = copy(in, path, ret, e);
    (void)fclose(in);
    return r;
}

int list_open_rejects(FILE *list, const char *path, FILE **ret, struct err *e)
{
    struct stat in, out;
    if (fstat(fileno(list), &in) == 0 && stat(path, &out) == 0 && in.st_dev == out.st_dev &&
        in.st_ino == out.st_ino)
        return err_set(e, ERR_INVALID, "--rejects %s is the file that is read: name another", path);
    *ret = text_file_create(path);
    if (!*ret)
        return err_set(e, -errno, "cannot write the rejects to %s: %s", path, strerror(errno));
    /* people's numbers are for the owner alone, also where a file of an earlier run was not */
    if (fstat(fileno(*ret), &out) == 0 && S_ISREG(out.st_mode)) (void)fchmod(fileno(*ret), 0600);
    return 0;
}
