/* muster campaign pause --all, resume --all. */
#include "campaign.h"

#include <stdio.h>

#include "cli/say.h"

static bool pauses(const struct verb_call *c)
{
    return strcmp(c->verb->name, "pause") == 0;
}

static void print_ids(const json_t *ids)
{
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id)(void)
        printf("%s%lld", i ? ", " : "", (long long)json_integer_value(id));
    (void)puts("");
}

static void print_moved(const struct verb_call *c, const json_t *reply)
{
    char count[SAY_COUNT_BYTES];
    const json_t *ids = json_object_get(reply, "campaigns");
    size_t n = json_array_size(ids);
    if (n == 0) {
        (void)puts(pauses(c) ? "Nothing was being sent." : "Nothing waits that --all has paused.");
        return;
    }
    (void)printf("%s %s: ", say_counted((int64_t)n, "campaign", "campaigns", count),
                 pauses(c) ? "paused" : "going on");
    print_ids(ids);
    if (pauses(c)) (void)puts("muster campaign resume --all lets exactly these go on.");
}

int campaign_move_all(struct verb_call *c)
{
    char path[64];
    struct err e;
    json_t *reply = NULL, *body = json_object();
    const char *why = verb_option(c, "why"), *group = verb_option(c, "group");
    bool ok = (!why || json_object_set_new(body, "why", json_string(why)) == 0) &&
              (!group || json_object_set_new(body, "group", json_string(group)) == 0);
    if (!ok) {
        json_decref(body);
        return verb_misuse(c, "--why and --group must be UTF-8");
    }
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%s-all", c->verb->name);
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_moved);
}
