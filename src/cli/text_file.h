#pragma once
/* Whole small files, for the subcommands that work on texts. */
#include "base/buf.h"
#include "base/err.h"

#include <stdio.h>

enum { TEXT_FILE_BYTES_MAX = 16 * 1024 * 1024 };

/* Appends the file at `path`, "-" for stdin, to `out`. ERR_NOT_FOUND when there is none, ERR_LIMIT
 * when it is larger than the ceiling of `out`, else -errno; the text names the file. */
int text_file_read(const char *path, struct buf *out, struct err *e) MUST_USE;
/* For writing; emptied when it is there. A new one is for its owner alone (0600): what the client
 * writes is people's numbers. NULL and errno on failure. */
FILE *text_file_create(const char *path);
