#pragma once
/* The door of each handler: who asks, and may they. Each answers q itself when the answer is no,
 * and then returns NULL. The person is borrowed from auth. */
#include "web/auth.h"

/* For programs: socket, token or session. Anything but GET and HEAD under a session must carry its
 * form value in X-CSRF-Token. 401, 403 or 429. */
const struct person *guard_api(struct auth *a, struct http_request *q, int64_t now_ms);
/* The same for organisers only: 403 for volunteers. */
const struct person *guard_organiser(struct auth *a, struct http_request *q, int64_t now_ms);
/* For pages: sends strangers to the login page. */
const struct person *guard_page(struct auth *a, struct http_request *q, int64_t now_ms);
