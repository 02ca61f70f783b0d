#pragma once
/* What the rooms of web share. */
#include "flow/launch.h"
#include "web/web.h"

struct day;
struct hooks;
struct live;
struct pages;
struct public_words;
struct shares;
struct take_over;
struct there;
struct visitors;

enum { WEB_SERVERS_MAX = 2 };

struct web {
    struct web_config config;
    struct router *router;
    struct auth *auth;
    struct take_over *take_over; /* of the people of muster.yaml; NULL without staff */
    struct hooks *hooks;         /* NULL: no webhooks */
    struct live *live;           /* NULL: nobody is told of events */
    struct day *day;
    struct there *there; /* who is at it */
    struct pages *pages;
    struct visitors *texted;    /* numbers that strangers made us text */
    struct visitors *typed;     /* addresses at which they did */
    struct visitors *visitors;  /* of PUBLIC rows */
    struct shares *shares;      /* see public/public.h */
    struct public_words *words; /* of pages for anybody: public/words.h */
    int uploads;                /* bodies on their way into a file, and lists that are read */
    struct list_job *jobs[WEB_UPLOADS_MAX];
    int checks; /* of campaigns, under way */
    struct http_server *servers[WEB_SERVERS_MAX];
    struct http_budget bodies;
};

/* [wall ms] by the one clock. */
int64_t web_now(const struct web *w);
/* Requests that are without a response yet, of all the servers. */
size_t web_open_requests(const struct web *w);
