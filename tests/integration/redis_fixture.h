#pragma once
/* A redis-server of a test's own: free port, folder of its own, append-only file with fsync always,
 * as Muster demands. Ended by its pid. Can be killed and started again on the same data. */
#include <stdbool.h>

struct redis_fixture;

/* Starts a server ($MUSTER_REDIS_SERVER, redis-server or valkey-server) and waits until it
 * answers. NULL when there is none on the PATH (skip
 * the test); any other trouble ends the process with a message. */
struct redis_fixture *redis_fixture_new(void);
/* ends the server, removes its folder; NULL is fine */
void redis_fixture_free(struct redis_fixture *f);

/* redis://127.0.0.1:PORT/0; borrowed */
const char *redis_fixture_url(const struct redis_fixture *f);
/* free for the test's use; borrowed */
const char *redis_fixture_folder(const struct redis_fixture *f);
int redis_fixture_port(const struct redis_fixture *f);
int redis_fixture_pid(const struct redis_fixture *f); /* 0 while it is stopped */

/* Ends the server: at once as a power loss would (SIGKILL), or in good order (SIGTERM). */
void redis_fixture_kill(struct redis_fixture *f);
void redis_fixture_stop(struct redis_fixture *f);
/* Starts it again on the same port and data; returns when it answers. */
void redis_fixture_restart(struct redis_fixture *f);
