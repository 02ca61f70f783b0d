#pragma once
/* A backup is a folder: store.rdb (all of Redis at one instant), state/ (musterd's state_dir: spool,
 * journal), muster.yaml, and manifest.json, which is written last: a folder without one is no
 * backup. docs/adr/0031 says why it is made in this order. */
#include "cli/verb.h"

#define BACKUP_STORE    "store.rdb"
#define BACKUP_STATE    "state/"
#define BACKUP_CONFIG   "muster.yaml"
#define BACKUP_MANIFEST "manifest.json"

struct config;
struct redis;

enum { BACKUP_PATH_BYTES = 4096, BACKUP_FORMAT = 1, BACKUP_FINGERPRINT_BYTES = 33 };

/* The verbs; each returns the exit code. */
int backup_make(struct verb_call *c);
int backup_restore(struct verb_call *c);
int backup_check(struct verb_call *c);

/* Tells two secrets apart and says nothing about either. */
void backup_fingerprint(const char *secret, char out[BACKUP_FINGERPRINT_BYTES]);

/* manifest.c: adds {"path", "bytes", "sha256"} of the file to `files`. */
int manifest_add(json_t *files, const char *folder, const char *path, struct err *e) MUST_USE;
int manifest_write(const char *folder, const json_t *manifest, struct err *e) MUST_USE;
/* Reads it and looks at every file that it names: ERR_SYNTAX, ERR_REFUSED (which file is another
 * one), -errno. */
int manifest_open(const char *folder, json_t **ret, struct err *e) MUST_USE;
/* Notes in the store that this backup holds it (store/backup.h): the journals may drop what is in it, and everybody sees how old it is. A backup
 * is made before its own note; so whoever restores it notes it, too. */
int manifest_note(struct redis *r, const json_t *manifest, struct err *e) MUST_USE;
