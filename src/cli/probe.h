#pragma once
/* Whether something is there, without asking anything of it: a TCP connection that is closed again.
 */
#include "base/err.h"
#include "base/slice.h"

/* ERR_UNREACHABLE says why and what to look at; ERR_INVALID when it is no address. Waits PROBE_MS
 * at most for each address that the name has. */
enum { PROBE_MS = 3000 };
/* "https://host[:port]/…" */
int probe_url(const char *url, struct err *e) MUST_USE;
/* "host:port" */
int probe_address(struct slice address, struct err *e) MUST_USE;
