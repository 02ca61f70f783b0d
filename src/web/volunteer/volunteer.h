#pragma once
/* The inbox for people, under /inbox: pages that need no JavaScript, made for a phone. Forms
 * carry the session's value, the claim's fence and a key, so that a form sent twice or too late
 * does no harm. Each file has its rows. */
#include "web/route.h"

extern const struct routes coming_routes, form_routes, hand_page_routes, list_routes,
    next_page_routes, team_page_routes, template_page_routes, thread_routes;
