#include "status.h"

#include "cli/say.h"
#include "core/actor.h"

int64_t campaign_count(const json_t *status, enum state s)
{
    return say_int(json_object_get(status, "counts"), state_to_string(s));
}

int64_t campaign_sum(const json_t *status)
{
    int64_t sum = 0;
    for (int s = 0; s < STATE_COUNT; s++)
        sum += campaign_count(status, (enum state)s);
    return sum;
}

int64_t campaign_settled(const json_t *status)
{
    return campaign_sum(status) - campaign_count(status, STATE_PENDING) -
           campaign_count(status, STATE_IN_FLIGHT);
}

int64_t campaign_sent(const json_t *status)
{
    static const enum state handed_over[] = {STATE_ACCEPTED, STATE_SENT,        STATE_DELIVERED,
                                             STATE_READ,     STATE_UNDELIVERED, STATE_UNKNOWN};
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof handed_over / sizeof *handed_over; i++)
        sum += campaign_count(status, handed_over[i]);
    return sum;
}

bool campaign_is(const json_t *status, unsigned any)
{
    enum campaign_status now;
    bool known = campaign_status_from_string(slice_of(say_string(status, "status")), &now);
    return known && (any >> now & 1) != 0;
}

bool campaign_rests(const json_t *status)
{
    return campaign_is(status, 1u << CAMPAIGN_DONE | 1u << CAMPAIGN_PAUSED |
                                   1u << CAMPAIGN_BLOCKED | 1u << CAMPAIGN_CANCELLED |
                                   1u << CAMPAIGN_EXPIRED);
}

bool campaign_waits_for_start(const json_t *status)
{
    return campaign_is(status, 1u << CAMPAIGN_PREPARING | 1u << CAMPAIGN_SCHEDULED) &&
           *say_string(status, "start");
}

static void print_time(const json_t *status, const char *key, const char *word)
{
    char when[SAY_TIME_BYTES];
    const char *iso = say_string(status, key);
    if (*iso) (void)printf("  %-10s%s\n", word, say_when(iso, when));
}

static void print_label(const json_t *status, const char *key, const char *before)
{
    if (!*say_string(status, key)) return;
    (void)fputs(before, stdout);
    say_words(say_string(status, key));
}

/* Who started or ended a campaign in the plain course of things is no news. */
static bool needs_a_reason(const json_t *status)
{
    return campaign_is(status,
                       1u << CAMPAIGN_PAUSED | 1u << CAMPAIGN_BLOCKED | 1u << CAMPAIGN_CANCELLED);
}

/* A cancelled or expired campaign sends nothing more to anybody. */
static void print_can_again(const json_t *status)
{
    char count[SAY_COUNT_BYTES];
    int64_t n = say_int(status, "can_again");
    if (n == 0 || campaign_is(status, 1u << CAMPAIGN_CANCELLED | 1u << CAMPAIGN_EXPIRED)) return;
    (void)printf("  %s did not get it for a reason that has nothing to do with them: "
                 "muster campaign resume %lld sends to them again\n",
                 say_count(n, count), (long long)say_int(status, "id"));
}

static void print_canary(const json_t *status)
{
    char count[SAY_COUNT_BYTES];
    const json_t *canary = json_object_get(status, "canary");
    if (json_is_object(canary))
        (void)printf("  only the first %s %s it until %s\n",
                     say_people(say_int(canary, "people"), count),
                     say_int(canary, "people") == 1 ? "gets" : "get",
                     strcmp(say_string(canary, "then"), "rule") == 0 ? "they did well"
                                                                     : "somebody resumes it");
    print_label(status, "brake_warning", "  warning: ");
    if (*say_string(status, "brake_warning")) (void)putchar('\n');
    print_label(status, "cap_why", "  exempt from the frequency cap: ");
    if (*say_string(status, "cap_why")) (void)putchar('\n');
    print_label(status, "brake_off", "  the brake is off: ");
    if (*say_string(status, "brake_off")) (void)putchar('\n');
}

