#pragma once
/* What a sink notes of each request, in a file that others map while it is being written. */
#include <stdatomic.h>
#include <stdint.h>

enum { NOTES_MAX = 8000000, NOTES_REF_BYTES = 27, NOTES_WORD_BYTES = 8, NOTES_LINK_BYTES = 23 };

/* How a sink is: whoever has the file may say so at any time. */
enum notes_mood {
    NOTES_WELL,
    NOTES_ERRORS, /* 500: nobody knows whether it took the message */
    NOTES_CUTS    /* reads, and ends the connection */
};

struct record {
    uint64_t at_ns;              /* CLOCK_MONOTONIC */
    uint64_t number;             /* of To */
    uint64_t text;               /* FNV-1a of Body as it travelled */
    char ref[32];                /* the end of StatusCallback; or none */
    char word[NOTES_WORD_BYTES]; /* the first of Body, or as much of it; or none */
    char link[24];               /* the last link of ours in Body (core/link.h); or none */
    uint64_t mood;               /* enum notes_mood, with which it was met */
};

struct notes {
    _Atomic uint64_t count; /* records before it are complete */
    _Atomic uint64_t port;  /* 0: not listening yet */
    _Atomic uint64_t mood;
    uint64_t unused[9]; /* the head is as long as a record */
    struct record records[NOTES_MAX];
};
