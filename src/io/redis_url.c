#include "redis_url.h"

#include <stdio.h>
#include <stdlib.h>

/* All before the last @ is the user and the password. */
static struct slice cut_credentials(struct slice rest, struct redis_address *r)
{
    size_t at = rest.n;
    while (at > 0 && rest.p[at - 1] != '@')
        at--;
    if (at == 0) return rest;
    struct slice auth = slice_make(rest.p, at - 1);
    long colon = slice_find(auth, ':');
    if (colon > 0) r->user = slice_strdup(slice_make(auth.p, (size_t)colon));
    r->password = slice_strdup(colon >= 0 ? slice_from(auth, (size_t)colon + 1) : auth);
    return slice_from(rest, at);
}

static int parse_place(struct slice text, int port, struct url_place *ret)
{
    char url[URL_BYTES_MAX];
    int n = snprintf(url, sizeof url, "redis://%.*s", SLICE_ARG(text));
    if (n < 0 || (size_t)n >= sizeof url || strpbrk(url, "?#")) return ERR_INVALID;
    return url_place(slice_make(url, (size_t)n), port, ret);
}

static int parse_tcp(struct redis_address *r, struct slice rest, struct slice *ret_db)
{
    rest = cut_credentials(rest, r);
    long slash = slice_find(rest, '/');
    if (slash >= 0) *ret_db = slice_from(rest, (size_t)slash + 1);
    return parse_place(rest, REDIS_PORT, &r->place);
}

static int parse_seats(struct redis_address *r, struct slice list)
{
    struct slice seat;
    while (slice_cut(&list, ',', &seat)) {
        if (r->seat_n == REDIS_SENTINELS_MAX) return ERR_INVALID;
        int rc = parse_place(seat, REDIS_SENTINEL_PORT, &r->seats[r->seat_n++]);
        if (rc < 0) return rc;
    }
    return 0;
}

static int parse_sentinels(struct redis_address *r, struct slice rest, struct slice *ret_db)
{
    struct slice list, name;
    rest = cut_credentials(rest, r);
    if (!slice_cut(&rest, '/', &list) || !slice_cut(&rest, '/', &name) || name.n == 0)
        return ERR_INVALID;
    *ret_db = rest;
    r->master = slice_strdup(name);
    return parse_seats(r, list);
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

static int parse_path(struct redis_address *r, struct slice path, struct slice *ret_db)
{
    int rc = 0;
    long query = slice_find(path, '?');
    if (query >= 0) {
        rc = parse_query(r, slice_from(path, (size_t)query + 1), ret_db);
        path.n = (size_t)query;
    }
    if (path.n >= sizeof r->place.host) return ERR_INVALID;
    memcpy(r->place.host, path.p, path.n);
    return rc;
}

static const struct {
    const char *scheme;
    size_t skip; /* of the url, until what is parsed begins */
    bool tls;
    int (*parse)(struct redis_address *r, struct slice rest, struct slice *ret_db);
} forms[] = {
    {"redis://", 8, false, parse_tcp},
    {"rediss://", 9, true, parse_tcp},
    {"unix:/", 5, false, parse_path},
    {"sentinel://", 11, false, parse_sentinels},
    {"sentinels://", 12, true, parse_sentinels},
};

int redis_url_parse(struct slice url, struct redis_address *r)
{
    struct slice db = SLICE_NONE;
    uint64_t number = 0;
    int rc = ERR_INVALID;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (!slice_starts(url, forms[i].scheme)) continue;
        r->tls = forms[i].tls;
        rc = forms[i].parse(r, slice_from(url, forms[i].skip), &db);
    }
    if (rc == 0 && db.n && !slice_to_u64(db, 1 << 20, &number)) rc = ERR_INVALID;
    r->db = (int)number;
    if (rc < 0) redis_address_done(r);
    return rc;
}

void redis_address_done(struct redis_address *r)
{
    free(r->user);
    free(r->password);
    free(r->master);
    *r = (struct redis_address){.db = 0};
}

void redis_place_text(const struct url_place *place, char *to, size_t n)
{
    bool v6 = strchr(place->host, ':') != NULL;
    if (place->port)
        (void)snprintf(to, n, v6 ? "[%s]:%d" : "%s:%d", place->host, place->port);
    else
        (void)snprintf(to, n, "unix:%s", place->host);
}
