#pragma once
/* All that is reached over HTTP: webhooks, API, pages, health. Who may do what at which address
 * stands in tables (web/route.h); src/web/openapi.yaml tells of the API. */
#include "base/err.h"
#include "flow/account.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "web/auth.h"
#include "web/route.h"

struct cascades;
struct check_in;
struct dispatch;
struct events;
struct groups;
struct hook_intake;
struct inbox;
struct journal;
struct launch_means;
struct law_book;
struct loans;
struct outbox;
struct nearest;
struct place_book;
struct queue;
struct redis;
struct staff;
struct store;
struct web;

enum {
    WEB_BODY_BYTES_MAX = 64 * 1024,   /* of a body, where nothing else is said */
    WEB_LARGE_BYTES_MAX = 512 * 1024, /* a campaign, suppressions */
    WEB_WIDE_BYTES_MAX = 3 << 20,     /* webhooks; an import's rows */
    WEB_PUBLIC_BYTES_MAX = 4 * 1024,  /* of a row that is PUBLIC */
    WEB_BODIES_BYTES_MAX = 64 << 20,  /* of all bodies together */
    WEB_CLAIM_MS = 10 * 60 * 1000,
    WEB_UPLOADS_MAX = 8, /* lists that come or are read at once; more get a 503 */
    WEB_CHECKS_MAX = 4,  /* of campaigns at once; more get a 503 */
};

struct web_config { /* all borrowed for the life, but for `auth`: for the call */
    struct loop *loop;
    struct redis *redis;
    struct staff *staff;        /* who signs in; NULL: the members of `auth`, as they are (tests) */
    struct events *events;      /* NULL: nobody is told of any */
    int streams_max;            /* clients that are told of them at once */
    const char *webhook_secret; /* the secrets of webhooks out are made from it */
    const struct net_range *webhook_hosts; /* that they may lead to besides the open internet */
    size_t webhook_host_count;
    struct store *store;
    const struct place_book *places; /* NULL: there are none (tests) */
    struct nearest *nearest;         /* NULL: nobody is told of any (tests) */
    struct inbox *inbox;
    struct groups *groups; /* NULL: nothing is said of any (tests) */
    struct queue *queue;
    struct outbox *outbox;
    const struct dispatch *dispatch;  /* NULL without that role */
    struct hook_intake *intake;       /* NULL: no webhooks */
    const struct check_in *check_in;  /* whether the store went back; NULL: nobody looks */
    const struct journal *journal;    /* NULL: nothing is said of it */
    const struct launch_means *means; /* by which campaigns are checked and launched */
    struct law_book *law_book;        /* the rules that are off */
    struct loans *loans;              /* lists that groups lend; NULL: there are none (tests) */
    const struct accounts *accounts;
    const char *organisation, *country; /* its name; "GB", of numbers without + */
    /* That uploads are kept in while they are read; NULL: none are taken. */
    const char *upload_folder;
    uint64_t upload_bytes_max; /* [bytes] of one */
    const char *public_url;    /* where people reach us, in links; NULL = "" */
    const char *picture; /* https://…: for previews in messengers; NULL, "" = Muster's own */
    struct cascades *cascades; /* pages that people pass on */
    const uint8_t *link_key;   /* of those links (core/link.h) */
    uint32_t visitor_per_s;    /* of PUBLIC rows, by one address; 0 = VISITORS_PER_S */
    struct auth_config auth;   /* without loop, which is the one above; with staff, its roster */
    int64_t claim_ms;          /* [ms] of a claim, 0 = WEB_CLAIM_MS */
    void (*nudge)(void *arg);  /* a campaign was launched or moved; NULL = nobody wants to know */
    void *nudge_arg;
    int64_t (*now_ms)(void); /* the one clock of all of it; NULL = the wall clock */
};

/* ERR_INVALID: see auth_new. */
int web_new(const struct web_config *config, struct web **ret, struct err *e) MUST_USE;
/* Open requests get a 503. The stores' calls have to end first. NULL is fine. */
void web_free(struct web *w);

/* Whether it is known who may sign in, and the people of `auth` are members; not before Redis has
 * told once. Until then only the unix socket and strangers' pages are answered. */
bool web_people_are_known(const struct web *w);

/* "127.0.0.1:8080", "unix:/path": see io/http_server.h. Twice at most. */
int web_listen(struct web *w, const char *address, struct err *e) MUST_USE;
int web_port(const struct web *w); /* of the first that is TCP; 0 = none */
/* What is open gets its response. */
void web_stop_listening(struct web *w);

/* What the servers of web_listen call for each request; a http_handler. */
void web_handle(void *web, struct http_request *q);
/* [bytes] How large a body may be, by route and, for members, token; before it comes. Strangers get
 * room for webhooks only (docs/adr/0013-strangers-room.md). Counts no wrong token. */
size_t web_body_max(void *web, const struct http_request *q);

/* The i-th row; NULL behind the last. */
const struct route *web_route(const struct web *w, size_t i);

extern const struct slice openapi_yaml; /* src/web/openapi.yaml, embedded */
