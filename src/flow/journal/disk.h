#pragma once
/* The one thread: it writes what it is given, waits for the disk, and wakes the loop. It knows
 * nothing of what it writes, and touches nothing but its task while it has one. */
#include "base/slice.h"

struct disk;
struct loop;

struct disk_task {
    int folder;
    uint64_t number; /* of the file to be made first, when fd < 0 */
    int fd;          /* of the file; made here when it was < 0 */
    struct slice bytes;
    size_t at;
    size_t stands; /* [bytes] of the file; what it has behind `bytes` is zeros (ADR 0028) */
    int result;    /* 0 or -errno: nobody knows how much of it is on the disk */
};

/* done runs from the loop when a task is. */
struct disk *disk_new(struct loop *l, void (*done)(void *arg), void *arg);
/* Waits for the task that is under way; done is not called for it. */
void disk_free(struct disk *d);
/* One at a time. Everything in it is the thread's until `done`. */
void disk_begin(struct disk *d, struct disk_task *task);
/* The same in the caller's own thread. */
void disk_do(struct disk_task *task);
