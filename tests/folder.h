#pragma once
/* Folders that a test has made. */
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

static inline int folder_remove_entry(const char *path, const struct stat *st, int kind,
                                      struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* Removes it and all that is in it, following no links. 0, or -1. */
static inline int folder_remove(const char *path)
{
    return nftw(path, folder_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
