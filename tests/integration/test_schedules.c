/* A year of schedules, against a real Redis and a clock that the test owns: weekly ones of many groups
 * in zones whose clocks change in all the ways there are. Who leads dies again and again, at any point;
 * now and then two lead at once, and sometimes nobody is there for hours or for days. Each firing is one
 * campaign, at the hour that the C library calls nine o'clock there; what nobody could do in time is
 * noted as missed, and nothing else.
 *
 * $SCHEDULE_GROUPS: how many groups (150 for the whole year of a movement; 12 by default). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "core/keywords.h"
#include "flow/account.h"
#include "flow/schedule.h"
#include "flow/zone_book.h"
#include "redis_fixture.h"
#include "io/redis.h"
#include "store/group.h"

#define DAY_MS   (24 * 3600 * INT64_C(1000))
#define HOUR_MS  (3600 * INT64_C(1000))
#define START_MS INT64_C(1796083200000) /* 2026-12-01T00:00:00Z, a Tuesday */
enum { WEEKS = 52, GROUPS_DEFAULT = 12, GROUPS_ALL = 150, LATE_MS = 2 * 3600 * 1000 };

static const char *const zones[] = {
    "Europe/London",    "America/New_York", "Australia/Sydney", "Australia/Lord_Howe",
    "Africa/Cairo",     "America/Santiago", "Asia/Kolkata",     "Pacific/Chatham",
    "America/St_Johns", "Europe/Dublin",
};
/* Some at hours that a change of clocks skips or doubles, on the days on which it comes. */
static const char *const rules[] = {"thu 09:00", "sun 01:30", "sun 02:15", "fri 00:30",
                                    "sat 23:30"};

static struct redis_fixture *server;
static uint64_t seed = 20261127;
static int64_t now_ms;

static uint64_t chance(uint64_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % n;
}

/* ---- a process that leads ---- */

struct process {
    struct loop *loop;
    struct redis *redis;
    struct store *store;
    struct groups *groups;
    struct zone_book *book;
    struct schedules *schedules;
};

static struct keywords *words;
static const char *const senders[] = {"+447700900000"};
static const struct account account = {.name = "main",
                                       .provider = "twilio",
                                       .channel = "sms",
                                       .group = "main",
                                       .country = "GB",
                                       .senders = senders,
                                       .sender_count = 1,
                                       .rate_per_s = 100};
static const struct accounts accounts = {&account, 1};

/* What is said of them outlives who leads: reading it takes a while. */
static struct groups *all_groups;

static void open_process(struct process *p)
{
    bool own_groups = !all_groups;
    struct err e = {0};
    *p = (struct process){.loop = loop_new()};
    const struct redis_config config = {.url = redis_fixture_url(server)};
    if (redis_new(p->loop, &config, &p->redis, &e) < 0) fail_msg("%s", e.text);
    p->store = store_new(p->redis, "y:");
    p->groups = own_groups ? groups_new(p->loop, p->store) : all_groups;
    p->book = zone_book_new();
    const struct schedules_config s = {
        .means = {.store = p->store,
                  .accounts = &accounts,
                  .groups = p->groups,
                  .keywords = words,
                  .zones = p->book,
                  .organisation = "Example Movement",
                  .hours = "any"},
        .country = "GB",
        .late_ms = LATE_MS,
    };
    p->schedules = schedules_new(&s);
    while (!redis_is_connected(p->redis) || !groups_are_read(p->groups))
        loop_turn(p->loop, 10000);
    all_groups = p->groups;
}

/* At any point: what it had asked may have happened, or not. */
static void kill_process(struct process *p)
{
    redis_free(p->redis);
    schedules_free(p->schedules);
    store_free(p->store);
    zone_book_free(p->book);
    loop_free(p->loop);
}

/* ---- asking Redis ---- */

struct asked {
    char *text;
    int64_t number;
};
static void on_reply(void *arg, const struct redisReply *reply)
{
    struct asked *a = arg;
    assert_non_null(reply);
    a->number = redis_int(reply, -1);
    a->text = slice_strdup(redis_str(reply));
}

static struct asked ask(struct process *p, size_t n, const struct slice *argv)
{
    struct asked a = {0};
    struct err e;
    if (redis_wait(p->redis, on_reply, &a, &e, n, argv) < 0) fail_msg("%s", e.text);
    return a;
}

