#include "core/memo.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/check.h"

enum {
    PER_SET = 4,
    SETS = MEMO_TEXTS / PER_SET,
    HASH_BYTES = crypto_shorthash_siphashx24_BYTES,
    KEY_BYTES = crypto_shorthash_siphashx24_KEYBYTES,
};

struct kept {
    unsigned char hash[HASH_BYTES];
    uint64_t last; /* when it was asked for, in askings; 0 = nothing is kept here */
    _Alignas(max_align_t) unsigned char value[MEMO_VALUE_BYTES_MAX];
};

struct memo {
    unsigned char key[KEY_BYTES];
    size_t value_bytes;
    uint64_t asked;
    struct kept kept[MEMO_TEXTS]; /* PER_SET of each set */
};

struct memo *memo_new(size_t value_bytes)
{
    check(value_bytes <= MEMO_VALUE_BYTES_MAX);
    struct memo *m = xcalloc(1, sizeof *m);
    m->value_bytes = value_bytes;
    randombytes_buf(m->key, sizeof m->key);
    return m;
}

void memo_free(struct memo *m)
{
    free(m);
}

/* Each kind has a key of its own. */
static void hash_of(const struct memo *m, const char *kind, struct slice text,
                    unsigned char out[HASH_BYTES])
{
    unsigned char key[KEY_BYTES];
    memcpy(key, m->key, sizeof key);
    for (size_t i = 0; kind && kind[i] && i < sizeof key; i++)
        key[i] ^= (unsigned char)kind[i];
    (void)crypto_shorthash_siphashx24(out, (const unsigned char *)text.p, text.n, key);
}

void *memo_of(struct memo *m, const char *kind, struct slice text, bool *known)
{
    unsigned char hash[HASH_BYTES];
    uint32_t set;
    hash_of(m, kind, text, hash);
    memcpy(&set, hash, sizeof set);
    struct kept *first = &m->kept[set % SETS * PER_SET], *oldest = first;
    m->asked++;
    for (struct kept *k = first; k < first + PER_SET; k++) {
        *known = k->last && memcmp(k->hash, hash, sizeof hash) == 0;
        if (*known) {
            k->last = m->asked;
            return k->value;
        }
        if (k->last < oldest->last) oldest = k;
    }
    oldest->last = m->asked;
    memcpy(oldest->hash, hash, sizeof hash);
    memset(oldest->value, 0, m->value_bytes);
    return oldest->value;
}
