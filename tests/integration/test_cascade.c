/* Cascades (store/cascade.h), against a real Redis: what is counted, against a model that counts for
 * itself; what bounds hold; what a link costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redis_group.h"
#include "store/cascade.h"

#define NOW_MS    INT64_C(1700000000000)
#define MINUTE_MS INT64_C(60000)

enum { CAMPAIGN = 7, LINKS = 6000, TURN = 300, LINK_BYTES_MAX = 13 };

static struct cascades *cascades;

static int set_up(void **state)
{
    (void)state;
    group_begin();
    cascades = cascades_new(loop, store);
    return 0;
}

/* What was begun has its reply: the follower's, too. */
static int64_t number;
static void on_number(void *arg, const struct redisReply *reply)
{
    (void)arg;
    number = redis_int(reply, -1);
}

static int64_t ask(size_t argc, const struct slice *argv)
{
    struct err e;
    assert_int_equal(redis_wait(redis, on_number, NULL, &e, argc, argv), 0);
    return number;
}

static int tear_down(void **state)
{
    (void)state;
    const struct slice ping[] = {SLICE_LIT("PING")};
    cascades_free(cascades);
    (void)ask(1, ping);
    group_end();
    return 0;
}

static char *key_of(const char *rest)
{
    static char key[64];
    (void)snprintf(key, sizeof key, "%s%s", prefix, rest);
    return key;
}

static bool done;
static int said;
static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg, (void)e;
    said = result;
    done = true;
}

static int wait_done(void)
{
    while (!done)
        loop_turn(loop, -1);
    done = false;
    return said;
}

static int begin_one(uint32_t campaign, const char *title)
{
    const struct cascade c = {.campaign = campaign,
                              .group = "leeds",
                              .title = title,
                              .text = "Vote today.",
                              .until_ms = NOW_MS};
    cascades_put(cascades, &c, deed_of(SLICE_LIT("Omar"), NOW_MS), on_done, NULL);
    return wait_done();
}

/* ---- opens of a turn ---- */

static struct {
    size_t waiting;
    uint32_t mine[TURN];
} turn;

static void on_open(void *arg, int result, uint32_t mine)
{
    assert_int_equal(result, 0);
    *(uint32_t *)arg = mine;
    turn.waiting--;
}

static void open_all(uint32_t campaign, const uint32_t *links, size_t n, int64_t now_ms)
{
    turn.waiting = n;
    for (size_t i = 0; i < n; i++)
        cascades_open(cascades, campaign, links[i], now_ms, on_open, &turn.mine[i]);
    while (turn.waiting)
        loop_turn(loop, -1);
}

static uint32_t open_one(uint32_t link)
{
    open_all(CAMPAIGN, &link, 1, NOW_MS);
    return turn.mine[0];
}

/* ---- what is read ---- */

static struct cascade_counts counts;
static void on_counts(void *arg, int result, const struct cascade_counts *list, size_t n,
                      const struct err *e)
{
    (void)arg, (void)e;
    assert_int_equal(result, 0);
    assert_true(n == 1);
    counts = list[0];
    done = true;
}

static void read_counts(uint32_t campaign)
{
    cascades_counts(cascades, &campaign, 1, on_counts, NULL);
    (void)wait_done();
    assert_int_equal(counts.campaign, campaign);
}

static struct cascade_link tree[CASCADE_TREE_MAX];
static size_t tree_n;
static void on_tree(void *arg, int result, const struct cascade_link *list, size_t n,
                    const struct err *e)
{
    (void)arg, (void)e;
    assert_int_equal(result, 0);
    assert_true(n <= CASCADE_TREE_MAX);
    memcpy(tree, list, n * sizeof *list);
    tree_n = n;
    done = true;
}

static void read_tree(void)
{
    cascades_tree(cascades, CAMPAIGN, on_tree, NULL);
    (void)wait_done();
}

/* ---- which go on ---- */

