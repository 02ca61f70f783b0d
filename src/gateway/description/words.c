#include "words.h"

#include "base/ascii.h"

/* "bit 2" */
static bool read_bit(struct slice text, struct word *ret)
{
    if (!slice_starts(text, "bit ") || !slice_to_u64(slice_from(text, 4), UINT32_MAX, &ret->low))
        return false;
    ret->kind = WORD_BIT;
    return ret->low != 0;
}

/* "400-499" or "7" */
static bool read_range(struct slice text, struct word *ret)
{
    struct slice rest = text, low;
    if (!slice_cut(&rest, '-', &low) || !slice_to_u64(low, UINT32_MAX, &ret->low)) return false;
    ret->high = ret->low;
    if (rest.p && !slice_to_u64(rest, UINT32_MAX, &ret->high)) return false;
    ret->kind = WORD_RANGE;
    return true;
}

static void read_word(struct slice text, struct word *ret)
{
    if (read_bit(text, ret) || read_range(text, ret)) return;
    bool prefix = slice_ends(text, "*");
    ret->kind = prefix ? WORD_PREFIX : WORD_EXACT;
    ret->text = slice_make(text.p, text.n - prefix);
}

static int compile_word(const struct compiler *c, const struct yaml_node *n, size_t i,
                        bool (*ours)(struct slice text, int *ret), struct word *ret)
{
    struct slice value = yaml_text(yaml_at(n, i));
    read_word(yaml_key_at(n, i), ret);
    if (ret->kind == WORD_RANGE && ret->high < ret->low)
        return yaml_error(c->doc, yaml_key_node_at(n, i), ERR_INVALID, c->e,
                          "the range is upside down");
    ret->to = WORD_IGNORED;
    if (slice_is(value, "ignored") || ours(value, &ret->to)) return 0;
    return yaml_error(c->doc, yaml_at(n, i), ERR_INVALID, c->e,
                      "'%.*s' is none of our words; see docs/PROVIDERS.md", SLICE_ARG(value));
}

int words_compile(const struct compiler *c, const struct yaml_node *n,
                  bool (*ours)(struct slice text, int *ret), struct word_list *ret)
{
    size_t count = yaml_count(n);
    struct word_list words = {.list = arena_zalloc(c->arena, sizeof *words.list * (count + 1))};
    if (!words.list) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    if (n && yaml_kind_of(n) != YAML_MAPPING)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected {their_word: our_word}");
    for (; words.count < count; words.count++) {
        int code = compile_word(c, n, words.count, ours, &words.list[words.count]);
        if (code) return code;
    }
    *ret = words;
    return 0;
}

/* Behind a letter: "-1" is not 1. */
static size_t over_separators(struct slice s, size_t i)
{
    if (i == 0 || !ascii_is_letter(s.p[i - 1])) return i;
    while (i < s.n && strchr("_- ", s.p[i]) && s.p[i])
        i++;
    return i;
}

/* "partially-delivered" and "Partially Delivered" are `partially_delivered`; "EN_ROUTE" is ENROUTE. */
static bool is_same_word(struct slice a, struct slice b)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        i = over_separators(a, i);
        k = over_separators(b, k);
        if (i == a.n || k == b.n) return i == a.n && k == b.n;
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[k])) return false;
    }
}

static bool fits(const struct word *w, struct slice text, bool is_number, uint64_t number)
{
    switch (w->kind) {
    case WORD_EXACT:
        return is_same_word(w->text, text);
    case WORD_RANGE:
        return is_number && number >= w->low && number <= w->high;
    case WORD_BIT:
        return is_number && (number & w->low) == w->low;
    case WORD_PREFIX:
        return text.n >= w->text.n && slice_eq_nocase(w->text, slice_make(text.p, w->text.n));
    }
    return false;
}

bool words_find(const struct word_list *words, struct slice word, int *ret)
{
    uint64_t number = 0;
    word = slice_trim(word);
    bool is_number = slice_to_u64(word, UINT32_MAX, &number);
    for (size_t i = 0; i < words->count; i++) {
        if (!fits(&words->list[i], word, is_number, number)) continue;
        *ret = words->list[i].to;
        return true;
    }
    return false;
}

bool words_read(const struct word_list *words, const struct selector_list *alternatives,
                const struct facts *f, int *ret, struct slice *ret_word)
{
    *ret_word = SLICE_NONE;
    for (size_t i = 0; i < alternatives->count; i++) {
        struct slice word = selector_read(&(struct selector_list){&alternatives->list[i], 1}, f);
        if (word.n && words_find(words, word, ret)) return true;
        if (ret_word->n == 0) *ret_word = word;
    }
    return false;
}
