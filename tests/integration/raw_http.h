#pragma once
/* Bytes on a socket, on the loop: a server that misbehaves on purpose, and a client that does. */
#include "base/buf.h"
#include "io/loop.h"

struct raw_server;

enum raw_then { RAW_KEEP, RAW_CLOSE, RAW_RESET };

struct raw_reaction {
    const char *bytes; /* written as they are; NULL = nothing */
    enum raw_then then;
};

/* arrival: which whole request of the server's life this is, from 1. */
typedef struct raw_reaction raw_react(int arrival);

struct raw_server *raw_server_new(struct loop *l, raw_react *react); /* on a port of its own */
void raw_server_free(struct raw_server *s);
int raw_server_port(const struct raw_server *s);
int raw_server_arrivals(const struct raw_server *s);
int raw_server_accepted(const struct raw_server *s);
/* Bytes that have arrived and that the loop has not read yet. */
int raw_server_unread(const struct raw_server *s);
/* Closes the connections that stand. */
void raw_server_hang_up(struct raw_server *s);

int raw_connect(int port); /* to 127.0.0.1; returns an owned, non-blocking descriptor */
void raw_send(int fd, const char *bytes);
/* Turns the loop until the server has closed the connection; all that came is added to out. */
void raw_read_to_end(struct loop *l, int fd, struct buf *out);
/* Turns the loop until the text is in out; false when the connection ended before. */
bool raw_read_until(struct loop *l, int fd, const char *text, struct buf *out);
/* A port of 127.0.0.1 that nobody listens on. */
int raw_free_port(void);
