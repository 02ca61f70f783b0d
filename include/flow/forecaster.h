#pragma once
/* Foretells, while this process leads, when each campaign that runs or waits for its time will be done,
 * and learns from what is reached how fast each account is. It is shown what the speedometer sees. */
#include <stddef.h>
#include <stdint.h>

struct accounts;
struct budget;
struct campaign;
struct forecaster;
struct store;

enum {
    FORECASTER_EACH_LOOK = 16 /* campaigns; of more, the others have their turn the next time */
};

struct forecaster_config { /* all borrowed for its life */
    struct store *store;
    const struct accounts *accounts;
    struct budget *budget;  /* of months; NULL: only campaigns have one */
    int64_t canary_wait_ms; /* that a canary's rule gives the first few */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct forecaster *forecaster_new(const struct forecaster_config *config);
/* Its calls to the store have ended before; NULL is fine. */
void forecaster_free(struct forecaster *f);
/* All campaigns that are not over. now_ms [wall ms] grows from look to look; looks are some seconds apart. */
void forecaster_see(struct forecaster *f, const struct campaign *list, size_t n, int64_t now_ms);
