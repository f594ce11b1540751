/* SPDX-License-Identifier: Apache-2.0 */
/* Trees by jansson, with what it refuses put into a form it takes: see load.h. */
#include "json/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

#define LOAD_FLAGS (JSON_DECODE_ANY | JSON_ALLOW_NUL)
#define REPLACEMENT "\xef\xbf\xbd"

void pl_json_decref(json_t **j)
{
	json_decref(*j);
}

/* Does jansson take this number?  Integers must fit its 64 bits, others a finite double. */
static bool number_fits(const char *p, size_t n)
{
	char digits[400];

	if (n >= sizeof digits)
		return false;
	memcpy(digits, p, n);
	digits[n] = '\0';
	if (strpbrk(digits, ".eE"))
		return isfinite(strtod(digits, NULL));
	return n <= 18;
}

/* A \u escape that is a surrogate: 12 when it and the next make a pair, 6 when it is alone, else 0. */
static size_t surrogate(const char *p, const char *end)
{
	char hex[5] = "";
	unsigned long unit;

	if (end - p < 6 || p[1] != 'u')
		return 0;
	memcpy(hex, p + 2, 4);
	unit = strtoul(hex, NULL, 16);
	if (unit < 0xd800 || unit > 0xdfff)
		return 0;
	if (unit < 0xdc00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
		memcpy(hex, p + 8, 4);
		unit = strtoul(hex, NULL, 16);
		if (unit >= 0xdc00 && unit <= 0xdfff)
			return 12;
	}
	return 6;
}

/* Copies the string that starts at p; returns what follows its closing quote. */
static const char *copy_string(const char *p, const char *end, struct pl_buf *out, bool *odd)
{
	pl_buf_addc(out, *p++);
	while (p < end) {
		const char *stop = pl_span_plain(p, end);
		size_t len;

		pl_buf_add(out, p, (size_t)(stop - p));
		p = stop;
		if (p >= end)
			break;
		if (*p == '"') {
			pl_buf_addc(out, *p++);
			break;
		}
		if (*p == '\\') {
			len = surrogate(p, end);
			*odd |= len == 6;
			if (len == 6)
				pl_buf_adds(out, REPLACEMENT);
			else
				pl_buf_add(out, p, len ? len : end - p > 1 ? 2 : 1);
			p += len ? len : end - p > 1 ? 2 : 1;
			continue;
		}
		len = pl_utf8_len(p, (size_t)(end - p));
		*odd |= !len;
		if (len)
			pl_buf_add(out, p, len);
		else
			pl_buf_adds(out, REPLACEMENT);
		p += len ? len : 1;
	}
	return p;
}

static void copy_tolerable(struct pl_slice text, struct pl_buf *out, bool *odd)
{
	const char *p = text.p, *end = text.p + text.n;

	while (p < end) {
		const char *start = p;

		if (*p == '"') {
			p = copy_string(p, end, out, odd);
			continue;
		}
		while (p < end && strchr("0123456789+-.eE", *p) && *p)
			p++;
		if (p == start) {
			pl_buf_addc(out, *p++);
		} else if ((*start == '-' || (*start >= '0' && *start <= '9')) &&
			   !number_fits(start, (size_t)(p - start))) {
			pl_buf_addc(out, '"');
			pl_buf_add(out, start, (size_t)(p - start));
			pl_buf_addc(out, '"');
		} else {
			pl_buf_add(out, start, (size_t)(p - start));
		}
	}
}

json_t *pl_json_load(struct pl_slice text, bool *odd, struct pl_err *err)
{
	bool changed = false;
	json_error_t why;
	json_t *j = json_loadb(text.p, text.n, LOAD_FLAGS | JSON_REJECT_DUPLICATES, &why);
	pl_auto_buf copy = PL_BUF_INIT;

	if (j)
		return j;
	copy_tolerable(text, &copy, &changed);
	j = json_loadb(copy.data, copy.len, LOAD_FLAGS | JSON_REJECT_DUPLICATES, &why);
	if (!j) {
		changed = true;
		j = json_loadb(copy.data, copy.len, LOAD_FLAGS, &why);
	}
	if (j && odd)
		*odd |= changed;
	if (!j)
		pl_err_set(err, PL_E_INPUT, "invalid JSON near byte %d: %s", why.position, why.text);
	return j;
}

const char *pl_json_text(const json_t *j, char buf[48])
{
	if (!j)
		return NULL;
	switch (json_typeof(j)) {
	case JSON_STRING:
		return json_string_value(j);
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_INTEGER:
		snprintf(buf, 48, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
		return buf;
	case JSON_REAL:
		snprintf(buf, 48, "%.15g", json_real_value(j));
		return buf;
	default:
		return NULL;
	}
}

const char *pl_json_member_str(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}
