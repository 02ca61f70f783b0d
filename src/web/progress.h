#pragma once
/* How the campaigns that are not over stand: one read for all who watch. */
#include "base/slice.h"

#include <stdint.h>

struct progress;
struct store;
struct campaign;

/* A campaign that moved since it was told last: `json` is STATUS of openapi.yaml. Borrowed for the call. */
typedef void progress_cb(void *arg, const struct campaign *c, struct slice json);
/* store is borrowed for the life; now_ms NULL: the wall clock. */
struct progress *progress_new(struct store *s, int64_t (*now_ms)(void), progress_cb *cb, void *arg);
void progress_free(struct progress *p); /* NULL is fine; also while a look is under way */
void progress_look(struct progress *p); /* nothing while one is under way */
