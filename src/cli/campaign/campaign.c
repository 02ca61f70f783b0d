/* muster campaign: the table of its verbs, and those that are one call. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "campaign.h"
#include "cli/say.h"

enum { PATH_BYTES = 128, LIST_MAX = 1000, LIST_DEFAULT = 20 };

bool campaign_id(const struct verb_call *c, uint32_t *ret)
{
    return verb_id(c, "campaign", ret);
}

int campaign_get(struct verb_call *c, uint32_t id, json_t **ret, struct err *e)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u", id);
    return verb_ask(c, "GET", path, NULL, ret, e);
}

/* ---- list ---- */

static void print_row(const json_t *campaign)
{
    char total[SAY_COUNT_BYTES], sent[SAY_COUNT_BYTES], when[SAY_TIME_BYTES];
    (void)printf("%6lld  %-10s %11s of %s sent  %s  ", (long long)say_int(campaign, "id"),
                 say_string(campaign, "status"), say_count(campaign_sent(campaign), sent),
                 say_count(say_int(campaign, "total"), total),
                 say_when(say_string(campaign, "launched_at"), when));
    say_text(stdout, say_string(campaign, "name"));
    if (campaign_waits_for_start(campaign))
        (void)printf("  (starts %s)", say_when(say_string(campaign, "start"), when));
    int64_t unknown = campaign_count(campaign, STATE_UNKNOWN);
    if (unknown)
        (void)printf("  (%s unknown since %s)", say_count(unknown, total),
                     say_when(say_string(campaign, "unknown_since"), when));
    (void)putchar('\n');
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *campaign, *all = json_object_get(reply, "campaigns");
    (void)c;
    json_array_foreach(all, i, campaign) print_row(campaign);
    if (json_array_size(all) == 0)
        (void)puts("no campaign yet: muster campaign launch FILE starts one");
}

static int list(struct verb_call *c)
{
    char path[PATH_BYTES];
    struct err e;
    json_t *reply = NULL;
    uint64_t limit = verb_option_number(c, "limit", LIST_MAX, LIST_DEFAULT);
    if (limit == 0) return EXIT_USAGE;
    (void)snprintf(path, sizeof path, "/api/v1/campaigns?limit=%llu", (unsigned long long)limit);
    int r = verb_ask(c, "GET", path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* ---- status ---- */

static void print_status(const struct verb_call *c, const json_t *now)
{
    (void)c;
    campaign_print_head(now);
    campaign_print_counts(now);
}

static int status(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *now = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    int r = campaign_get(c, id, &now, &e);
    return verb_print(c, r, now, &e, print_status);
}

/* ---- pause, resume, cancel ---- */

static void print_moved(const struct verb_call *c, const json_t *now)
{
    const char *move = c->verb->name, *id = c->args[0];
    if (strcmp(move, "resume") == 0 && campaign_is(now, 1u << CAMPAIGN_PROPOSED))
        (void)printf("It waits for a second person: muster campaign approve %s.\n", id);
    else if (strcmp(move, "resume") == 0 && campaign_waits_for_start(now))
        (void)printf("It waits for its start. muster campaign status %s says when that is.\n", id);
    else if (strcmp(move, "pause") == 0)
        (void)printf("Nothing more leaves. muster campaign resume %s goes on.\n", id);
    else if (strcmp(move, "cancel") == 0)
        (void)printf("Nothing more leaves, ever. muster campaign report %s says whom it "
                     "reached.\n",
                     id);
    else
        (void)printf("It goes on. muster campaign watch %s shows it.\n", id);
}

static int move_one(struct verb_call *c)
{
    char path[PATH_BYTES];
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    const char *why = verb_option(c, "why");
    json_t *body = json_pack("{s:s}", "why", why ? why : "");
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/%s", id, c->verb->name);
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_moved);
}

static void print_budget(const struct verb_call *c, const json_t *now)
{
    (void)c;
    campaign_print_head(now);
    if (campaign_is(now, 1u << CAMPAIGN_PAUSED))
        (void)printf("It is paused. muster campaign resume %s goes on.\n", c->args[0]);
}

static int set_budget(struct verb_call *c)
{
    char path[PATH_BYTES];
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    const char *why = verb_option(c, "why"), *budget = c->args[1];
    if (!*budget) return verb_misuse(c, "AMOUNT is empty: such as \"120 GBP\", or none");
    json_t *body = json_pack("{s:s,s:s}", "budget", strcmp(budget, "none") == 0 ? "" : budget,
                             "why", why ? why : "");
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/budget", id);
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_budget);
}

