#pragma once
/* The client's way to the server: JSON over HTTP, by the unix socket or by a URL with a token.
 * Blocking; the connection is kept between calls, which matters for the thousands of them that an
 * import makes. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <jansson.h>

#define API_SOCKET_DEFAULT "/run/muster/muster.sock"

struct api;

/* server: "http://host:port", "https://…" or "unix:/path"; NULL = $MUSTER_URL, else $MUSTER_SOCKET
 * (a path), else API_SOCKET_DEFAULT. A URL's token is $MUSTER_TOKEN. Connects at the first call. */
int api_new(const char *server, struct api **ret, struct err *e) MUST_USE;
void api_free(struct api *a); /* NULL is fine */

/* path: "/api/v1/…", escaped where needed. body: NULL = none; borrowed. 0 for a status of 2xx. Else
 * ERR_UNREACHABLE (nobody there, no answer in time, or 502-504), ERR_NOT_FOUND (404), ERR_CONFLICT
 * (409) or ERR_REFUSED, with the server's own message. ret_status (may be NULL) is 0 when nothing
 * was answered; ret_reply (may be NULL) is NULL when the answer has no JSON, else owned by the
 * caller, also on failure. */
int api_call(struct api *a, const char *method, const char *path, const json_t *body,
             int *ret_status, json_t **ret_reply, struct err *e) MUST_USE;

/* A GET whose response is no JSON, such as a list as CSV, at most 16 MiB of it: onto the end of ret. As
 * api_call. */
int api_text(struct api *a, const char *path, struct buf *ret, struct err *e) MUST_USE;

/* What the server called the failure of the last call, when `result` is that call's and it called
 * it something; else NULL. Borrowed until the next call. */
const char *api_code(const struct api *a, int result);

/* The exit codes of every subcommand. */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };
int api_exit_code(int result);
