#pragma once
/* "did you mean …?": the known word that was probably meant. ASCII case makes no difference. */
#include "base/slice.h"

/* The nearest of the NULL-terminated words by edit distance; NULL when none is near enough to be
 * worth saying. Borrowed from the list. O(words · length²); longer words than 64 bytes are never
 * near. */
const char *nearest_word(struct slice word, const char *const *words);
/* The same for n slices; none when none is near enough. */
struct slice nearest_slice(struct slice word, const struct slice *words, size_t n);
