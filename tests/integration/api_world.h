#pragma once
/* The whole of web over real HTTP and a real Redis, by the same web.c as in musterd, with a clock of
 * our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/redis.h"
#include "redis_fixture.h"
#include "store/audience.h"
#include "store/campaign.h"
#include "store/direct.h"
#include "web/web.h"

#include <jansson.h>

#define WORLD_NOW_MS       INT64_C(1795716000000) /* 2026-11-26T18:00:00Z */
#define ORGANISER          "organiser-token-0123456789"
#define VOLUNTEER          "volunteer-token-0123456789"
#define ORGANISER_OF_LEEDS "leeds-token-0123456789"
#define VOLUNTEER_OF_LEEDS "leeds-volunteer-0123456789"

struct inbox;
struct law_organisation;

struct world {
    struct redis_fixture *server;
    struct loop *loop;
    struct redis *redis;
    const char *prefix; /* of this test's keys */
    struct store *store;
    struct inbox *inbox;
    struct web *web;
    int nudges;
    const char *key;                    /* Idempotency-Key of what is asked; NULL: none */
    const struct law_organisation *law; /* of the next set-up; NULL: nothing is known */
};
extern struct world world;

/* False when there is no redis-server on the PATH. */
bool world_start(void);
void world_end(void);
/* Both around them; skipped aloud where there is no server. What main() returns. */
int world_run(const char *name, const struct CMUnitTest *tests, size_t n);
/* cmocka fixtures of each test, which has a key prefix of its own. */
int world_set_up(void **state);
int world_tear_down(void **state);

/* Asks over TCP with a token (NULL = none, "unix" = over the unix socket instead) and fails unless
 * the status is that one. body NULL = none. The answer as JSON, or NULL when it is none; borrowed
 * until the next call. */
json_t *ask_as(const char *token, int status, const char *method, const char *path,
               const char *body);
/* The same, whatever the status, which is returned. */
int ask_status(const char *token, const char *method, const char *path, const char *body);
/* Two that are asked at the same moment, over a connection each: the second leaves before the first is answered. Fails unless both
 * have that status. */
void ask_both(const char *const tokens[2], int status, const char *method, const char *path,
              const char *const bodies[2]);
/* The same as the organiser. */
json_t *ask(int status, const char *method, const char *path, const char *body);
const char *answer_text(void); /* of the last ask */
/* Fails unless the last answer was an error of that code whose message holds `part`. */
void expect_error(const char *code, const char *part);
json_int_t number_at(const json_t *object, const char *key);
const char *text_at(const json_t *object, const char *key);

/* Turns the loop until a callback set *done. */
void turn_until_done(const bool *done);
/* An audience of n people (+447700900000 on) with first_name and town; every tenth has no first
 * name. Returns its id. */
json_int_t make_audience(const char *name, int n);
/* The same of a group; the other is of "main". */
json_int_t make_audience_in(const char *group, const char *name, int n);
/* One in which somebody has asked something; number: digits. Returns its id. */
json_int_t make_conversation(const char *group, const char *number, const char *name);
/* The same with what they wrote, and what their provider tells of it. */
json_int_t make_conversation_saying(const char *group, const char *number, const char *name,
                                    const char *text, const char *note);
/* A place, or a session, of what is said (core/place.h). Takes said; returns its id. */
uint32_t make_place(bool is_session, json_t *said);
/* What the release role does: makes the ledger of a campaign and starts it. */
void start_campaign(uint32_t id, uint32_t audience);

/* As printf, for a path or a body; the last eight stay as they are. */
const char *world_text(const char *fmt, ...) PRINTF_LIKE(1, 2);
