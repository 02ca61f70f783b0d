#pragma once
/* What a backup holds, the journal need not: once a minute it is looked up how far the last one of this store reaches
 * (store/backup.h), and the files below go (journal_drop). */
struct journal;
struct journal_room;
struct loop;
struct store;

/* All borrowed for its life. */
struct journal_room *journal_room_new(struct loop *l, struct store *s, struct journal *j);
void journal_room_free(
    struct journal_room *r); /* NULL is fine; after the redis, before the journal */
/* Now, and from then on once a minute. */
void journal_room_look(struct journal_room *r);
