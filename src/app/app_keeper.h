#pragma once
/* What the configuration says of what has an end, to flow/keeper.h. */
#include "config/config.h"
#include "flow/keeper.h"

struct inbox;
struct store;

struct keeper *app_keeper_new(const struct config *c, struct store *s,
                              struct inbox *inbox); /* returns owned; all borrowed for its life */
