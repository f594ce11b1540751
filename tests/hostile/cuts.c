/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every prefix of a file, or `samples` of them spread over it: a cut document is refused with one
 * line, and only the whole is judged.
 *
 * usage: cuts FILE [SAMPLES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile/judge.h"

int main(int argc, char **argv)
{
	pl_auto_buf file = PL_BUF_INIT;
	size_t samples = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, step, whole, tried = 0;
	struct judging j;

	judge_read(argv[1], &file);
	whole = file.len;
	while (whole && strchr(" \t\r\n", file.data[whole - 1]))
		whole--;
	step = samples && samples < whole ? whole / samples : 1;
	judge_start();
	for (size_t n = 0; n <= file.len; n += n + step > file.len && n < file.len ? file.len - n : step) {
		judge(file.data, n, &j);
		if ((n < whole) != (j.status == 2)) {
			printf("cut at %zu of %zu: exit status %d\n", n, file.len, j.status);
			return 1;
		}
		judging_release(&j);
		tried++;
	}
	printf("%zu cuts\n", tried);
	return 0;
}
