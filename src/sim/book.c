/* Open addressing with linear probing; a key of 0 is an empty slot, nothing is ever deleted. The
 * key of a person is the number, the key of a message its hash; both are stirred to find the slot.
 */
#include "sim/book.h"

#include "base/check.h"

#include <stdlib.h>

struct entry {
    uint64_t key; /* 0 = empty */
    uint32_t tries;
    uint32_t value; /* messages: times taken; people: their state */
};

struct table {
    struct entry *entries;
    size_t cap, used;
};

struct book {
    struct table messages, people;
};

enum { BOOK_FIRST_SLOTS = 1024 };

static void table_init(struct table *t)
{
    t->cap = BOOK_FIRST_SLOTS;
    t->used = 0;
    t->entries = xcalloc(t->cap, sizeof *t->entries);
}

struct book *book_new(void)
{
    struct book *b = xcalloc(1, sizeof *b);
    table_init(&b->messages);
    table_init(&b->people);
    return b;
}

void book_free(struct book *b)
{
    if (!b) return;
    free(b->messages.entries);
    free(b->people.entries);
    free(b);
}

void book_clear(struct book *b)
{
    free(b->messages.entries);
    free(b->people.entries);
    table_init(&b->messages);
    table_init(&b->people);
}

size_t book_messages(const struct book *b)
{
    return b->messages.used;
}

static struct entry *slot_of(const struct table *t, uint64_t key)
{
    uint64_t h = (key ^ (key >> 32)) * 0x9e3779b97f4a7c15u;
    for (size_t i = (h >> 20) & (t->cap - 1);; i = (i + 1) & (t->cap - 1)) {
        struct entry *e = &t->entries[i];
        if (e->key == 0 || e->key == key) return e;
    }
}

static void grow(struct table *t)
{
    struct table bigger = {.cap = t->cap * 2, .used = t->used};
    bigger.entries = xcalloc(bigger.cap, sizeof *bigger.entries);
    for (size_t i = 0; i < t->cap; i++)
        if (t->entries[i].key) *slot_of(&bigger, t->entries[i].key) = t->entries[i];
    free(t->entries);
    *t = bigger;
}

static struct entry *entry_for(struct table *t, uint64_t key)
{
    if (key == 0) key = 1;
    if (4 * (t->used + 1) > 3 * t->cap) grow(t);
    struct entry *e = slot_of(t, key);
    if (e->key == 0) {
        e->key = key;
        t->used++;
    }
    return e;
}

uint32_t book_try(struct book *b, uint64_t message)
{
    return entry_for(&b->messages, message)->tries++;
}

uint32_t book_take(struct book *b, uint64_t message)
{
    return entry_for(&b->messages, message)->value++;
}

enum person_state book_person(const struct book *b, uint64_t number)
{
    const struct entry *e = slot_of(&b->people, number ? number : 1);
    return e->key ? (enum person_state)e->value : PERSON_SILENT;
}

void book_set_person(struct book *b, uint64_t number, enum person_state state)
{
    entry_for(&b->people, number)->value = (uint32_t)state;
}
