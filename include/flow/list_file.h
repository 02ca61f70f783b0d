#pragma once
/* A list in a file, as UTF-8. The whole file is looked at before the first byte of it is used
 * (io/charset.h), a piece at a time, so that whoever does other things besides can go on with
 * them. */
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { LIST_FILE_PIECE_BYTES = 64 * 1024 };

struct list_file;
/* Takes `in`, which can be read from its beginning. name: what errors call it. encoding_words: how
 * the person names another encoding ("say --encoding NAME"). Both are borrowed for its life. */
struct list_file *list_file_new(FILE *in, const char *name, const char *encoding_words);
void list_file_free(struct list_file *f); /* NULL is fine */
/* Looks at the next piece; *ret_more is false when all was looked at. */
int list_file_look(struct list_file *f, bool *ret_more, struct err *e) MUST_USE;
/* When all was looked at. encoding: NULL = found out, else a name that iconv knows. ERR_INVALID: it
 * cannot be read as a text; nothing of it should be used. */
int list_file_begin(struct list_file *f, const char *encoding, struct err *e) MUST_USE;

const char *list_file_name(const struct list_file *f); /* borrowed */
uint64_t list_file_bytes(const struct list_file *f);   /* of the file, without a ^Z at its end */
uint64_t list_file_read_so_far(const struct list_file *f); /* of those */
bool list_file_is_ascii(const struct list_file *f);        /* of what was looked at */
/* What is to be said aloud about the encoding, NULL when there is nothing. Borrowed. */
const char *list_file_note(const struct list_file *f);
/* The next piece, borrowed until the next call; empty at the end. */
int list_file_next(struct list_file *f, struct slice *ret, struct err *e) MUST_USE;
