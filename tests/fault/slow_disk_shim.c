/* A disk that is slow for one process: LD_PRELOAD it, and say in $SLOW_DISK_MS how many milliseconds each fdatasync()
 * takes longer. (cgroups' io.max would slow the disk itself, and needs root and a disk of one's own.) */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int fd)
{
    const char *text = getenv("SLOW_DISK_MS");
    long ms = text ? strtol(text, NULL, 10) : 0;
    const struct timespec longer = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&longer, NULL);
    return (int)syscall(SYS_fdatasync, fd);
}
