/* muster restore: what becomes of a store that went back. */
#include "commands.h"

#include <stdio.h>

#include "core/json.h"
#include "say.h"
#include "verb.h"

/* ---- how it stands ---- */

static void print_process(const json_t *p)
{
    char heard[SAY_TIME_BYTES], optouts[SAY_COUNT_BYTES], taken[SAY_COUNT_BYTES],
        moves[SAY_COUNT_BYTES], people[SAY_COUNT_BYTES];
    const json_t *j = json_object_get(p, "journal");
    (void)printf("  %-24s heard of %s  ", say_string(p, "instance"),
                 say_when(say_string(p, "heard"), heard));
    if (!json_is_object(j))
        (void)puts("has not told what its journal holds");
    else if (json_is_true(json_object_get(p, "brought")))
        (void)printf("brought: %s, %s and the like, %s paused, "
                     "cancelled or resumed, %s unknown, %lld with their outcome\n",
                     say_counted(say_int(j, "optouts"), "opt-out", "opt-outs", optouts),
                     say_counted(say_int(j, "taken"), "revocation", "revocations", taken),
                     say_counted(say_int(j, "moves"), "campaign", "campaigns", moves),
                     say_people(say_int(j, "unknown"), people), (long long)say_int(j, "settled"));
    else
        (void)printf("its journal holds %s granted, %s, %s, "
                     "%s and the like\n",
                     say_people(say_int(j, "granted"), people),
                     say_counted(say_int(j, "outcomes"), "outcome", "outcomes", moves),
                     say_counted(say_int(j, "optouts"), "opt-out", "opt-outs", optouts),
                     say_counted(say_int(j, "taken"), "revocation", "revocations", taken));
}

/* Campaign 0 is the direct book. */
static void print_lost(const json_t *one)
{
    char count[SAY_COUNT_BYTES];
    int64_t people = say_int(one, "people");
    if (say_int(one, "campaign") == 0)
        (void)printf(
            "  of answers, confirmations and tests that were sent, %s are not in this store\n",
            say_count(people, count));
    else
        (void)printf("  campaign %lld is not in this store: of it %s had been granted\n",
                     (long long)say_int(one, "campaign"), say_people(people, count));
}

static void print_status(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    size_t i;
    const json_t *one, *back = json_object_get(reply, "back");
    const char *problem = say_string(reply, "problem");
    bool applying = json_is_true(json_object_get(back, "applying"));
    if (applying) /* the problem is as it was heard last, a second ago: of before that was asked */
        say_text(stdout, "What is missing is being brought back, and until then nothing is sent. "
                         "`muster restore status` shows how far it is.");
    else if (json_is_object(back) || *problem)
        say_text(stdout, *problem ? problem : "The store went back: nothing is sent.");
    else
        say_text(stdout, "The store stands as it was seen.");
    (void)puts("");
    json_array_foreach(json_object_get(reply, "processes"), i, one) print_process(one);
    json_array_foreach(json_object_get(reply, "lost_campaigns"), i, one) print_lost(one);
    if (!json_is_object(back)) return;
    (void)puts(
        applying
            ? "Sending goes on when all of them have brought theirs; `muster restore accept "
              "--why …` goes on without those who are not there."
            : "`muster restore apply` brings it back. Look at your campaigns afterwards: one that "
              "was launched since that copy was made is not there.");
}

static int status(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/restore", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_status);
}

/* ---- what becomes of it ---- */

static int ask(struct verb_call *c, const char *path)
{
    struct err e;
    json_t *reply = NULL;
    const char *why = verb_option(c, "why");
    json_t *body = json_pack("{s:s}", "why", why ? why : "");
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_status);
}

static int apply(struct verb_call *c)
{
    return ask(c, "/api/v1/restore/apply");
}

static int accept_it(struct verb_call *c)
{
    return ask(c, "/api/v1/restore/accept");
}

static const struct verb_option why_options[] = {{"why", "TEXT", "for the audit trail"},
                                                 {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"status", "", 0, 0,
     "Whether the store went back, since when, and what each process has of it.", "status", NULL,
     status},
    {"apply", "", 0, 0,
     "Every musterd brings what its journal knows: opt-outs first, then who was granted.\n"
     "People who were forgotten since are forgotten again, lists that were deleted are deleted.\n"
     "Who was revoked is out before.\n"
     "They become what is known of them, or unknown; then sending goes on.",
     "apply --why \"the backup of 9 o'clock\"", why_options, apply},
    {"accept", "--why TEXT", 0, 0,
     "The same, without waiting for those who are not there (a lost disk).\n"
     "Whom they granted may be texted again, whose STOP they stored may be texted.",
     "accept --why \"the disk of machine 2 is gone\"", why_options, accept_it},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group restore_group = {"restore", "A store that went back is made good.", verbs};