static int64_t field(struct process *p, const char *key, const char *name)
{
    const struct slice argv[] = {SLICE_LIT("HGET"), slice_of(key), slice_of(name)};
    struct asked a = ask(p, 3, argv);
    int64_t n = *a.text ? strtoll(a.text, NULL, 10) : -1;
    free(a.text);
    return n;
}

/* ---- the world ---- */

static bool done;
static uint32_t made;
static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    if (result < 0) fail_msg("%s", e->text);
    done = true;
}
static void on_put(void *arg, int result, uint32_t id, const struct err *e)
{
    made = id;
    on_done(arg, result, e);
}
static void on_info(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    if (info) made = info->id;
    on_done(arg, result, e);
}
static void on_rows(void *arg, int result, const enum audience_outcome *o, size_t n,
                    const struct err *e)
{
    (void)o, (void)n;
    on_done(arg, result, e);
}
static void wait_done(struct process *p)
{
    while (!done)
        loop_turn(p->loop, 100000);
    done = false;
}

static void make_list(struct process *p, const char *group, int i)
{
    const struct audience_draft draft = {.name = slice_of(group), .group = slice_of(group)};
    const struct audience_row row = {.number = 447700900000u + (unsigned)i};
    audience_create(p->store, &draft, START_MS, on_info, NULL);
    wait_done(p);
    uint32_t id = made;
    audience_add_rows(p->store, id, &(struct audience_chunk){0, 0, &row, 1}, START_MS, on_rows,
                      NULL);
    wait_done(p);
    audience_freeze(p->store, id, START_MS, on_info, NULL);
    wait_done(p);
}

static const char *zone_of(int i)
{
    return zones[(size_t)i % COUNT_OF(zones)];
}

static const char *rule_of(int i)
{
    return rules[(size_t)i / COUNT_OF(zones) % COUNT_OF(rules)];
}

static void make_schedule(struct process *p, const char *group, int i)
{
    char plan[64], campaign[256];
    struct schedule s = {.name = SLICE_LIT("meeting"),
                         .group = slice_of(group),
                         .by = SLICE_LIT("local"),
                         .by_id = SLICE_LIT(SCHEDULE_BY_SOCKET),
                         .handled_ms = START_MS};
    (void)snprintf(plan, sizeof plan, "{\"every\":\"%s\"}", rule_of(i));
    (void)snprintf(campaign, sizeof campaign,
                   "{\"audience\":\"%s\",\"gateway\":\"main\",\"message\":{\"sms\":{\"en\":{"
                   "\"text\":\"Tonight! Example Movement. STOP to end\"}}}}",
                   group);
    s.plan = slice_of(plan);
    s.campaign = slice_of(campaign);
    const struct zone_clock clock = zone_book_clock(p->book, p->groups, "GB", s.group);
    const struct zone *z = clock.zone;
    assert_string_equal(clock.name, zone_of(i));
    s.from_local_s = plan_local_s(z, START_MS);
    s.zone = slice_of(clock.name);
    struct plan parsed;
    struct plan_firing next;
    assert_true(schedule_plan(&s, &parsed));
    assert_int_equal(plan_after(&parsed, z, START_MS, &next, 1), 1);
    s.next_ms = next.at_ms;
    schedule_put(p->store, &s, deed_of(SLICE_LIT("local"), START_MS), on_put, NULL);
    wait_done(p);
}

static void group_name(int i, char out[16])
{
    (void)snprintf(out, 16, "g%d", i);
}

static void make_world(struct process *p, int groups)
{
    const struct slice argv[] = {SLICE_LIT("CONFIG"), SLICE_LIT("SET"), SLICE_LIT("appendfsync"),
                                 SLICE_LIT("no")}; /* nobody kills Redis here, and a year is long */
    free(ask(p, 4, argv).text);
    for (int i = 0; i < groups; i++) {
        char name[16];
        group_name(i, name);
        const struct group_change change = {
            .name = slice_of(name), .is_new = true, .zone = slice_of(zone_of(i))};
        groups_change(p->groups, &change, deed_of(SLICE_LIT("local"), START_MS), on_done, NULL);
        wait_done(p);
        make_list(p, name, i);
        make_schedule(p, name, i);
    }
}

