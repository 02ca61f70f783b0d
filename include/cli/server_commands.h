#pragma once
/* Subcommands that speak to a running musterd, or look after one. argv[0] is the name of the
 * subcommand. They print on stdout, errors on stderr, and return the exit code: 0 done, 1 refused,
 * 2 usage, 3 server unreachable. Each has --help. */

/* campaign check|test|launch FILE, list, status|watch|pause|resume|cancel|report|people ID */
int cli_campaign(int argc, char **argv);
/* inbox list|show|claim|reply|release|tag|close|reopen */
int cli_inbox(int argc, char **argv);
/* suppress add|remove|import|export|check */
int cli_suppress(int argc, char **argv);
/* gateway list|check */
int cli_gateway(int argc, char **argv);
/* doctor [--config FILE] */
int cli_doctor(int argc, char **argv);
