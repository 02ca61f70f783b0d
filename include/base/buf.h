#pragma once
/* A growable byte buffer with a hard ceiling given at init. Writing past the ceiling drops the
 * write and sets a flag that the caller checks once, at the end. Always NUL-terminated after the
 * first write, so buf.p can be handed to C libraries. */
#include "base/check.h"
#include "base/slice.h"

#include <stdarg.h>

struct buf {
    char *p;     /* owned; NULL before the first write */
    size_t n;    /* [bytes] used */
    size_t cap;  /* [bytes] allocated */
    size_t max;  /* [bytes] ceiling of n */
    bool failed; /* something did not fit; sticky until buf_clear */
};

#define BUF_INIT(max_bytes) ((struct buf){.max = (max_bytes)})

/* Empty, with that ceiling; no memory is taken yet. */
void buf_init(struct buf *b, size_t bytes_max);
void buf_done(struct buf *b);  /* frees; the buf may be used again after buf_init */
void buf_clear(struct buf *b); /* empties and resets the flag, keeps the memory */
/* Append. What does not fit whole is left out and sets the flag; with the flag set nothing is added. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_char(struct buf *b, char c);
void buf_add_cstr(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_addv(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
/* Makes room for n more bytes and returns where to write them, or NULL (and the flag) when they
 * do not fit. The caller adds to b->n what it wrote. */
char *buf_reserve(struct buf *b, size_t n);
/* Removes the first n bytes. O(rest). */
void buf_shift(struct buf *b, size_t n);

/* The same of a slice. */
static inline void buf_add_slice(struct buf *b, struct slice s)
{
    buf_add(b, s.p, s.n);
}

/* What is in it; borrowed until it is written to. */
static inline struct slice buf_slice(const struct buf *b)
{
    return slice_make(b->p, b->n);
}