/* ---- what the C library calls that time there ---- */

static int64_t libc_moment(const char *zone, struct tm day, int minute)
{
    (void)setenv("TZ", zone, 1);
    tzset();
    day.tm_hour = minute / 60;
    day.tm_min = minute % 60;
    day.tm_isdst = -1;
    time_t t = mktime(&day);
    /* the first of two; of one that does not exist, the first minute after the gap */
    struct tm back;
    for (time_t sooner = t - 7200; sooner <= t; sooner += 60)
        if (localtime_r(&sooner, &back) && back.tm_mday == day.tm_mday &&
            back.tm_hour * 60 + back.tm_min >= minute)
            return (int64_t)sooner * 1000;
    return (int64_t)t * 1000;
}

struct due { /* a firing, as it should be */
    int64_t at_ms;
    char date[16];
};

/* Those of a year, by walking its days. Returns how many. */
static int year_of(int i, struct due list[WEEKS + 2])
{
    static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    int n = 0, minute = atoi(rule_of(i) + 4) * 60 + atoi(rule_of(i) + 7);
    for (int64_t at = START_MS; at < START_MS + (WEEKS * 7 + 1) * DAY_MS; at += DAY_MS) {
        time_t t = (time_t)(at / 1000);
        struct tm day;
        assert_non_null(gmtime_r(&t, &day));
        if (strncmp(days[day.tm_wday], rule_of(i), 3) != 0) continue;
        (void)strftime(list[n].date, sizeof list[n].date, "%Y-%m-%d", &day);
        list[n].at_ms = libc_moment(zone_of(i), day, minute);
        if (list[n].at_ms > START_MS && list[n].at_ms < START_MS + WEEKS * 7 * DAY_MS) n++;
    }
    return n;
}

/* ---- the year ---- */

struct away {
    int64_t from_ms, to_ms;
};
static struct away aways[64];
static size_t away_n;

static bool nobody_between(int64_t from_ms, int64_t to_ms)
{
    for (size_t i = 0; i < away_n; i++)
        if (aways[i].from_ms <= from_ms && aways[i].to_ms >= to_ms) return true;
    return false;
}

/* Where the clock goes next: when something is due, at a step of hours at most. */
static int64_t next_moment(struct process *p)
{
    const struct slice argv[] = {
        SLICE_LIT("EVAL"),
        SLICE_LIT("local n = 9e15 for _, id in ipairs(redis.call('ZRANGE', "
                  "'y:schedules', 0, -1)) do n = math.min(n, "
                  "tonumber(redis.call('HGET', 'y:schedule:' .. id, "
                  "'next_ms'))) end return string.format('%.0f', n)"),
        SLICE_LIT("0")};
    struct asked a = ask(p, 3, argv);
    int64_t at = strtoll(a.text, NULL, 10);
    free(a.text);
    return at;
}

static void step(struct process *p)
{
    schedules_step(p->schedules, now_ms);
    while (!schedules_idle(p->schedules))
        loop_turn(p->loop, 100000);
    now_ms += 1000;
}

/* Until nothing is left to do at this moment. */
static void work(struct process *p)
{
    do {
        step(p);
    } while (next_moment(p) <= now_ms);
}

static void crash(struct process *p)
{
    schedules_step(p->schedules, now_ms);
    for (uint64_t turns = chance(40); turns > 0; turns--)
        loop_turn(p->loop, 200);
    kill_process(p);
    open_process(p);
    now_ms += SCHEDULE_AGAIN_MS + 1;
}

static void both_lead(struct process *p)
{
    struct process other;
    open_process(&other);
    for (int i = 0; i < 200; i++) {
        if (i % 50 == 0) {
            schedules_step(p->schedules, now_ms);
            schedules_step(other.schedules, now_ms + SCHEDULE_AGAIN_MS + 1);
        }
        loop_turn(p->loop, 100);
        loop_turn(other.loop, 100);
    }
    while (!schedules_idle(other.schedules))
        loop_turn(other.loop, 1000);
    while (!schedules_idle(p->schedules))
        loop_turn(p->loop, 1000);
    kill_process(&other);
    now_ms += SCHEDULE_AGAIN_MS + 1;
}

