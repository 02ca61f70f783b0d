#include "core/unseen.h"

#include <unictype.h>
#include <unistr.h>

bool letter_is_ignorable(uint32_t cp)
{
    return uc_is_property_default_ignorable_code_point(cp) || uc_is_general_category(cp, UC_FORMAT);
}

static bool is_blank(uint32_t cp)
{
    enum { BRAILLE_BLANK = 0x2800 };
    return uc_is_property_white_space(cp) || uc_is_general_category(cp, UC_CONTROL) ||
           cp == BRAILLE_BLANK;
}

bool text_is_unseen(struct slice text)
{
    while (text.n) {
        ucs4_t cp;
        int n = u8_mbtoucr(&cp, (const uint8_t *)text.p, text.n);
        if (n <= 0 || !(is_blank(cp) || letter_is_ignorable(cp))) return false;
        text = slice_from(text, (size_t)n);
    }
    return true;
}
