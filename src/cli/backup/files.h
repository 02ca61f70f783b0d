#pragma once
/* Files of a backup: copied whole, synced, and never over one that is there. */
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* folder/name into out (BACKUP_PATH_BYTES). */
int files_path(char *out, const char *folder, const char *name, struct err *e) MUST_USE;

/* Makes the folder (0700). ERR_EXISTS when there is something in it. */
int files_new_folder(const char *folder, struct err *e) MUST_USE;

/* A copy, mode 0600, with the folders that its name needs; whoever owns `to_folder` owns it. ERR_EXISTS: there is a
 * file of that name, which stays; -ENOENT: there is none to copy. */
int files_copy(const char *from_folder, const char *from, const char *to_folder, const char *to,
               struct err *e) MUST_USE;
/* Written beside it, synced, then given its name. */
int files_write(const char *folder, const char *name, struct slice text, struct err *e) MUST_USE;

/* All regular files below the folder, by their names from there; those that go meanwhile are left out. A negative result of
 * `cb` ends it and is returned. */
typedef int files_cb(void *arg, const char *name, struct err *e);
int files_each(const char *folder, files_cb *cb, void *arg, struct err *e) MUST_USE;
