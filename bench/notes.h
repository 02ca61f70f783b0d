#pragma once
/* What a sink notes of each request, in a file that others map while it is being written. */
#include <stdatomic.h>
#include <stdint.h>

enum { NOTES_MAX = 8000000, NOTES_REF_BYTES = 27 };

struct record {
    uint64_t at_ns;  /* CLOCK_MONOTONIC */
    uint64_t number; /* of To */
    uint64_t text;   /* FNV-1a of Body as it travelled */
    char ref[32];    /* the end of StatusCallback; or none */
};

struct notes {
    _Atomic uint64_t count; /* records before it are complete */
    _Atomic uint64_t port;  /* 0: not listening yet */
    uint64_t unused[5];     /* the head is as long as a record */
    struct record records[NOTES_MAX];
};
