#include "base/heap.h"

#include "base/check.h"

#include <stdlib.h>

struct node {
    int64_t key;
    void *item;
};

struct heap {
    struct node *nodes;
    size_t n, cap;
};

struct heap *heap_new(void)
{
    return xcalloc(1, sizeof(struct heap));
}

void heap_free(struct heap *h)
{
    if (!h) return;
    free(h->nodes);
    free(h);
}

size_t heap_count(const struct heap *h)
{
    return h->n;
}

static void swap(struct heap *h, size_t a, size_t b)
{
    struct node t = h->nodes[a];
    h->nodes[a] = h->nodes[b];
    h->nodes[b] = t;
}

void heap_push(struct heap *h, int64_t key, void *item)
{
    if (h->n == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 16;
        h->nodes = xrealloc(h->nodes, h->cap * sizeof *h->nodes);
    }
    size_t i = h->n++;
    h->nodes[i] = (struct node){key, item};
    while (i > 0 && h->nodes[(i - 1) / 2].key > h->nodes[i].key) {
        swap(h, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

bool heap_peek(const struct heap *h, int64_t *ret_key, void **ret_item)
{
    if (h->n == 0) return false;
    if (ret_key) *ret_key = h->nodes[0].key;
    if (ret_item) *ret_item = h->nodes[0].item;
    return true;
}

bool heap_pop(struct heap *h, int64_t *ret_key, void **ret_item)
{
    if (!heap_peek(h, ret_key, ret_item)) return false;
    h->nodes[0] = h->nodes[--h->n];
    for (size_t i = 0;;) {
        size_t least = i, left = 2 * i + 1, right = left + 1;
        if (left < h->n && h->nodes[left].key < h->nodes[least].key) least = left;
        if (right < h->n && h->nodes[right].key < h->nodes[least].key) least = right;
        if (least == i) return true;
        swap(h, i, least);
        i = least;
    }
}
