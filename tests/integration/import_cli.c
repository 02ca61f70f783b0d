/* The subcommands audience and number as a program of their own: "import_cli audience import …". */
#include "cli/audience_commands.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "audience") == 0) return cli_audience(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "number") == 0) return cli_number(argc - 1, argv + 1);
    (void)fputs("usage: import_cli audience|number …\n", stderr);
    return 2;
}
