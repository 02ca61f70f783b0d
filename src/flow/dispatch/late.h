#pragma once
/* Requests that leave later than their slots: the limiter is told where they count (late.c). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct grant;
struct late_request;
struct outlet;

struct late {
    struct late_request *told; /* owned: what the limiter is told before the loop sleeps */
    size_t n, room;
    size_t waiting; /* handed to libcurl, and not on the wire: their connections are being made */
    int64_t recount_us; /* [our clock] then those count anew */
};

void late_done(struct outlet *o);
/* Right before it is handed to libcurl; and it was (grant->sent_us is set). */
void late_begins(struct grant *g);
void late_handed(struct grant *g);
/* It would be written now. False: the limiter cannot be told in time any more, it must not. */
bool late_may_leave(struct grant *g, int64_t now_us);
/* Its response is there, or there will be none. */
void late_ended(struct grant *g);
/* Tells the limiter of this turn's. Before the gate is asked. */
void late_tell(struct outlet *o, int64_t now_us);
/* When it is to be called [our clock]; INT64_MAX: not before something happens. */
int64_t late_wake_us(const struct outlet *o);
