#pragma once
/* What people say, embedded at build time from src/core/words/ (tools/embed_text.py): the file
 * NAME.txt is the slice words_NAME. Add a line here, one below and one in meson.build for each. */
#include "base/slice.h"

extern const struct slice words_common;
extern const struct slice words_en;
extern const struct slice words_es;
extern const struct slice words_fr;
extern const struct slice words_de;
extern const struct slice words_cy;
extern const struct slice words_pl;
extern const struct slice words_pt;
extern const struct slice words_it;
extern const struct slice words_nl;
extern const struct slice words_ar;
extern const struct slice words_ur;
extern const struct slice words_he;
extern const struct slice words_ru;
extern const struct slice words_uk;
extern const struct slice words_tr;
extern const struct slice words_hi;
extern const struct slice words_bn;
extern const struct slice words_pa;
extern const struct slice words_ro;
extern const struct slice words_so;
extern const struct slice words_more;
extern const struct slice words_further;
extern const struct slice words_life;
extern const struct slice words_weary;
extern const struct slice words_latin;

static const struct slice *const keywords_files[] = {
    &words_common, &words_en,      &words_es,   &words_fr,    &words_de,    &words_cy, &words_pl,
    &words_pt,     &words_it,      &words_nl,   &words_ar,    &words_ur,    &words_he, &words_ru,
    &words_uk,     &words_tr,      &words_hi,   &words_bn,    &words_pa,    &words_ro, &words_so,
    &words_more,   &words_further, &words_life, &words_weary, &words_latin,
};
