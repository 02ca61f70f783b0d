#pragma once
/* A folder of files with numbers for names, in the order in which they were made: those of the spool
 * and of the journal. A file is locked (flock) by the process that has it open, mode 0600. All of it
 * blocks. Functions return 0, what is said, or -errno. */
#include "base/check.h"
#include "base/slice.h"

#include <sys/stat.h>
#include <sys/types.h>

enum { NUMBERED_NAME_BYTES = 40 };
/* `end` is ".spool" or the like, up to 16 bytes. */
void numbered_name(uint64_t number, const char *end, char out[NUMBERED_NAME_BYTES]);
/* False when it is not the name of one. */
bool numbered_read_name(const char *name, const char *end, uint64_t *ret);

/* Opens a folder, and makes it when it is missing (not its parents): the descriptor. `at` as of
 * openat. */
int folder_open(int at, const char *path) MUST_USE;
struct numbered_list {
    uint64_t *numbers; /* ascending; owned */
    size_t n;
};
int numbered_list(int folder, const char *end, struct numbered_list *ret) MUST_USE;

/* A new and empty file, locked, its name on the disk: the descriptor. -EEXIST: take the next number.
 */
int numbered_create(int folder, uint64_t number, const char *end) MUST_USE;
/* One that stands, locked: the descriptor. -EWOULDBLOCK: another process has it; -ENOENT. */
int numbered_open(int folder, uint64_t number, const char *end, struct stat *ret) MUST_USE;
void numbered_remove(int folder, uint64_t number, const char *end);

/* All of it, or negative. */
int file_write_at(int fd, struct slice s, size_t at) MUST_USE;
/* Up to n bytes: how many there were. */
ssize_t file_read_at(int fd, char *out, size_t n, size_t at) MUST_USE;
