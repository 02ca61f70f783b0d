#pragma once
/* libmicrohttpd without threads, on our loop. */
#include "io/loop.h"

#include <stdarg.h>

#include <microhttpd.h>

struct http_drive;

/* before_run is called each time, with arg. */
struct http_drive *http_drive_new(struct loop *l, struct MHD_Daemon *mhd, loop_cb *before_run,
                                  void *arg);
/* At once. Not from a handler: a handler must not turn the loop. */
void http_drive_run(struct http_drive *d);
/* It runs in that time [µs] at the latest: 0 after each MHD_resume_connection, without which the
 * resumed requests hang. */
void http_drive_in(struct http_drive *d, int64_t us);
/* The loop lets go of libmicrohttpd, which is about to end and may still call http_drive_in. */
void http_drive_pause(struct http_drive *d);
void http_drive_free(struct http_drive *d);
/* What libmicrohttpd has to say. */
void http_drive_log(void *arg, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
