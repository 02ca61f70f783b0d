#pragma once
/* The disks of the journals (flow/journal.h). */
#include "sim.h"

void sim_journal_begin(void);
void sim_journal_end(void);
/* Of so many syncs one takes long, where processes stand still now and then; else it is rare. */
void sim_journal_slow(double chance);
/* For so long none of them takes anything. */
void sim_journal_fail(int64_t us);
/* Whether this process' last grant of that person stands on its disk: then it may send. */
bool sim_journal_has_grant(const struct sim_process *p, uint32_t campaign, uint32_t index);
