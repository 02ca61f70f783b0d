#pragma once
/* What happens, told as it happens to whoever watches: server-sent events (GET /api/v1/events). */
#include "web/private.h"

struct live;

enum {
    LIVE_PER_MEMBER_MAX = 8,
    LIVE_BEAT_MS = 15 * 1000, /* a sign of life, which also says how far the watcher has come */
    LIVE_LOOK_MS = 1000,      /* who must not watch any more, and how campaigns stand */
    LIVE_AT_ONCE = 24 * 1024, /* [bytes] of one moment; who would get more reads all anew */
    LIVE_CAMPAIGNS_MAX = 200, /* whose progress is told */
};

struct live *live_new(struct web *w); /* returns owned */
void live_free(struct live *l);       /* after the servers; NULL is fine */
