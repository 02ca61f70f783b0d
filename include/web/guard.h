#pragma once
/* The door of each handler: who asks, and may they. Each answers q itself when the answer is no,
 * and then returns NULL. The person is borrowed from auth. */
#include "web/auth.h"

enum {
    GUARD_BODY_BYTES_MAX = 64 * 1024,    /* of a body, where nothing else is said */
    GUARD_MEMBER_BYTES_MAX = 512 * 1024, /* a campaign, suppressions: from an organiser */
    GUARD_WIDE_BYTES_MAX = 3 << 20,      /* webhooks; an import's rows: from an organiser */
};

/* [bytes] How large a body may be, by path and, for members, token; before it comes. Strangers get
 * room for webhooks only (docs/adr/0013-strangers-room.md). Counts no wrong token. */
size_t guard_body_max(const struct auth *a, const struct http_request *q);

/* For programs: socket, token or session. Anything but GET and HEAD under a session must carry its
 * form value in X-CSRF-Token. 401, 403 or 429. */
const struct person *guard_api(struct auth *a, struct http_request *q, int64_t now_ms);
/* The same for organisers only: 403 for volunteers. */
const struct person *guard_organiser(struct auth *a, struct http_request *q, int64_t now_ms);
/* For pages: sends strangers to the login page. */
const struct person *guard_page(struct auth *a, struct http_request *q, int64_t now_ms);
