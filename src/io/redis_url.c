#include "redis_url.h"

#include "base/err.h"

static int parse_tcp(struct redis_address *r, struct slice rest, struct slice *ret_db)
{
    long at = -1;
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] == '@') at = (long)i;
    if (at >= 0) {
        struct slice auth = slice_make(rest.p, (size_t)at);
        long colon = slice_find(auth, ':');
        r->password = slice_strdup(colon >= 0 ? slice_from(auth, (size_t)colon + 1) : auth);
        rest = slice_from(rest, (size_t)at + 1);
    }
    long slash = slice_find(rest, '/');
    if (slash >= 0) {
        *ret_db = slice_from(rest, (size_t)slash + 1);
        rest.n = (size_t)slash;
    }
    uint64_t port = 6379;
    struct slice host = rest;
    for (size_t i = rest.n; i-- > 0;) {
        if (rest.p[i] == ']') break;
        if (rest.p[i] != ':') continue;
        host.n = i;
        if (!slice_to_u64(slice_from(rest, i + 1), 65535, &port)) return ERR_INVALID;
        break;
    }
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = slice_make(host.p + 1, host.n - 2);
    if (host.n == 0 || host.n >= sizeof r->host || port == 0) return ERR_INVALID;
    memcpy(r->host, host.p, host.n);
    r->port = (int)port;
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
