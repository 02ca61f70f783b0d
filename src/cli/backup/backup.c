/* muster backup: the whole of Muster in a folder, and back. */
#include "backup.h"

#include "cli/commands.h"
#include "config/config.h"

static const struct verb_option options[] = {
    {"config", "FILE", "muster.yaml (default: " CONFIG_DEFAULT_PATH ")"}, {NULL, NULL, NULL}};
static const struct verb_option no_options[] = {{NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"check", "DIR", 1, 1,
     "Looks at every file of a backup, and loads its store.\n"
     "Needs redis-server or valkey-server on this machine, and nothing of Muster's.",
     "check /backup/2026-11-27", no_options, backup_check},
    {"restore", "DIR", 1, 1,
     "Puts a backup into an empty Redis, and its files into state_dir where they are missing.\n"
     "Stop every musterd before. It looks at all files first, and writes into no store that holds "
     "anything.\nCut off in the middle it is run again; until it has come to its end, no musterd "
     "works on that store.",
     "restore /backup/2026-11-27", options, backup_restore},
    {"", "DIR", 1, 1,
     "Backs up the store, state_dir and muster.yaml into a new folder. Muster and Redis go on "
     "meanwhile.\n"
     "All of Redis is what it was at one instant. Run it where musterd runs, as its user.\n"
     "The folder holds numbers, texts and what muster.yaml says: keep it as you keep those. "
     "Secrets that muster.yaml only names "
     "(file:, credential:, ${NAME}) are not in it.",
     "/backup/2026-11-27", options, backup_make},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group backup_group = {"backup", "All of Muster in a folder, and back.", verbs};
