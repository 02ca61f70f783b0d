#pragma once
/* The post office: receipts and replies wait here until they are due, then leave as HTTP requests.
 * What is not taken (no 2xx) is tried again after 1 s, 2 s, 4 s …, as providers do, and given up in
 * the end. */
#include "io/http_client.h"
#include "sim/face.h"
#include "sim/stats.h"

struct post;

/* A reply was taken by the other side; runs from the loop. The letter is borrowed. */
typedef void post_taken_cb(void *arg, const struct letter *l);

/* Borrows config and stats for its life. */
int post_new(struct loop *l, const struct sim_config *config, struct stats *stats,
             post_taken_cb *cb, void *arg, struct post **ret, struct err *e) MUST_USE;
void post_free(struct post *p);            /* NULL is fine; what waits is forgotten */
void post_clear(struct post *p);           /* forgets what waits, but for what is under way */
size_t post_pending(const struct post *p); /* waiting or under way */
/* Copies the letter (its slices too); it leaves at due_us [µs, monotonic]. Above pending_max it is
 * dropped and counted. */
void post_add(struct post *p, const struct letter *l, int64_t due_us);
struct http_client *post_client(struct post *p); /* borrowed: for the webhook handshake */
