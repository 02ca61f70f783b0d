#include "redis_url.h"

#include <stdio.h>

#include "io/url.h"

enum { PORT = 6379 };

/* All before the last @ is the user and the password, which needs no escapes. */
static struct slice cut_password(struct slice rest, struct redis_address *r)
{
    size_t at = rest.n;
    while (at > 0 && rest.p[at - 1] != '@')
        at--;
    if (at == 0) return rest;
    struct slice auth = slice_make(rest.p, at - 1);
    long colon = slice_find(auth, ':');
    r->password = slice_strdup(colon >= 0 ? slice_from(auth, (size_t)colon + 1) : auth);
    return slice_from(rest, at);
}

static int parse_tcp(struct redis_address *r, struct slice rest, struct slice *ret_db)
{
    char url[URL_BYTES_MAX];
    struct url_place place;
    rest = cut_password(rest, r);
    long slash = slice_find(rest, '/');
    if (slash >= 0) *ret_db = slice_from(rest, (size_t)slash + 1);
    int n = snprintf(url, sizeof url, "redis://%.*s", SLICE_ARG(rest));
    int rc = url_place(slice_make(url, (size_t)n), PORT, &place);
    if (rc < 0 || strpbrk(url, "?#")) return ERR_INVALID;
    memcpy(r->host, place.host, sizeof place.host);
    r->port = place.port;
    return 0;
}

/* db=n, password=…, or both in this order. */
static int parse_query(struct redis_address *r, struct slice q, struct slice *ret_db)
{
    if (slice_starts(q, "db=")) {
        long end = slice_find(q, '&');
        *ret_db = slice_make(q.p + 3, (end < 0 ? q.n : (size_t)end) - 3);
        if (end < 0) return 0;
        q = slice_from(q, (size_t)end + 1);
    }
    if (!slice_starts(q, "password=")) return ERR_INVALID;
    r->password = slice_strdup(slice_from(q, strlen("password=")));
    return 0;
}

int redis_url_parse(struct slice url, struct redis_address *r)
{
    struct slice db = SLICE_NONE;
    int rc = 0;
    if (slice_starts(url, "redis://")) {
        rc = parse_tcp(r, slice_from(url, strlen("redis://")), &db);
    } else if (slice_starts(url, "unix:/")) {
        struct slice path = slice_from(url, strlen("unix:"));
        long query = slice_find(path, '?');
        if (query >= 0) {
            rc = parse_query(r, slice_from(path, (size_t)query + 1), &db);
            path.n = (size_t)query;
        }
        if (path.n >= sizeof r->host) return ERR_INVALID;
        memcpy(r->host, path.p, path.n);
    } else {
        return ERR_INVALID;
    }
    uint64_t number = 0;
    if (rc == 0 && db.n && !slice_to_u64(db, 1 << 20, &number)) return ERR_INVALID;
    r->db = (int)number;
    return rc;
}
