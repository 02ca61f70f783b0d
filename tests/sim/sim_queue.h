#pragma once
/* The queue of the world, behind store/queue.h (sim_queue.c): at least once and no better. Messages
 * come twice, in another order, late; those of a silent dispatcher go to others. The real queues
 * have a conformance suite of their own (tests/integration/test_queue.c). */
#include "sim.h"

void sim_queue_begin(double fault_chance);
void sim_queue_end(void);
void sim_queue_outage(int64_t us); /* nothing is published or delivered */
void sim_queue_heal(void);         /* no faults from now on */
