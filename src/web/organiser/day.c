/* /day: the one page of the room on a busy day, on a wall and on a phone. It shows what the API tells of the day. */
#include "web/organiser/organiser.h"

#include "store/day_record.h"
#include "web/organiser/day_record.h"
#include "web/organiser/day_words.h"
#include "web/local_time.h"
#include "web/organiser/pause.h"
#include "web/page.h"
#include "web/view/view.h"

/* ---- the last hour, for those to whom all of it is shown ---- */

static void on_hour(void *arg, int result, const struct day_minute *list, size_t n,
                    const struct err *e)
{
    struct web_call *c = arg;
    json_t *data = c->asked;
    if (!web_ok(c, result, e)) return;
    json_t *record = view_day_record(0, list, n);
    c->asked = NULL;
    day_put_curves(data, record, (int)n, 1, -1);
    json_decref(record);
    page_answer(c, PAGE_DAY, 200, data);
}

/* Takes data. */
static void show(struct web_call *c, json_t *data)
{
    if (!access_may_everywhere(c->member, MAY_READ_CAMPAIGNS)) {
        page_answer(c, PAGE_DAY, 200, data);
        return;
    }
    c->asked = data;
    day_record_read(c->config->store, c->now_ms - INT64_C(60000) * DAY_CURVE_HOUR, DAY_CURVE_HOUR,
                    on_hour, c);
}

static void on_day(struct web_call *c, int status, const json_t *body)
{
    char at[LOCAL_TIME_BYTES];
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Today", "");
    local_time_show(c, c->now_ms, at);
    json_put(data, "at", json_string(at));
    json_put(data, "wall", json_true());
    json_put(data, "looks_back",
             json_boolean(access_may_everywhere(c->member, MAY_READ_CAMPAIGNS)));
    day_put_alarms(data, body);
    day_put_polls(c, data, body);
    day_put_figures(c, data, body);
    day_put_campaigns(c, data, body);
    day_put_pledges(c, data, body);
    day_put_accounts(data, body);
    pause_put(c, data, json_object_get(body, "campaigns"), "day");
    show(c, data);
}

static void get_day(struct web_call *c)
{
    web_ask(c, on_day, NULL, "GET", "/api/v1/day");
}

static const struct route rows[] = {
    {"GET", "/day", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_day},
};

const struct routes day_page_routes = {rows, COUNT_OF(rows)};
