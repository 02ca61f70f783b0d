#pragma once
/* The group commit: what was added goes to the disk as one piece, while the next one is gathered; and to the copy, where there is
 * one. */
#include "copy.h"
#include "disk.h"
#include "pieces.h"
#include "private.h"
#include "sync_time.h"

enum { COMMIT_BYTES_MAX = 16 << 20 /* gathered while one wait for the disk lasts */ };

struct journal {
    struct journal_config config; /* its texts are not kept */
    struct journal_files files;
    size_t end; /* of the newest file: where the next piece goes */
    struct disk *disk;
    struct disk_task task;
    struct copy *copy;         /* NULL: there is none */
    bool writing, begins_file; /* the task's; the piece is the last one, or is over */
    bool finish;               /* the newest file takes no more */
    struct buf pending, bytes; /* bytes: the task's */
    uint64_t pending_n;        /* records */
    struct waits waiting;      /* for what is pending */
    struct pieces pieces;      /* under way */
    struct loop_timer *begin, *lazy, *again;
    /* the store */
    char store[JOURNAL_NAME_BYTES_MAX + 1];
    struct buf peer_bytes;
    struct slice peers[JOURNAL_PEERS_MAX]; /* in peer_bytes */
    size_t peer_n;
    unsigned store_sets;            /* how often another one was set */
    uint64_t began, added, durable; /* marks of this store */
    struct sync_time sync;
    int failing; /* 0 or the code */
    struct err why;
    struct journal_stats stats;
};

/* When files and store are known. */
void commit_start(struct journal *j);
/* What is left is written here, and the thread ends. */
void commit_drain(struct journal *j);
/* A record that says which store it is about. mark: the highest that is known. */
void commit_write_store(struct journal *j, struct buf *out, uint64_t mark);
