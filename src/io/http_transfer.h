#pragma once
/* One libcurl handle, used again and again: the request it carries and the response it collects.
 * The pool of http_client.c and the one-off request share it, so both make the same promises. */
#include "io/http_client.h"

#include <curl/curl.h>

struct http_transfer;

/* Fills in what the header calls "0 = …". */
struct http_client_config http_transfer_defaults(const struct http_client_config *config);

/* config: with defaults, borrowed as long as the transfer lives. Returns owned. */
struct http_transfer *http_transfer_new(const struct http_client_config *config);
void http_transfer_free(struct http_transfer *t); /* NULL is fine */
CURL *http_transfer_easy(struct http_transfer *t);

/* Makes the handle ready for one request. Nothing of `send` is kept but copies. ERR_INVALID names
 * what is wrong with it; the transfer can then be used for another one. */
int http_transfer_prepare(struct http_transfer *t, const struct http_send *send, http_client_cb *cb,
                          void *arg, struct err *e) MUST_USE;
/* Tells the callback how it ended; the transfer is ready for http_transfer_prepare afterwards. */
void http_transfer_finish(struct http_transfer *t, CURLcode code);
/* The same for a request that has not ended within response_ms. */
void http_transfer_late(struct http_transfer *t);
/* Whether it was ever written, even in part. */
bool http_transfer_begun(const struct http_transfer *t);
/* The client goes away while the request is under way. */
void http_transfer_abandon(struct http_transfer *t);
