#include "cli/api.h"
#include "cli/audience_commands.h"

#include "core/number.h"
#include "io/phone.h"
#include "io/zones.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] =
    "usage: muster number NUMBER [--country GB]\n"
    "\n"
    "Says what a phone number is, as JSON:\n"
    "  {\"e164\",\"country\",\"type\",\"valid\",\"time_zones\"}\n"
    "and \"note\" where there is something to know. Exit code 1 when it is no phone number.\n"
    "\n"
    "  --country GB   country of a number written without + (default: GB)\n"
    "  --json         accepted; the output is JSON anyway\n"
    "  --help         this text\n";

static void add_zone(void *arg, struct slice zone)
{
    check(json_array_append_new(arg, json_stringn(zone.p, zone.n)) == 0);
}

static json_t *describe(const struct phone *p, json_t *zones)
{
    char text[NUMBER_TEXT_BYTES] = "";
    if (number_is_valid(p->e164)) number_format(p->e164, text);
    json_t *out =
        json_pack("{s:o, s:s, s:s, s:b, s:O}", "e164", *text ? json_string(text) : json_null(),
                  "country", p->country, "type", phone_type_to_string(p->type), "valid",
                  p->valid && *text, "time_zones", zones);
    check(out);
    if (p->drama)
        check(json_object_set_new(
                  out, "note",
                  json_string("Ofcom keeps this range free for fiction: nobody has it. "
                              "It counts as valid here, for rehearsals")) == 0);
    return out;
}

static int print(const struct phone *p)
{
    struct err e;
    json_t *zones = json_array();
    int exit_code = EXIT_DONE;
    if (zones_of_country(NULL, p->country, add_zone, zones, &e) < 0) {
        (void)fprintf(stderr, "muster number: %s\n", e.text);
        exit_code = EXIT_REFUSED;
    } else {
        json_t *out = describe(p, zones);
        if (json_dumpf(out, stdout, JSON_COMPACT) != 0 || puts("") == EOF || fflush(stdout) != 0)
            exit_code = EXIT_REFUSED;
        json_decref(out);
    }
    json_decref(zones);
    return exit_code;
}

static int number_or_refuse(const char *text, const char *country)
{
    struct phone p;
    if (*country && !phone_country_is_known(country)) {
        (void)fprintf(stderr, "muster number: no country '%s': two capital letters such as GB\n",
                      country);
        return EXIT_USAGE;
    }
    if (phone_parse(text, strlen(text), country, &p)) return print(&p);
    (void)fprintf(
        stderr,
        "muster number: '%s' is no phone number (of another country: write it with + and its code, "
        "or say --country)\n",
        text);
    return EXIT_REFUSED;
}

int cli_number(int argc, char **argv)
{
    static const struct option options[] = {{"country", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *country = "GB";
    optind = 0;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'h') return fputs(usage, stdout) == EOF;
        if (o == '?') return fputs(usage, stderr), EXIT_USAGE;
        if (o == 'c') country = optarg;
    }
    if (optind + 1 != argc) return fputs(usage, stderr), EXIT_USAGE;
    return number_or_refuse(argv[optind], country);
}
