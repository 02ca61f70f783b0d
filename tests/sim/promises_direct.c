/* Messages by hand in a store that goes back. Their numbers in the book are given again, to other messages, in each past; here each has a
 * recipient of its own, by whom it is known whatever becomes of the store. Nobody gets theirs twice; one that is lost with what was written
 * since the copy is named. */
#include "promises_impl.h"

#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t recipient_of(size_t index)
{
    char key[48];
    uint64_t to = 0;
    (void)snprintf(key, sizeof key, PREFIX "dm:%zu", index);
    struct slice text = sim_store_field(sim_redis_store(), key, SLICE_LIT("to"));
    (void)slice_to_u64(text, UINT64_MAX, &to);
    return to;
}

/* As it was when it was seen last. */
static struct person *message_to(uint64_t to)
{
    for (size_t i = 0; i < seen.message_n; i++)
        if (seen.messages[i].to == to) return &seen.messages[i];
    seen.messages = xrealloc(seen.messages, (seen.message_n + 1) * sizeof *seen.messages);
    struct person *p = &seen.messages[seen.message_n++];
    *p = (struct person){.state = NOBODY, .to = to};
    return p;
}

void promises_direct_written(struct person *p, size_t index)
{
    p->to = recipient_of(index);
}

void promises_read_direct(struct campaign *c)
{
    uint64_t total = 0;
    struct slice text = sim_store_field(sim_redis_store(), c->key, SLICE_LIT("total"));
    (void)slice_to_u64(text, c->plan.count, &total);
    for (size_t i = 0; i < c->plan.count; i++) {
        if (c->people[i].to) *message_to(c->people[i].to) = c->people[i];
        c->people[i] = (struct person){.state = NOBODY};
    }
    for (size_t i = 0; i < total; i++)
        c->people[i] = *message_to(recipient_of(i));
}

bool promises_direct_is_lost(const struct ref *ref, uint64_t to)
{
    const struct campaign *book = promises_campaign(0);
    const struct person *p = &book->people[ref->index];
    if (ref->index >= book->plan.count) return true;
    return to ? p->to != to : p->stamp != ref->stamp;
}

void promises_direct_lost_taken(const struct ref *ref, uint64_t to)
{
    struct person *p = message_to(to);
    if (p->taken)
        promise_broken("the message by hand to %llu is sent twice", (unsigned long long)to);
    p->taken = p->ever = true;
    p->stamp = ref->stamp;
}

static bool is_there(const struct campaign *book, uint64_t to)
{
    for (size_t i = 0; i < book->plan.count; i++)
        if (book->people[i].to == to) return true;
    return false;
}

void promises_check_direct_named(void)
{
    const struct campaign *book = promises_campaign(0);
    for (size_t i = 0; i < seen.message_n; i++) {
        struct person *p = &seen.messages[i];
        if (!p->taken || p->named || is_there(book, p->to)) continue;
        if (!promises_is_named(0, p->stamp))
            promise_broken("the message by hand to %llu was sent and is lost, and nobody says so",
                           (unsigned long long)p->to);
        p->named = true;
    }
}
