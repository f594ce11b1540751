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
	bool fraction;

	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++) {
		if (whole > (INT64_MAX - (*s - '0')) / 10)
			return false;
		whole = whole * 10 + (*s - '0');
	}
	fraction = s[0] == '.' && is_digit(s[1]) && !is_digit(s[2]);
	if (fraction) {
		tenths = s[1] - '0';
		s += 2;
	}
	while (*s == ' ')
		s++;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(s, units[i].name))
			continue;
		tenths = tenths * units[i].bytes / 10;
		if ((fraction && units[i].bytes == 1) || whole > (INT64_MAX - tenths) / units[i].bytes)
			return false;
		*out = whole * units[i].bytes + tenths;
		return true;
	}
	return false;
}

bool pl_duration_parse(const char *s, int64_t *milliseconds)
{
	static const struct {
		const char *name;
		int64_t milliseconds;
	} durations[] = { { "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
	const int64_t day = 86400000;
	int64_t n = 0;

	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++) {
		n = n * 10 + (*s - '0');
		if (n > day)
			return false;
	}
	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
		if (!strcmp(s, durations[i].name) && n && n <= day / durations[i].milliseconds) {
			*milliseconds = n * durations[i].milliseconds;
			return true;
		}
	return false;
}

const char *pl_bytes_text(int64_t bytes, char buf[32])
{
	static const struct {
		const char *name;
		int64_t bytes;
	} whole[] = { { "GiB", 1LL << 30 }, { "GB", 1000000000 }, { "MiB", 1LL << 20 } },
	  parts[] = { { "GB", 1000000000 }, { "MB", 1000000 } };

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (bytes && bytes % whole[i].bytes == 0) {
			snprintf(buf, 32, "%" PRId64 " %s", bytes / whole[i].bytes, whole[i].name);
			return buf;
		}
	/* hundredths, cut off: what is below a bound is never shown as the bound */
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (bytes >= parts[i].bytes) {
			int64_t hundredths = bytes / (parts[i].bytes / 100);

			snprintf(buf, 32, "%" PRId64 ".%02" PRId64 " %s", hundredths / 100, hundredths % 100, parts[i].name);
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

/*
 * What ends a word, or a run of words, of the names that Terraform providers, Kubernetes and shell
 * scripts give to secrets.
 */
#define P(text) { text, sizeof(text) - 1 }
static const struct phrase {
	const char *text;
	size_t n;
} secret_phrases[] = {
	P("password"), P("passwords"), P("passwd"), P("passphrase"), P("pwd"), P("secret"),
	P("secrets"), P("token"), P("tokens"), P("credential"), P("credentials"), P("private_key"),
	P("privatekey"), P("client_key"), P("access_key"), P("accesskey"), P("account_key"),
	P("accountkey"), P("api_key"), P("apikey"), P("app_key"), P("auth_key"),
	P("encryption_key"), P("license_key"), P("master_key"), P("primary_key"),
	P("secondary_key"), P("secret_key"), P("secretkey"), P("server_key"),
	P("service_account_key"), P("shared_key"), P("signing_key"), P("ssl_key"), P("storage_key"),
	P("tls_key"), P("kube_config"), P("kubeconfig"), P("kube_admin_config"), P("kubeconfigs"),
	P("connection_string"), P("connection_strings"), P("connectionstring"), P("database_url"),
	P("dsn"), P("sas_url"), P("sas_uri"), P("dockerconfigjson"), P("dockercfg"),
	P("docker_config_json"),
};
#undef P

/* A name that ends in one of these speaks about a secret without holding it ("token_ttl"). */
static const char *const about_a_secret[] = {
	"algorithm", "arn", "arns", "audience", "audiences", "authentication", "count", "enabled",
	"endpoint", "expiration", "expiry", "format", "hours", "length", "lifetime", "name", "names",
	"namespace", "path", "period", "policy", "provider", "rotation", "seconds", "size", "ttl", "type",
	"version",
};

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* "adminPassword", "admin-password" and "ADMIN_PASSWORD" all become "admin_password_". */
static void add_words(struct pl_buf *b, const char *name)
{
	for (const char *s = name; *s; s++) {
		bool starts = is_upper(*s) && s != name &&
			      (!is_upper(s[-1]) || is_lower(s[1]));

		if ((starts || !(is_upper(*s) || is_lower(*s) || is_digit(*s))) && b->len &&
		    b->data[b->len - 1] != '_')
			pl_buf_addc(b, '_');
		if (is_upper(*s))
			pl_buf_addc(b, (char)(*s + ('a' - 'A')));
		else if (is_lower(*s) || is_digit(*s))
			pl_buf_addc(b, *s);
	}
	if (b->len && b->data[b->len - 1] != '_')
		pl_buf_addc(b, '_');
}

/* Does the text of `n` bytes end in a secret phrase?  The last byte decides most of them. */
static bool ends_secret(const char *text, size_t n)
{
	for (size_t i = 0; i < sizeof secret_phrases / sizeof *secret_phrases; i++) {
		const struct phrase *p = &secret_phrases[i];

		if (p->n <= n && text[n - 1] == p->text[p->n - 1] && !memcmp(text + n - p->n, p->text, p->n))
			return true;
	}
	return false;
}

static bool is_about_a_secret(const char *word)
{
	for (size_t i = 0; i < sizeof about_a_secret / sizeof *about_a_secret; i++)
		if (pl_streq(word, about_a_secret[i]))
			return true;
	return false;
}

bool pl_secret_name(const char *name)
{
	pl_auto_buf words = PL_BUF_INIT;
	bool secret = false;
	const char *last;

	if (!name)
		return false;
	add_words(&words, name);
	for (size_t n = 1; n < words.len && !secret; n++)
		secret = words.data[n] == '_' && ends_secret(words.data, n);
	if (!secret)
		return false;
	pl_buf_truncate(&words, words.len - 1);
	last = strrchr(words.data, '_');
	return !is_about_a_secret(last ? last + 1 : words.data);
}
