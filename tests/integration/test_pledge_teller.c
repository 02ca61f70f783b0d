/* Who pledged is told (flow/pledge_teller.h), over a real Redis and its queue: each thing once, whoever leads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/iso8601.h"
#include "flow/pledge_teller.h"
#include "flow/zone_book.h"
#include "redis_group.h"
#include "store/queue.h"

#define ANN UINT64_C(447400000101)
#define BOB UINT64_C(447400000102)

static struct queue *queue;
static struct outbox *outbox;
static struct zone_book *zones;
static struct pledge_teller *teller;
static struct pledge_teller_config config;
static size_t on_queue;
static char text[512];
static bool done;

static void on_message(void *arg, struct queue_message *m)
{
    (void)arg;
    assert_int_equal(m->lane, LANE_REMINDER);
    on_queue++;
    queue_ack(queue, m, NULL, NULL);
}

static int64_t at(const char *iso)
{
    int64_t ms = 0;
    assert_true(iso8601_parse(slice_of(iso), &ms));
    return ms;
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    (void)arg;
    struct slice s = redis_str(reply);
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARG(s));
}

static const char *get(const char *hash, const char *field)
{
    char key[64];
    struct err e;
    (void)snprintf(key, sizeof key, "%s%s", prefix, hash);
    const struct slice argv[] = {SLICE_LIT("HGET"), slice_of(key), slice_of(field)};
    text[0] = '\0';
    assert_int_equal(redis_wait(redis, on_reply, NULL, &e, 3, argv), 0);
    return text;
}

static void put(const char *hash, const char *field, const char *value)
{
    char key[64];
    struct err e;
    (void)snprintf(key, sizeof key, "%s%s", prefix, hash);
    const struct slice argv[] = {SLICE_LIT("HSET"), slice_of(key), slice_of(field),
                                 slice_of(value)};
    assert_int_equal(redis_wait(redis, on_reply, NULL, &e, 4, argv), 0);
}

static void put_session(const char *start, unsigned capacity, const char *more)
{
    char json[256];
    (void)snprintf(json, sizeof json,
                   "{\"place\":7,\"start\":%lld,\"end\":%lld,\"meeting_point\":\"Town "
                   "hall\",\"capacity\":%u%s}",
                   (long long)at(start), (long long)at(start) + 7200000, capacity, more);
    put("places", "7",
        "{\"name\":\"Leeds\",\"group\":\"leeds\",\"lat\":5380000,\"lon\":-155000,\"priority\":"
        "\"marginal\"}");
    put("sessions", "1", json);
}

static void on_pledge(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    (void)arg, (void)d, (void)e;
    assert_int_equal(result, 0);
    done = true;
}

static void wait_done(void)
{
    while (!done)
        loop_turn(loop, -1);
    done = false;
}

static void pledge_at(uint64_t person, const char *now)
{
    const struct pledge_ask ask = {.session = 1, .person = person, .way = PLEDGE_BY_PAGE};
    pledge_make(store, &ask, at(now), on_pledge, NULL);
    wait_done();
}

/* What a leader does at that moment. */
static void lead_at(const char *now)
{
    for (int i = 0; i < 8; i++) {
        pledge_teller_step(teller, at(now));
        while (!pledge_teller_idle(teller))
            loop_turn(loop, -1);
    }
}

/* [texts] recorded until now; each comes from the queue, too. */
static size_t told(void)
{
    size_t n = (size_t)strtoul(get("c:0", "total"), NULL, 10);
    while (on_queue < n)
        loop_turn(loop, -1);
    return n;
}

static void restart(void)
{
    pledge_teller_free(teller);
    teller = pledge_teller_new(&config);
}

/* ---- */

