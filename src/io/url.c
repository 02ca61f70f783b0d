#include "io/url.h"

#include <stdio.h>
#include <stdlib.h>

#include <curl/curl.h>

/* A link's name ("fe80::1%eth0") is a part of its own to libcurl. */
static int keep_host(CURLU *u, struct slice host, struct url_place *ret)
{
    char *zone = NULL;
    if (host.n > 2 && host.p[0] == '[') host = slice_make(host.p + 1, host.n - 2);
    (void)curl_url_get(u, CURLUPART_ZONEID, &zone, 0);
    int n = snprintf(ret->host, sizeof ret->host, "%.*s%s%s", SLICE_ARG(host), zone ? "%" : "",
                     zone ? zone : "");
    curl_free(zone);
    if (n == 0) return ERR_INVALID;
    return (size_t)n < sizeof ret->host ? 0 : ERR_LIMIT;
}

/* libcurl's port of a URL is digits from 0 to 65535. */
static int keep_port(CURLU *u, int port, struct url_place *ret)
{
    char *said = NULL;
    if (curl_url_get(u, CURLUPART_PORT, &said, CURLU_DEFAULT_PORT) == CURLUE_OK)
        port = (int)strtol(said, NULL, 10);
    curl_free(said);
    ret->port = port;
    return port ? 0 : ERR_INVALID;
}

int url_place(struct slice url, int port, struct url_place *ret)
{
    char text[URL_BYTES_MAX], *host = NULL;
    if (url.n >= sizeof text) return ERR_LIMIT;
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARG(url));
    const char *after = strstr(text, "://");
    if (after && after[3] == '/') return ERR_INVALID; /* libcurl would look behind the slash */
    CURLU *u = curl_url();
    check(u);
    int rc = ERR_INVALID;
    if (curl_url_set(u, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        rc = keep_host(u, slice_of(host), ret);
    if (rc == 0) rc = keep_port(u, port, ret);
    curl_free(host);
    curl_url_cleanup(u);
    return rc;
}
