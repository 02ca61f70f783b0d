#include "flow/senders.h"

#include "store/group.h"

static struct senders all_of(const struct account *a)
{
    struct senders s = {.count = 0};
    for (size_t i = 0; i < a->sender_count && i < SENDERS_MAX; i++)
        s.at[s.count++] = (uint8_t)i;
    return s;
}

struct senders senders_of_group(const struct account *a, const struct groups *groups,
                                struct slice group)
{
    const struct group_info *info = groups_find(groups, group);
    if (!info || info->sender_count == 0) return all_of(a);
    struct senders s = {.count = 0};
    for (size_t i = 0; i < a->sender_count && i < SENDERS_MAX; i++)
        if (slice_index(slice_of(a->senders[i]), info->senders, info->sender_count) >= 0)
            s.at[s.count++] = (uint8_t)i;
    return s;
}

static bool is_named(struct slice names, const char *sender)
{
    struct slice one;
    while (names.n > 0 && slice_cut(&names, '\n', &one))
        if (slice_is(one, sender)) return true;
    return false;
}

struct senders senders_named(const struct account *a, struct slice names)
{
    if (names.n == 0) return all_of(a);
    struct senders s = {.count = 0};
    for (size_t i = 0; i < a->sender_count && i < SENDERS_MAX; i++)
        if (is_named(names, a->senders[i])) s.at[s.count++] = (uint8_t)i;
    return s;
}

struct slice senders_names(const struct account *a, const struct senders *s,
                           char out[SENDERS_BYTES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s->count && s->count < a->sender_count; i++) {
        size_t bytes = strlen(a->senders[s->at[i]]);
        check(n + bytes + 1 < SENDERS_BYTES_MAX);
        if (i) out[n++] = '\n';
        memcpy(out + n, a->senders[s->at[i]], bytes);
        n += bytes;
    }
    return slice_make(out, n);
}

double senders_rate_per_s(const struct account *a, const struct senders *s)
{
    double senders = a->sender_rate_per_s * (double)s->count;
    return senders > 0 && senders < a->rate_per_s ? senders : a->rate_per_s;
}

bool senders_serve(const struct account *a, const struct groups *groups, struct slice group)
{
    return groups_may_use(groups, group, slice_of(a->name)) &&
           senders_of_group(a, groups, group).count > 0;
}
