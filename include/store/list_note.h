#pragma once
/* What becomes of a list that was uploaded, for a day: a note, which whoever reads the list writes and
 * every web process shows, and the rows that were left out, for whoever mends them. Both hold what
 * stands in a list, so `muster forget` takes all of them. */
#include "store/store.h"

enum {
    LIST_NOTE_ID_BYTES = 33, /* 32 hex digits and a zero byte */
    LIST_NOTE_DAYS = 1,
    LIST_NOTE_REJECTS_BYTES_MAX = 8 * 1024 * 1024, /* of one list; what would be more is not kept */
};

/* A random one. */
void list_note_new_id(char out[LIST_NOTE_ID_BYTES]);
bool list_note_id_ok(struct slice id);
/* The note is this text from now on, for a day. Borrowed for the call. */
void list_note_save(struct store *s, struct slice id, struct slice text, int64_t now_ms,
                    store_done_cb *cb, void *arg);
/* text is borrowed for the call. ERR_NOT_FOUND: there is none, or its day is over. */
typedef void list_note_cb(void *arg, int result, struct slice text, const struct err *e);
void list_note_load(struct store *s, struct slice id, list_note_cb *cb, void *arg);
/* Behind the rows that are there; nobody waits for it. Borrowed for the call. */
void list_note_add_rejects(struct store *s, struct slice id, struct slice rows);
/* ERR_NOT_FOUND as above, and when no row was left out. */
void list_note_rejects(struct store *s, struct slice id, list_note_cb *cb, void *arg);
