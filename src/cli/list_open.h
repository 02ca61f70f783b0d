#pragma once
/* The files of a list on the client's side. */
#include "base/err.h"

#include <stdio.h>

/* "-" is stdin. What cannot be read twice is copied to an unnamed temporary file. *ret is the
 * caller's. */
int list_open(const char *path, FILE **ret, struct err *e) MUST_USE;
/* Opens the file of rejects (mode 0600: it holds people), empty; refuses `list` itself. */
int list_open_rejects(FILE *list, const char *path, FILE **ret, struct err *e) MUST_USE;
