#include "app_journal.h"

#include "app_copy.h"
#include "flow/journal.h"

enum { DAY_MS = 24 * 3600 * 1000 };

int app_journal_open(struct loop *l, const struct config *c, struct app_copy **copy,
                     struct journal **ret, struct err *e)
{
    int rc = app_copy_open(l, c, copy, e);
    if (rc < 0) return rc;
    const struct journal_config config = {
        .loop = l,
        .state_dir = c->state_dir,
        .instance = c->instance,
        .bytes_max = (uint64_t)c->journal.bytes_max,
        .keep_ms = (int64_t)c->journal.keep_days * DAY_MS,
        .copy = app_copy_of(*copy),
    };
    rc = journal_open(&config, ret, e);
    return rc < 0 ? err_prefix(e, "%s: state_dir", c->path) : 0;
}

void app_journal_free(struct journal *j, struct app_copy *copy)
{
    journal_free(j);
    app_copy_free(copy);
}