static void be_away(int64_t for_ms)
{
    if (away_n == COUNT_OF(aways)) return;
    aways[away_n++] = (struct away){now_ms, now_ms + for_ms};
    now_ms += for_ms;
}

static void live_a_year(struct process *p)
{
    int64_t end_ms = START_MS + WEEKS * 7 * DAY_MS;
    now_ms = START_MS;
    while (now_ms < end_ms) {
        int64_t at = next_moment(p);
        if (at > now_ms) now_ms = at;
        if (now_ms >= end_ms) break;
        uint64_t what = chance(100);
        if (what < 12)
            crash(p);
        else if (what < 14)
            both_lead(p);
        else if (what == 14)
            be_away((int64_t)chance(90) * 60000); /* what is late is still of use */
        else if (what == 15 && chance(4) == 0)
            be_away((int64_t)chance(30) * DAY_MS);
        work(p);
    }
}

/* ---- and what came of it ---- */

/* Each firing: a campaign of its date that was launched in its time, or nobody was there. */
static void check_group(struct process *p, int i, int *ret_fired, int *ret_missed)
{
    struct due list[WEEKS + 2];
    int n = year_of(i, list), fired = 0, missed = 0;
    char group[16], key[64];
    group_name(i, group);
    for (int k = 0; k < n; k++) {
        char name[64];
        (void)snprintf(name, sizeof name, "meeting %s", list[k].date);
        const struct slice argv[] = {
            SLICE_LIT("EVAL"),
            SLICE_LIT("for id in string.gmatch(redis.call('HGET', 'y:campaign_names', ARGV[1]) or "
                      "'', '%d+') do if redis.call('HGET', 'y:c:' .. id, 'group') == ARGV[2] then "
                      "return tonumber(id) end end return 0"),
            SLICE_LIT("0"), slice_of(name), slice_of(group)};
        struct asked a = ask(p, 5, argv);
        free(a.text);
        if (a.number == 0) {
            missed++;
            if (!nobody_between(list[k].at_ms, list[k].at_ms + LATE_MS))
                fail_msg("%s %s (%s, %s) did not fire", group, name, zone_of(i), rule_of(i));
            continue;
        }
        fired++;
        (void)snprintf(key, sizeof key, "y:c:%lld", (long long)a.number);
        int64_t launched = field(p, key, "launched_ms");
        if (launched < list[k].at_ms || launched > list[k].at_ms + LATE_MS)
            fail_msg("%s %s (%s, %s) fired %lld s late", group, name, zone_of(i), rule_of(i),
                     (long long)(launched - list[k].at_ms) / 1000);
    }
    (void)snprintf(key, sizeof key, "y:schedule:%d", i + 1);
    int64_t says_missed = field(p, key, "n_missed");
    assert_int_equal(field(p, key, "n_launched"), fired);
    assert_int_equal(says_missed < 0 ? 0 : says_missed, missed);
    assert_int_equal(field(p, key, "n_failed"), -1);
    *ret_fired += fired;
    *ret_missed += missed;
}

static int64_t run(struct process *p, size_t n, const struct slice *argv)
{
    struct asked a = ask(p, n, argv);
    free(a.text);
    return a.number;
}

static int64_t campaigns(struct process *p)
{
    const struct slice argv[] = {SLICE_LIT("ZCARD"), SLICE_LIT("y:campaigns")};
    return run(p, COUNT_OF(argv), argv);
}