static void test_begins_and_ends(void **state)
{
    (void)state;
    static const char *const leeds_names[] = {"leeds"}, *const york_names[] = {"york"};
    const struct group_set leeds = {false, leeds_names, 1}, york = {false, york_names, 1};
    const struct cascade *list[4];
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    const struct cascade *c = cascades_find(cascades, CAMPAIGN);
    assert_non_null(c);
    assert_string_equal(c->title, "One");
    assert_string_equal(c->text, "Vote today.");
    assert_int_equal(c->until_ms, NOW_MS);
    uint64_t version = c->version;
    assert_int_equal(begin_one(CAMPAIGN, "Two"), 0);
    c = cascades_find(cascades, CAMPAIGN);
    assert_string_equal(c->title, "Two");
    assert_true(c->version != version);
    assert_int_equal(begin_one(3, "Three"), 0);
    assert_int_equal(cascades_list(cascades, &leeds, list, 4), 2);
    assert_int_equal(list[0]->campaign, 3);
    assert_int_equal(cascades_list(cascades, &york, list, 4), 0);
    cascades_end(cascades, CAMPAIGN, deed_of(SLICE_LIT("Omar"), NOW_MS), on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_null(cascades_find(cascades, CAMPAIGN));
    cascades_end(cascades, CAMPAIGN, deed_of(SLICE_LIT("Omar"), NOW_MS), on_done, NULL);
    assert_int_equal(wait_done(), ERR_NOT_FOUND);
}

/* ---- what is counted ---- */

/* A cascade of which this file keeps account itself. */
static struct {
    uint32_t n, parent[LINKS + 1], generation[LINKS + 1], opens[LINKS + 1], shares[LINKS + 1];
    uint64_t by_generation[CASCADE_GENERATIONS], shares_by[CASCADE_GENERATIONS],
        bars[CASCADE_BARS_MAX];
    uint64_t all_shares;
} model;

static uint32_t chance(uint32_t below)
{
    static uint64_t x = 88172645463325252;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x % below);
}

/* Some links are opened often, most never. */
static uint32_t some_link(void)
{
    uint32_t link = 1 + chance(model.n);
    return chance(3) ? 1 + chance(1 + link / 8) : link;
}

static void model_open(uint32_t link, uint32_t mine, size_t bar)
{
    assert_true(mine > 1 && mine <= LINKS);
    assert_int_equal(model.parent[mine], 0); /* nobody else's */
    model.parent[mine] = link;
    model.generation[mine] = model.generation[link] + 1;
    model.opens[link]++;
    model.by_generation[model.generation[mine] < CASCADE_GENERATIONS ? model.generation[mine]
                                                                     : CASCADE_GENERATIONS - 1]++;
    model.bars[bar]++;
}

static void model_turn(size_t bar)
{
    uint32_t links[TURN];
    size_t n = 1 + chance(TURN);
    if (n > LINKS - model.n) n = LINKS - model.n;
    for (size_t i = 0; i < n; i++)
        links[i] = some_link();
    for (size_t i = 0; i < n; i++) {
        if (chance(4)) continue;
        cascades_note(cascades, CAMPAIGN, links[i], CASCADE_SHARED, NOW_MS);
        model.shares[links[i]]++;
        model.shares_by[model.generation[links[i]]]++;
        model.all_shares++;
    }
    open_all(CAMPAIGN, links, n, NOW_MS + (int64_t)bar * MINUTE_MS);
    for (size_t i = 0; i < n; i++)
        model_open(links[i], turn.mine[i], bar);
    model.n += (uint32_t)n;
}

static void check_tree(void)
{
    uint32_t most = 0;
    read_tree();
    assert_int_equal(tree[0].link, 1);
    for (size_t i = 0; i < tree_n; i++) {
        uint32_t link = tree[i].link;
        assert_int_equal(tree[i].parent, model.parent[link]);
        assert_int_equal(tree[i].generation, model.generation[link]);
        assert_int_equal(tree[i].sums.opens, model.opens[link]);
        assert_int_equal(tree[i].sums.shares, model.shares[link]);
        if (link > 1 && model.opens[link] > most) most = model.opens[link];
    }
    for (uint32_t link = 2; link <= model.n; link++)
        assert_true(model.opens[link] <= most || model.opens[link] < 8);
}

