#include "cli/audience_commands.h"

#include "import_run.h"

#include "core/form.h"
#include "io/phone.h"
#include "cli/say.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] =
    "usage: muster audience import FILE --name N [--group G] [--country GB] [--rejects OUT.csv]\n"
    "       muster audience import FILE --name N --append [--rejects OUT.csv]\n"
    "       muster audience list\n"
    "       muster audience show NAME|ID\n"
    "       muster audience delete NAME|ID [--reports-too]\n"
    "\n"
    "import reads a CSV file (- is stdin), checks its numbers and stores them as an audience. A "
    "line names\n"
    "the columns; one of them is the phone number, all others become template fields.\n"
    "\n"
    "  --name N          what the audience is called\n"
    "  --group G         whose it is (default: main)\n"
    "  --country GB      country of numbers written without + (default: the server's)\n"
    "  --rejects FILE    write the rows that are left out there, with line, field and reason; mend "
    "it and import it\n"
    "  --keep-unlisted   keep numbers of the right length that are not in the numbering plan, "
    "whose "
    "date is\n"
    "                    shown by muster number: newer ones\n"
    "  --append          add the rows to the audience N: a mended file of rejects, or more people\n"
    "  --delimiter X     what separates fields: , ; | tab (default: found out)\n"
    "  --encoding NAME   of the file, as iconv has it (default: found out, and said when it is not "
    "UTF-8)\n"
    "  --phone COLUMN    the phone column, when its name does not say so\n"
    "  --reports-too     delete also a list that finished campaigns need for their report\n"
    "  --server URL      http://… or unix:/path (default: $MUSTER_URL, $MUSTER_SOCKET, "
    "or " API_SOCKET_DEFAULT ")\n"
    "  --json            print JSON\n"
    "  --help            this text\n";

struct options {
    struct import_options import;
    const char *server;
    bool help, reports_too;
};

static int misuse(const char *what)
{
    return say_misuse("audience", usage, "%s", what);
}

/* "tab" and "\t" are tab. */
static bool read_delimiter(const char *text, char *ret)
{
    bool tab = strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0;
    if (!tab && (strlen(text) != 1 || strchr("\"\r\n", text[0]))) return false;
    *ret = tab ? '\t' : text[0];
    return true;
}

/* Fills o; not 0 is the exit code. optind is then at the words that are no options. */
static int parse(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {{"name", required_argument, NULL, 'n'},
                                          {"group", required_argument, NULL, 'g'},
                                          {"country", required_argument, NULL, 'c'},
                                          {"rejects", required_argument, NULL, 'r'},
                                          {"delimiter", required_argument, NULL, 'd'},
                                          {"phone", required_argument, NULL, 'p'},
                                          {"encoding", required_argument, NULL, 'e'},
                                          {"append", no_argument, NULL, 'a'},
                                          {"reports-too", no_argument, NULL, 'R'},
                                          {"keep-unlisted", no_argument, NULL, 'k'},
                                          {"server", required_argument, NULL, 's'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        switch (c) {
        case 'n':
            o->import.name = optarg;
            break;
        case 'g':
            o->import.group = optarg;
            break;
        case 'c':
            o->import.country = optarg;
            break;
        case 'r':
            o->import.rejects = optarg;
            break;
        case 'p':
            o->import.phone_column = optarg;
            break;
        case 'e':
            o->import.encoding = optarg;
            break;
        case 'k':
            o->import.keep_unlisted = true;
            break;
        case 'a':
            o->import.append = true;
            break;
        case 'R':
            o->reports_too = true;
            break;
        case 's':
            o->server = optarg;
            break;
        case 'j':
            o->import.json = true;
            break;
        case 'h':
            o->help = true;
            break;
        case 'd':
            if (!read_delimiter(optarg, &o->import.delimiter))
                return misuse("--delimiter is one character, or 'tab'");
            break;
        default:
            return say_misuse("audience", usage, "'%s' is no option of it, or wants a value",
                              argv[optind - 1]);
        }
    }
    return 0;
}

static int fail(const struct api *api, int result, const struct err *e)
{
    say_error("audience", result, api ? api_code(api, result) : NULL, e->text);
    return api_exit_code(result);
}

static int import(struct api *api, struct options *o, const char *path)
{
    o->import.path = path;
    if (!o->import.name || !*o->import.name) return misuse("import needs --name");
    if (o->import.country && !phone_country_is_known(o->import.country))
        return misuse("--country is two capital letters such as GB");
    return import_run(api, &o->import);
}

static void print_audience(const json_t *a)
{
    const char *name = json_string_value(json_object_get(a, "name")),
               *group = json_string_value(json_object_get(a, "group"));
    (void)printf("%lld\t%s\t%s\t%lld recipients\n",
                 (long long)json_integer_value(json_object_get(a, "id")), name ? name : "?",
                 group ? group : "?", (long long)json_integer_value(json_object_get(a, "total")));
}

static void print_reply(const json_t *reply, bool json)
{
    const json_t *list = json_object_get(reply, "audiences"), *one;
    size_t i;
    if (json) {
        (void)json_dumpf(reply, stdout, JSON_COMPACT);
        (void)puts("");
    } else if (json_is_array(list)) {
        json_array_foreach(list, i, one) print_audience(one);
    } else if (json_object_get(reply, "name")) {
        print_audience(reply);
        json_array_foreach(json_object_get(reply, "columns"), i, one)(void)
            printf("\tfield {{%s}}\n", json_string_value(one));
    }
}

static int ask(struct api *api, const struct options *o, const char *method, const char *which)
{
    struct buf path = BUF_INIT(4096);
    struct err e;
    json_t *reply = NULL;
    buf_add_cstr(&path, "/api/v1/audiences");
    if (which) {
        buf_add_char(&path, '/');
        form_encode(&path, slice_of(which));
        if (o->reports_too) buf_add_cstr(&path, "?reports_too=1");
    }
    int result = path.failed ? err_set(&e, ERR_LIMIT, "the name is too long")
                             : api_call(api, method, path.p, NULL, NULL, &reply, &e);
    if (result == 0) print_reply(reply, o->import.json);
    if (result == 0 && !o->import.json && strcmp(method, "DELETE") == 0)
        (void)printf("%s is deleted\n", which);
    json_decref(reply);
    buf_done(&path);
    if (result < 0) return fail(api, result, &e);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}

static int run(struct api *api, struct options *o, int words, char **word)
{
    if (words == 1 && strcmp(word[0], "list") == 0) return ask(api, o, "GET", NULL);
    if (words == 2 && strcmp(word[0], "import") == 0) return import(api, o, word[1]);
    if (words == 2 && *word[1] && strcmp(word[0], "show") == 0) return ask(api, o, "GET", word[1]);
    if (words == 2 && *word[1] && strcmp(word[0], "delete") == 0)
        return ask(api, o, "DELETE", word[1]);
    return misuse("import FILE, list, show NAME or delete NAME");
}

int cli_audience(int argc, char **argv)
{
    struct options o = {.import = {.group = "main"}};
    struct err e;
    struct api *api;
    int exit_code = parse(argc, argv, &o);
    if (exit_code) return exit_code;
    if (o.help) return fputs(usage, stdout) == EOF;
    int result = api_new(o.server, &api, &e);
    if (result < 0) return fail(NULL, result, &e);
    exit_code = run(api, &o, argc - optind, argv + optind);
    api_free(api);
    return exit_code;
}
