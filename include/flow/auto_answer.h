#pragma once
/* The answer that Muster gives by itself to who texts a postcode and nothing else, or sends a place from their map, where the
 * organisation switched that on (docs/NEAREST.md): the session near them that needs people, and that it is automatic. To each
 * message at most one, whatever dies meanwhile. Nothing near, or nothing certain: a person answers. */
#include "core/where_said.h"
#include "flow/nearest.h"
#include "flow/outbox.h"
#include "flow/session_words.h"
#include "store/inbox.h"

struct auto_answer;

enum {
    AUTO_ANSWERS_AT_ONCE = 2000, /* that are under way; who writes meanwhile waits for a person */
};

struct auto_answer_config { /* all borrowed for its life */
    struct inbox *inbox;
    struct outbox *outbox;
    struct nearest *nearest;
    const struct session_words *words;
    const char *const *groups; /* whose people are answered so */
    size_t group_count;        /* 0: all groups' */
};
/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct auto_answer *auto_answer_new(const struct auto_answer_config *c);
void auto_answer_free(struct auto_answer *a); /* after the redis; NULL is fine */

/* What a message says of where they are, in out; false: it is nothing that is answered so. a NULL: nothing is. */
bool auto_answer_reads(const struct auto_answer *a, struct slice text, struct slice note,
                       char out[WHERE_SAID_BYTES]);

struct auto_answer_ask {
    uint32_t conversation;
    const char *where;  /* of auto_answer_reads; copied */
    struct slice event; /* tells the message from others, also when it comes again; copied */
    int64_t at_ms;      /* [wall ms] when they wrote */
};
/* cb: ERR_UNREACHABLE when Redis did not tell, and the same has to be asked again; else 0, answered or not. It may run before this
 * returns. */
void auto_answer_give(struct auto_answer *a, const struct auto_answer_ask *ask, int64_t now_ms,
                      store_done_cb *cb, void *arg);
