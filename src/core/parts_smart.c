/* The table comes from what providers publish of their own "smart encoding", with three
 * differences: a special space becomes one space and not several, a tab too; the single angle
 * quotes keep their direction; combining marks stay, since "n" and a tilde in its own place is not
 * what the writer wrote. */
#include "core/parts.h"

#include "base/check.h"

struct stand_in {
    uint32_t code_point;
    const char *text;
};

/* Sorted by code point. */
static const struct stand_in stand_ins[] = {
    // clang-format off
    {0x0009, " "}, {0x0060, "'"}, {0x0080, " "}, {0x008D, " "}, {0x0090, " "}, {0x009B, " "},
    {0x009F, " "}, {0x00A0, " "}, {0x00AB, "\""}, {0x00B4, "'"}, {0x00BB, "\""}, {0x00BC, "1/4"},
    {0x00BD, "1/2"}, {0x00BE, "3/4"}, {0x00F7, "/"}, {0x01C3, "!"}, {0x0262, "G"}, {0x026A, "I"},
    {0x0274, "N"}, {0x0280, "R"}, {0x028F, "Y"}, {0x0299, "B"}, {0x029C, "H"}, {0x029F, "L"},
    {0x02B9, "'"}, {0x02BA, "\""}, {0x02BB, "'"}, {0x02BC, "'"}, {0x02BD, "'"}, {0x02C6, "^"},
    {0x02C8, "'"}, {0x02CA, "'"}, {0x02CB, "'"}, {0x02D0, ":"}, {0x02D6, "+"}, {0x02DC, "~"},
    {0x02EE, "\""}, {0x02F7, "~"}, {0x02F8, ":"}, {0x1D00, "A"}, {0x1D04, "C"}, {0x1D05, "D"},
    {0x1D07, "E"}, {0x1D0A, "J"}, {0x1D0B, "K"}, {0x1D0D, "M"}, {0x1D0F, "O"}, {0x1D18, "P"},
    {0x1D1B, "T"}, {0x1D1C, "U"}, {0x1D20, "V"}, {0x1D21, "W"}, {0x1D22, "Z"}, {0x2000, " "},
    {0x2001, " "}, {0x2002, " "}, {0x2003, " "}, {0x2004, " "}, {0x2005, " "}, {0x2006, " "},
    {0x2007, " "}, {0x2008, " "}, {0x2009, " "}, {0x200A, " "}, {0x200B, ""}, {0x2010, "-"},
    {0x2011, "-"}, {0x2012, "-"}, {0x2013, "-"}, {0x2014, "-"}, {0x2015, "-"}, {0x2017, "_"},
    {0x2018, "'"}, {0x2019, "'"}, {0x201A, ","}, {0x201B, "'"}, {0x201C, "\""}, {0x201D, "\""},
    {0x201E, "\""}, {0x201F, "\""}, {0x2022, "-"}, {0x2026, "..."}, {0x2028, " "}, {0x2029, " "},
    {0x202F, " "}, {0x2039, "<"}, {0x203A, ">"}, {0x203C, "!!"}, {0x2043, "-"}, {0x2044, "/"},
    {0x204E, "*"}, {0x204F, ";"}, {0x205F, " "}, {0x2060, ""}, {0x2212, "-"}, {0x2215, "/"},
    {0x2217, "*"}, {0x2223, "|"}, {0x223C, "~"}, {0x229B, "*"}, {0x239C, "|"}, {0x239F, "|"},
    {0x23B8, "|"}, {0x23B9, "|"}, {0x23BC, "-"}, {0x23BD, "-"}, {0x23D0, "|"}, {0x2722, "*"},
    {0x2723, "*"}, {0x2724, "*"}, {0x2725, "*"}, {0x2731, "*"}, {0x2732, "*"}, {0x2733, "*"},
    {0x273A, "*"}, {0x273B, "*"}, {0x273C, "*"}, {0x273D, "*"}, {0x2743, "*"}, {0x2749, "*"},
    {0x274A, "*"}, {0x274B, "*"}, {0x275B, "'"}, {0x275C, "'"}, {0x275D, "\""}, {0x275E, "\""},
    {0x2768, "("}, {0x2769, ")"}, {0x276A, "("}, {0x276B, ")"}, {0x2774, "{"}, {0x2775, "}"},
    {0x27EE, "("}, {0x27EF, ")"}, {0x2982, ":"}, {0x2985, "("}, {0x2986, ")"}, {0x29C6, "*"},
    {0x29F5, "\\"}, {0x29F8, "/"}, {0x29F9, "\\"}, {0x3000, " "}, {0x3001, ","}, {0x3002, "."},
    {0x301D, "\""}, {0x301E, "\""}, {0xA730, "F"}, {0xA731, "S"}, {0xA789, ":"}, {0xA78A, "="},
    {0xFE10, "'"}, {0xFE11, "'"}, {0xFE13, ":"}, {0xFE14, ";"}, {0xFE15, "!"}, {0xFE16, "?"},
    {0xFE50, ","}, {0xFE51, ","}, {0xFE52, "."}, {0xFE54, ";"}, {0xFE56, "?"}, {0xFE57, "!"},
    {0xFE59, "("}, {0xFE5A, ")"}, {0xFE5B, "{"}, {0xFE5C, "}"}, {0xFE5F, "#"}, {0xFE60, "&"},
    {0xFE61, "*"}, {0xFE62, "+"}, {0xFE63, "-"}, {0xFE64, "<"}, {0xFE65, ">"}, {0xFE66, "="},
    {0xFE68, "\\"}, {0xFE69, "$"}, {0xFE6A, "%"}, {0xFE6B, "@"}, {0xFEFF, ""}, {0xFF40, "'"},
    {0xFF61, "."}, {0xFF64, ","},
    // clang-format on
};

/* NULL when the character has no stand-in. */
static const char *find_stand_in(uint32_t cp)
{
    size_t lo = 0, hi = COUNT_OF(stand_ins);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (stand_ins[mid].code_point == cp) return stand_ins[mid].text;
        if (stand_ins[mid].code_point < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* Full-width forms mirror ASCII from "!" to "~". */
static bool is_full_width(uint32_t cp)
{
    return cp >= 0xFF01 && cp <= 0xFF5E;
}

/* What the published table drops of the control characters. */
static bool is_stray_control(uint32_t cp)
{
    return cp == 0x00 || cp == 0x03 || cp == 0x04 || (cp >= 0x10 && cp <= 0x14) || cp == 0x17 ||
           cp == 0x19;
}

void parts_smart(struct slice s, struct buf *out)
{
    for (size_t pos = 0; pos < s.n;) {
        size_t at = pos;
        uint32_t cp = parts_next_code_point(s, &pos);
        const char *text = parts_gsm_septets(cp) ? NULL : find_stand_in(cp);
        if (text)
            buf_add_cstr(out, text);
        else if (is_full_width(cp))
            buf_add_char(out, (char)(cp - 0xFF01 + '!'));
        else if (cp == 0xFFFD)
            buf_add_cstr(out, "\xEF\xBF\xBD");
        else if (!is_stray_control(cp))
            buf_add(out, s.p + at, pos - at);
    }
}
