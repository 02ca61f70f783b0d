/* What a device is called, of the words that browsers say about themselves. */
#include "web/staff/visit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_devices_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *agent, *words;
    } cases[] = {
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
         "Gecko) Version/17.0 Mobile/15E148 Safari/604.1",
         "Safari on iPhone"},
        {"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
         "Mobile Safari/537.36",
         "Chrome on Android"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
         "Edge on Windows"},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
         "Firefox on Linux"},
        {"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "CriOS/126.0 Mobile/15E148 Safari/604.1",
         "Chrome on iPad"},
        {"curl/8.5.0", "A browser"},
        {"", "A browser"},
        {"<script>alert(1)</script>", "A browser"}, /* none of its own words */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char words[ROSTER_DEVICE_BYTES_MAX];
        visit_device(slice_of(cases[i].agent), words);
        assert_string_equal(words, cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_devices_in_words)};
    return cmocka_run_group_tests_name("visit", tests, NULL, NULL);
}
