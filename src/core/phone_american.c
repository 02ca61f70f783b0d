#include "phone_american.h"

#include "base/ascii.h"

/* '\0' behind its end. */
static char at_of(struct slice s, size_t at)
{
    return at < s.n ? s.p[at] : '\0';
}

static size_t run(struct slice s, size_t at)
{
    size_t n = 0;
    while (ascii_is_digit(at_of(s, at + n)))
        n++;
    return n;
}

/* Where it goes on behind "1-", "1 " or "(1) ", their country code without its plus; 0: it is not there. */
static size_t behind_one(struct slice s)
{
    bool bracket = at_of(s, 0) == '(';
    size_t at = bracket;
    if (run(s, at) != 1 || s.p[at++] != '1') return 0;
    if (bracket && at_of(s, at++) != ')') return 0;
    at += at_of(s, at) == '-' || at_of(s, at) == '.';
    while (at_of(s, at) == ' ')
        at++;
    return at;
}

/* Three, three and four digits: in brackets the first, else with the same sign twice; that is a blank only behind a "1". */
bool phone_is_american(struct slice s)
{
    size_t one = behind_one(s), at = one;
    bool bracket = at_of(s, at) == '(';
    at += bracket;
    if (run(s, at) != 3) return false;
    char first = at_of(s, at + 3);
    at += 4;
    if (bracket ? first != ')' : first != '-' && first != '.' && !(one && first == ' '))
        return false;
    while (bracket && at_of(s, at) == ' ')
        at++;
    if (run(s, at) != 3) return false;
    char second = at_of(s, at + 3);
    at += 4;
    bool any = bracket || one;
    bool joins = any ? second == '-' || second == '.' || second == ' ' : second == first;
    return joins && run(s, at) == 4 && at + 4 == s.n;
}
