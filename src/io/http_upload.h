#pragma once
/* What the server does with an upload while its body comes. */
#include "io/http_upload.h"

#include <microhttpd.h>

void http_upload_free(struct http_upload *u); /* NULL is fine */
/* The headers are there. False: the body is not wanted and not worth reading; hand the request
 * over. */
bool http_upload_begin(struct http_upload *u, struct MHD_Connection *mhd);
/* A piece came: whether to go on reading. */
bool http_upload_add(struct http_upload *u, const char *p, size_t n);
void http_upload_end(struct http_upload *u); /* the body is whole */
