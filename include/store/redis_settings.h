#pragma once
/* Settings of Redis that the promises stand on: musterd refuses to start without them, and `muster
 * doctor` says how to mend them. */
struct redis_setting {
    const char *name, *wanted, *why; /* why: "without it …" */
};

extern const struct redis_setting redis_settings[]; /* ends with a NULL name */
