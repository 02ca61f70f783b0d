/* When it would be done, how sure that is, and whether that is in time. */
#include "report.h"

#include "base/clock.h"
#include "core/json.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SHARED_MS = 60000 /* others make it later by more than that */ };

int64_t report_finish_ms(const struct check_report *r, const struct forecast *f)
{
    return r->start_ms + (f->finish_us - 1000 * r->start_ms + 999999) / 1000000 * 1000;
}

static bool is_late(const struct check_report *r, const struct forecast *f)
{
    return f->ends && report_finish_ms(r, f) > r->deadline_ms;
}

const char *check_report_late(const struct check_report *r)
{
    return r->deadline_ms && is_late(r, &r->eta.likely) ? r->late_why : "";
}

static void refuse_late(struct check_report *r, const char *finish, const char *deadline)
{
    char *in_time = report_in_time(r);
    report_say(r, FINDING_BLOCK, "too_late",
               "%" PRIu64 " recipient%s at %g/s would be finished at %s, after the deadline %s, "
               "and about %" PRIu64
               " would get it%s the deadline, or launch it all the same and say why",
               r->tally.recipients, r->tally.recipients == 1 ? "" : "s", r->rate_per_s, finish,
               deadline, report_by_deadline(r), in_time);
    free(in_time);
}

void judge_eta(struct check_report *r)
{
    char deadline[CLOCK_ISO_BYTES], finish[CLOCK_ISO_BYTES], late[CLOCK_ISO_BYTES];
    clock_iso(r->deadline_ms, deadline);
    clock_iso(report_finish_ms(r, &r->eta.likely), finish);
    clock_iso(report_finish_ms(r, &r->eta.late), late);
    if (is_late(r, &r->eta.likely) && *r->late_why)
        report_say(r, FINDING_WARN, "late",
                   "it would be finished at %s, after the deadline %s, and about %" PRIu64
                   " of %" PRIu64
                   " people would get it. It can be launched all the same, since you said why: %s",
                   finish, deadline, report_by_deadline(r), r->tally.recipients, r->late_why);
    else if (is_late(r, &r->eta.likely))
        refuse_late(r, finish, deadline);
    else if (is_late(r, &r->eta.late))
        report_say(r, FINDING_WARN, "maybe_late",
                   "it could be finished only at %s, after the deadline %s: start earlier, or move "
                   "the deadline",
                   late, deadline);
}

static void judge_queue(struct check_report *r)
{
    if (r->account->queue.max == 0 || r->provider_has < r->account->queue.max) return;
    report_say(r, FINDING_NOTE, "provider_queue",
               "the provider has %" PRId64
               " messages of '%s' that it has not passed on: nothing more goes there until it has",
               r->provider_has, r->account->name);
}

static void say_canary(struct check_report *r)
{
    enum canary_then then;
    uint64_t few = canary_planned(&r->canary, r->tally.recipients, &then);
    if (few == 0) return;
    if (then == CANARY_LOOK)
        report_say(r, FINDING_NOTE, "waits_for_look",
                   "after the first %" PRIu64
                   " people it waits until somebody looks and resumes it, and is done no sooner "
                   "than the times say",
                   few);
    else
        report_say(r, FINDING_NOTE, "waits_for_canary",
                   "after the first %" PRIu64 " people it waits %" PRId64
                   " minute%s for what they do: the times count that",
                   few, r->canary.wait_ms / 60000, r->canary.wait_ms / 60000 == 1 ? "" : "s");
}

void judge_waits(struct check_report *r)
{
    char why[APPROVAL_WHY_BYTES];
    struct slice said = approval_why(&r->approval, r->tally.recipients, r->tried.alone,
                                     check_report_needs_approval(r) || r->loosens, why);
    if (said.n == 0) said = slice_of(r->approval_again);
    if (said.n)
        report_say(r, FINDING_NOTE, "waits_for_approval",
                   "nothing leaves before a second person approves it (%.*s): the times are as if "
                   "somebody did at once",
                   SLICE_ARG(said));
    say_canary(r);
}

void judge_others(struct check_report *r)
{
    judge_queue(r);
    if (r->answer_ms)
        report_say(
            r, FINDING_NOTE, "paced",
            "people pace it: it goes no faster than they answer, so the times are the soonest");
    size_t n = outlook_count(r->outlook);
    if (n == 0 || !r->eta.likely.ends ||
        r->eta.likely.finish_us - r->eta.alone.finish_us < SHARED_MS * INT64_C(1000))
        return;
    report_say(r, FINDING_NOTE, "shares_account",
               "%zu other %s by '%s' at the same time: without %s it would be done %" PRId64
               " minutes earlier",
               n, n == 1 ? "campaign goes" : "campaigns go", r->account->name,
               n == 1 ? "it" : "them",
               (r->eta.likely.finish_us - r->eta.alone.finish_us) / 60000000);
}

static json_t *at_json(const struct check_report *r, const struct forecast *f)
{
    return f->ends ? json_time(report_finish_ms(r, f)) : json_null();
}

json_t *report_finish_json(const struct check_report *r)
{
    const struct outlook_eta *eta = &r->eta;
    if (!eta->likely.ends) return json_null();
    json_t *o = json_object();
    json_put(o, "seconds", json_integer((report_finish_ms(r, &eta->likely) - r->start_ms) / 1000));
    json_put(o, "first", json_time(eta->likely.first_us / 1000));
    json_put(o, "at", at_json(r, &eta->likely));
    json_put(o, "early", at_json(r, &eta->early));
    json_put(o, "late", at_json(r, &eta->late));
    json_put(o, "rate_per_s", json_real(eta->rate_per_s));
    json_put_count(o, "others", outlook_count(r->outlook));
    return o;
}