static void who_pledges_is_told_at_once(void **state)
{
    (void)state;
    put_session("2026-12-05T10:00:00Z", 1, "");
    pledge_at(ANN, "2026-12-01T22:30:00Z"); /* also at night: they have just asked */
    pledge_at(BOB, "2026-12-01T22:30:00Z");
    lead_at("2026-12-01T22:30:00Z");
    lead_at("2026-12-01T22:31:00Z");
    assert_int_equal(told(), 2);
    const char *said = get("dm:0", "text");
    const char *expected = "Leeds Labour: thank you! You are coming: Leeds, Sat 5 Dec 10:00. Meet: "
                           "Town hall. Can't come? Reply CANT or https://m.example/pledge/";
    assert_int_equal(strncmp(said, expected, strlen(expected)), 0);
    assert_int_equal(strlen(said), strlen(expected) + 23);
    assert_non_null(strstr(get("dm:1", "text"), "waiting list"));
    assert_string_equal(get("dm:1", "to"), "447400000102");
    assert_string_equal(get("dm:0", "gateway"), "texts");
    assert_string_equal(get("dm:0", "sender"), "LABOUR");
    assert_int_equal(strtoll(get("dm:0", "until"), NULL, 10), at("2026-12-05T10:00:00Z"));
}

static void reminders_come_twice_and_not_again(void **state)
{
    (void)state;
    put_session("2026-12-05T10:30:00Z", 0, "");
    pledge_at(ANN, "2026-12-01T09:00:00Z");
    lead_at("2026-12-01T09:00:00Z");
    lead_at("2026-12-04T10:59:00Z");
    assert_int_equal(told(), 1);
    lead_at("2026-12-04T11:00:00Z");
    lead_at("2026-12-04T11:01:00Z");
    assert_int_equal(told(), 2);
    assert_non_null(strstr(get("dm:1", "text"), "see you tomorrow"));
    restart();
    lead_at("2026-12-04T11:02:00Z");
    assert_int_equal(told(), 2);
    pledge_at(BOB, "2026-12-04T12:00:00Z"); /* knows it: confirmed, and not reminded at once */
    lead_at("2026-12-04T12:00:10Z");
    lead_at("2026-12-04T12:00:30Z");
    restart();
    lead_at("2026-12-04T12:01:00Z");
    assert_int_equal(told(), 3);
    lead_at("2026-12-05T08:31:00Z");
    assert_int_equal(told(), 5);
    restart();
    lead_at("2026-12-05T08:32:00Z");
    lead_at("2026-12-05T10:40:00Z");
    assert_int_equal(told(), 5);
    assert_int_equal(strtoll(get("dm:4", "until"), NULL, 10), at("2026-12-05T10:30:00Z"));
    pledge_at(UINT64_C(447400000103), "2026-12-05T10:45:00Z"); /* on the spot */
    lead_at("2026-12-05T10:45:00Z");
    assert_int_equal(told(), 6);
    assert_int_equal(strtoll(get("dm:5", "until"), NULL, 10), at("2026-12-05T12:30:00Z"));
}

static void who_was_not_there_in_time_reminds_while_it_is_of_use(void **state)
{
    (void)state;
    put_session("2026-12-05T10:30:00Z", 0, "");
    pledge_at(ANN, "2026-12-01T09:00:00Z");
    lead_at("2026-12-01T09:00:00Z");
    restart();
    lead_at("2026-12-04T21:30:00Z");
    assert_int_equal(told(), 1);
    restart();
    lead_at("2026-12-05T10:19:00Z");
    assert_int_equal(told(), 2);
    pledge_at(BOB, "2026-12-05T10:19:30Z");
    lead_at("2026-12-05T10:19:40Z");
    restart();
    lead_at("2026-12-05T10:25:00Z");
    assert_int_equal(told(), 3);
}

