#pragma once
/* The simulator: takes requests, decides what becomes of each, answers when it is time. */
#include "base/buf.h"
#include "io/http_server.h"
#include "sim/config.h"

struct sim;

/* Copies the configuration. */
int sim_new(struct loop *l, const struct sim_config *config, struct sim **ret,
            struct err *e) MUST_USE;
/* The end has three steps, since server and simulator hold on to each other's requests: sim_stop
 * (posts nothing more, responds with 503), http_server_free, sim_free (NULL is fine). */
void sim_stop(struct sim *s);
void sim_free(struct sim *s);
void sim_handle(void *sim, struct http_request *q); /* an http_handler */

/* For the control requests (admin.c). */
const struct sim_config *sim_config(const struct sim *s);
int sim_configure(struct sim *s, struct slice json, struct err *e) MUST_USE;
void sim_reset(struct sim *s);
void sim_write_stats(struct sim *s, struct buf *json);
const struct tape *sim_tape(const struct sim *s);
struct http_client *sim_client(struct sim *s);
/* Answers a request whose path begins with /sim/. */
void admin_handle(struct sim *s, struct http_request *q);