/* When receipts pause it, where it says so itself. */
static void print_bounds(const json_t *status)
{
    const char *text = say_string(json_object_get(status, "pause_when"), "text");
    if (*text) (void)printf("  its own bounds: receipts pause it %s\n", text);
}

static void print_approval(const json_t *status)
{
    const json_t *approval = json_object_get(status, "approval");
    print_label(approval, "approved_by", "  approved by ");
    if (*say_string(approval, "approved_by")) (void)putchar('\n');
    if (!campaign_is(status, 1u << CAMPAIGN_PROPOSED)) return;
    print_label(approval, "why", "  it waits for a second person, who approves it: ");
    (void)printf("\n  they look and decide: muster campaign approve %lld\n",
                 (long long)say_int(status, "id"));
}

static void print_forecast(const json_t *status)
{
    char when[SAY_TIME_BYTES];
    const json_t *f = json_object_get(status, "forecast");
    if (!*say_string(f, "at")) return;
    (void)printf("  done      about %s", say_when(say_string(f, "at"), when));
    if (*say_string(f, "early") && *say_string(f, "late")) {
        (void)printf(" (%s to ", say_when(say_string(f, "early"), when));
        (void)printf("%s)", say_when(say_string(f, "late"), when));
    }
    (void)puts(json_is_true(json_object_get(f, "in_danger")) ? ": after the deadline" : "");
}

/* When it will stand still although nothing is wrong. */
static void print_what_it_waits_for(const json_t *status)
{
    char when[SAY_TIME_BYTES], count[SAY_COUNT_BYTES];
    const json_t *forecast = json_object_get(status, "forecast"),
                 *waits = json_object_get(forecast, "waits"),
                 *money = json_object_get(forecast, "money_ends");
    if (json_is_object(waits))
        (void)printf("  waits     %s after the first %s, about %s\n",
                     strcmp(say_string(waits, "for"), "rule") == 0 ? "for what comes back"
                                                                   : "until somebody resumes it,",
                     say_count(say_int(waits, "after"), count),
                     say_when(say_string(waits, "at"), when));
    if (!json_is_object(money)) return;
    bool own = strcmp(say_string(money, "budget"), "campaign") == 0;
    (void)printf("  money     the budget of the %s%s ends it after about %s, about %s: "
                 "raise it before\n",
                 say_string(money, "budget"), own ? "" : " for this month",
                 say_people(say_int(money, "after"), count),
                 say_when(say_string(money, "at"), when));
}

static void print_money(const json_t *status)
{
    char parts[SAY_COUNT_BYTES], people[SAY_COUNT_BYTES];
    const json_t *money = json_object_get(status, "money"), *told = json_object_get(money, "told");
    if (!json_is_object(money)) return;
    bool told_apart = json_is_string(json_object_get(money, "paid"));
    (void)printf("  %s spent of %s", say_string(money, told_apart ? "paid" : "spent"),
                 say_string(money, "price"));
    if (told_apart && strcmp(say_string(money, "paid"), say_string(money, "spent")) != 0)
        print_label(money, "set_aside", ", set aside for those who are next: ");
    print_label(money, "budget", ", budget ");
    (void)putchar('\n');
    if (say_int(told, "cost_of"))
        (void)printf("  the provider says: %s for %s\n", say_string(told, "cost"),
                     say_people(say_int(told, "cost_of"), people));
    if (say_int(told, "parts_of"))
        (void)printf("  the provider says: %s for %s\n",
                     say_counted(say_int(told, "parts"), "part", "parts", parts),
                     say_people(say_int(told, "parts_of"), people));
}

