#pragma once
/* A list is read: the file is opened, its rows go through flow/import.h, and what is left out is
 * written down and told. The verb's argument is the file; it has the options --delimiter,
 * --encoding, --phone and --rejects. */
#include "flow/import.h"
#include "flow/list_file.h"
#include "flow/list_number.h"
#include "verb.h"

struct list_read { /* callbacks get it as their arg: it is the first member of what they need */
    struct verb_call *c;
    struct list_number numbers; /* how they are read */
    char delimiter;             /* 0 = found out */
    import_chunk_cb *chunk;
    import_left_out_cb *left_out; /* NULL = not wanted */
    /* what becomes known */
    struct list_file *file;
    struct import *import; /* NULL: it was not opened */
    FILE *rejects;         /* NULL = not wanted */
    bool rejects_written;
};

/* Takes --delimiter; before the list is opened. The exit code of a misuse, which is told then; else 0. */
int list_read_delimiter(struct list_read *l) MUST_USE;
/* A failure leaves the list as it was; list_read_done is due in any case. */
int list_read_open(struct list_read *l, struct err *e) MUST_USE;
/* One piece more; *ret_more becomes false behind the last one. */
int list_read_step(struct list_read *l, bool *ret_more, struct err *e) MUST_USE;
/* How many were left out for which reason, and where they are written down. */
void list_read_print_left_out(const struct list_read *l, FILE *to);
json_t *list_read_left_out(const struct list_read *l); /* {"landline": 2, …}; owned */
void list_read_done(struct list_read *l);