static void test_counts(void **state)
{
    (void)state;
    size_t bar = 0;
    uint32_t deepest = 0;
    memset(&model, 0, sizeof model);
    model.n = 1;
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    while (model.n < LINKS)
        model_turn(bar < CASCADE_BARS_MAX - 1 ? bar++ : bar);
    for (uint32_t link = 2; link <= LINKS; link++) {
        assert_true(model.parent[link] != 0); /* all were given */
        if (model.generation[link] > deepest) deepest = model.generation[link];
    }
    read_counts(CAMPAIGN);
    assert_int_equal(counts.links, LINKS - 1);
    assert_int_equal(counts.all.opens, LINKS - 1);
    assert_int_equal(counts.all.shares, model.all_shares);
    assert_int_equal(counts.deepest, deepest);
    assert_true(deepest > 4);
    for (size_t g = 0; g < CASCADE_GENERATIONS; g++) {
        assert_int_equal(counts.by_generation[g].opens, model.by_generation[g]);
        assert_int_equal(counts.by_generation[g].shares, model.shares_by[g]);
    }
    assert_int_equal(counts.from_ms / MINUTE_MS, NOW_MS / MINUTE_MS);
    for (size_t i = 0; i < CASCADE_BARS_MAX; i++)
        assert_int_equal(counts.by_bar[i].opens, model.bars[i]);
    check_tree();
}

/* What a program or a flood does moves neither opens nor links; a pledge counts with the link that it was made under. */
static void test_notes(void **state)
{
    (void)state;
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    uint32_t mine = open_one(CASCADE_ROOT);
    cascades_note(cascades, CAMPAIGN, mine, CASCADE_PROGRAM, NOW_MS);
    cascades_note(cascades, CAMPAIGN, mine, CASCADE_PROGRAM, NOW_MS);
    cascades_note(cascades, CAMPAIGN, mine, CASCADE_OVER, NOW_MS);
    cascades_note(cascades, CAMPAIGN, mine, CASCADE_PLEDGED, NOW_MS);
    (void)open_one(mine);
    read_counts(CAMPAIGN);
    assert_int_equal(counts.all.opens, 2);
    assert_int_equal(counts.links, 2);
    assert_int_equal(counts.programs, 2);
    assert_int_equal(counts.over, 1);
    assert_int_equal(counts.all.pledges, 1);
    assert_int_equal(counts.by_generation[1].pledges, 1);
    assert_int_equal(counts.deepest, 2);
}

/* ---- what bounds it ---- */

static void test_unknown_links(void **state)
{
    (void)state;
    uint32_t nobodys = 9;
    open_all(CAMPAIGN, &nobodys, 1, NOW_MS); /* it was never begun: nothing is made */
    assert_int_equal(turn.mine[0], nobodys);
    read_counts(CAMPAIGN);
    assert_int_equal(counts.all.opens, 0);
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    assert_int_equal(open_one(4000000000U), 2); /* of a store that went back: as the first */
    assert_int_equal(open_one(0), 3);
    read_counts(CAMPAIGN);
    assert_int_equal(counts.by_generation[1].opens, 2);
}

static void set(const char *key, const char *field, const char *value)
{
    const struct slice argv[] = {SLICE_LIT("HSET"), slice_of(key_of(key)), slice_of(field),
                                 slice_of(value)};
    (void)ask(4, argv);
}

/* When the store went back, what it gives from then on is nobody's from before; a link that it lost counts as the first. */
static void test_after_going_back(void **state)
{
    (void)state;
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    uint32_t kept = open_one(1);
    set("store", "era", "1790000000000");
    uint32_t lost = kept + 1, later = open_one(lost);
    assert_true(later > 400000);
    uint32_t next = open_one(later);
    assert_int_equal(next, later + 1);
    set("store", "era", "1790000099999");
    assert_true(open_one(next) > next + 400000);
    read_counts(CAMPAIGN);
    assert_int_equal(counts.links, 4);
    assert_int_equal(counts.by_generation[1].opens, 2); /* by the first, and by the lost one */
    assert_int_equal(counts.by_generation[2].opens, 1);
    assert_int_equal(counts.by_generation[3].opens, 1);
    assert_int_equal(begin_one(8, "New"), 0); /* one that begins afterwards begins as all do */
    const uint32_t root = CASCADE_ROOT;
    open_all(8, &root, 1, NOW_MS);
    assert_int_equal(turn.mine[0], 2);
}

/* When no more links are made, whoever opens passes on the link that they opened, and is counted. */
static void test_full(void **state)
{
    (void)state;
    char last[16];
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    (void)snprintf(last, sizeof last, "%d", CASCADE_LINKS_MAX - 1);
    set("c:7:cascade", "next", last);
    const uint32_t links[] = {1, 1, 1};
    open_all(CAMPAIGN, links, 3, NOW_MS);
    assert_int_equal(turn.mine[0], CASCADE_LINKS_MAX);
    assert_int_equal(turn.mine[1], 1);
    assert_int_equal(turn.mine[2], 1);
    read_counts(CAMPAIGN);
    assert_int_equal(counts.all.opens, 3);
}