static void a_correction_is_told_to_all(void **state)
{
    (void)state;
    put_session("2026-12-05T10:30:00Z", 1, "");
    pledge_at(ANN, "2026-12-01T09:00:00Z");
    pledge_at(BOB, "2026-12-01T09:00:00Z");
    lead_at("2026-12-01T09:00:00Z");
    assert_int_equal(told(), 2);
    put_session("2026-12-06T11:00:00Z", 1, "");
    lead_at("2026-12-01T23:00:00Z"); /* not at night */
    assert_int_equal(told(), 2);
    lead_at("2026-12-02T08:00:00Z");
    lead_at("2026-12-02T08:01:00Z");
    assert_int_equal(told(), 4);
    assert_non_null(strstr(get("dm:2", "text"), "changed: Leeds is now Sun 6 Dec 11:00"));
    put_session("2026-12-06T11:00:00Z", 2, ""); /* one more may come */
    lead_at("2026-12-02T09:00:00Z");
    lead_at("2026-12-02T09:00:30Z");
    assert_int_equal(told(), 5);
    assert_non_null(strstr(get("dm:4", "text"), "there is a place for you"));
    put_session("2026-12-06T11:00:00Z", 2, ",\"cancelled\":true");
    lead_at("2026-12-02T10:00:00Z");
    lead_at("2026-12-02T10:01:00Z");
    restart();
    lead_at("2026-12-02T10:02:00Z");
    assert_int_equal(told(), 7);
    assert_non_null(strstr(get("dm:6", "text"), "cancelled: Leeds"));
    assert_non_null(strstr(get("dm:6", "text"), "https://m.example/near"));
}

/* ---- */

static int set_up(void **state)
{
    static const char *const senders[] = {"LABOUR"};
    static const struct account list[] = {
        {.name = "texts",
         .channel = "sms",
         .group = "leeds",
         .senders = senders,
         .sender_count = 1},
        {.name = "second", .channel = "sms", .senders = senders, .sender_count = 1},
        {.name = "wa", .channel = "whatsapp", .senders = senders, .sender_count = 1},
    };
    static const struct accounts accounts = {list, COUNT_OF(list)};
    static const unsigned char key[16] = "0123456789abcdef";
    struct redis_config where = {.url = redis_fixture_url(server)};
    struct err e;
    (void)state;
    group_begin();
    struct queue_config of = {
        .kind = "redis", .consumer = "test", .group = "muster", .redis = &where, .prefix = prefix};
    on_queue = 0;
    assert_int_equal(queue_new(loop, &of, on_message, NULL, &queue, &e), 0);
    queue_set_demand(queue, LANE_REMINDER, 100);
    while (!queue_is_ready(queue))
        loop_turn(loop, -1);
    outbox = outbox_new(store, queue);
    zones = zone_book_new();
    config = (struct pledge_teller_config){.store = store,
                                           .outbox = outbox,
                                           .accounts = &accounts,
                                           .zones = zones,
                                           .country = "",
                                           .organisation = "Leeds Labour",
                                           .public_url = "https://m.example",
                                           .link_key = key};
    teller = pledge_teller_new(&config);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pledge_teller_free(teller);
    queue_free(queue);
    outbox_free(outbox);
    zone_book_free(zones);
    group_end();
    return 0;
}

static void texts_leave_by_the_account_that_is_said(void **state)
{
    (void)state;
    put_session("2026-12-05T10:00:00Z", 0, "");
    config.gateway = "second";
    restart();
    pledge_at(ANN, "2026-12-01T09:00:00Z");
    lead_at("2026-12-01T09:00:00Z");
    assert_int_equal(told(), 1);
    assert_string_equal(get("dm:0", "gateway"), "second");
    config.gateway = "wa"; /* texts nobody by itself: the first of SMS */
    restart();
    pledge_at(BOB, "2026-12-01T09:00:00Z");
    lead_at("2026-12-01T09:00:10Z");
    assert_int_equal(told(), 2);
    assert_string_equal(get("dm:1", "gateway"), "texts");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_pledges_is_told_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reminders_come_twice_and_not_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_not_there_in_time_reminds_while_it_is_of_use,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_correction_is_told_to_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_leave_by_the_account_that_is_said, set_up, tear_down),
    };
    return redis_group_run("pledge_teller", tests, COUNT_OF(tests));
}
