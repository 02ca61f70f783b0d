#pragma once
/* The journal as its room knows it: journal.c (adding), commit.c (what was added goes to disk and copy, in pieces.c'
 * pieces), files.c (what stands on the disk), reader.c (reading it), record.c (a record's bytes), disk.c (the thread). */
#include "flow/journal.h"
#include "record.h"

#include <sys/stat.h>

#define JOURNAL_FILE_END ".journal"

/* Of zeros, that the newest file may end with while it is written to. */
enum { JOURNAL_AHEAD_BYTES = 256 * 1024 };

/* A code of ours, among those of the disk: it has it, the copy has not. */
enum { JOURNAL_NO_COPY = ERR_UNREACHABLE };

/* ---- reader.c: one file, from its start ---- */

struct scan {
    int fd;           /* borrowed */
    size_t size;      /* [bytes] to be read */
    size_t at;        /* where the window begins in the file */
    size_t n, next;   /* of the window: bytes in it; where the next record begins */
    size_t whole_end; /* in the file: the last whole record ends there */
    uint64_t damaged; /* [bytes] skipped */
    char *window;     /* owned */
    struct journal_read_record found;
};
/* fd is borrowed until scan_end; size [bytes]: what is behind it is not read. */
void scan_begin(struct scan *s, int fd, size_t size);
/* 1: s->found, borrowed until the next call; 0: the end; -errno. */
int scan_next(struct scan *s) MUST_USE;
void scan_end(struct scan *s);

/* ---- files.c ---- */

struct journal_file {
    uint64_t number;
    size_t bytes;                 /* known to be on the disk */
    int64_t begun_ms, written_ms; /* [wall ms] */
    uint64_t before;              /* the highest mark before its first record */
    uint64_t last; /* the highest in it; UINT64_MAX: not known, it is about two stores */
    char store[JOURNAL_NAME_BYTES_MAX + 1]; /* that it begins with */
};

struct journal_files {
    char *path;                /* in messages */
    int folder;                /* locked */
    struct journal_file *list; /* oldest first */
    size_t n;
    uint64_t next_number;
    int fd; /* of the newest, which is written to; -1: the next write begins a new one */
    size_t readers;
    uint64_t dropped_to; /* a backup holds what is up to this mark */
    uint64_t lost;       /* files that went before a backup held them */
    uint64_t damaged;    /* [bytes] */
};

/* What the newest file ends with. */
struct journal_end {
    char store[JOURNAL_NAME_BYTES_MAX + 1];
    struct buf peers;     /* as in the record; owned by the caller */
    uint64_t mark, began; /* of that store: the highest, and that it began with */
};
int files_open(struct journal_files *f, const char *state_dir, const char *instance,
               struct journal_end *end, struct err *e) MUST_USE;
void files_close(struct journal_files *f);
/* A new one begins with that store. */
void files_add(struct journal_files *f, const struct journal_file *file);
struct journal_file *files_newest(struct journal_files *f); /* NULL: there is none */
uint64_t files_bytes(const struct journal_files *f);
/* What is written next goes into a new file. */
void files_finish_newest(struct journal_files *f);
/* Those go that a backup holds, that are too old, or too much. Never the newest. */
void files_tidy(struct journal_files *f, const struct journal_config *config, const char *store,
                int64_t now_ms);

/* ---- tail.c ---- */

/* The end of the newest file, whether or not it has it already: all of it may be repeated. */
struct copy;
void journal_send_tail(struct journal_files *f, struct copy *c);

/* ---- journal.c ---- */
struct journal_files *journal_files(struct journal *j);
