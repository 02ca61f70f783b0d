/* muster campaign resolve: a person decides about people of whom nobody knows whether they were
 * texted. */
#include "campaign.h"

#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/say.h"

enum { PATH_BYTES = 128 };

static int decision_of(const struct verb_call *c, const char **ret)
{
    bool resend = verb_option(c, "resend") != NULL, leave = verb_option(c, "leave") != NULL;
    if (resend == leave)
        return verb_misuse(
            c,
            "say --resend (text them again; some may get it twice) or --leave (they stay as they "
            "are, and nothing more is sent)");
    *ret = resend ? "resend" : "leave";
    return EXIT_DONE;
}

static bool must_ask(const struct verb_call *c)
{
    return !verb_option(c, "yes") && !c->json && ask_somebody_is_there();
}

/* The same words as at a launch: the number is typed, so that it is read. */
static bool person_agrees(const json_t *status, const char *decision)
{
    char count[SAY_COUNT_BYTES], when[SAY_TIME_BYTES];
    int64_t people = campaign_count(status, STATE_UNKNOWN);
    campaign_print_head(status);
    (void)printf("  %s unknown, the oldest since %s\n", say_count(people, count),
                 say_when(say_string(status, "unknown_since"), when));
    bool again = strcmp(decision, "resend") == 0;
    return ask_number(again ? "\nText them again? Who got the first one gets it twice. Type the "
                              "number to go: "
                            : "\nLeave them as refused? Type the number to go: ",
                      people);
}

static void print_decided(const struct verb_call *c, const json_t *reply)
{
    char count[SAY_COUNT_BYTES];
    (void)printf("%s unknown %s. muster campaign status %s shows it.\n",
                 say_count(say_int(reply, "resolved"), count),
                 verb_option(c, "resend") ? "will be texted again" : "are left as refused",
                 c->args[0]);
}

static int decide(struct verb_call *c, uint32_t id, const char *decision)
{
    char path[PATH_BYTES];
    struct err e;
    json_t *reply = NULL,
           *body = json_pack("{s:s,s:s}", "decision", decision, "why", verb_option(c, "why"));
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/resolve", id);
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_decided);
}

static int resolve(struct verb_call *c, uint32_t id, const char *decision, const json_t *status)
{
    if (campaign_count(status, STATE_UNKNOWN) == 0 && !c->json) {
        (void)printf("campaign %u has no unknown: there is nothing to decide\n", id);
        return EXIT_DONE;
    }
    if (must_ask(c) && !person_agrees(status, decision)) {
        (void)puts("Nothing was changed.");
        return EXIT_REFUSED;
    }
    return decide(c, id, decision);
}

int campaign_resolve(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    const char *decision = NULL;
    json_t *status = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    int exit_code = decision_of(c, &decision);
    if (exit_code != EXIT_DONE) return exit_code;
    int r = campaign_get(c, id, &status, &e);
    exit_code = r < 0 ? verb_fail(c, r, &e) : resolve(c, id, decision, status);
    json_decref(status);
    return exit_code;
}
