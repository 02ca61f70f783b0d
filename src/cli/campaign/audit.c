/* muster campaign audit: who did what, when and why. */
#include "campaign.h"

#include <stdio.h>

#include "cli/say.h"

enum { PATH_BYTES = 128, LIMIT_DEFAULT = 50, LIMIT_MAX = 1000 };

static void print_entry(const json_t *entry)
{
    char when[SAY_TIME_BYTES];
    (void)printf("%s  ", say_when(say_string(entry, "at"), when));
    say_text(stdout, say_string(entry, "who"));
    (void)fputs("  ", stdout);
    say_text(stdout, say_string(entry, "what"));
    if (*say_string(entry, "whom")) (void)fputs(" of ", stdout);
    say_text(stdout, say_string(entry, "whom"));
    if (*say_string(entry, "why")) (void)fputs(": ", stdout);
    say_text(stdout, say_string(entry, "why"));
    (void)putchar('\n');
}

static void print_trail(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    size_t i;
    const json_t *entry, *entries = json_object_get(reply, "entries");
    json_array_foreach(entries, i, entry) print_entry(entry);
    if (json_array_size(entries) == 0) (void)puts("nobody has moved or decided anything");
}

int campaign_audit(struct verb_call *c)
{
    char path[PATH_BYTES];
    struct err e;
    uint32_t id = 0;
    json_t *reply = NULL;
    uint64_t limit = verb_option_number(c, "limit", LIMIT_MAX, LIMIT_DEFAULT);
    if (limit == 0 || (c->arg_count && !campaign_id(c, &id))) return EXIT_USAGE;
    int n = snprintf(path, sizeof path, "/api/v1/audit?limit=%llu", (unsigned long long)limit);
    if (id) (void)snprintf(path + n, sizeof path - (size_t)n, "&campaign=%u", id);
    int r = verb_ask(c, "GET", path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_trail);
}
