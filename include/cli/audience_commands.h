#pragma once
/* Subcommands about lists and numbers. argv[0] is the name of the subcommand. They print on stdout,
 * errors on stderr, and return the exit code: 0 done, 1 refused, 2 usage, 3 server unreachable. */

/* All with [--json] [--server URL]:
 *
 *   audience import FILE --name N [--group G] [--country GB] [--rejects OUT.csv] [--delimiter X]
 *                   [--phone COLUMN]
 *   audience list
 *   audience show NAME
 *   audience delete NAME */
int cli_audience(int argc, char **argv);

/* number NUMBER [--country GB]: {"e164","country","type","valid","time_zones"}; 1 when it is no
 * number. No server is needed. */
int cli_number(int argc, char **argv);
