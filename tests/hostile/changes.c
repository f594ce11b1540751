/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every change of a single byte of a file to every other value, of one part of its positions: the
 * result is a verdict or a refusal with its line, and never anything else (judge.h).  All are judged;
 * reports, which take most of the time, are written for a byte of each kind that they tell apart.
 *
 * usage: changes FILE PART PARTS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile/judge.h"

/* What JSON, UTF-8, terminals and numbers treat each in its own way. */
static const char telling[] = "\"\\{}[],:/-+.09aeuz<&% \x7f\x80\x9b\xc0\xc2\xe2\xed\xf0\xff";

static void change(const struct pl_buf *file, char c, struct judging *j)
{
	if ((unsigned char)c < ' ' || strchr(telling, c))
		judge(file->data, file->len, j);
	else
		judge_silently(file->data, file->len, j);
}

int main(int argc, char **argv)
{
	pl_auto_buf file = PL_BUF_INIT;
	size_t part, parts, refused = 0, judged = 0;
	struct judging j;

	if (argc != 4)
		return 2;
	judge_read(argv[1], &file);
	part = strtoul(argv[2], NULL, 10);
	parts = strtoul(argv[3], NULL, 10);
	judge_start();
	for (size_t at = part; at < file.len; at += parts) {
		char was = file.data[at];

		for (int c = 0; c < 256; c++) {
			if ((char)c == was)
				continue;
			file.data[at] = (char)c;
			change(&file, (char)c, &j);
			refused += j.status == 2;
			judged += j.status != 2;
			judging_release(&j);
		}
		file.data[at] = was;
	}
	printf("%zu refused, %zu judged\n", refused, judged);
	/* most bytes of a plan are structure or strings: both outcomes must have occurred */
	return refused && judged ? 0 : 1;
}