static void test_children(void **state)
{
    (void)state;
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    uint32_t popular = open_one(CASCADE_ROOT);
    const uint32_t opens = CASCADE_CHILDREN_MAX - 1;
    const char bytes[] = {(char)(opens >> 16), (char)(opens >> 8), (char)opens};
    const struct slice argv[] = {SLICE_LIT("SETRANGE"), slice_of(key_of("c:7:links:0")),
                                 SLICE_LIT("21"), slice_make(bytes, 3)};
    (void)ask(4, argv);
    const struct slice strong[] = {SLICE_LIT("ZADD"), slice_of(key_of("c:7:cascade:top")),
                                   SLICE_LIT("49999"), SLICE_LIT("2")};
    (void)ask(4, strong);
    const uint32_t links[] = {popular, popular};
    open_all(CAMPAIGN, links, 2, NOW_MS);
    assert_int_equal(turn.mine[0], popular + 1);
    assert_int_equal(turn.mine[1], popular);
    read_tree();
    assert_int_equal(tree[1].link, popular);
    assert_int_equal(tree[1].sums.opens, CASCADE_CHILDREN_MAX + 1);
}

/* The list of the strongest is full of links that were opened once: another one of those leaves it as it is, and whoever is
 * opened again comes there all the same. */
static void test_most_are_opened_once(void **state)
{
    (void)state;
    enum { ALL = 600, LISTED = 500 };
    uint32_t last = 0;
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    for (int i = 0; i < ALL; i++)
        last = open_one(CASCADE_ROOT);
    for (uint32_t i = 0; i < ALL; i++)
        (void)open_one(last - i);
    const struct slice listed[] = {SLICE_LIT("ZCARD"), slice_of(key_of("c:7:cascade:top"))};
    assert_int_equal(ask(2, listed), LISTED);
    for (uint32_t i = 0; i < ALL; i += ALL / 4)
        (void)open_one(last - i);
    assert_int_equal(ask(2, listed), LISTED);
    read_tree();
    size_t again = 0;
    for (size_t i = 0; i < tree_n; i++)
        again += tree[i].sums.opens == 2;
    assert_int_equal(again, 4);
}

/* A machine that follows its own links for ever gets no deeper than is kept. */
static void test_loop(void **state)
{
    (void)state;
    uint32_t link = CASCADE_ROOT;
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    for (int i = 0; i < 300; i++)
        link = open_one(link);
    read_counts(CAMPAIGN);
    assert_int_equal(counts.all.opens, 300);
    assert_int_equal(counts.by_generation[CASCADE_GENERATIONS - 1].opens,
                     300 - (CASCADE_GENERATIONS - 2));
    read_tree();
    assert_true(tree_n <= CASCADE_TREE_MAX);
}

/* A link costs what it costs, however often it is opened. */
static void test_memory(void **state)
{
    (void)state;
    static uint32_t links[TURN];
    int64_t bytes = 0;
    char key[32];
    assert_int_equal(begin_one(CAMPAIGN, "One"), 0);
    for (uint32_t n = 1; n < 4 * 4096; n += TURN) {
        for (size_t i = 0; i < TURN; i++)
            links[i] = 1 + chance(n);
        open_all(CAMPAIGN, links, TURN, NOW_MS);
    }
    read_counts(CAMPAIGN);
    for (int i = 0; i < 4; i++) {
        (void)snprintf(key, sizeof key, "c:7:links:%d", i);
        const struct slice argv[] = {SLICE_LIT("MEMORY"), SLICE_LIT("USAGE"),
                                     slice_of(key_of(key))};
        bytes += ask(3, argv);
    }
    assert_true(bytes > 0);
    assert_true((uint64_t)bytes <= 4 * 4096 * LINK_BYTES_MAX);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_begins_and_ends),
        TEST(test_counts),
        TEST(test_notes),
        TEST(test_after_going_back),
        TEST(test_unknown_links),
        TEST(test_full),
        TEST(test_children),
        TEST(test_most_are_opened_once),
        TEST(test_loop),
        TEST(test_memory),
    };
    return redis_group_run("cascade", tests, COUNT_OF(tests));
}
