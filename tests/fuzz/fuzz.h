#pragma once
/* A fuzz target is one function. In every build its corpus (tests/fuzz/corpus/NAME) is replayed by
 * replay.c, so that what was found once is checked for ever. `./scripts/fuzz` builds the same
 * programs with libFuzzer, all of the product instrumented, and looks for more. */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
