/* In which language a page for anybody is, and its words as templates take them. */
#include <stdlib.h>

#include "base/check.h"
#include "core/json.h"
#include "web/public/words.h"

enum { ACCEPTED_MAX = 16 }; /* of a browser's languages that are looked at */

static const struct {
    const char *code, *title, *dir;
} languages[PUBLIC_LANGUAGE_COUNT] = {
#define X(name, code, title, dir) {code, title, dir},
    PUBLIC_LANGUAGES(X)
#undef X
};

const char *public_language_code(enum public_language l)
{
    check((unsigned)l < PUBLIC_LANGUAGE_COUNT);
    return languages[l].code;
}

struct slice public_nth(enum public_language l, enum public_word w, unsigned i)
{
    struct slice rest = slice_of(public_word(l, w)), one = SLICE_NONE;
    for (unsigned k = 0; k <= i; k++)
        (void)slice_cut(&rest, ' ', &one);
    return one;
}

/* ---- which one ---- */

/* "cy", "cy-GB". False: there is none of that code. */
static bool find(struct slice tag, enum public_language *ret)
{
    struct slice code = SLICE_NONE;
    (void)slice_cut(&tag, '-', &code);
    for (size_t i = 0; i < PUBLIC_LANGUAGE_COUNT; i++)
        if (slice_is_nocase(slice_trim(code), languages[i].code)) {
            *ret = (enum public_language)i;
            return true;
        }
    return false;
}

/* Browsers name the one that they like most first: how much they like the others is not asked. */
static enum public_language first_known(struct slice list)
{
    enum public_language found;
    struct slice one, tag;
    for (unsigned i = 0; i < ACCEPTED_MAX && slice_cut(&list, ',', &one); i++) {
        (void)slice_cut(&one, ';', &tag);
        if (find(slice_trim(tag), &found)) return found;
    }
    return PUBLIC_EN;
}

enum public_language public_language(const struct http_request *q, struct slice said)
{
    enum public_language found;
    if (said.n && find(said, &found)) return found;
    return first_known(http_request_header(q, "Accept-Language"));
}

json_t *public_languages(enum public_language here)
{
    json_t *list = json_array();
    for (size_t i = 0; i < PUBLIC_LANGUAGE_COUNT; i++)
        json_list_add(list, json_pack("{s:s,s:s,s:b}", "code", languages[i].code, "title",
                                      languages[i].title, "here", i == here));
    return list;
}

/* ---- for templates ---- */

struct public_words {
    json_t *of[PUBLIC_LANGUAGE_COUNT]; /* owned */
};

static json_t *words_json(size_t l)
{
    static const char *const names[] = {
#define X(name) #name,
        PUBLIC_WORDS(X)
#undef X
    };
    json_t *all = json_pack("{s:s,s:s}", "lang", languages[l].code, "dir", languages[l].dir);
    check(all);
    for (size_t i = 0; i < PUBLIC_WORD_COUNT; i++)
        json_put(all, names[i],
                 json_string(public_word((enum public_language)l, (enum public_word)i)));
    return all;
}

struct public_words *public_words_new(void)
{
    struct public_words *w = xcalloc(1, sizeof *w);
    for (size_t i = 0; i < PUBLIC_LANGUAGE_COUNT; i++)
        w->of[i] = words_json(i);
    return w;
}

void public_words_free(struct public_words *w)
{
    for (size_t i = 0; w && i < PUBLIC_LANGUAGE_COUNT; i++)
        json_decref(w->of[i]);
    free(w);
}

json_t *public_words_of(const struct public_words *w, enum public_language l)
{
    check((unsigned)l < PUBLIC_LANGUAGE_COUNT);
    return w->of[l];
}
