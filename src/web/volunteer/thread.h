#pragma once
/* A thread is shown by its own address, and by a form that was refused or that asks for it. */
#include "web/call.h"

/* Shows the thread of c->id with what was typed, and says `problem` when it is not "". */
void thread_show(struct web_call *c, int status, const char *problem);
/* The same for an answer that they are asked about once (flow/doubt.h). */
void thread_show_doubt(struct web_call *c, const char *problem);
/* Where a form leads: to the thread, by 303, or to the thread with what failed. */
void thread_lead(struct web_call *c, int result, const struct err *e);