/* Redis has forgotten the campaign that was launched: it is not launched again. */
static void test_a_store_that_went_back(void **state)
{
    (void)state;
    const struct slice goes_back[] = {SLICE_LIT("HSET"), SLICE_LIT("y:store"), SLICE_LIT("back"),
                                      SLICE_LIT("less")};
    const struct slice is_good[] = {SLICE_LIT("HDEL"), SLICE_LIT("y:store"), SLICE_LIT("back")};
    const struct slice forget[] = {SLICE_LIT("FLUSHALL")};
    char moment[24];
    struct process p;
    open_process(&p);
    make_world(&p, 1);
    now_ms = next_moment(&p) + 1000;
    (void)run(&p, COUNT_OF(goes_back), goes_back);
    step(&p);
    assert_int_equal(campaigns(&p), 0);
    assert_int_equal(field(&p, "y:schedule:1", "n_missed"), -1);
    (void)snprintf(moment, sizeof moment, "%" PRId64, now_ms);
    const struct slice made_good[] = {SLICE_LIT("HSET"), SLICE_LIT("y:store"),
                                      SLICE_LIT("restored_ms"), slice_of(moment)};
    (void)run(&p, COUNT_OF(made_good), made_good);
    (void)run(&p, COUNT_OF(is_good), is_good);
    work(&p);
    assert_int_equal(campaigns(&p), 0);
    assert_int_equal(field(&p, "y:schedule:1", "n_missed"), 1);
    now_ms = next_moment(&p) + 1000;
    work(&p);
    assert_int_equal(campaigns(&p), 1);
    (void)run(&p, COUNT_OF(forget), forget);
    redis_free(p.redis);
    groups_free(all_groups);
    all_groups = NULL;
    p.redis = NULL;
    kill_process(&p);
}

static void move_to(struct process *p, const char *zone)
{
    const struct group_change change = {.name = SLICE_LIT("g0"), .zone = slice_of(zone)};
    groups_change(p->groups, &change, deed_of(SLICE_LIT("local"), now_ms), on_done, NULL);
    wait_done(p);
}

/* What was to come by the clock before is over by the new one: that is said, and the next one comes by the new clock. Back again,
 * what was launched is not launched twice. */
static void test_a_group_that_moves(void **state)
{
    (void)state;
    const struct slice why[] = {SLICE_LIT("HGET"), SLICE_LIT("y:schedule:1"),
                                SLICE_LIT("last_why")};
    const struct slice forget[] = {SLICE_LIT("FLUSHALL")};
    struct process p;
    open_process(&p);
    make_world(&p, 1);
    int64_t first = field(&p, "y:schedule:1", "next_ms");
    now_ms = first - 3600000;
    move_to(&p, "Pacific/Auckland"); /* where it was half a day ago */
    work(&p);
    assert_int_equal(campaigns(&p), 0);
    assert_int_equal(field(&p, "y:schedule:1", "n_missed"), 1);
    struct asked a = ask(&p, 3, why);
    assert_string_equal(a.text, "the group was given another time zone, and there it was over");
    free(a.text);
    int64_t next = field(&p, "y:schedule:1", "next_ms");
    assert_true(next > now_ms && next < first + 7 * DAY_MS);
    now_ms = next + 1000;
    work(&p);
    assert_int_equal(campaigns(&p), 1);
    move_to(&p, zone_of(0)); /* its moment of that day comes once more */
    now_ms = first + 7 * DAY_MS + 1000;
    work(&p);
    assert_int_equal(campaigns(&p), 1);
    (void)run(&p, COUNT_OF(forget), forget);
    redis_free(p.redis);
    groups_free(all_groups);
    all_groups = NULL;
    p.redis = NULL;
    kill_process(&p);
}

static void test_year(void **state)
{
    (void)state;
    const char *given = getenv("SCHEDULE_GROUPS");
    int groups = given ? atoi(given) : GROUPS_DEFAULT, fired = 0, missed = 0;
    assert_true(groups > 0 && groups <= GROUPS_ALL);
    struct process p, first;
    open_process(&first);
    make_world(&first, groups);
    open_process(&p);
    live_a_year(&p);
    for (int i = 0; i < groups; i++)
        check_group(&p, i, &fired, &missed);
    assert_int_equal(campaigns(&p), fired); /* and no campaign more */
    assert_true(fired + missed >= groups * (WEEKS - 1));
    print_message("# %d groups: %d fired once, %d missed while nobody was there\n", groups, fired,
                  missed);
    kill_process(&p);
    redis_free(first.redis);
    groups_free(all_groups);
    first.redis = NULL;
    kill_process(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_store_that_went_back),
                                       cmocka_unit_test(test_a_group_that_moves),
                                       cmocka_unit_test(test_year)};
    server = redis_fixture_new();
    if (!server) {
        printf("1..0 # SKIP no redis-server on the PATH\n");
        return 0;
    }
    words = keywords_new();
    int failed = cmocka_run_group_tests_name("schedules", tests, NULL, NULL);
    keywords_free(words);
    redis_fixture_free(server);
    return failed;
}
