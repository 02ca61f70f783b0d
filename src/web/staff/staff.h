#pragma once
/* Pages about those who sign in. Each file has its rows. */
#include "web/route.h"

extern const struct routes login_routes;
