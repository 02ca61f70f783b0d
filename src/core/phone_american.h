#pragma once
#include "base/slice.h"

/* A cell that is nothing but ASCII digits and signs is written as in North America (core/phone_cell.h). */
bool phone_is_american(struct slice text);
