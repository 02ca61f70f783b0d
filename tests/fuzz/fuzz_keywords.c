/* Whatever the bytes: one of the keywords, tags that fit it, never yes and no at once, and the same
 * for a button whose payload and title they are. */
#include "fuzz.h"

#include "base/check.h"
#include "core/keywords.h"

static struct keywords *words;

static void read_text(struct slice text)
{
    enum keyword k = keywords_recognise(words, text);
    unsigned tags = keywords_tags(words, text);
    bool opt_out = k == KEYWORD_STOP || k == KEYWORD_NEAR_STOP;
    check(keyword_to_string(k) != NULL);
    check(opt_out == ((tags & KEYWORD_TAG_MAYBE_OPT_OUT) != 0));
    check(!((tags & KEYWORD_TAG_YES) && (tags & KEYWORD_TAG_NO)));
    check(!((tags & KEYWORD_TAG_WRONG_NUMBER) && (tags & (KEYWORD_TAG_YES | KEYWORD_TAG_NO))));
    check(k != KEYWORD_REACTION || tags == 0);
}

/* A word that somebody adds is then recognised, or was refused and changed nothing. The tables take
 * long to make, so some words share them. */
static void add_word(struct slice word)
{
    enum { SHARED_BY = 32 };
    static struct keywords *own;
    static unsigned count;
    if (count++ % SHARED_BY == 0) {
        keywords_free(own);
        own = keywords_new();
    }
    if (!keywords_add(own, KEYWORD_STOP, word)) {
        enum keyword k = keywords_recognise(own, word);
        check(k == KEYWORD_STOP || k == KEYWORD_REACTION || k == KEYWORD_NEAR_STOP);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (!words) words = keywords_new();
    struct slice text = slice_make(data, n);
    read_text(text);
    (void)keywords_recognise_action(words, slice_make(data, n / 2), slice_from(text, n / 2));
    if (n > 0 && data[0] == '+') add_word(slice_from(text, 1));
    return 0;
}
