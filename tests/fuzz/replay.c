/* Runs a fuzz target over the files of the folders that are its arguments, each also cut at some
 * places and with single bytes changed (the same ones each time), so that a small corpus reaches
 * further. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20, CHANGES_PER_FILE = 400 };

/* A copy of exactly this size, so that AddressSanitizer sees the first byte read outside. */
static void run(const uint8_t *data, size_t n)
{
    uint8_t *copy = calloc(1, n ? n : 1);
    if (!copy) abort();
    if (n) memcpy(copy, data, n);
    (void)LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static void run_changed(uint8_t *data, size_t n)
{
    uint32_t random = 1;
    for (int i = 0; i < CHANGES_PER_FILE && n > 0; i++) {
        random = random * 1664525u + 1013904223u; /* Numerical Recipes' constants */
        size_t at = (random >> 8) % n;
        uint8_t before = data[at];
        data[at] = (uint8_t)(random >> 24);
        run(data, i % 2 ? n : at + 1);
        data[at] = before;
    }
}

static int run_file(const char *path)
{
    static uint8_t data[FILE_BYTES_MAX];
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    size_t n = fread(data, 1, sizeof data, f);
    (void)fclose(f);
    run(data, n);
    run_changed(data, n);
    return 0;
}

static int run_folder(const char *folder, int *ret_files)
{
    DIR *d = opendir(folder);
    if (!d) {
        perror(folder);
        return 1;
    }
    int failed = 0;
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char path[4096];
        if (entry->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failed |= run_file(path);
        ++*ret_files;
    }
    (void)closedir(d);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0, files = 0;
    run((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        failed |= run_folder(argv[i], &files);
    printf("%d inputs replayed\n", files);
    return failed || files == 0;
}
