#include "flow/texted.h"

#include <stdlib.h>

#include "core/block.h"
#include "core/number.h"
#include "store/contacts.h"

struct counting {
    struct store *store;
    struct audience_info *info; /* owned */
    int64_t now_ms;
    uint32_t block;
    uint64_t texted;
    texted_cb *cb;
    void *arg;
};

static void end(struct counting *c, int result, const struct err *e)
{
    c->cb(c->arg, result, c->texted, result ? e : NULL);
    audience_info_free(c->info);
    free(c);
}

static void go_on(struct counting *c);

static void on_recent(void *arg, int result, uint32_t n, const struct err *e)
{
    struct counting *c = arg;
    if (result < 0) {
        end(c, result, e);
        return;
    }
    c->texted += n;
    c->block++;
    go_on(c);
}

static void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct counting *c = arg;
    uint64_t numbers[BLOCK_ROWS];
    size_t n = 0;
    if (result < 0) {
        end(c, result, e);
        return;
    }
    for (size_t row = 0; row < block_rows(b); row++)
        if (number_is_valid(block_number(b, row))) numbers[n++] = block_number(b, row);
    contacts_recent(c->store, numbers, n, c->now_ms, on_recent, c);
}

static void go_on(struct counting *c)
{
    if (c->block >= c->info->blocks)
        end(c, 0, NULL);
    else
        audience_block(c->store, c->info, c->block, on_block, c);
}

void texted_count(struct store *s, const struct audience_info *info, int64_t now_ms, texted_cb *cb,
                  void *arg)
{
    struct counting *c = xcalloc(1, sizeof *c);
    *c = (struct counting){
        .store = s, .info = audience_info_dup(info), .now_ms = now_ms, .cb = cb, .arg = arg};
    go_on(c);
}
