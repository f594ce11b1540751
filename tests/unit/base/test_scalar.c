/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, byte quantities, dates and the names of secrets: base/scalar.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/scalar.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void reads_versions(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct pl_version v; /* count 0: no version */
	} rows[] = {
		{ "1.24", { 2, { 1, 24 } } },
		{ "v1.24.3+k3s1", { 3, { 1, 24, 3 } } },
		{ "V2", { 1, { 2 } } },
		{ "1.27.3-gke.100", { 3, { 1, 27, 3 } } },
		{ "5.7.mysql_aurora.2.11.3", { 2, { 5, 7 } } },
		{ "5.4.0-1045-aws", { 3, { 5, 4, 0 } } },
		{ "1.2.3.4.5", { 4, { 1, 2, 3, 4 } } },
		{ "25+", { 1, { 25 } } },
		{ "1.", { 1, { 1 } } },
		{ "4294967295", { 1, { UINT32_MAX } } },
		{ "4294967296", { 0 } },
		{ "99999999999999999999999999", { 0 } },
		{ "MYSQL_5_7", { 0 } },
		{ "v", { 0 } },
		{ "", { 0 } },
		{ ".5", { 0 } },
		{ "-1", { 0 } },
		{ "latest", { 0 } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_version v = { 0 };

		if (pl_version_parse(rows[i].text, &v) != (rows[i].v.count > 0) ||
		    memcmp(&v, &rows[i].v, sizeof v) != 0)
			fail_msg("'%s'", rows[i].text);
	}
}

static void compares_as_many_parts_as_the_bound_has(void **state)
{
	(void)state;
	static const struct {
		const char *version, *bound;
		int sign;
	} rows[] = {
		{ "1.5.4", "1.5", 0 },   { "1.6", "1.5", 1 },       { "1.4.9", "1.5", -1 },
		{ "1.10", "1.9", 1 },    { "1", "1.0.0", 0 },       { "1", "1.0.1", -1 },
		{ "2", "1.99", 1 },      { "1.24.10", "1.24", 0 },  { "1.24.10", "1.24.9", 1 },
		{ "0.0.1", "0", 0 },     { "4294967295", "1", 1 },  { "1", "4294967295", -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_version v, b;
		int c;

		assert_true(pl_version_parse(rows[i].version, &v) && pl_version_parse(rows[i].bound, &b));
		c = pl_version_cmp(&v, &b);
		if ((c > 0) - (c < 0) != rows[i].sign)
			fail_msg("%s against %s gave %d", rows[i].version, rows[i].bound, c);
	}
}

static void reads_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t bytes; /* -1: refused */
	} rows[] = {
		{ "0", 0 },
		{ "4096", 4096 },
		{ "4096 B", 4096 },
		{ "1 kB", 1000 },
		{ "16 GB", 16000000000 },
		{ "16GB", 16000000000 },
		{ "16 GiB", 17179869184 },
		{ "512 MiB", 536870912 },
		{ "7.5 GB", 7500000000 },
		{ "7.5 GiB", 8053063680 },
		{ "0.5 KiB", 512 },
		{ "2 TB", 2000000000000 },
		{ "2 TiB", 2199023255552 },
		{ "9223372036854775807", INT64_MAX },
		{ "9223372036854775808", -1 },
		{ "9223372036854775.8 kB", 9223372036854775800 },
		{ "9223372036854775.9 kB", -1 },
		{ "8388607.9 TiB", 8388607LL * (1LL << 40) + (9LL * (1LL << 40)) / 10 },
		{ "8388608 TiB", -1 },
		{ "99999999999999999999", -1 },
		{ "1.5", -1 },
		{ "1.5 B", -1 },
		{ "1.0", -1 },
		{ "7.55 GB", -1 },
		{ "7. GB", -1 },
		{ ".5 GB", -1 },
		{ "-1", -1 },
		{ " 1", -1 },
		{ "1 ", 1 },
		{ "1 gb", -1 },
		{ "1 GB x", -1 },
		{ "", -1 },
		{ "GB", -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t v = -1;

		if (pl_bytes_parse(rows[i].text, &v) != (rows[i].bytes >= 0) || v != rows[i].bytes)
			fail_msg("'%s' gave %lld", rows[i].text, (long long)v);
	}
}

static void reads_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t milliseconds; /* -1: refused */
	} rows[] = {
		{ "500ms", 500 }, { "1s", 1000 }, { "30", 30000 }, { "5m", 300000 }, { "24h", 86400000 },
		{ "25h", -1 }, { "0", -1 }, { "0s", -1 }, { "", -1 }, { "s", -1 }, { "1.5s", -1 }, { "-1s", -1 },
		{ "1 s", -1 }, { "1d", -1 }, { "99999999999999999999ms", -1 }, { "1m30s", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t v = -1;

		if (pl_duration_parse(rows[i].text, &v) != (rows[i].milliseconds >= 0) || v != rows[i].milliseconds)
			fail_msg("%s: %lld", rows[i].text, (long long)v);
	}
}

