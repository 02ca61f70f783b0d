#pragma once
/* The sockets that libcurl talks on, watched by the loop. */
#include "io/http_client.h"

#include <curl/curl.h>

struct http_sockets;

/* From the loop: something came, or can be written. curl_events: CURL_CSELECT_IN, CURL_CSELECT_OUT. Whoever gets it lets libcurl
 * work on fd, which may close it. */
typedef void http_sockets_cb(void *arg, int fd, int curl_events);

/* Of multi, which gets its socket function from here. multi and config are borrowed as long as it lives. Returns owned. */
struct http_sockets *http_sockets_new(struct loop *l, CURLM *multi,
                                      const struct http_client_config *config,
                                      http_sockets_cb *ready, void *arg);
/* After the last of its handles and the multi are gone: they close their sockets here. NULL is fine. */
void http_sockets_free(struct http_sockets *s);
/* Has a handle of that multi open and close its sockets here. config->may_connect is asked first. */
void http_sockets_serve(struct http_sockets *s, CURL *easy);
