#pragma once
/* How links are kept, for the scripts that read them or let them go. */
struct buf;

enum {
    CASCADE_RECORD_BYTES = 12,
    CASCADE_CHUNK =
        4090, /* links in a string, which with its head is 48 kB: a size of the allocator */
};

/* In front of cascade_links.lua: these numbers by name. */
void cascade_names(struct buf *b);
