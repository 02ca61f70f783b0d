#include "stop_signals.h"

#include <signal.h>
#include <stdlib.h>

#include "base/check.h"

struct stop_signals {
    struct loop_signal *term, *interrupt, *hangup;
    loop_cb *stop, *stop_now;
    void *arg;
    bool asked;
};

static void on_stop(void *arg)
{
    struct stop_signals *s = arg;
    loop_cb *cb = s->asked ? s->stop_now : s->stop;
    s->asked = true;
    cb(s->arg);
}

/* Shell and kernel may both say that the terminal is gone: the second time must not cut the stopping short. */
static void on_hangup(void *arg)
{
    struct stop_signals *s = arg;
    if (!s->asked) on_stop(s);
}

static bool is_ignored(int signo)
{
    struct sigaction now;
    return sigaction(signo, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

struct stop_signals *stop_signals_new(struct loop *l, loop_cb *stop, loop_cb *stop_now, void *arg)
{
    struct stop_signals *s = xcalloc(1, sizeof *s);
    *s = (struct stop_signals){.stop = stop, .stop_now = stop_now, .arg = arg};
    s->term = loop_signal_new(l, SIGTERM, on_stop, s);
    s->interrupt = loop_signal_new(l, SIGINT, on_stop, s);
    if (!is_ignored(SIGHUP)) s->hangup = loop_signal_new(l, SIGHUP, on_hangup, s);
    return s;
}

void stop_signals_free(struct stop_signals *s)
{
    if (!s) return;
    loop_signal_free(s->term);
    loop_signal_free(s->interrupt);
    loop_signal_free(s->hangup);
    free(s);
}