void campaign_print_head(const json_t *status)
{
    char total[SAY_COUNT_BYTES];
    (void)printf("campaign %lld '", (long long)say_int(status, "id"));
    say_text(stdout, say_string(status, "name"));
    (void)printf("': %s", say_string(status, "status"));
    if (needs_a_reason(status)) {
        if (!actor_is_part(slice_of(say_string(status, "status_by"))))
            print_label(status, "status_by", " by ");
        print_label(status, "status_why", ": ");
    }
    (void)printf("\n  %s of audience ", say_people(say_int(status, "total"), total));
    say_text(stdout, say_string(status, "audience"));
    print_label(status, "gateway", ", gateway ");
    print_label(status, "lane", ", lane ");
    print_label(status, "group", ", group ");
    print_label(status, "helper", ", launched by the group ");
    (void)putchar('\n');
    print_approval(status);
    print_canary(status);
    print_bounds(status);
    print_money(status);
    print_time(status, "start", campaign_waits_for_start(status) ? "starts" : "start");
    print_time(status, "started_at", "started");
    if (campaign_rests(status) && !*say_string(status, "started_at"))
        (void)puts("  it has not started: nobody was texted");
    print_time(status, "deadline", "deadline");
    print_forecast(status);
    print_what_it_waits_for(status);
    print_time(status, "opens", "waits for");
    if (json_is_true(json_object_get(status, "waits_for_provider")))
        (void)puts(
            "  waits for the provider, which has taken as much as queue_max_s allows and not "
            "yet passed it on");
    const char *slowed = say_string(json_object_get(status, "pace"), "text");
    if (*slowed) (void)printf("  %s\n", slowed);
    print_time(status, "done_at", "ended");
    print_can_again(status);
    print_time(status, "details_until", "details until");
}

/* What each state means to somebody who reads it for the first time. */
static const char *const meanings[STATE_COUNT] = {
    [STATE_PENDING] = "to be sent",
    [STATE_IN_FLIGHT] = "being sent",
    [STATE_ACCEPTED] = "the provider took it; no receipt yet",
    [STATE_SENT] = "on the way, says the provider",
    [STATE_DELIVERED] = "on the phone",
    [STATE_READ] = "read",
    [STATE_UNDELIVERED] = "did not arrive, says the provider",
    [STATE_REFUSED] = "the provider said no",
    [STATE_SKIPPED] = "not to be texted, or the text could not be made",
    [STATE_EXPIRED] = "the deadline came first",
    [STATE_CANCELLED] = "the campaign was cancelled first",
    [STATE_UNKNOWN] = "handed over, and the answer was lost: never sent again by guess",
};

static void print_unknown(const json_t *status)
{
    char when[SAY_TIME_BYTES];
    const char *since = say_string(status, "unknown_since");
    if (campaign_count(status, STATE_UNKNOWN) == 0 || !*since) return;
    (void)printf("  unknown: the oldest since %s; muster campaign resolve %lld --help\n",
                 say_when(since, when), (long long)say_int(status, "id"));
}

void campaign_print_counts(const json_t *status)
{
    char count[SAY_COUNT_BYTES], replies[SAY_COUNT_BYTES], stops[SAY_COUNT_BYTES];
    int64_t total = campaign_sum(status);
    for (int s = 0; s < STATE_COUNT; s++) {
        int64_t n = campaign_count(status, (enum state)s);
        if (n == 0) continue;
        (void)printf("  %-12s%12s  %5.1f %%  %s\n", state_to_string((enum state)s),
                     say_count(n, count), total ? 100.0 * (double)n / (double)total : 0.0,
                     meanings[s]);
    }
    print_unknown(status);
    (void)printf("  %s replied, %s opted out\n", say_count(say_int(status, "replies"), replies),
                 say_count(say_int(status, "stops"), stops));
    if (say_int(status, "held") > 0)
        (void)printf("  %s of the skipped are held: what they wrote sounds like STOP, and nobody "
                     "has decided (muster inbox list)\n",
                     say_count(say_int(status, "held"), count));
}
