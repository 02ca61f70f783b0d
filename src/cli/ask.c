#include "ask.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { ANSWER_BYTES = 64 };

static bool is_terminal(int fd)
{
    return isatty(fd) == 1;
}

/* The terminal that the program was started from. -1: none, or nothing of the program is connected
 * to one, as in a script that somebody started from a terminal and left alone. */
static int open_terminal(void)
{
    bool any =
        is_terminal(STDIN_FILENO) || is_terminal(STDOUT_FILENO) || is_terminal(STDERR_FILENO);
    return any ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
}

/* A terminal that is nobody's controlling one, as an editor or a program may give. */
static bool has_plain_terminal(void)
{
    return is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO);
}

bool ask_somebody_is_there(void)
{
    int fd = open_terminal();
    if (fd < 0) return has_plain_terminal();
    (void)close(fd);
    return true;
}

/* "400,000" is 400000. */
static int64_t digits_of(const char *text)
{
    int64_t n = -1;
    for (; *text && n < INT32_MAX; text++)
        if (isdigit((unsigned char)*text)) n = (n < 0 ? 0 : n) * 10 + (*text - '0');
    return n;
}

static bool answer_is(FILE *in, int64_t number)
{
    char answer[ANSWER_BYTES];
    return fgets(answer, sizeof answer, in) && digits_of(answer) == number;
}

bool ask_number(const char *question, int64_t number)
{
    (void)fflush(stdout);
    int fd = open_terminal();
    FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
    (void)dprintf(fd < 0 ? STDOUT_FILENO : fd, "%s", question);
    bool yes = answer_is(in ? in : stdin, number);
    if (in) (void)fclose(in);
    return yes;
}
