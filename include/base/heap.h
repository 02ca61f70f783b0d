#pragma once
/* A binary min-heap of (key, pointer): what is due next. Equal keys come out in no fixed order. */
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

struct heap;

struct heap *heap_new(void);             /* returns owned */
void heap_free(struct heap *h);          /* NULL is fine; the items are the caller's */
size_t heap_count(const struct heap *h); /* of items */
void heap_push(struct heap *h, int64_t key, void *item); /* O(log n) */
/* The item with the least key. It stays. False: it is empty. Either ret may be NULL. */
bool heap_peek(const struct heap *h, int64_t *ret_key, void **ret_item);
/* The same, and it is taken out. O(log n). */
bool heap_pop(struct heap *h, int64_t *ret_key, void **ret_item);
