/* For plan_cases.py: of each line of stdin, "zone <tab> after [s] <tab> plan as JSON <tab> n", the next n
 * firings in seconds since 1970, in a line. The plan begins at `after`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/plan.h"
#include "io/zones.h"

enum { LINE_BYTES = 4096, N_MAX = 64 };

static struct zone *zone_named(const char *name)
{
    struct buf bytes = BUF_INIT(2 * ZONE_FILE_BYTES_MAX);
    struct zone *z = NULL;
    struct err e;
    if (zone_file_read(slice_of(name), &bytes, &e) < 0 || zone_parse(buf_slice(&bytes), &z, &e) < 0)
        exit(2);
    buf_done(&bytes);
    return z;
}

int main(void)
{
    char line[LINE_BYTES], *zone, *after, *json, *n;
    while (fgets(line, sizeof line, stdin)) {
        struct plan_firing list[N_MAX];
        struct plan p;
        struct err e;
        const char *key;
        zone = strtok(line, "\t");
        after = strtok(NULL, "\t");
        json = strtok(NULL, "\t");
        n = strtok(NULL, "\t\n");
        struct zone *z = zone_named(zone);
        json_t *o = json_loads(json, 0, NULL);
        int64_t after_s = strtoll(after, NULL, 10);
        if (plan_read(o, plan_local_s(z, after_s * 1000), &p, &key, &e) < 0) return 3;
        size_t count = plan_after(&p, z, after_s * 1000, list, strtoul(n, NULL, 10));
        for (size_t i = 0; i < count; i++)
            printf("%s%lld", i ? " " : "", (long long)(list[i].at_ms / 1000));
        printf("\n");
        json_decref(o);
        zone_free(z);
    }
    return 0;
}