static void writes_bytes_that_read_back(void **state)
{
	(void)state;
	static const struct {
		int64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 bytes" },
		{ 17179869184, "16 GiB" },
		{ 512000000000, "512 GB" },
		{ 8053063680, "7680 MiB" },
		{ 1001, "1001 bytes" },
		{ 999999, "999999 bytes" },
		{ 1000000, "1.00 MB" },
		{ 4096000000, "4.09 GB" },
		{ 33650540544, "33.65 GB" },
		{ 15999999999, "15.99 GB" },
		{ -1, "-1 bytes" },
		{ INT64_MAX, "9223372036.85 GB" },
		{ INT64_MIN, "-8589934592 GiB" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char buf[32];

		assert_string_equal(pl_bytes_text(rows[i].bytes, buf), rows[i].text);
	}
}

static void reads_dates_that_exist(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		int64_t days;
	} rows[] = {
		{ "1970-01-01", true, 0 },      { "1969-12-31", true, -1 },     { "2000-02-29", true, 11016 },
		{ "2022-09-23", true, 19258 },  { "2024-02-29", true, 19782 },  { "9999-12-31", true, 2932896 },
		{ "0000-01-01", true, -719528 }, { "2023-02-29", false, 0 },    { "1900-02-29", false, 0 },
		{ "2022-04-31", false, 0 },     { "2022-13-01", false, 0 },     { "2022-00-01", false, 0 },
		{ "2022-01-00", false, 0 },     { "2022-1-01", false, 0 },      { "2022-01-01 ", false, 0 },
		{ "2022/01/01", false, 0 },     { "20a2-01-01", false, 0 },     { "", false, 0 },
		{ "+022-01-01", false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t days = 0;
		char buf[16];

		if (pl_date_parse(rows[i].text, &days) != rows[i].good || days != rows[i].days)
			fail_msg("'%s' gave %lld", rows[i].text, (long long)days);
		if (rows[i].good)
			assert_string_equal(pl_date_text(days, buf), rows[i].text);
	}
	assert_true(pl_date_today() > 19258);
}

static void every_day_reads_back(void **state)
{
	(void)state;
	char buf[16], last[16] = "";

	for (int64_t day = -719528; day <= 2932896; day += 13) {
		int64_t again;

		pl_date_text(day, buf);
		if (!pl_date_parse(buf, &again) || again != day || strcmp(last, buf) >= 0)
			fail_msg("day %lld is %s", (long long)day, buf);
		memcpy(last, buf, sizeof last);
	}
}

static void knows_secret_names(void **state)
{
	(void)state;
	static const char *const secret[] = {
		"password", "db_password", "admin_password", "adminPassword", "ADMIN_PASSWORD",
		"master-password", "passwd", "passphrase", "dbpassword", "password_wo",
		"ses_smtp_password_v4", "administrator_login_password", "token", "k3s_token",
		"K3S_TOKEN", "K3S_AGENT_TOKEN", "auth_token", "authToken", "bearerToken",
		"bootstrap_token", "sas_token", "session_token", "authtoken", "join_tokens",
		"private_key", "private_key_pem", "private_key_pem_pkcs8", "private_key_openssh",
		"privateKey", "tls_private_key", "client_key", "clientKey", "client-key-data",
		"tls.key", "tls.key.pem", "secret", "secrets", "client_secret", "secret_key",
		"secret_access_key", "AWS_SECRET_ACCESS_KEY", "secret_string", "secret_binary",
		"secret_data", "secretKey", "secret_environment_variables", "kube_config",
		"kube_config_raw", "kube_admin_config", "kube_admin_config_raw", "kubeconfig",
		"kubeConfig", "primary_connection_string", "primary_blob_connection_string",
		"connection_strings", "connectionString", "DATABASE_URL", "access_key",
		"access_key_id", "primary_access_key", "secondary_access_key", "accessKey",
		"account_key", "storage_account_access_key", "primary_key", "primary_shared_key",
		"shared_key", "api_key", "apiKey", "APIKey", "DATADOG_API_KEY", "credentials",
		"google_credentials", "credentials_json", "service_account_key", "encryption_key",
		".dockerconfigjson", "values.image.password",
	};
	static const char *const plain[] = {
		"", "_", "key", "keys", "name", "node_group_name", "key_name", "public_key",
		"kms_key_arn", "ssh_key", "token_ttl", "secret_name", "secretName", "secret_arn",
		"password_length", "password_policy", "disable_password_authentication",
		"secret_rotation_enabled", "token_type", "private_key_path", "labels",
		"instance_types", "vm_size", "node_labels", "machine_type", "user_data", "compass",
		"secretary", "tokenizer", "kubernetes_version", "client_certificate",
		"cluster_ca_certificate", "connection", "config", "kube_proxy", "access",
		"private_cluster_config", "account_tier", "passing", "secretsmanager_arn",
		"gitpod.io/workload_meta", "access_entries", "keyspace", "client_key_id_name",
	};

	assert_false(pl_secret_name(NULL));
	for (size_t i = 0; i < COUNT(secret); i++)
		if (!pl_secret_name(secret[i]))
			fail_msg("'%s' was not taken for a secret", secret[i]);
	for (size_t i = 0; i < COUNT(plain); i++)
		if (pl_secret_name(plain[i]))
			fail_msg("'%s' was taken for a secret", plain[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_versions),
		cmocka_unit_test(compares_as_many_parts_as_the_bound_has),
		cmocka_unit_test(reads_bytes),
		cmocka_unit_test(writes_bytes_that_read_back),
		cmocka_unit_test(reads_durations),
		cmocka_unit_test(reads_dates_that_exist),
		cmocka_unit_test(every_day_reads_back),
		cmocka_unit_test(knows_secret_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
