#pragma once
/* Many worlds of forecasts.c, and how good the forecasts in them were. */
#include <stdint.h>

/* Each in a process of its own. TAP; returns how many tests failed. shown: a line for each world. */
unsigned forecast_run_many(uint64_t from, uint64_t seeds, int jobs, int shown);
