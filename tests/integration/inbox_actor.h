#pragma once
/* Somebody of a test who acts at a time. */
#include "store/inbox.h"

#define AT(who, ms)                                                                                \
    (&(struct inbox_actor){.now_ms = (ms),                                                         \
                           .name = (who)->name,                                                    \
                           .actor = (who)->actor,                                                  \
                           .groups = (who)->groups,                                                \
                           .escalated = (who)->escalated})
