#pragma once
/* A fuzz target is one function. In every build its corpus (tests/fuzz/corpus/NAME) is replayed by
 * replay.c, so that what was found once is checked for ever. The same programs look for
 * more when they are built with libFuzzer:
 *   CC=clang CXX=clang++ meson setup build-fuzz -Dlibfuzzer=true -Dc_args=-fsanitize=fuzzer-no-link
 * \ -Db_sanitize=address -Db_lundef=false ninja -C build-fuzz && build-fuzz/tests/fuzz/fuzz_csv
 * tests/fuzz/corpus/csv */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
