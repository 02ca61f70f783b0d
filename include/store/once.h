#pragma once
/* Requests that are done once (docs/adr/0040): a member gives a request a key, and what was answered is kept under it for a day.
 * It is begun in one step before anything is done, so that two of one key never run both; how one ended that nobody told the end of
 * (a crash) is not known, and it is not begun again. */
#include "store/store.h"

enum {
    ONCE_ID_BYTES_MAX = 64,      /* whose */
    ONCE_KEY_BYTES_MAX = 64,     /* route and key, as a digest */
    ONCE_DIGEST_BYTES_MAX = 64,  /* of what was asked */
    ONCE_BODY_BYTES_MAX = 16384, /* of a response that is kept */
    ONCE_KEYS_MAX = 10000,       /* of one member in a day */
    ONCE_KEPT_MS = 24 * 3600 * 1000,
};

struct once {
    struct slice id, key, digest;
};
enum once_state {
    ONCE_NEW,   /* it is begun now */
    ONCE_BEGUN, /* before, and nobody told its end */
    ONCE_KEPT,  /* it was done */
    ONCE_OTHER, /* the key was used for something else */
    ONCE_FULL,  /* that member has ONCE_KEYS_MAX */
};
struct once_response { /* borrowed for the call */
    int status;
    struct slice content_type, body;
};
struct once_answer { /* borrowed for the call */
    enum once_state state;
    int64_t since_ms;              /* ONCE_BEGUN: [wall ms] */
    struct once_response response; /* ONCE_KEPT */
};
/* a says something only when result is 0; otherwise whether it is begun is not known. */
typedef void once_cb(void *arg, int result, const struct once_answer *a, const struct err *e);
/* Borrowed for the call. */
void once_begin(struct store *s, const struct once *once, int64_t now_ms, once_cb *cb, void *arg);

/* It was done: the same request gets the same again. What is too large is not kept, and stays begun. */
void once_keep(struct store *s, const struct once *once, const struct once_response *response,
               store_done_cb *cb, void *arg);
/* It was not done: the key is new again. */
void once_let_go(struct store *s, const struct once *once, store_done_cb *cb, void *arg);
