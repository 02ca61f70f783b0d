/* Whatever the bytes: one of the keywords, tags that fit it, and never yes and no at once. */
#include "fuzz.h"

#include "base/check.h"
#include "core/keywords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct keywords *words;
    if (!words) words = keywords_new();
    struct slice text = slice_make(data, n);
    enum keyword k = keywords_recognise(words, text);
    unsigned tags = keywords_tags(words, text);
    bool opt_out = k == KEYWORD_STOP || k == KEYWORD_NEAR_STOP;
    check(keyword_to_string(k) != NULL);
    check(opt_out == ((tags & KEYWORD_TAG_MAYBE_OPT_OUT) != 0));
    check(!((tags & KEYWORD_TAG_YES) && (tags & KEYWORD_TAG_NO)));
    return 0;
}
