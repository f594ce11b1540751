/* SPDX-License-Identifier: Apache-2.0 */
/* The passphrase of a key file, asked for on the terminal, without showing it. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/live.h"

/* One line into out[size]; false at the end of input, and for a line that is longer. */
static bool read_line(char *out, size_t size)
{
	size_t n = 0;
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1) {
		if (c == '\n') {
			out[n] = '\0';
			return n > 0;
		}
		if (n + 1 >= size)
			break;
		out[n++] = c;
	}
	explicit_bzero(out, size);
	return false;
}

bool pl_ask_passphrase(void *ctx, const char *file, bool again, char *out, size_t size)
{
	struct termios before, silent;
	pl_auto_buf b = PL_BUF_INIT;
	bool got;

	(void)ctx;
	if (tcgetattr(STDIN_FILENO, &before))
		return false;
	pl_buf_adds(&b, again ? "\nThat was wrong. Passphrase of " : "\nPassphrase of ");
	pl_buf_add_safe(&b, file, strlen(file));
	pl_buf_adds(&b, " (empty: none): ");
	fputs(b.data, stderr);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	got = read_line(out, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputs("\n", stderr);
	return got;
}
