#pragma once
/* A file that has its name only when all of it stands: it is written beside it, under a name of its
 * own, which goes again when something fails or the program is interrupted. A device or a pipe is
 * written to as it is, and so is stdout ("-"): what reads there has to look at the exit code. */
#include "base/err.h"

#include <stdio.h>

struct out_file;

/* *ret is owned until out_file_end. It is written beside path, and gets its name at the end. */
int out_file_open(const char *path, struct out_file **ret, struct err *e) MUST_USE;
FILE *out_file_stream(const struct out_file *f); /* borrowed */
/* Ends it: `result` 0 gives it its name, otherwise nothing of it is left. Returns result, or what
 * went wrong here. */
int out_file_end(struct out_file *f, int result, struct err *e) MUST_USE;