/* ---- what a month cost ---- */

static void print_month(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    (void)c;
    (void)printf("%s\n", say_string(reply, "month"));
    json_array_foreach(json_object_get(reply, "spent"), i, one)
    {
        const char *group = say_string(one, "group"), *left = say_string(one, "left");
        (void)printf("  %-24s %s spent", *group ? group : "the organisation",
                     say_string(one, "spent"));
        if (*left) (void)printf(" of %s, %s is left", say_string(one, "budget"), left);
        (void)putchar('\n');
    }
}

static int month(struct verb_call *c)
{
    char path[PATH_BYTES];
    struct err e;
    json_t *reply = NULL;
    const char *which = verb_option(c, "month");
    if (which && strspn(which, "0123456789-") != strlen(which))
        return verb_misuse(c, "--month is such as 2026-11");
    (void)snprintf(path, sizeof path, "/api/v1/money%s%.16s", which ? "?month=" : "",
                   which ? which : "");
    int r = verb_ask(c, "GET", path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_month);
}

/* Of the verbs that take --all. */
static int move(struct verb_call *c)
{
    bool all = verb_option(c, "all") != NULL;
    if (!all && verb_option(c, "group"))
        return verb_misuse(c, "--group G is for --all: all campaigns of that group");
    if (all && c->arg_count) return verb_misuse(c, "either ID or --all");
    if (!all && c->arg_count == 0) return verb_misuse(c, "ID or --all is missing");
    return all ? campaign_move_all(c) : move_one(c);
}

/* ---- the table ---- */

#define ONLY_OPTIONS                                                                               \
    {"only", "STATES", "with --of: undelivered,expired,cancelled,refused: only who stands so"},    \
    {                                                                                              \
        "of", "ID", "in that campaign, which is over and went to this list"                        \
    }
#define LATE_OPTION                                                                                \
    {                                                                                              \
        "force-late", "WHY", "although it will be late; WHY goes to the audit trail"               \
    }
static const struct verb_option check_options[] = {ONLY_OPTIONS, {NULL, NULL, NULL}};
static const struct verb_option launch_options[] = {
    ONLY_OPTIONS, {"yes", NULL, "do not ask"}, LATE_OPTION, {NULL, NULL, NULL}};
static const struct verb_option approve_options[] = {{"yes", NULL, "do not show it and do not ask"},
                                                     {NULL, NULL, NULL}};
static const struct verb_option rehearse_options[] = {
    {"list", "CSV", "the list's file, when you may not see its numbers"},
    {"html", "OUT", "write what would happen as a page"},
    {"speed", "N", "how many times faster time runs (default: as this machine can follow)"},
    {"minutes", "N", "end it after so many minutes (default: 30)"},
    {"replies", "SHARE", "who writes back, such as 0.08 (default: as in earlier campaigns)"},
    {"opt-outs", "SHARE", "who opts out"},
    {"failures", "SHARE", "who is not reached"},
    {"answers-per-hour", "N", "what one of you answers in an hour (default: 40)"},
    {"on-server", NULL, "a worker of the server plays it (muster rehearsal serve)"},
    {NULL, NULL, NULL}};
static const struct verb_option test_options[] = {
    {"to", "NUMBER", "who gets it: you"},
    {"country", "GB", "country of a number written without + (default: the server's)"},
    {NULL, NULL, NULL}};
static const struct verb_option list_options[] = {{"limit", "N", "at most so many (default: 20)"},
                                                  {NULL, NULL, NULL}};
