/* What reading a number costs: "phone COUNTRY PREFIX FIRST" prints one line for a million numbers
 * that differ in their last six digits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "io/person_number.h"
#include "io/phone.h"

enum { COUNT = 1000000, STEP = 7919 };

static double cpu_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint64_t write_text(char out[32], const char *prefix, uint64_t first, uint64_t i)
{
    return (uint64_t)snprintf(out, 32, "%s%" PRIu64, prefix, first + i * STEP % COUNT);
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    uint64_t first = strtoull(argv[3], NULL, 10), sum = 0, valid = 0;
    char text[32];
    struct phone p = {0};
    double start = cpu_ns();
    for (uint64_t i = 0; i < COUNT; i++)
        sum += write_text(text, argv[2], first, i);
    double written = cpu_ns();
    for (uint64_t i = 0; i < COUNT; i++)
        valid += phone_parse(text, write_text(text, argv[2], first, i), argv[1], &p) && p.valid;
    double parsed = cpu_ns();
    for (uint64_t i = 0; i < COUNT; i++)
        sum += person_number_canonical(p.e164) + phone_country_of(p.e164)[0];
    double asked = cpu_ns();
    (void)printf(
        "%s %s%s: phone_parse %.0f ns, of which valid %.0f %%; spelling and country %.0f ns (%d)\n",
        argv[1], argv[2], argv[3], (parsed - written - (written - start)) / COUNT,
        100.0 * (double)valid / COUNT, (asked - parsed) / COUNT, (int)(sum & 1));
    return 0;
}
