#include "io/zones.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line is "GB,GG,IM,JE<tab>coordinates<tab>Europe/London[<tab>comment]"; '#' begins a comment.
 */
static void read_line(struct slice line, const char *country, zones_cb *cb, void *arg)
{
    struct slice countries, coordinates, zone, one;
    if (slice_starts(line, "#")) return;
    if (!slice_cut(&line, '\t', &countries) || !slice_cut(&line, '\t', &coordinates) ||
        !slice_cut(&line, '\t', &zone))
        return;
    while (slice_cut(&countries, ',', &one))
        if (slice_is(one, country)) cb(arg, slice_trim(zone));
}

const char *zones_folder(void)
{
    const char *given = getenv("TZDIR");
    return given && *given ? given : "/usr/share/zoneinfo";
}

int zones_of_country(const char *path, const char *country, zones_cb *cb, void *arg, struct err *e)
{
    char line[1024], table[1024];
    (void)snprintf(table, sizeof table, "%s/zone1970.tab", zones_folder());
    if (!path) path = table;
    FILE *f = fopen(path, "re");
    if (!f) return err_set(e, -errno, "%s: %s: install the package tzdata", path, strerror(errno));
    while (fgets(line, sizeof line, f))
        read_line(slice_of(line), country, cb, arg);
    (void)fclose(f);
    return 0;
}

/* "Europe/London", "Etc/GMT+1": never a way out of the folder, whatever stands in a list. */
static bool is_zone_name(struct slice name)
{
    if (name.n == 0 || name.n > ZONE_NAME_BYTES_MAX || !isalpha((unsigned char)name.p[0]))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!isalnum((unsigned char)name.p[i]) && !strchr("/_+-", name.p[i])) return false;
    return true;
}

static int read_file(FILE *f, const char *path, struct buf *ret, struct err *e)
{
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        buf_add(ret, chunk, n);
        if (ret->n > ZONE_FILE_BYTES_MAX || ret->failed)
            return err_set(e, ERR_LIMIT, "%s: larger than a time zone is", path);
    }
    /* A folder ("Europe") opens, and does not read. */
    return ferror(f) ? err_set(e, ERR_NOT_FOUND, "%s is no time zone", path) : 0;
}

int zone_file_read(struct slice name, struct buf *ret, struct err *e)
{
    char path[1024];
    if (!is_zone_name(name))
        return err_set(e, ERR_NOT_FOUND, "'%.*s' is no time zone such as Europe/London",
                       (int)(name.n < 64 ? name.n : 64), name.p);
    int n = snprintf(path, sizeof path, "%s/%.*s", zones_folder(), SLICE_ARG(name));
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(e, ERR_LIMIT, "the path of the time zones is too long");
    FILE *f = fopen(path, "re");
    if (!f && (errno == ENOENT || errno == ENOTDIR))
        return err_set(e, ERR_NOT_FOUND, "there is no time zone '%.*s' (%s)", SLICE_ARG(name),
                       path);
    if (!f) return err_set(e, -errno, "%s: %s", path, strerror(errno));
    int rc = read_file(f, path, ret, e);
    (void)fclose(f);
    return rc;
}
