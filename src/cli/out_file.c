#include "out_file.h"

#include "base/heap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

struct out_file {
    FILE *stream;
    bool is_stdout, as_it_is;
    char path[PATH_BYTES], draft[PATH_BYTES];
};

/* ---- interruptions ---- */

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
static char unfinished[PATH_BYTES]; /* "" = none; one at a time */

static void on_end(int signo)
{
    (void)unlink(unfinished);
    (void)raise(signo); /* the way it would have gone: SA_RESETHAND */
}

static void guard(const char *draft)
{
    const struct sigaction action = {.sa_handler = on_end, .sa_flags = SA_RESETHAND};
    check(!*unfinished);
    (void)snprintf(unfinished, sizeof unfinished, "%s", draft);
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        (void)sigaction(ends[i], &action, NULL);
}

static void unguard(void)
{
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        (void)signal(ends[i], SIG_DFL);
    unfinished[0] = '\0';
}

/* ---- opening ---- */

static bool is_no_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* What a link means is written, not the link. */
static int name_it(struct out_file *f, const char *path, struct err *e)
{
    char *real = realpath(path, NULL);
    int n = snprintf(f->path, sizeof f->path, "%s", real ? real : path);
    int draft_n = snprintf(f->draft, sizeof f->draft, "%s.XXXXXX", f->path);
    free(real);
    if (n < (int)sizeof f->path && draft_n < (int)sizeof f->draft) return 0;
    return err_set(e, ERR_LIMIT, "the path of the file is too long");
}

static FILE *open_draft(struct out_file *f)
{
    int fd = mkstemp(f->draft);
    if (fd < 0) return NULL;
    guard(f->draft);
    FILE *stream = fdopen(fd, "w");
    check(stream);
    return stream;
}

static int open_stream(struct out_file *f, const char *path, struct err *e)
{
    f->is_stdout = strcmp(path, "-") == 0;
    f->as_it_is = f->is_stdout || is_no_file(path);
    int r = name_it(f, path, e);
    if (r < 0) return r;
    f->stream = f->is_stdout ? stdout : f->as_it_is ? fopen(path, "w") : open_draft(f);
    return f->stream ? 0 : err_set(e, -errno, "cannot write %s: %s", path, strerror(errno));
}

int out_file_open(const char *path, struct out_file **ret, struct err *e)
{
    struct out_file *f = xcalloc(1, sizeof *f);
    int r = open_stream(f, path, e);
    if (r == 0)
        *ret = f;
    else
        free(f);
    return r;
}

FILE *out_file_stream(const struct out_file *f)
{
    return f->stream;
}

/* ---- ending ---- */

int out_file_end(struct out_file *f, int result, struct err *e)
{
    bool written = f->is_stdout ? fflush(stdout) == 0 : fclose(f->stream) == 0;
    if (result == 0 && !written)
        result = err_set(e, -errno, "cannot write %s: %s", f->path, strerror(errno));
    if (result == 0 && !f->as_it_is && rename(f->draft, f->path) != 0)
        result = err_set(e, -errno, "cannot write %s: %s", f->path, strerror(errno));
    if (!f->as_it_is) {
        if (result < 0) (void)unlink(f->draft);
        unguard();
    }
    free(f);
    return result;
}
