#pragma once
/* audience import: the file on this side, the API on the other. */
#include "cli/api.h"

struct import_options {
    const char *path; /* "-" = stdin */
    const char *name, *group, *country, *rejects, *phone_column;
    const char *encoding; /* NULL = found out */
    char delimiter;
    bool keep_unlisted; /* numbers that are possible and not in the numbering plan */
    bool append;        /* to the audience of that name; country NULL is the audience's then */
    bool json;
};

/* Prints what came of it. Returns the exit code. */
int import_run(struct api *api, const struct import_options *o);
