#include "cli/api.h"
#include "cli/audience_commands.h"

#include "core/number.h"
#include "country.h"
#include "io/person_number.h"
#include "io/phone.h"
#include "io/zones.h"

#include <getopt.h>
#include <stdio.h>

#include "say.h"

static const char usage[] =
    "usage: muster number NUMBER [--country GB]\n"
    "\n"
    "Says what a phone number is, as JSON:\n"
    "  {\"e164\",\"country\",\"type\",\"valid\",\"time_zones\",\"plan\"}\n"
    "and \"note\" where there is something to know; plan is the day on which the numbering plan "
    "that\n"
    "says so was published. Exit code 1 when it is no phone number. Of an older spelling (Mexico's "
    "521,\n"
    "Brazil without the ninth digit …) e164 is the newer one.\n"
    "\n"
    "  --country GB   country of a number written without + (default: the server's; with + no\n"
    "                 server is asked)\n"
    "  --server URL   http://… or unix:/path (default: $MUSTER_URL, $MUSTER_SOCKET, or\n"
    "                 " API_SOCKET_DEFAULT ")\n"
    "  --json         accepted; the output is JSON anyway\n"
    "  --help         this text\n";

static void add_zone(void *arg, struct slice zone)
{
    check(json_array_append_new(arg, json_stringn(zone.p, zone.n)) == 0);
}

static const char *note_of(const struct phone *p)
{
    if (p->drama)
        return "Ofcom keeps this range free for fiction: nobody has it. It counts as valid here, "
               "for "
               "rehearsals";
    if (p->ambiguous) return "it may be read in two ways: write it with + and the country's code";
    if (p->valid) return NULL;
    return p->possible ? phone_plan_unlisted() : "too short or too long for its country";
}

static json_t *describe(const struct phone *p, json_t *zones)
{
    char text[NUMBER_TEXT_BYTES] = "";
    const char *note = note_of(p);
    if (number_is_valid(p->e164)) number_format(p->e164, text);
    json_t *out =
        json_pack("{s:s*, s:s, s:s, s:b, s:O, s:s, s:s*}", "e164", *text ? text : NULL, "country",
                  p->country, "type", phone_type_to_string(p->type), "valid", p->valid && *text,
                  "time_zones", zones, "plan", phone_plan_date(), "note", note);
    check(out);
    if (!*text) check(json_object_set_new(out, "e164", json_null()) == 0);
    return out;
}

static int print(const struct phone *p)
{
    struct err e;
    json_t *zones = json_array();
    int exit_code = EXIT_DONE;
    int r = zones_of_country(NULL, p->country, add_zone, zones, &e);
    if (r < 0) {
        say_error("number", r, NULL, e.text);
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

static int fail(int result, const struct err *e)
{
    if (result == ERR_INVALID) return say_misuse("number", NULL, "%s", e->text);
    say_error("number", result, NULL, e->text);
    return api_exit_code(result);
}

/* Numbers with + need no country, and so no server. */
static int find_country(const char *text, const char *given, const char *server,
                        char ret[COUNTRY_BYTES], struct err *e)
{
    struct api *api;
    ret[0] = '\0';
    if (given) return country_given(given, ret, e);
    if (strchr(text, '+')) return 0;
    int result = api_new(server, &api, e);
    if (result < 0) return result;
    result = country_find(api, NULL, ret, e);
    api_free(api);
    return result;
}

static int number_or_refuse(const char *text, const char *country)
{
    struct phone p;
    if (phone_parse(text, strlen(text), country, &p)) {
        uint64_t one = person_number_canonical(p.e164);
        if (one != p.e164) check(phone_of(one, &p));
        return print(&p);
    }
    struct err e;
    (void)err_set(&e, ERR_INVALID,
                  "'%s' is no phone number (of another country: write it with + and its code, or "
                  "say --country)",
                  text);
    say_error("number", e.code, NULL, e.text);
    return EXIT_REFUSED;
}

int cli_number(int argc, char **argv)
{
    static const struct option options[] = {{"country", required_argument, NULL, 'c'},
                                            {"server", required_argument, NULL, 's'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *given = NULL, *server = NULL;
    char country[COUNTRY_BYTES];
    struct err e;
    optind = 0;
    opterr = 0;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'h') return fputs(usage, stdout) == EOF;
        if (o == '?')
            return say_misuse("number", usage, "'%s' is no option of it, or wants a value",
                              argv[optind - 1]);
        if (o == 'c') given = optarg;
        if (o == 's') server = optarg;
    }
    if (optind + 1 != argc) return say_misuse("number", usage, "it wants one NUMBER");
    int result = find_country(argv[optind], given, server, country, &e);
    return result < 0 ? fail(result, &e) : number_or_refuse(argv[optind], country);
}
