#pragma once
/* Lists that a group lends to another one, until some time: whoever runs campaigns there launches to the list, in
 * campaigns that stay the lender's (docs/adr/0067). Every process keeps a copy (store/follow.h), which is asked at
 * once: so a loan ends everywhere by itself, or within a moment after it was taken back.
 *
 * What a loan reaches stands under its scope, "@5", beside the groups: campaigns:@5, inbox:@5. No group is called so. */
#include "base/buf.h"
#include "core/group.h"
#include "io/loop.h"
#include "store/deed.h"
#include "store/store.h"

struct loans;

enum {
    LOANS_MAX = 1000,
    LOAN_WHY_BYTES_MAX = 500,
    LOAN_SCOPE_BYTES = 12,
    LOAN_DAYS_MAX = 366,
};

/* Borrowed from the copy until the loop turns. */
struct loan {
    uint32_t id;
    uint32_t list;         /* its first version: one of the same name made later is another list */
    const char *list_name; /* of group */
    const char *group;     /* who lends */
    const char *to;        /* who borrows */
    const char *why, *by;
    int64_t at_ms, until_ms; /* [wall ms] */
    int64_t back_ms;         /* [wall ms] taken back; 0 = it was not */
};

struct loans *loans_new(struct loop *l, struct store *s); /* returns owned; both borrowed */
void loans_free(struct loans *l);                         /* NULL is fine */

/* l NULL in the next four: nothing is lent. */
/* NULL: there is none of that id, or it is over. */
const struct loan *loans_find(const struct loans *l, uint32_t id, int64_t now_ms);
/* Whether it is known that the loan is over. One that the copy does not have yet is not. */
bool loans_are_over(const struct loans *l, uint32_t id, int64_t now_ms);
/* Those that are in force and concern one of the groups, by id: that it lends, borrows, or both. Owned array of
 * borrowed ones. */
enum loan_side { LOAN_LENT = 1, LOAN_BORROWED = 2, LOAN_EITHER = 3 };
const struct loan **loans_of(const struct loans *l, const struct group_set *groups,
                             enum loan_side side, int64_t now_ms, size_t *ret_n);
/* A list that one of the groups borrows, by its loan ("@5") or by its name; NULL: none, or (ret_several) several are
 * called so. */
const struct loan *loans_named(const struct loans *l, const struct group_set *groups,
                               struct slice name, int64_t now_ms, bool *ret_several);

void loan_scope(uint32_t id, char out[LOAN_SCOPE_BYTES]); /* "@5" */

struct loan_made { /* borrowed for the call */
    uint32_t list;
    struct slice list_name, group, to, why;
    int64_t until_ms;
};
/* Lends, or changes the end of what is lent to that group already; id: of the loan. ERR_CONFLICT: there are
 * LOANS_MAX. The callback runs when the copy here has it. */
typedef void loan_cb(void *arg, int result, uint32_t id, const struct err *e);
void loans_lend(struct loans *l, const struct loan_made *made, struct deed deed, loan_cb *cb,
                void *arg);
/* At once. ERR_NOT_FOUND: it is over already. */
void loans_take_back(struct loans *l, uint32_t id, struct deed deed, loan_cb *cb, void *arg);
