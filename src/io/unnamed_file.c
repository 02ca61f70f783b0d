#include "io/unnamed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Where the filesystem knows no files without a name, the name goes at once. */
int unnamed_file_open(const char *folder)
{
    char path[4096];
    if (!folder) {
        errno = ENOENT;
        return -1;
    }
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    (void)snprintf(path, sizeof path, "%s/unnamed-XXXXXX", folder);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) (void)unlink(path);
    return fd;
}
