#include "fire.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "flow/account.h"
#include "flow/zone_book.h"

struct fire {
    const struct launch_means *means;
    struct campaign_body body;
    char *by, *by_id, *schedule, *group; /* owned */
    const char *groups[1];
    int64_t deadline_ms, now_ms;
    fire_cb *cb;
    void *arg;
};

static void end(struct fire *f, int result, uint32_t campaign, const struct err *e)
{
    struct fire done = *f;
    done.cb(done.arg, result, campaign, e);
    campaign_body_done(&f->body);
    free(f->by);
    free(f->by_id);
    free(f->schedule);
    free(f->group);
    free(f);
}

/* The first thing that stands against it, in the check's own words. */
static int say_refused(const struct check_report *report, struct err *e)
{
    json_t *o = check_report_json(report);
    const json_t *first = json_array_get(json_object_get(o, "errors"), 0);
    struct slice text = json_slice(json_object_get(first, "message"));
    int rc = err_set(e, ERR_REFUSED, "the check found: %.*s", SLICE_ARG(text));
    json_decref(o);
    return rc;
}

static void on_named(void *arg, int result, uint32_t id, const struct err *e);

static void on_launched(void *arg, int result, const struct campaign *campaign,
                        const struct check_report *report, const struct err *e)
{
    struct fire *f = arg;
    struct err said;
    if (result == ERR_EXISTS) { /* another leader, at the same time */
        campaign_named(f->means->store, slice_of(f->group), f->body.campaign.name, on_named, f);
        return;
    }
    if (report) {
        (void)say_refused(report, &said);
        e = &said;
    }
    end(f, result, campaign ? campaign->id : 0, e);
}

static int take(struct fire *f, const struct audience_info *info, struct err *e)
{
    if (!slice_is(info->group, f->group))
        return err_set(e, ERR_REFUSED, "the list '%.*s' belongs to another group",
                       SLICE_ARG(info->name));
    int rc =
        campaign_body_take(&f->body, info, f->means->groups, f->means->hours, f->means->consent, e);
    return rc < 0 || f->body.hours.any ? rc : zone_book_check(f->means->zones, e);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct fire *f = arg;
    struct err said;
    if (result == 0) result = take(f, info, &said), e = &said;
    if (result < 0) {
        end(f, result, 0, e);
        return;
    }
    f->body.campaign.launched_by = slice_of(f->by);
    f->body.campaign.author = slice_of(f->by_id);
    f->body.campaign.written_by = slice_of(f->by);
    f->body.campaign.schedule = slice_of(f->schedule);
    f->body.campaign.deadline_ms = f->deadline_ms;
    launch_run(f->means, &f->body, f->now_ms, on_launched, f);
}

/* What was launched already, before a crash, is launched. */
static void on_named(void *arg, int result, uint32_t id, const struct err *e)
{
    struct fire *f = arg;
    if (result < 0 || id) {
        end(f, result, id, e);
        return;
    }
    const struct group_set groups = {false, f->groups, 1};
    audience_find(f->means->store, &groups, f->body.audience, on_audience, f);
}

static bool read(struct fire *f, const struct schedule *s, const char *name, struct err *e)
{
    json_t *root = json_loadb(s->campaign.p, s->campaign.n, 0, NULL);
    if (!root) root = json_object();
    json_put(root, "name", json_string(name));
    if (!campaign_body_read(&f->body, root, CAMPAIGN_WHOLE)) {
        (void)err_set(e, ERR_INVALID, "%s", f->body.from.e.text);
        return false;
    }
    if (campaign_body_account(&f->body, f->means->accounts)) return true;
    (void)err_set(e, ERR_NOT_FOUND, "there is no provider account '%.*s' any more",
                  SLICE_ARG(f->body.campaign.gateway));
    return false;
}

void fire_run(const struct launch_means *means, const struct schedule *s, const struct plan *p,
              const struct plan_firing *firing, int64_t now_ms, fire_cb *cb, void *arg)
{
    char name[SCHEDULE_CAMPAIGN_NAME_BYTES];
    struct err e;
    struct fire *f = xcalloc(1, sizeof *f);
    *f = (struct fire){.means = means,
                       .by = slice_strdup(s->by),
                       .by_id = slice_strdup(s->by_id),
                       .schedule = slice_strdup(s->name),
                       .group = slice_strdup(s->group),
                       .deadline_ms = schedule_deadline_ms(s, firing),
                       .now_ms = now_ms,
                       .cb = cb,
                       .arg = arg};
    f->groups[0] = f->group;
    schedule_campaign_name(s, p, firing->local_s, name);
    if (read(f, s, name, &e))
        campaign_named(means->store, slice_of(f->group), f->body.campaign.name, on_named, f);
    else
        end(f, e.code, 0, &e);
}
