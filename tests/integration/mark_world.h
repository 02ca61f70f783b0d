#pragma once
/* Processes that check in with one store, as its tests call them. */
#include "ledger_world.h"

#include "store/mark.h"

enum { GRACE_MS = 5000 };

/* The world of the test that runs. */
extern struct ledger_world *w;

struct process {
    const char *name;
    struct store *store;
    struct mark_report got;
    char by[32], peers[128];
    bool done;
};

struct process process_new(const char *name);
/* knows: one whom it has heard of; "" = nobody. */
enum mark_stand check_in(struct process *p, const char *run, const char *knows);
void move_mark(int64_t by);

uint64_t mark_of_store(void);

/* What came of a call: how many the store's mark was moved on by it, and its result. */
struct done {
    uint64_t told;
    int result;
    bool is;
};
/* arg is a struct done. */
void mark_on_done(void *arg, int result, const struct err *e);
/* Waits for it. */
uint64_t mark_told_of(struct done *d);

int mark_begin(void **state);
/* A store that nobody knows, the world's own dispatchers neither. */
int mark_begin_unknown(void **state);

#define MARK_TEST(f)    cmocka_unit_test_prestate_setup_teardown(f, mark_begin, NULL, world)
#define UNKNOWN_TEST(f) cmocka_unit_test_prestate_setup_teardown(f, mark_begin_unknown, NULL, world)
