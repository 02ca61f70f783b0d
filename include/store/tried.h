#pragma once
/* What was done before a launch, and the check asks for (core/law.h, rules 6 and 64): a text was sent to a
 * phone of one's own, opt-outs were brought along. */
#include "core/digest.h"
#include "store/store.h"

enum { TRIED_KEPT = 2000 /* texts, of all groups: the newest */ };

/* Of a message and the account that it leaves from: whoever changes one of them tests again. */
void tried_digest(struct slice message, struct slice gateway, char out[DIGEST_BYTES]);
/* It was sent as a test. Nobody waits for it. */
void tried_note(struct store *s, const char *digest, int64_t now_ms);

/* A campaign says it from now on: once somebody was texted by it, nobody has to test it again. Nobody waits for that. */
void tried_launched(struct store *s, const char *digest, uint32_t campaign, int64_t now_ms);

struct tried {
    bool tested;         /* that text was sent as a test, or a campaign has texted it to somebody */
    bool first_campaign; /* nobody has launched one here before */
    bool opt_outs;       /* some are known, of the organisation or of the group */
    /* People to whom its author launched in the last 24 hours without a second person. */
    uint64_t alone;
};
/* t is borrowed for the call, and all false when result is negative. */
typedef void tried_cb(void *arg, int result, const struct tried *t);
struct tried_ask {              /* borrowed for the call */
    struct slice group, author; /* author: a member's id; none: the machine's own socket */
    const char *digest;
    int64_t now_ms;
};
void tried_look(struct store *s, const struct tried_ask *ask, tried_cb *cb, void *arg);
