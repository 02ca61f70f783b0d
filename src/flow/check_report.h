#pragma once
/* What a check found out, before it is told. */
#include "check_tally.h"

struct check_report {
    struct tally tally;
    struct audience_info *audience; /* owned */
    char *channel, *organisation;   /* owned */
    const struct check_price *price;
    double rate_per_s;
    int64_t start_ms, deadline_ms, now_ms; /* start_ms: never before now */
    struct err message;        /* why the message does not compile; code 0 when it does */
    json_t *errors, *warnings; /* owned arrays, filled by report_judge */
};

/* Takes copies; the tally is ready to be added to. */
struct check_report *report_new(const struct check_input *input);
void report_free(struct check_report *r); /* NULL is fine */
/* Turns what was counted into errors and warnings. Once, at the end. */
void report_judge(struct check_report *r);
/* [wall ms] when the last message is forecast to leave. */
int64_t report_finish_ms(const struct check_report *r);
