#include "sim/mix.h"

#include <ctype.h>
#include <stdlib.h>

static bool name_is_fine(struct slice name)
{
    if (name.n == 0 || name.n >= MIX_NAME_BYTES) return false;
    for (size_t i = 0; i < name.n; i++)
        if (!isalnum((unsigned char)name.p[i]) && name.p[i] != '_') return false;
    return true;
}

static bool read_chance(struct slice text, double *ret)
{
    char copy[32], *end = NULL;
    if (text.n == 0 || text.n >= sizeof copy) return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    double value = strtod(copy, &end);
    if (*end != '\0' || !(value >= 0.0 && value <= 1.0)) return false;
    *ret = value;
    return true;
}

static int add_item(struct mix *m, struct slice part, struct err *e)
{
    struct slice name = SLICE_NONE, chance = part;
    struct mix_item item = {0};
    if (!slice_cut(&chance, ':', &name) || !name_is_fine(name = slice_trim(name)) ||
        !read_chance(slice_trim(chance), &item.chance))
        return err_set(e, ERR_INVALID, "'%.*s' is not NAME:CHANCE with a chance from 0 to 1",
                       SLICE_ARG(part));
    if (m->count == MIX_ITEMS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d parts; put fewer", MIX_ITEMS_MAX);
    memcpy(item.name, name.p, name.n);
    m->items[m->count++] = item;
    return 0;
}

int mix_parse(struct slice text, struct mix *ret, struct err *e)
{
    struct mix m = {0};
    double sum = 0;
    struct slice rest = slice_trim(text), part;
    while (rest.n && slice_cut(&rest, ',', &part)) {
        int rc = add_item(&m, slice_trim(part), e);
        if (rc) return rc;
        sum += m.items[m.count - 1].chance;
    }
    /* a hair above 1 is what ten times 0.1 makes */
    if (sum > 1.0 + 1e-9) return err_set(e, ERR_INVALID, "the chances sum to %g; at most 1", sum);
    *ret = m;
    return 0;
}

const char *mix_pick(const struct mix *m, double roll)
{
    double edge = 0;
    for (int i = 0; i < m->count; i++) {
        edge += m->items[i].chance;
        if (roll < edge) return m->items[i].name;
    }
    return NULL;
}

/* The finalizer of SplitMix64: every bit of the input moves every bit of the result. */
static uint64_t stir(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* Eight bytes a step, read little-endian whatever the machine. */
static uint64_t eat(uint64_t h, struct slice s)
{
    for (size_t i = 0; i < s.n; i += 8) {
        uint64_t word = 0;
        for (size_t k = 0; k < 8 && i + k < s.n; k++)
            word |= (uint64_t)(unsigned char)s.p[i + k] << (8 * k);
        h = stir(h ^ word) + 0x9e3779b97f4a7c15u;
    }
    return stir(h ^ s.n);
}

uint64_t dice_key(struct slice a, struct slice b)
{
    return eat(eat(0x6d75737465722d73u, a), b);
}

double dice_roll(uint64_t seed, uint64_t key, uint64_t salt)
{
    uint64_t x = stir(stir(key ^ stir(seed + 0x9e3779b97f4a7c15u)) + salt * 0x9e3779b97f4a7c15u);
    return (double)(x >> 11) * 0x1p-53;
}
