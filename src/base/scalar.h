/* SPDX-License-Identifier: Apache-2.0 */
/* Small values with rules of their own: versions, byte quantities, dates, secret names. */
#ifndef PL_BASE_SCALAR_H
#define PL_BASE_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A dotted version read leniently: an optional "v", then numbers up to the first part that is not
 * one.  "v1.24.3+k3s1" is 1.24.3, "5.7.mysql_aurora.2.11.3" is 5.7, "MYSQL_5_7" is no version.
 */
struct pl_version {
	unsigned count;   /* parts present, 1 to 4 */
	uint32_t part[4]; /* absent ones are 0 */
};

bool pl_version_parse(const char *s, struct pl_version *out);
/*
 * <0, 0, >0.  Compares as many parts as the bound has: 1.5.4 equals the bound 1.5, so it is not
 * above it.  Parts the version lacks count as 0.
 */
int pl_version_cmp(const struct pl_version *v, const struct pl_version *bound);

/*
 * "16 GB" (10^9), "16 GiB" (2^30), "512 MiB", "4096" (bytes); units kB MB GB TB KiB MiB GiB TiB.
 * One decimal place is allowed ("7.5 GB"), not of bytes.  False for anything else and past
 * INT64_MAX.
 */
bool pl_bytes_parse(const char *s, int64_t *out);
/*
 * As people read it: whole GiB, GB or MiB ("16 GiB", "512 GB"), else GB or MB cut off behind hundredths
 * ("33.65 GB"), below a megabyte bytes.  buf of 32 bytes.
 */
const char *pl_bytes_text(int64_t bytes, char buf[32]);

/* "500ms", "30s", "5m", "1h" as milliseconds, from 1 ms to a day; a bare number is seconds. */
bool pl_duration_parse(const char *s, int64_t *milliseconds);

/* A calendar day as the number of days since 1970-01-01. */
bool pl_date_parse(const char *iso, int64_t *days); /* YYYY-MM-DD, a day that exists */
const char *pl_date_text(int64_t days, char buf[16]);
int64_t pl_date_today(void); /* UTC */

/*
 * Is this the name of something secret (password, token, private key, kubeconfig ...)?  Of names
 * in doubt it says yes: a value hidden for nothing costs less than a secret in a report.
 */
bool pl_secret_name(const char *name);

#endif
