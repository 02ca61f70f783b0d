/* What a door's text is, and which spellings are one person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
        print_message("%s\n", d->text);
        assert_int_equal(
            person_number_read(slice_of(d->text), d->country, d->international, &number), d->kind);
        assert_int_equal(number, d->number);
    }
}

static void test_spellings_of_one_person(void **state)
{
    (void)state;
    static const uint64_t pairs[][2] = {
        {5215512345678, 525512345678}, {525512345678, 525512345678},
        {558299990123, 5582999990123}, {5582999990123, 5582999990123},
        {22507000123, 2250707000123},  {2250707000123, 2250707000123},
        {22961000123, 2290161000123},  {2290161000123, 2290161000123},
        {551134567890, 551134567890}, /* a landline of São Paulo */
        {447700900123, 447700900123},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        assert_int_equal(person_number_canonical(pairs[i][0]), pairs[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_door_gives),
        cmocka_unit_test(test_spellings_of_one_person),
    };
    return cmocka_run_group_tests_name("person_number", tests, NULL, NULL);
}