static const struct verb_option month_options[] = {{"month", "YYYY-MM", "another than this one"},
                                                   {NULL, NULL, NULL}};
static const struct verb_option why_options[] = {
    {"why", "TEXT", "the reason, for the record and for the others"}, {NULL, NULL, NULL}};
static const struct verb_option edit_options[] = {
    {"why", "TEXT", "the reason, for the record and for the others"},
    LATE_OPTION,
    {NULL, NULL, NULL}};
static const struct verb_option reschedule_options[] = {
    {"start", "TIME", "such as \"2026-12-03 09:00\", or now"},
    {"why", "TEXT", "the reason, for the record and for the others"},
    LATE_OPTION,
    {NULL, NULL, NULL}};
static const struct verb_option share_options[] = {
    {"title", "TEXT", "what the page is called"},
    {"text", "TEXT", "what people pass on; the link is put behind it"},
    {"until", "TIME", "then it is over, such as \"2026-12-03 22:00\""},
    {NULL, NULL, NULL}};
static const struct verb_option all_options[] = {
    {"all", NULL, "all campaigns that you may pause, at once; those that it paused"},
    {"group", "G", "with --all: only those of that group"},
    {"why", "TEXT", "the reason, for the record and for the others"},
    {NULL, NULL, NULL}};
static const struct verb_option report_options[] = {
    {"csv", "OUT",
     "write a row for each person there: number, state, reason, all fields\n(- is stdout)"},
    {NULL, NULL, NULL}};
static const struct verb_option people_options[] = {
    {"state", "S",
     "only those in this state: pending, in_flight, accepted, sent, delivered, read,\n"
     "undelivered, refused, skipped, expired, cancelled, unknown"},
    {NULL, NULL, NULL}};

static const struct verb_option resolve_options[] = {
    {"resend", NULL, "text them again; some may get it twice"},
    {"leave", NULL, "count them as refused; nothing more is sent to them"},
    {"why", "TEXT", "what the decision rests on; kept with your name"},
    {"yes", NULL, "do not ask"},
    {NULL, NULL, NULL}};

