#include "flow/bring_taken.h"

#include "base/check.h"
#include "base/clock.h"
#include "store/forget.h"

#include <stdlib.h>

struct forgetting {
    restore_count_cb *cb;
    void *arg;
};

static void on_forgotten(void *arg, int result, const struct forgotten *forgotten,
                         const struct err *e)
{
    (void)forgotten, (void)e;
    struct forgetting f = *(struct forgetting *)arg;
    free(arg);
    f.cb(f.arg, result, result == 0);
}

static void forget(struct store *s, struct slice key, restore_count_cb *cb, void *arg)
{
    struct forgetting *f = xmalloc(sizeof *f);
    uint64_t number = 0;
    *f = (struct forgetting){cb, arg};
    (void)slice_to_u64(key, UINT64_MAX, &number); /* none of who has only an id at the provider */
    forget_person(
        s, key, number,
        deed_for(SLICE_LIT("the journal"), clock_wall_ms(), SLICE_LIT("the store went back")),
        on_forgotten, f);
}

bool bring_taken(struct store *s, const struct told_taken *what, uint64_t mark, bool applies,
                 restore_count_cb *cb, void *arg)
{
    bool is_person = slice_is(what->kind, "forgotten");
    if ((is_person || slice_is(what->kind, "list")) && !applies) return false;
    if (is_person)
        forget(s, what->id, cb, arg);
    else
        restore_taken(s, what, mark, clock_wall_ms(), cb, arg);
    return true;
}
