#pragma once
/* Subcommands that need no server: what a text becomes before anybody gets it. */

/* argv[0] is the name of the subcommand. They print on stdout, errors on stderr, and return the
 * exit code: 0 done, 1 refused (bad template, unreadable file), 2 usage. */

/* render TEMPLATE --data FILE.json [--partials DIR] [--escape none|html|url|json] [--json] */
int cli_render(int argc, char **argv);

/* parts [FILE] [--smart] */
int cli_parts(int argc, char **argv);
