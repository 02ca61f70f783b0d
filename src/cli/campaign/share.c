/* muster campaign share, unshare: the page of a campaign that people pass on. */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/say.h"
#include "cli/when.h"
#include "core/json.h"

enum { PATH_BYTES = 64 };

static void print_generations(const json_t *reply)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(reply, "generations"), i, one)(void)
        printf("  generation %-3lld opened %-8lld passed on %-8lld coming %lld\n",
               (long long)say_int(one, "generation"), (long long)say_int(one, "opens"),
               (long long)say_int(one, "shares"), (long long)say_int(one, "pledges"));
}

static void print_share(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    if (!json_is_string(json_object_get(reply, "title"))) {
        (void)puts("It has no page to pass on: muster campaign share ID --title … --text …");
    } else {
        say_text(stdout, say_string(reply, "title"));
        (void)printf("%s\n%s\n", json_is_true(json_object_get(reply, "goes_on")) ? "" : " (over)",
                     say_string(reply, "address"));
    }
    (void)printf("opened %lld, passed on %lld, coming %lld, %lld hands deep\n",
                 (long long)say_int(reply, "opens"), (long long)say_int(reply, "shares"),
                 (long long)say_int(reply, "pledges"), (long long)say_int(reply, "deepest"));
    print_generations(reply);
    (void)printf("not counted: %lld looks of programs, %lld from one network too often\n",
                 (long long)say_int(reply, "programs"), (long long)say_int(reply, "not_counted"));
}

static int ask(struct verb_call *c, const char *method, json_t *body)
{
    struct err e;
    char path[PATH_BYTES];
    uint32_t id;
    json_t *reply = NULL;
    if (!campaign_id(c, &id)) {
        json_decref(body);
        return EXIT_USAGE;
    }
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/cascade", id);
    int r = verb_ask(c, method, path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_share);
}

int campaign_share(struct verb_call *c)
{
    const char *title = verb_option(c, "title"), *text = verb_option(c, "text"),
               *until = verb_option(c, "until");
    char iso[CLOCK_ISO_BYTES];
    struct when w;
    struct err e;
    if (!title && !text && !until) return ask(c, "GET", NULL);
    if (!title || !text) return verb_misuse(c, "say both: --title TEXT and --text TEXT");
    if (until && when_parse(slice_of(until), &w, &e) < 0) return verb_misuse(c, "%s", e.text);
    if (until) clock_iso(w.ms, iso);
    return ask(
        c, "POST",
        json_pack("{s:s,s:s,s:s?}", "title", title, "text", text, "until", until ? iso : NULL));
}

int campaign_unshare(struct verb_call *c)
{
    return ask(c, "DELETE", NULL);
}
