#pragma once
/* A full disk, without one. */
#include <signal.h>
#include <sys/resource.h>

/* From now on no file of this process may grow over `bytes`: a write beyond fails. RLIM_INFINITY: any may. */
static inline void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}
