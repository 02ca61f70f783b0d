/* Whatever a text is: a number that is read is read the same from its own E.164, and the one
 * spelling of a number has no other. */
#include "fuzz.h"

#include "io/person_number.h"
#include "io/phone.h"

#include <string.h>

static const char *const countries[] = {"GB", "US", "DE", "BR", "MX", "AR", "CI", "KR",
                                        "AU", "IT", "GM", "GA", "VN", "JM", "",   "ZZ"};

/* Not by memcmp: what lies between the fields is nobody's. */
static bool is_same(const struct phone *a, const struct phone *b)
{
    return a->e164 == b->e164 && strcmp(a->country, b->country) == 0 && a->type == b->type &&
           a->possible == b->possible && a->valid == b->valid && a->ambiguous == b->ambiguous &&
           a->drama == b->drama;
}

static void check_phone(const char *text, size_t n, const char *country)
{
    struct phone p, same;
    if (!phone_parse(text, n, country, &p)) return;
    check(p.valid == (p.type != PHONE_UNKNOWN));
    if (!p.ambiguous && phone_of(p.e164, &same)) check(is_same(&p, &same));
}

static void check_person(struct slice text, const char *country, bool international)
{
    uint64_t number = 0;
    bool found = person_number_read(text, country, international, &number) == PERSON_NUMBER;
    check(found == (number != 0));
    check(person_number_canonical(number) == number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) return 0;
    const char *country = countries[data[0] % COUNT_OF(countries)];
    struct slice text = slice_make(data + 1, n - 1);
    check_phone(text.p, text.n, country);
    check_person(text, country, false);
    check_person(text, country, true);
    return 0;
}
