/* What a door's text is, and which spellings are one person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/person_number.h"

struct door {
    const char *text, *country;
    bool international;
    enum person_number_kind kind;
    uint64_t number;
};

static const struct door doors[] = {
    {"+447700900123", NULL, false, PERSON_NUMBER, 447700900123},
    {"whatsapp:+447700900123", NULL, false, PERSON_NUMBER, 447700900123},
    {"447700900123", "GB", true, PERSON_NUMBER, 447700900123},
    {"447700900123", "GB", false, PERSON_NUMBER, 447700900123},
    {"07700900123", "GB", false, PERSON_NUMBER, 447700900123},
    {"07700 900 123", "GB", true, PERSON_NUMBER, 447700900123}, /* 0 begins no country code */
    {"00447700900123", "GB", false, PERSON_NUMBER, 447700900123},
    {"7700900123", "GB", false, PERSON_NUMBER, 447700900123}, /* not Kazakhstan's */
    {"2025550123", "US", false, PERSON_NUMBER, 12025550123},
    {"2025550123", "GB", false, PERSON_DOUBTFUL, 0}, /* Egypt's, or Washington's? */
    {"33612345678", "GB", false, PERSON_DOUBTFUL, 0},
    {"4915112345678", "DE", false, PERSON_NUMBER, 4915112345678},
    {"015112345678", "DE", false, PERSON_NUMBER, 4915112345678},
    {"15112345678", "DE", false, PERSON_NUMBER, 4915112345678},
    {"0044 7700 900123", "DE", false, PERSON_NUMBER, 447700900123},
    {"0044 7700 900123", "", false, PERSON_NUMBER, 447700900123},
    {"00165 8212 3456", "KR", false, PERSON_DOUBTFUL, 0}, /* Singapore, or Jamaica? */
    {"+44 (0)7700 900123", "GB", false, PERSON_NUMBER, 447700900123},
    {"+999123456789", "GB", false, PERSON_NUMBER, 999123456789}, /* the plan may be old */
    {"+60777", "GB", false, PERSON_NO_NUMBER, 0},
    {"4002", "NU", false, PERSON_NO_NUMBER, 0}, /* a landline of Niue, or a short code */
    {"7212", "TK", false, PERSON_NUMBER, 6907212},
    {"5215512345678", "MX", true, PERSON_NUMBER, 525512345678},
    {"044 55 1234 5678", "MX", false, PERSON_NUMBER, 525512345678},
    {"01 55 1234 5678", "MX", false, PERSON_NUMBER, 525512345678},
    {"82 9999-0123", "BR", false, PERSON_NUMBER, 5582999990123},
    {"082 9999-0123", "BR", false, PERSON_NUMBER, 5582999990123},
    {"011 15 2345 6789", "AR", false, PERSON_NUMBER, 5491123456789},
    {"07000123", "CI", false, PERSON_NUMBER, 2250707000123},
    {"61000123", "BJ", false, PERSON_NUMBER, 2290161000123},
    {"0162 1234567", "VN", false, PERSON_NUMBER, 84321234567},
    {"BANK24", "GB", false, PERSON_NO_NUMBER, 0},
    {"INFO 07700900123", "GB", false, PERSON_NO_NUMBER, 0},
    {"07700900123;07700900124", "GB", false, PERSON_NO_NUMBER, 0},
    {"07700900123", "", false, PERSON_DOUBTFUL, 0},
    {"07700900123", NULL, true, PERSON_DOUBTFUL, 0},
    {"60777", "GB", false, PERSON_NO_NUMBER, 0},
    {"INFO", "GB", false, PERSON_NO_NUMBER, 0},
    {"GB.13491208655302741918", "GB", true, PERSON_NO_NUMBER, 0},
    {"", "GB", true, PERSON_NO_NUMBER, 0},
    {"+", "GB", true, PERSON_NO_NUMBER, 0},
    {"+447700900123 x12", "GB", true, PERSON_NO_NUMBER, 0},
    {"+44770090012312345678", "GB", true, PERSON_NO_NUMBER, 0},
};

