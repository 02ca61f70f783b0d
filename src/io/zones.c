#include "io/zones.h"

#include <errno.h>
#include <stdio.h>
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

int zones_of_country(const char *path, const char *country, zones_cb *cb, void *arg, struct err *e)
{
    char line[1024];
    if (!path) path = ZONES_FILE;
    FILE *f = fopen(path, "re");
    if (!f) return err_set(e, -errno, "%s: %s: install the package tzdata", path, strerror(errno));
    while (fgets(line, sizeof line, f))
        read_line(slice_of(line), country, cb, arg);
    (void)fclose(f);
    return 0;
}
