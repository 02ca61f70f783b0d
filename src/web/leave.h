#pragma once
/* Between the response that a function gives and its leaving: what the function did goes to the audit trail first, and under an
 * Idempotency-Key the response is kept. Without both it leaves at once. */
#include "base/slice.h"

struct web_call;

enum leave_how {
    LEAVE_BODY,
    LEAVE_PAGE,     /* body: HTML */
    LEAVE_REDIRECT, /* body: a path of ours */
    LEAVE_FILE,     /* body: a struct leave_file */
};
struct leave_file {
    int fd; /* taken */
    uint64_t bytes;
};
/* The response of c, which is gone then or later. What is given is copied where it waits. */
void leave(struct web_call *c, enum leave_how how, int status, const char *content_type,
           struct slice body);

/* What c waits with; NULL is fine. */
struct leaving;
void leaving_free(struct leaving *l);

/* For a row with ONCE. Without an Idempotency-Key the row's function runs now; under a new one it runs when the store has noted
 * the key. Under one that was used c gets the response that was kept. */
void once_open(struct web_call *c);
