#include "app_journal.h"

#include "flow/journal.h"

enum { DAY_MS = 24 * 3600 * 1000 };

int app_journal_open(struct loop *l, const struct config *c, struct journal **ret, struct err *e)
{
    const struct journal_config config = {
        .loop = l,
        .state_dir = c->state_dir,
        .instance = c->instance,
        .bytes_max = (uint64_t)c->journal.bytes_max,
        .keep_ms = (int64_t)c->journal.keep_days * DAY_MS,
    };
    int rc = journal_open(&config, ret, e);
    return rc < 0 ? err_prefix(e, "%s: state_dir", c->path) : 0;
}
