#pragma once
/* Pages about those who sign in. Each file has its rows. */
#include "web/route.h"

struct auth_config;
struct take_over;
struct web;

/* The people of muster.yaml become members, once Redis is there. Copies. */
struct take_over *take_over_new(struct web *w, const struct auth_config *config);
void take_over_free(struct take_over *t); /* NULL is fine */
bool take_over_is_done(const struct take_over *t);
