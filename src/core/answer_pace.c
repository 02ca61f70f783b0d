#include "core/answer_pace.h"

#include "base/check.h"

/* Before much is known: a tenth write back; a member answers one in a minute. */
#define FIRST_WROTE  5.0
#define FIRST_TEXTED 50.0
#define LEAST_SHARE                                                                                \
    0.01 /* fewer write back: as if so many did, or a first answer would be a flood */
#define PER_MINUTE 1.0
#define SHARE      0.5  /* of the target: what may wait is answered within it */
#define NEARLY     0.75 /* of the target */
#define HANDFUL    5.0  /* of answers, while nobody is there */

static double at_least(double least, double v)
{
    return v > least ? v : least;
}

/* Who write back, of one. Whoever was texted lately may still write, and proves nothing yet. */
static double share(const struct answer_pace_seen *s)
{
    double had_time = at_least((double)s->wrote, (double)s->texted - (double)s->texted_lately);
    return at_least(LEAST_SHARE, ((double)s->wrote + FIRST_WROTE) / (had_time + FIRST_TEXTED));
}

/* Answers in a minute. Members who had nobody to answer are not slow. */
static double speed(const struct answer_pace_seen *s)
{
    double minutes = at_least(1, (double)s->window_ms / 60000);
    double measured = (double)s->answered / minutes, can = (double)s->there * PER_MINUTE;
    bool busy = s->waiting > 2 * s->there && minutes >= 3;
    return busy ? measured : at_least(can, measured);
}

static double still_to_write(const struct answer_pace_seen *s)
{
    return at_least(0, share(s) * (double)s->texted_lately - (double)s->wrote_lately);
}

static double room(const struct answer_pace_seen *s)
{
    double can_wait = speed(s) * (double)s->target_ms / 60000 * SHARE;
    return at_least(HANDFUL, can_wait) - (double)s->waiting - still_to_write(s);
}

uint64_t answer_pace_step(struct answer_pace *p, const struct answer_pace_seen *seen)
{
    check(seen->target_ms > 0);
    double n = at_least(0, room(seen)) / share(seen);
    uint64_t most = p->last > ANSWER_PACE_FIRST / 2 ? 2 * p->last : ANSWER_PACE_FIRST;
    if ((double)seen->oldest_ms >= (double)seen->target_ms * NEARLY) n = 0;
    p->last = n >= (double)most ? most : (uint64_t)n;
    return p->last;
}

bool answer_pace_is_slow(const struct answer_pace_seen *seen, uint64_t let_out)
{
    return let_out == 0 || room(seen) <= HANDFUL;
}
