/* What a backup holds leaves the journal (flow/journal_room.h): a real Redis, a real journal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flow/journal.h"
#include "flow/journal_room.h"
#include "redis_group.h"

#include "../folder.h"

static struct journal *journal;
static struct journal_room *room;
static char folder[64];

static void begin(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/muster-room-XXXXXX");
    assert_non_null(mkdtemp(folder));
    const struct journal_config config = {
        .loop = loop, .state_dir = folder, .instance = "a", .bytes_max = JOURNAL_BYTES_LEAST};
    struct err e;
    assert_int_equal(journal_open(&config, &journal, &e), 0);
    const struct journal_store of = {.id = SLICE_LIT("one")};
    journal_set_store(journal, &of, 0);
    group_begin();
    room = journal_room_new(loop, store, journal);
}

static void end(void)
{
    journal_room_free(room);
    group_end();
    journal_free(journal);
    assert_int_equal(folder_remove(folder), 0);
}

static void on_synced(void *arg, int result)
{
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

static void put(uint64_t mark)
{
    static const uint8_t offset = 1;
    const struct journal_people who = {.campaign = 7, .stamp = 1, .offsets = &offset, .n = 1};
    bool done = false;
    journal_grant(journal, mark, &who);
    journal_sync(journal, on_synced, &done);
    while (!done)
        loop_turn(loop, -1);
}

static void backed_up(const char *id, const char *mark)
{
    char key[64];
    struct err e;
    (void)snprintf(key, sizeof key, "%sbackup", prefix);
    const struct slice argv[] = {SLICE_LIT("HSET"),  slice_of(key),     SLICE_LIT("store"),
                                 slice_of(id),       SLICE_LIT("mark"), slice_of(mark),
                                 SLICE_LIT("at_ms"), SLICE_LIT("1")};
    assert_int_equal(redis_wait(redis, NULL, NULL, &e, COUNT_OF(argv), argv), 0);
}

static void look(void)
{
    struct err e;
    const struct slice argv[] = {SLICE_LIT("PING")};
    journal_room_look(room);
    assert_int_equal(redis_wait(redis, NULL, NULL, &e, COUNT_OF(argv), argv), 0);
}

/* The file that a backup holds goes when it is not the newest any more. */
static void test_what_a_backup_holds_goes(void **state)
{
    (void)state;
    begin();
    put(10);
    look();
    put(11);
    assert_int_equal(journal_complete_after(journal), 0); /* no backup yet */
    backed_up("one", "11");
    look();
    put(12);
    assert_int_equal(journal_complete_after(journal), 11);
    end();
}

static void test_a_backup_of_another_store_says_nothing(void **state)
{
    (void)state;
    begin();
    put(10);
    backed_up("two", "99");
    look();
    put(11);
    assert_int_equal(journal_complete_after(journal), 0);
    backed_up("one", "0");
    look();
    put(12);
    assert_int_equal(journal_complete_after(journal), 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_backup_holds_goes),
        cmocka_unit_test(test_a_backup_of_another_store_says_nothing),
    };
    return redis_group_run("journal room", tests, COUNT_OF(tests));
}
