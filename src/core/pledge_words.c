#include "core/pledge_words.h"

#include <string.h>

#include "base/check.h"
#include "keywords_fold.h"

enum { CLEAR_WORDS_MAX = 8, CLEAR_BYTES_MAX = 80 };

/* As fold_text writes them, without what is only polite. */
static const char *const yes[] = {
    "yes",
    "y",
    "yep",
    "yeah",
    "yup",
    "yess",
    "yesss",
    "definitely",
    "yes definitely",
    "of course",
    "yes of course",
    "sure",
    "yes sure",
    "absolutely",
    "yes absolutely",
    "yes i can",
    "i can come",
    "yes i can come",
    "yes i will",
    "i will",
    "yes i will come",
    "i will come",
    "i will be there",
    "yes i will be there",
    "ill be there",
    "yes ill be there",
    "ill come",
    "yes ill come",
    "im coming",
    "yes im coming",
    "i am coming",
    "yes i am coming",
    "im in",
    "yes im in",
    "count me in",
    "yes count me in",
    "coming",
    "yes coming",
    "see you there",
    "yes see you there",
    "yes id love to",
    "id love to",
    "yes i would love to",
    "happy to",
    "yes happy to",
    /* Welsh, French, German, Spanish, Portuguese, Italian, Polish, Turkish, Urdu and Hindi, Arabic */
    "ydw",
    "byddaf",
    "oui",
    "oui je viens",
    "je viens",
    "ja",
    "ja ich komme",
    "ich komme",
    "si",
    "si voy",
    "si ire",
    "sim",
    "sim vou",
    "vengo",
    "tak",
    "tak bede",
    "evet",
    "geliyorum",
    "haan",
    "ji haan",
    "haan ji",
    "naam",
};
static const char *const cant[] = {
    "cancel",
    "cancel it",
    "cancel me",
    "cancel my place",
    "cancel my pledge",
    "cant",
    "cannot",
    "can not",
    "cant come",
    "cannot come",
    "can not come",
    "i cant",
    "i cannot",
    "i can not",
    "i cant come",
    "i cannot come",
    "i can not come",
    "cant make it",
    "cannot make it",
    "can not make it",
    "i cant make it",
    "i cannot make it",
    "i can not make it",
    "wont make it",
    "i wont make it",
    "i will not make it",
    "not coming",
    "im not coming",
    "i am not coming",
    "i wont be there",
    "i will not be there",
    "wont be there",
    "unable to come",
    "unable to make it",
    "i have to cancel",
    "have to cancel",
    "need to cancel",
    "i need to cancel",
    "must cancel",
    "methu dod",
    "je ne peux pas",
    "je ne peux pas venir",
    "ich kann nicht",
    "ich kann nicht kommen",
    "no puedo",
    "no puedo ir",
    "nao posso",
    "nao posso ir",
    "non posso",
    "nie moge",
    "gelemem",
};
static const char *const polite[] = {"please", "pls",     "plz",     "thanks",   "thank",  "you",
                                     "thx",    "ta",      "cheers",  "sorry",    "hi",     "hello",
                                     "hey",    "x",       "xx",      "so",       "ok",     "okay",
                                     "now",    "anymore", "today",   "tomorrow", "afraid", "merci",
                                     "danke",  "bitte",   "gracias", "diolch",   "im"};

static bool is_polite(struct slice word)
{
    return slice_index(word, polite, COUNT_OF(polite)) >= 0;
}

/* All words with a space between, or without the polite ones; false: there are too many. */
static bool join(const struct fold *f, bool all, char out[CLEAR_BYTES_MAX])
{
    size_t n = 0, words = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct slice word = fold_word_at(f, i);
        if (!all && is_polite(word)) continue;
        if (++words > CLEAR_WORDS_MAX || n + word.n + 2 > CLEAR_BYTES_MAX) return false;
        if (n) out[n++] = ' ';
        memcpy(out + n, word.p, word.n);
        n += word.n;
    }
    out[n] = '\0';
    return n > 0;
}

static enum pledge_word look(const char *said)
{
    if (slice_index(slice_of(said), yes, COUNT_OF(yes)) >= 0) return PLEDGE_WORD_YES;
    if (slice_index(slice_of(said), cant, COUNT_OF(cant)) >= 0) return PLEDGE_WORD_CANT;
    return PLEDGE_WORD_NONE;
}

enum pledge_word pledge_words_read(struct slice text)
{
    struct fold f;
    char said[CLEAR_BYTES_MAX];
    if (text.n == 0 || text.n > 2 * CLEAR_BYTES_MAX) return PLEDGE_WORD_NONE;
    fold_text(text, &f);
    if (f.asks) return PLEDGE_WORD_NONE;
    enum pledge_word word = join(&f, true, said) ? look(said) : PLEDGE_WORD_NONE;
    if (word == PLEDGE_WORD_NONE && join(&f, false, said)) word = look(said);
    return word;
}
