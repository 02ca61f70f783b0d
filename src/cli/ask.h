#pragma once
/* A question before something that cannot be undone, to the person at the terminal: also when
 * stdout goes into a pipe or a file (`muster campaign launch … | tee log`). A script without a
 * terminal is asked nothing. */
#include <stdbool.h>
#include <stdint.h>

/* Whether somebody sees a question and can answer it. */
bool ask_somebody_is_there(void);
/* Prints the question on the terminal; true when the answer is that number, with or without
 * commas. */
bool ask_number(const char *question, int64_t number);
