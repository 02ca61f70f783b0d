#pragma once
/* Stands in for io/http_server.c in tests of web: requests made by hand, answers kept for reading.
 * It defines the same functions, so a test that lists fake_http.c never links the real server. */
#include "io/http_server.h"

enum { FAKE_HEADERS_MAX = 16 };

struct http_request {
    const char *method, *path, *query, *body, *peer; /* NULL = "GET", "/", "", "", "192.0.2.1" */
    const char *target;                              /* NULL = the path */
    bool is_unix;
    const char *headers[FAKE_HEADERS_MAX][2];
    const char *cookies[FAKE_HEADERS_MAX][2];

    int answers; /* how often it was answered: 1 when all is well */
    int status;
    char *content_type, *text; /* owned */
    size_t set_n;
    char *set[FAKE_HEADERS_MAX][2]; /* response headers */
};

void fake_http_done(struct http_request *q); /* frees what the answer left and forgets it */
const char *fake_http_header(const struct http_request *q,
                             const char *name); /* of the answer; NULL = absent */
