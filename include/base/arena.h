#pragma once
/* One arena per request or message: allocate freely, forget all at once. It has a ceiling; what
 * does not fit gives NULL and sets a flag that is checked once, at the end. Under AddressSanitizer
 * every allocation is a malloc of its own, so overruns are seen. */
#include "base/check.h"
#include "base/slice.h"

struct arena;

struct arena *arena_new(size_t bytes_max); /* returns owned */
void arena_free(struct arena *a);          /* NULL is fine */
void arena_clear(struct arena *a); /* forgets all allocations and the flag, keeps the memory */
bool arena_failed(const struct arena *a); /* something did not fit since arena_clear */

/* Aligned for any type, not zeroed; NULL when the ceiling is reached. Borrowed until clear/free. */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_zalloc(struct arena *a, size_t bytes);
struct slice arena_dup(struct arena *a, struct slice s); /* NUL-terminated copy; none when full */
const char *arena_printf(struct arena *a, const char *fmt, ...)
    PRINTF_LIKE(2, 3); /* NULL when full */
