#pragma once
/* A file that stands in a folder without a name: it is gone with its last descriptor, also when the
 * process is killed. */

/* A descriptor for reading and writing (mode 0600, close on exec), or -1 and errno. NULL: there is no
 * folder. */
int unnamed_file_open(const char *folder);
