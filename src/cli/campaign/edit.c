/* muster campaign edit, reschedule: what a campaign says, and when, for all who still wait. */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/say.h"
#include "cli/when.h"
#include "core/json.h"
#include "file.h"

enum { PATH_BYTES = 64 };

/* What the file does not say any more is taken away. Its name may be that of the file, which is another
 * one perhaps. */
static void as_change(json_t *body)
{
    static const char *const optional[] = {"deadline", "hours", "pace_by", "answer_within_minutes",
                                           "confirmed"};
    for (size_t i = 0; i < COUNT_OF(optional); i++)
        if (!json_object_get(body, optional[i])) json_put(body, optional[i], json_null());
    (void)json_object_del(body, "name");
}

static void print_edited(const struct verb_call *c, const json_t *now)
{
    char waiting[SAY_COUNT_BYTES];
    int64_t n = campaign_count(now, STATE_PENDING);
    const char *id = c->args[0], *status = say_string(now, "status");
    (void)printf("Changed, for the %s who %s. Whoever has got it keeps what they got.\n",
                 say_people(n, waiting), n == 1 ? "waits" : "wait");
    if (strcmp(status, "paused") == 0 || strcmp(status, "blocked") == 0)
        (void)printf("It is still %s: muster campaign resume %s goes on with it.\n", status, id);
}

static int send_change(struct verb_call *c, uint32_t id, json_t *body)
{
    char path[PATH_BYTES];
    struct err e;
    json_t *reply = NULL;
    const char *why = verb_option(c, "why"), *late = verb_option(c, "force-late");
    if (why) json_put(body, "why", json_text(slice_of(why)));
    if (late) json_put(body, "force_late", json_text(slice_of(late)));
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/edit", id);
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    if (r < 0) campaign_print_errors(json_object_get(reply, "report"));
    json_decref(body);
    return verb_print(c, r, reply, &e, print_edited);
}

int campaign_edit_by_file(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *body = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    int r = campaign_file_notes(c->args[1], 0, &body, &e);
    if (r < 0) return verb_fail(c, r, &e);
    as_change(body);
    return send_change(c, id, body);
}

int campaign_reschedule(struct verb_call *c)
{
    char iso[CLOCK_ISO_BYTES];
    struct err e;
    struct when w;
    uint32_t id;
    const char *start = verb_option(c, "start");
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    if (!start) return verb_misuse(c, "--start TIME is missing");
    if (strcmp(start, "now") == 0) return send_change(c, id, json_pack("{s:n}", "start"));
    if (when_parse(slice_of(start), &w, &e) < 0) return verb_misuse(c, "%s", e.text);
    clock_iso(w.ms, iso);
    return send_change(c, id, json_pack("{s:s}", "start", iso));
}
