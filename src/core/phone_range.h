#pragma once
#include "base/slice.h"

/* A cell that is nothing but ASCII digits and signs may be a range of numbers (core/phone_cell.h): how many digits stand behind
 * its last dash. 0: it is none. */
size_t phone_range(struct slice text);
