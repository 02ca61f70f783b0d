/* muster: the client. What is true for all subcommands is read here: --server and --token become
 * the environment that api.h knows, so that no subcommand needs to carry them. */
#include "api.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/nearest.h"
#include "commands.h"
#include "say.h"

static const struct subcommand {
    const struct verb_group *group;
    const char *args; /* for help */
} subcommands[] = {
    {&audience_group, "import|list|show|delete"},
    {&campaign_group, "check|test|launch|watch|..."},
    {&rehearsal_group, "list|show|remove|serve"},
    {&schedule_group, "add|list|show|next|pause|..."},
    {&inbox_group, "list|show|claim|reply|..."},
    {&suppress_group, "add|remove|import|export|check"},
    {&consent_group, "show|withdraw|give"},
    {&audit_group, "export"},
    {&forget_group, "NUMBER --why TEXT"},
    {&person_group, "invite|list|move|revoke|..."},
    {&token_group, "add|list|end"},
    {&kept_group, "list|try-again|put-away"},
    {&law_group, "list|off|on"},
    {&gateway_group, "list|show|check"},
    {&group_group, "list|add|set|twin|remove"},
    {&near_group, "WHERE"},
    {&gazetteer_group, "import|list|remove"},
    {&place_group, "list|show|add|set|remove|import"},
    {&session_group, "list|show|add|set|cancel|remove|import"},
    {&pledge_group, "list|make|cancel|came|..."},
    {&doctor_group, ""},
    {&backup_group, "DIR, check|restore DIR"},
    {&restore_group, "status|apply|accept"},
    {&render_group, "TEMPLATE --data FILE"},
    {&parts_group, "[FILE]"},
    {&number_group, "NUMBER"},
};

static void print_help(FILE *to)
{
    (void)fputs(
        "muster - import lists, run campaigns, answer people\n\nusage: muster SUBCOMMAND ...\n\n",
        to);
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        (void)fprintf(to, "  %-9s %-31s %s\n", subcommands[i].group->name, subcommands[i].args,
                      subcommands[i].group->what);
    (void)fputs("\nEverywhere:\n"
                "  --server URL    http://…, https://… or unix:/path (default: $MUSTER_URL, "
                "$MUSTER_SOCKET,\n"
                "                  or " API_SOCKET_DEFAULT ")\n"
                "  --token TOKEN   of the person who asks, for a URL (better: $MUSTER_TOKEN)\n"
                "  --json          print JSON; on stderr, too: {\"error\":{\"code\",\"message\"}}\n"
                "  --help          about that subcommand; muster help SUBCOMMAND is the same\n"
                "  --version       of muster itself\n"
                "\nExit codes: 0 done, 1 refused, 2 wrong usage, 3 server unreachable.\n",
                to);
}

static int unknown(const char *word)
{
    const char *names[COUNT_OF(subcommands) + 1];
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        names[i] = subcommands[i].group->name;
    names[COUNT_OF(subcommands)] = NULL;
    const char *meant = nearest_word(slice_of(word), names);
    return meant ? say_misuse("", "there is no '%s'; did you mean 'muster %s'?", word, meant)
                 : say_misuse("", "there is no '%s'; muster --help lists what there is", word);
}

static int run(int argc, char **argv)
{
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        if (strcmp(argv[0], subcommands[i].group->name) == 0)
            return verb_group_run(subcommands[i].group, argc, argv);
    return unknown(argv[0]);
}

/* ---- what is true for all ---- */

/* The value of "--name value" or "--name=value" at argv[*i]; NULL when it is another word. A name
 * without a value ends the program. */
static const char *global_value(const char *name, int argc, char **argv, int *i)
{
    size_t n = strlen(name);
    if (strncmp(argv[*i], name, n) != 0) return NULL;
    if (argv[*i][n] == '=') return argv[*i] + n + 1;
    if (argv[*i][n] != '\0') return NULL;
    if (++*i < argc) return argv[*i];
    exit(say_misuse("", "%s wants a value behind it", name));
}

static void look_for_json(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0) say_json_on_stderr();
}

/* Takes --server and --token out, wherever they stand before "--". Returns how many words are left.
 */
static int take_globals(int argc, char **argv)
{
    int kept = 0;
    bool options = true;
    for (int i = 0; i < argc; i++) {
        const char *value = NULL;
        options = options && strcmp(argv[i], "--") != 0;
        if (options && (value = global_value("--server", argc, argv, &i)))
            check(setenv("MUSTER_URL", value, 1) == 0);
        else if (options && (value = global_value("--token", argc, argv, &i)))
            check(setenv("MUSTER_TOKEN", value, 1) == 0);
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    return kept;
}

/* "help campaign launch" is "campaign launch --help". argv has room, since "help" itself goes. */
static int help(int argc, char **argv)
{
    static char option[] = "--help";
    if (argc == 1) {
        print_help(stdout);
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
    }
    memmove(argv, argv + 1, (size_t)(argc - 1) * sizeof *argv);
    argv[argc - 1] = option;
    return run(argc, argv);
}

static int choose(int argc, char **argv)
{
    /* muster --json campaign list: the option belongs to the subcommand */
    if (argc > 1 && strcmp(argv[0], "--json") == 0) {
        char *json = argv[0];
        argv[0] = argv[1];
        argv[1] = json;
    }
    if (argc == 0 || strcmp(argv[0], "--json") == 0) {
        if (say_is_json()) return say_misuse("", "which subcommand? muster --help");
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[0], "--version") == 0)
        return printf("muster %s\n", MUSTER_VERSION) > 0 ? EXIT_DONE : EXIT_REFUSED;
    if (strcmp(argv[0], "help") == 0 || verb_is_help(argv[0])) return help(argc, argv);
    return run(argc, argv);
}

/* Whoever closed a pipe knows; of a full disk nobody would hear. Returns the exit code. */
static int end_output(int exit_code)
{
    struct stat st;
    bool pipe = fstat(STDOUT_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
    bool cut = fflush(stdout) != 0 || ferror(stdout);
    if (cut && !pipe)
        say_error("", -EIO, NULL,
                  "the output is not complete: it could not be written (is the disk full?)");
    return cut && exit_code == EXIT_DONE ? EXIT_REFUSED : exit_code;
}

/* A file that takes the place of a closed stdout would get all that is printed. The other way
 * round, so that whoever writes there learns that nobody reads it. */
static void fill_closed(int fd, int flags)
{
    if (fcntl(fd, F_GETFD) >= 0) return;
    int got = open("/dev/null", flags);
    check(got == fd); /* the lowest that is free, and those below are not */
}

int main(int argc, char **argv)
{
    fill_closed(STDIN_FILENO, O_WRONLY);
    fill_closed(STDOUT_FILENO, O_RDONLY);
    fill_closed(STDERR_FILENO, O_RDONLY);
    look_for_json(argc - 1, argv + 1);
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)signal(SIGPIPE, SIG_IGN);
    check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    int exit_code = choose(take_globals(argc - 1, argv + 1), argv + 1);
    exit_code = end_output(exit_code);
    curl_global_cleanup();
    return exit_code;
}
