/* SPDX-License-Identifier: Apache-2.0 */
/* The whole line on the bytes of a raw state: hostile/judge.h says what must hold. */
#include <stdbool.h>

#include "fuzz.h"
#include "hostile/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;

	if (!started)
		judge_start();
	started = true;
	judge_once(data, size);
	return 0;
}
