#pragma once
/* What stands on the disks of the journals, by instance: it outlives the process (sim_journal.c). */
#include "flow/journal.h"

/* A record with all that it names, in one piece. */
struct sim_record {
    struct journal_record r;
    struct slice peers; /* of STORE: names, each behind a blank */
    uint8_t bytes[];
};
struct sim_record *sim_record_new(const struct journal_record *r, struct slice store,
                                  struct slice peers);

struct sim_records {
    struct sim_record **list;
    size_t n;
};
void sim_records_add(struct sim_records *to, struct sim_record *r); /* takes it */
void sim_records_free(struct sim_records *s);

void sim_disks_begin(void);
void sim_disks_end(void);
struct sim_records *sim_disk_of(const char *instance); /* made when there is none */
/* Whether one of them knows that this store is not what it was: its last words are about it and have a higher mark, or about another one,
 * which is none of the former. */
bool sim_disks_know_more(struct slice store, uint64_t mark, bool (*is_former)(struct slice store));
