/* SPDX-License-Identifier: Apache-2.0 */
/* What libFuzzer, or tests/fuzz/replay.c in its place, calls with each input. */
#ifndef PL_TESTS_FUZZ_H
#define PL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