static const struct verb_option audit_options[] = {
    {"limit", "N", "the newest so many (default: 50)"}, {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"check", "FILE", 1, 1,
     "Says what FILE would do, against the real audience: missing fields, parts, price, finish.\n"
     "Nothing is sent. Exit code 1 when there is an error that blocks the launch. "
     "docs/CAMPAIGN.md\n"
     "describes FILE.",
     "check thursday.yaml", check_options, campaign_check},
    {"test", "FILE --to NUMBER", 1, 1,
     "Sends FILE's message to one number.\n"
     "It is made for the audience's first person, with their fields. Opt-outs and limits count as "
     "always.",
     "test thursday.yaml --to +447700900123", test_options, campaign_test},
    {"launch", "FILE", 1, 1,
     "Checks FILE, asks, starts or schedules the campaign and prints its id.\n"
     "On a terminal you type the number of people to go; --yes or --json leave the question out. A "
     "name\n"
     "is used once, so a launch that is repeated by mistake is refused.",
     "launch thursday.yaml", launch_options, campaign_launch},
    {"file", "ID", 1, 1,
     "Prints the file that launches a campaign again: give it another name first.\n"
     "Its start, its deadline and what somebody had seen to are left out.",
     "file 7 > again.yaml", NULL, campaign_file_of},
    {"rehearse", "FILE", 1, 1,
     "Runs FILE against a simulator on this machine, in faster time. Nobody is texted.\n"
     "It says what would happen: when it is done, who is needed to answer, what to mend first.\n"
     "Exit code 1 is no go.",
     "rehearse thursday.yaml --html thursday.html", rehearse_options, campaign_rehearse},
    {"approve", "ID", 1, 1,
     "Shows what a campaign would do that waits for a second person, asks, and lets it go.\n"
     "Not for who wrote it. Text or list that are changed afterwards are asked again.",
     "approve 7", approve_options, campaign_approve},
    {"send-back", "ID --why TEXT", 1, 1,
     "Does not approve it: it is paused, and its author reads why.",
     "send-back 7 --why \"wrong day\"", why_options, campaign_send_back},
    {"list", "", 0, 0, "The campaigns, the newest first.", "list --limit 5", list_options, list},
    {"status", "ID", 1, 1, "How a campaign stands.", "status 7", NULL, status},
    {"watch", "ID", 1, 1,
     "Shows a campaign live until it is done, paused or cancelled.\n"
     "Ctrl-C ends the watching only; the campaign runs on.",
     "watch 7", NULL, campaign_watch},
    {"pause", "[ID]", 0, 1,
     "Stops sending within a second; resume goes on.\nWith --all it stops every campaign.",
     "pause 7 --why \"wrong date\"", all_options, move},
    {"resume", "[ID]", 0, 1,
     "Goes on with a paused or blocked campaign; with --all, with exactly those that pause --all "
     "stopped.\nWhom the provider refused for a reason that has "
     "nothing to do with them (the account, the\n"
     "sender) is sent to again, after all others; for that a campaign that is done goes on, too.",
     "resume 7", all_options, move},
    {"cancel", "ID", 1, 1, "Stops sending within a second, for ever.",
     "cancel 7 --why \"meeting is off\"", why_options, move_one},
    {"edit", "ID FILE", 2, 2,
     "Changes a campaign that is paused, blocked or has not begun, to what FILE says now.\n"
     "Text, deadline, hours, gateway and pace are changed, for all who still wait. Whoever has "
     "got\n"
     "it keeps what they got, and nobody gets both. The list and the name stay.",
     "edit 7 thursday.yaml --why \"wrong hour\"", edit_options, campaign_edit_by_file},
    {"reschedule", "ID --start TIME", 1, 1, "Another start for a campaign that has not begun.",
     "reschedule 7 --start \"2026-12-03 09:00\"", reschedule_options, campaign_reschedule},
    {"share", "ID", 1, 1,
     "Shows the page that people pass on, and what came of it.\n"
     "With --title and --text it is made, or says that from now on.",
     "share 7 --title \"Vote today\" --text \"Polls are open until 10. Pass it on!\"",
     share_options, campaign_share},
    {"unshare", "ID", 1, 1, "Ends that page: its links lead to nothing, its counts stay.",
     "unshare 7", NULL, campaign_unshare},
    {"money", "", 0, 0, "What the campaigns of a month have cost, and what is left of its budgets.",
     "money --month 2026-11", month_options, month},
    {"budget", "ID AMOUNT", 2, 2,
     "What the campaign may cost in all; nobody is texted beyond it. \"none\" = any amount.\n"
     "One that was paused for want of money goes on with resume.",
     "budget 7 \"120 GBP\" --why \"the chair agreed\"", why_options, set_budget},
    {"report", "ID", 1, 1,
     "What became of everyone: totals that add up, and a row for each person with --csv.\n"
     "Exit code 1 when the totals do not add up.",
     "report 7 --csv thursday.csv", report_options, campaign_report},
    {"people", "ID", 1, 1,
     "The people of a campaign, with state and reason; all, or those of one state.",
     "people 7 --state unknown", people_options, campaign_print_people},
    {"resolve", "ID --why TEXT", 1, 1,
     "Decides about the unknown: those who were handed over, and the answer was lost.\n"
     "Receipts and look-ups at the provider settle what they can; the rest is for you. --resend "
     "makes "
     "a\n"
     "campaign that was done run again.",
     "resolve 7 --leave --why \"the provider's log has them\"", resolve_options, campaign_resolve},
    {"audit", "[ID]", 0, 1,
     "Who paused, resumed, cancelled or decided about the unknown, when and why.\n"
     "Of one campaign; without ID of all, of answers in the inbox, and of suppressions that were\n"
     "lifted.",
     "audit 7", audit_options, campaign_audit},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group campaign_group = {"campaign", "Messages to everyone on a list.", verbs};
