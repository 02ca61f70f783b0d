#pragma once
/* A body that goes into an unnamed file as it comes, so that its size costs no memory: the raw body,
 * or the one file of a multipart form, whose other fields are kept beside it. Whoever serves decides
 * when the headers are there whether a request has one (http_server_config.upload); it goes with its
 * request, and its file with it unless that was taken. */
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct http_upload;

/* Why there is no file. */
enum http_upload_fault {
    HTTP_UPLOAD_FINE,
    HTTP_UPLOAD_REFUSED,    /* it was never to come: config.bytes_max 0, or `admit` said no */
    HTTP_UPLOAD_TOO_LARGE,  /* over config.bytes_max */
    HTTP_UPLOAD_NO_ROOM,    /* on the disk */
    HTTP_UPLOAD_UNREADABLE, /* no multipart form, two files in it, or fields over their bounds */
    HTTP_UPLOAD_NO_FILE,    /* a form without one */
};

enum {
    HTTP_UPLOAD_FIELDS_MAX = 24,
    HTTP_UPLOAD_FIELD_BYTES_MAX = 2048, /* of a value; of a name 64, of the file's name 255 */
    /* [bytes] A body that is not wanted is read and thrown away up to this, so that the client sees
     * why; of a longer one the client may see a reset connection. */
    HTTP_UPLOAD_DRAIN_BYTES_MAX = 1024 * 1024,
    /* [bytes] that must stay free on the disk */
    HTTP_UPLOAD_SPARE_BYTES = 64 * 1024 * 1024,
};

struct http_upload_config {
    const char *folder; /* that the file is made in; borrowed for its life */
    uint64_t bytes_max; /* [bytes] of the file; 0: none is wanted, and the body is thrown away */
    /* Of a multipart form, when its file begins: whether it may come. The fields before it are there.
     * NULL = it may. */
    bool (*admit)(void *arg, const struct http_upload *u);
    void (*gone)(void *arg); /* the upload is freed; NULL: nobody wants to know */
    void *arg;
};
struct http_upload *http_upload_new(const struct http_upload_config *config); /* returns owned */

enum http_upload_fault http_upload_fault(const struct http_upload *u); /* the first; stays */
/* Of a form; none when absent. Borrowed from the upload. */
struct slice http_upload_field(const struct http_upload *u, const char *name);
/* The i-th; false behind the last. */
bool http_upload_field_at(const struct http_upload *u, size_t i, struct slice *ret_name,
                          struct slice *ret_value);
/* What the form calls its file; none of a raw body. Borrowed. */
struct slice http_upload_name(const struct http_upload *u);
/* [bytes] of the file; 0: there is none. */
uint64_t http_upload_bytes(const struct http_upload *u);
/* Reads up to n bytes of the file from that offset on, before it is taken; returns how many it were. */
size_t http_upload_peek(const struct http_upload *u, uint64_t offset, void *out, size_t n);
/* The file, at its beginning, which is the caller's from now on. NULL: there is none. Once. */
FILE *http_upload_take_file(struct http_upload *u);
