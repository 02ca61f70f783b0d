/* muster campaign approve, send-back: a second person looks at what would go out, and decides. */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/ask.h"
#include "cli/say.h"

enum { PATH_BYTES = 128, QUESTION_BYTES = 128 };

static int ask_proposal(struct verb_call *c, uint32_t id, json_t **ret, struct err *e)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/proposal", id);
    return verb_ask(c, "GET", path, NULL, ret, e);
}

/* Five people, by chance. What they show is no reason to stop: the report counts everybody. */
static void print_examples(struct verb_call *c, const json_t *proposal)
{
    char audience[16];
    struct err e;
    size_t i;
    const json_t *campaign = json_object_get(proposal, "campaign"), *person;
    json_t *reply = NULL;
    (void)snprintf(audience, sizeof audience, "%lld", (long long)say_int(campaign, "audience_id"));
    json_t *body = json_pack("{s:s,s:O,s:O,s:i}", "audience", audience, "gateway",
                             json_object_get(campaign, "gateway"), "message",
                             json_object_get(proposal, "message"), "seed", 1);
    if (verb_ask(c, "POST", "/api/v1/campaigns/preview", body, &reply, &e) == 0)
        (void)puts("\n  five people, by chance:");
    json_array_foreach(json_object_get(reply, "people"), i, person)
    {
        (void)printf("  %s\n    | ", say_string(person, "number"));
        say_lines(stdout, say_string(person, "text"), "    | ");
        (void)puts("");
    }
    json_decref(body);
    json_decref(reply);
}

static bool person_agrees(struct verb_call *c, const json_t *proposal)
{
    char count[SAY_COUNT_BYTES], question[QUESTION_BYTES];
    const json_t *campaign = json_object_get(proposal, "campaign"),
                 *report = json_object_get(proposal, "report");
    int64_t people = say_int(report, "recipients");
    campaign_print_head(campaign);
    campaign_print_report(campaign, report);
    print_examples(c, proposal);
    (void)snprintf(question, sizeof question,
                   "\nLet it text %s? Type the number to approve: ", say_people(people, count));
    return ask_number(question, people);
}

static void print_decided(const struct verb_call *c, const json_t *now)
{
    bool back = strcmp(c->verb->name, "send-back") == 0;
    (void)printf(back ? "Sent back. It stays paused; muster campaign resume %lld asks again.\n"
                      : "Approved. muster campaign watch %lld shows it.\n",
                 (long long)say_int(now, "id"));
}

static int post(struct verb_call *c, uint32_t id, json_t *body)
{
    char path[PATH_BYTES];
    struct err e;
    json_t *reply = NULL;
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/%s", id, c->verb->name);
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_decided);
}

/* What is approved is what was shown: the digest goes with it. */
int campaign_approve(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *proposal = NULL;
    bool yes = verb_option(c, "yes") != NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    if (!yes && (c->json || !ask_somebody_is_there()))
        return verb_misuse(c, "nobody is there to look at it: --yes approves without looking");
    int r = ask_proposal(c, id, &proposal, &e), exit_code;
    const json_t *digest = json_object_get(proposal, "digest");
    if (r < 0) {
        exit_code = verb_fail(c, r, &e);
    } else if (!yes && !person_agrees(c, proposal)) {
        (void)puts("Not approved.");
        exit_code = EXIT_REFUSED;
    } else {
        exit_code = post(c, id, json_pack("{s:O}", "digest", digest));
    }
    json_decref(proposal);
    return exit_code;
}

int campaign_send_back(struct verb_call *c)
{
    uint32_t id;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    return post(c, id, json_pack("{s:s}", "why", verb_option(c, "why")));
}
