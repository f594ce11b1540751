/* SPDX-License-Identifier: Apache-2.0 */
/* The caller-owned error value: see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <string.h>

#include "base/str.h"

/* Makes the text safe to print on one line and cuts it between characters. */
static void fill(struct pl_err *err, const char *raw)
{
	pl_auto_buf safe = PL_BUF_INIT;
	size_t n, len;

	pl_buf_add_safe(&safe, raw, strlen(raw));
	for (n = 0; n < safe.len; n += len) {
		len = pl_utf8_len(safe.data + n, safe.len - n);
		if (n + len >= sizeof err->text)
			break;
	}
	memcpy(err->text, safe.data, n);
	err->text[n] = '\0';
}

int pl_err_set(struct pl_err *err, enum pl_err_code code, const char *fmt, ...)
{
	pl_auto_buf text = PL_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	pl_buf_addv(&text, fmt, ap);
	va_end(ap);
	err->code = code;
	fill(err, text.data);
	return -1;
}

int pl_err_wrap(struct pl_err *err, const char *fmt, ...)
{
	pl_auto_buf text = PL_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	pl_buf_addv(&text, fmt, ap);
	va_end(ap);
	pl_buf_addf(&text, ": %s", err->text);
	fill(err, text.data);
	return -1;
}

const char *pl_err_word(enum pl_err_code code)
{
	switch (code) {
	case PL_E_TIMEOUT:
		return "timeout";
	case PL_E_UNREACHABLE:
		return "unreachable";
	case PL_E_AUTH:
		return "unauthenticated";
	case PL_E_HOST_KEY:
		return "host-key";
	case PL_E_FORBIDDEN:
		return "forbidden";
	case PL_E_STOPPED:
		return "interrupted";
	default:
		return "unreadable";
	}
}
