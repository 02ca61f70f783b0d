/* muster audience from: a list from what came of a campaign. The server walks through the campaign; here
 * is waited for its end. */
#include "from.h"

#include "import_run.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/slice.h"
#include "cli/say.h"
#include "core/json.h"

enum { LOOK_AGAIN_MS = 200 };

/* "yes,maybe" */
static json_t *list_of(const char *text)
{
    json_t *list = json_array();
    struct slice rest = slice_of(text), one;
    while (rest.n && slice_cut(&rest, ',', &one))
        json_list_add(list, json_text(slice_trim(one)));
    return list;
}

static void put_list(json_t *body, const char *key, const char *text)
{
    if (text) json_put(body, key, list_of(text));
}

/* NULL after a message. */
static json_t *body_of(struct verb_call *c, int *ret_exit)
{
    const char *replied = verb_option(c, "replied"), *change;
    uint64_t campaign;
    if (!slice_to_u64(slice_of(c->args[0]), UINT32_MAX, &campaign) || campaign == 0) {
        *ret_exit = verb_misuse(c, "CAMPAIGN is its number: muster campaign list");
        return NULL;
    }
    if (replied && strcmp(replied, "yes") != 0 && strcmp(replied, "no") != 0) {
        *ret_exit = verb_misuse(c, "--replied is yes or no");
        return NULL;
    }
    if (!import_change(c, &change)) {
        *ret_exit = verb_misuse(c, "one of --add, --merge, --replace and --remove at a time");
        return NULL;
    }
    json_t *body = json_pack("{s:I,s:o}", "campaign", (json_int_t)campaign, "name",
                             json_text(slice_of(verb_option(c, "name"))));
    put_list(body, "states", verb_option(c, "state"));
    put_list(body, "tags", verb_option(c, "tag"));
    if (change) json_put(body, "change", json_string(change));
    if (replied) json_put(body, "replied", json_boolean(strcmp(replied, "yes") == 0));
    return body;
}

/* Until it is over; the note, owned. */
static int wait_for(struct verb_call *c, const char *id, json_t **ret, struct err *e)
{
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/imports/%s", id);
    for (;;) {
        int r = verb_ask(c, "GET", path, NULL, ret, e);
        if (r < 0 || strcmp(say_string(*ret, "state"), "running") != 0) return r;
        json_decref(*ret);
        *ret = NULL;
        (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_AGAIN_MS * 1000000L}, NULL);
    }
}

static void print_note(const struct verb_call *c, const json_t *note)
{
    char people[SAY_COUNT_BYTES];
    const json_t *audience = json_object_get(note, "audience");
    (void)c;
    (void)printf("audience %lld '%s': %s\n", (long long)say_int(audience, "id"),
                 say_string(note, "name"), say_people(say_int(audience, "total"), people));
}

int audience_from(struct verb_call *c)
{
    struct err e;
    int exit_code = EXIT_DONE;
    json_t *started = NULL, *note = NULL, *body = body_of(c, &exit_code);
    if (!body) return exit_code;
    int r = verb_ask(c, "POST", "/api/v1/audiences/from-campaign", body, &started, &e);
    json_decref(body);
    if (r == 0) r = wait_for(c, say_string(started, "id"), &note, &e);
    json_decref(started);
    if (r == 0 && strcmp(say_string(note, "state"), "done") != 0)
        r = err_set(&e, ERR_REFUSED, "%s", say_string(note, "problem"));
    return verb_print(c, r, note, &e, print_note);
}
