#pragma once
/* A list on disk or on stdin, as UTF-8. The whole file is looked at before the first byte of it is
 * used (io/charset.h), so stdin goes through an unnamed temporary file. */
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct list_file;
/* path: "-" is stdin. encoding: NULL = found out, else a name that iconv knows. */
int list_file_open(const char *path, const char *encoding, struct list_file **ret,
                   struct err *e) MUST_USE;
void list_file_free(struct list_file *f); /* NULL is fine */
const char *list_file_name(const struct list_file *f);
uint64_t list_file_bytes(const struct list_file *f); /* of the file, without a ^Z at its end */
uint64_t list_file_read_so_far(const struct list_file *f); /* of those */
bool list_file_is_ascii(const struct list_file *f);
/* What is to be said aloud about the encoding, NULL when there is nothing. Borrowed. */
const char *list_file_note(const struct list_file *f);
/* The next piece, borrowed until the next call; empty at the end. */
int list_file_next(struct list_file *f, struct slice *ret, struct err *e) MUST_USE;

/* Opens the file of rejects (mode 0600: it holds people), empty; refuses the list itself. */
int list_file_open_rejects(const struct list_file *f, const char *path, FILE **ret,
                           struct err *e) MUST_USE;