static void test_what_a_door_gives(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(doors); i++) {
        const struct door *d = &doors[i];
        uint64_t number = 0;
        enum person_number_kind kind =
            person_number_read(slice_of(d->text), d->country, d->international, &number);
        if (kind != d->kind || number != d->number)
            fail_msg("%s in %s is %d %" PRIu64, d->text, d->country ? d->country : "-", (int)kind,
                     number);
    }
}

static void test_spellings_of_one_person(void **state)
{
    (void)state;
    static const uint64_t pairs[][2] = {
        {5215512345678, 525512345678},
        {525512345678, 525512345678},
        {558299990123, 5582999990123},
        {5582999990123, 5582999990123},
        {22507000123, 2250707000123},
        {2250707000123, 2250707000123},
        {22961000123, 2290161000123},
        {2290161000123, 2290161000123},
        {551134567890, 551134567890}, /* a landline of São Paulo */
        {551176543210, 5511976543210},
        {556281234567, 5562981234567},
        {54111523456789, 5491123456789},
        {541123456789, 541123456789},     /* a landline */
        {54911152345678, 54911152345678}, /* a digit short */
        {5491123456789, 5491123456789},
        {549111523456789, 5491123456789},
        {22520212345, 22520212345}, /* an old landline */
        {22545000123, 2250545000123},
        {22501000123, 2250101000123},
        {24106123456, 24166123456},
        {2416123456, 24166123456},
        {24107123456, 24177123456},
        {24166123456, 24166123456},
        {24174123456, 24174123456},
        {2203123456, 220833123456},
        {2207123456, 220877123456},
        {2209912345, 2209912345},
        {2204012345, 220874012345},
        {23777123456, 237677123456},
        {841621234567, 84321234567},
        {841201234567, 84701234567},
        {59399123456, 593999123456},
        {2307123456, 23057123456},
        {2302123456, 2302123456},
        {4407700900123, 447700900123},
        {4901711234567, 491711234567},
        {447700900123, 447700900123},
        {12025550123, 12025550123},
        {999123456789, 999123456789},
        {0, 0},
        {UINT64_MAX, UINT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        uint64_t one = person_number_canonical(pairs[i][0]);
        if (one != pairs[i][1])
            fail_msg("%" PRIu64 " is %" PRIu64 ", not %" PRIu64, pairs[i][0], one, pairs[i][1]);
        assert_int_equal(person_number_canonical(one), one);
    }
}

/* Each pair: a number of today, and one of the spellings that a store may have it in. */
static void test_spellings_before(void **state)
{
    (void)state;
    static const uint64_t pairs[][2] = {
        {525512345678, 5215512345678},
        {525512345678, 520445512345678},
        {5582999990123, 558299990123},
        {5491123456789, 549111523456789},
        {2250707000123, 22507000123},
        {2252722123456, 0},
        {2290161000123, 22961000123},
        {24166123456, 24106123456},
        {24166123456, 2416123456},
        {220833123456, 2203123456},
        {220874012345, 2204012345},
        {237677123456, 23777123456},
        {84321234567, 841621234567},
        {593999123456, 59399123456},
        {23057123456, 2307123456},
        {447700900123, 0},
        {551134567890, 0},
        {12025550123, 0},
        {0, 0},
        {UINT64_MAX, 0},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        uint64_t olds[PERSON_OLDER_MAX];
        bool found = false;
        size_t n = person_number_older(pairs[i][0], olds);
        for (size_t k = 0; k < n; k++) {
            found |= olds[k] == pairs[i][1];
            assert_int_not_equal(olds[k], pairs[i][0]);
            assert_int_equal(person_number_canonical(olds[k]), pairs[i][0]);
        }
        if (found != (pairs[i][1] != 0))
            fail_msg("%" PRIu64 " %s %" PRIu64, pairs[i][0], "and", pairs[i][1]);
        if (pairs[i][1] == 0) assert_int_equal(n, 0);
    }
    assert_int_not_equal(person_number_version(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_door_gives),
        cmocka_unit_test(test_spellings_of_one_person),
        cmocka_unit_test(test_spellings_before),
    };
    return cmocka_run_group_tests_name("person_number", tests, NULL, NULL);
}
