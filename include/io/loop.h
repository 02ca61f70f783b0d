#pragma once
/* The one event loop of a process (libevent), single-threaded. Callbacks run from loop_run only,
 * never from inside the call that arms them. Timers are microsecond-precise (timerfd). */
#include "base/check.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_timer;
struct loop_fd;

typedef void loop_cb(void *arg);
enum { LOOP_READ = 1, LOOP_WRITE = 2 };
typedef void loop_fd_cb(void *arg, int events); /* events: LOOP_READ | LOOP_WRITE */

struct loop *loop_new(void);    /* returns owned */
void loop_free(struct loop *l); /* all timers and fds must have been freed before; NULL is fine */
/* Runs until loop_stop. */
void loop_run(struct loop *l);
/* Runs one turn: hooks, one wait of at most max_wait_us [µs] (0 = poll, -1 = as long as it takes),
 * the callbacks that are due. */
void loop_turn(struct loop *l, int64_t max_wait_us);
void loop_stop(struct loop *l); /* from a callback; loop_run returns after this turn */

/* A hook that runs before every wait (Redis's before-sleep): where batches are flushed. */
struct loop_hook;
struct loop_hook *loop_before_sleep(struct loop *l, loop_cb *cb, void *arg);
void loop_hook_free(struct loop_hook *h);

/* One-shot timers; arming again replaces. */
struct loop_timer *loop_timer_new(struct loop *l, loop_cb *cb, void *arg);
void loop_timer_free(struct loop_timer *t); /* NULL is fine; allowed inside its own callback */
void loop_timer_in(struct loop_timer *t, int64_t us);      /* [µs] from now, ≤ 0 = next turn */
void loop_timer_at(struct loop_timer *t, int64_t mono_us); /* [µs] of clock_mono_us() */
void loop_timer_cancel(struct loop_timer *t);
bool loop_timer_armed(const struct loop_timer *t);

/* [µs] The clock for deadlines of what others owe us: it stands while this process does. A process
 * that was stopped (SIGSTOP, a paused machine, a stalled disk) finds responses in its sockets and
 * every deadline passed; judged by clock_mono_us() they would be thrown away unread. Here a gap of
 * more than a quarter second counts as nearly nothing, and for as long again, a second at most, the
 * clock stands, so that the sockets are read first. Otherwise it runs as clock_mono_us() does. It
 * may step back by a quarter second at a gap; compare it with itself only. */
int64_t loop_awake_us(struct loop *l);
/* How many such gaps there have been, this moment's included: for libraries with a clock of their
 * own. */
unsigned loop_gaps(struct loop *l);
/* Calls back when loop_awake_us() has come to that time, never before. */
void loop_timer_at_awake(struct loop_timer *t, int64_t awake_us);

/* Watches a file descriptor; it is not owned. `want` 0 = nothing. Level-triggered. Freeing and
 * re-arming tolerate a descriptor that was closed already (libcurl does that). */
struct loop_fd *loop_fd_new(struct loop *l, int fd, int want, loop_fd_cb *cb, void *arg);
void loop_fd_want(struct loop_fd *f, int want);
void loop_fd_free(struct loop_fd *f); /* NULL is fine; allowed inside its own callback */

struct loop_signal;
/* Each time the process gets that signal, from the loop. Returns owned. */
struct loop_signal *loop_signal_new(struct loop *l, int signo, loop_cb *cb, void *arg);
void loop_signal_free(struct loop_signal *s);
