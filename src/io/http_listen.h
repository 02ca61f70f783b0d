#pragma once
/* Bound, listening sockets for the HTTP server, with refusals that a person can act on. */
#include "base/err.h"

#include <stdbool.h>

struct http_listen {
    int fd;          /* listening, non-blocking, close-on-exec; owned */
    int port;        /* the bound one; 0 for a unix socket */
    char *unix_path; /* owned; NULL for TCP */
};

/* address: "host:port", "[v6]:port", ":port" (all addresses) or "unix:/path" (see http_server.h). A
 * unix socket that nobody answers on is replaced; ERR_EXISTS when somebody does, or has the port.
 */
int http_listen_open(const char *address, int unix_mode, struct http_listen *ret,
                     struct err *e) MUST_USE;
/* Frees the path and removes the socket file; the descriptor is closed unless it is -1. */
void http_listen_close(struct http_listen *l);
