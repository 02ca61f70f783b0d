#include "base/check.h"
#include "core/keywords.h"

static const char *const keyword_names[] = {
#define X(name, text) [name] = text,
    KEYWORD_TABLE(X)
#undef X
};

const char *keyword_to_string(enum keyword k)
{
    check((size_t)k < COUNT_OF(keyword_names));
    return keyword_names[k];
}

bool keyword_from_string(const char *s, enum keyword *ret)
{
    for (size_t i = 0; i < COUNT_OF(keyword_names); i++) {
        if (strcmp(s, keyword_names[i]) != 0) continue;
        *ret = (enum keyword)i;
        return true;
    }
    return false;
}
