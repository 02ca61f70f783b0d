#pragma once
/* A table to download that is made row by row in a file without a name, and leaves when all of it stands: memory stays flat,
 * however many rows, and nobody gets a half of it. */
#include "web/call.h"

#include <stdio.h>

/* NULL: c has its response. */
FILE *download_open(struct web_call *c);
/* Answers c with what was written, as a file of that name. file is taken; whole false: something could not be written. */
void download_send(struct web_call *c, FILE *file, bool whole, const char *name);
