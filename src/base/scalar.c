/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, byte quantities, dates, secret names: see scalar.h. */
#include "base/scalar.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool pl_version_parse(const char *s, struct pl_version *out)
{
	struct pl_version v = { 0 };

	if (*s == 'v' || *s == 'V')
		s++;
	while (v.count < 4 && is_digit(*s)) {
		uint64_t n = 0;

		for (; is_digit(*s); s++)
			n = n > UINT32_MAX ? n : n * 10 + (uint64_t)(*s - '0');
		if (n > UINT32_MAX)
			return false;
		v.part[v.count++] = (uint32_t)n;
		if (*s != '.')
			break;
		s++;
	}
	if (!v.count)
		return false;
	*out = v;
	return true;
}

int pl_version_cmp(const struct pl_version *v, const struct pl_version *bound)
{
	for (unsigned i = 0; i < bound->count; i++)
		if (v->part[i] != bound->part[i])
			return v->part[i] < bound->part[i] ? -1 : 1;
	return 0;
}

static const struct {
	const char *name;
	int64_t bytes;
} units[] = {
	{ "", 1 }, { "B", 1 },
	{ "kB", 1000 }, { "MB", 1000000 }, { "GB", 1000000000 }, { "TB", 1000000000000 },
	{ "KiB", 1LL << 10 }, { "MiB", 1LL << 20 }, { "GiB", 1LL << 30 }, { "TiB", 1LL << 40 },
};

bool pl_bytes_parse(const char *s, int64_t *out)
{
	int64_t whole = 0, tenths = 0;

	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++) {
		if (whole > INT64_MAX / 10 - 1)
			return false;
		whole = whole * 10 + (*s - '0');
	}
	if (s[0] == '.' && is_digit(s[1]) && !is_digit(s[2])) {
		tenths = s[1] - '0';
		s += 2;
	}
	while (*s == ' ')
		s++;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(s, units[i].name))
			continue;
		if (whole > (INT64_MAX - units[i].bytes) / units[i].bytes)
			return false;
		*out = whole * units[i].bytes + tenths * units[i].bytes / 10;
		return true;
	}
	return false;
}

const char *pl_bytes_text(int64_t bytes, char buf[32])
{
	static const struct {
		const char *name;
		int64_t bytes;
	} whole[] = { { "GiB", 1LL << 30 }, { "GB", 1000000000 }, { "MiB", 1LL << 20 } };

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (bytes && bytes % whole[i].bytes == 0) {
			snprintf(buf, 32, "%" PRId64 " %s", bytes / whole[i].bytes, whole[i].name);
			return buf;
		}
	snprintf(buf, 32, "%" PRId64 " bytes", bytes);
	return buf;
}

/* Howard Hinnant's days-from-civil arithmetic (public domain). */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_of(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

bool pl_date_parse(const char *iso, int64_t *days)
{
	int64_t y = 0, m = 0, d = 0, yy, mm, dd;

	if (strlen(iso) != 10 || iso[4] != '-' || iso[7] != '-')
		return false;
	for (int i = 0; i < 10; i++) {
		if (i == 4 || i == 7)
			continue;
		if (!is_digit(iso[i]))
			return false;
		if (i < 4)
			y = y * 10 + (iso[i] - '0');
		else if (i < 7)
			m = m * 10 + (iso[i] - '0');
		else
			d = d * 10 + (iso[i] - '0');
	}
	if (m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	civil_of(days_of(y, m, d), &yy, &mm, &dd);
	if (yy != y || mm != m || dd != d)
		return false;
	*days = days_of(y, m, d);
	return true;
}

const char *pl_date_text(int64_t days, char buf[16])
{
	int64_t y, m, d;

	civil_of(days, &y, &m, &d);
	snprintf(buf, 16, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
	return buf;
}

int64_t pl_date_today(void)
{
	return (int64_t)time(NULL) / 86400;
}

bool pl_secret_name(const char *name)
{
	/* the ends of names that Terraform providers and Kubernetes give to secrets */
	static const char *const words[] = {
		"password", "passwd", "secret", "token", "private_key", "private_key_pem",
		"private_key_openssh", "client_key", "access_key", "secret_key", "secret_access_key",
		"kube_config_raw", "kube_config", "kube_admin_config", "kube_admin_config_raw",
		"connection_string", "sas_token", "account_key", "primary_key", "secondary_key",
		"auth_token", "session_token", "credentials", "service_account_key", "admin_password",
		"k3s_token", "node_token", "join_token", "result_secret", "passphrase",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (pl_strieq(name, words[i]))
			return true;
	for (size_t i = 0; i < 10; i++)
		if (strlen(name) > strlen(words[i]) &&
		    pl_strieq(name + strlen(name) - strlen(words[i]), words[i]))
			return true;
	return false;
}
