#include "flow/account.h"

const struct account *accounts_find(const struct accounts *a, struct slice name)
{
    for (size_t i = 0; i < a->count; i++)
        if (slice_is(name, a->list[i].name)) return &a->list[i];
    return NULL;
}

size_t accounts_index(const struct accounts *a, const struct account *one)
{
    check(one >= a->list && one < a->list + a->count);
    return (size_t)(one - a->list);
}

double account_rate_per_s(const struct account *a)
{
    double senders = a->sender_rate_per_s * (double)a->sender_count;
    return senders > 0 && senders < a->rate_per_s ? senders : a->rate_per_s;
}
