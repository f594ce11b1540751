/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which product greets, and whether the version it says is the database's.  Gateways greet with a
 * version of their own, which proves nothing about what stands behind them.
 */
#include <fnmatch.h>
#include <stdio.h>

#include "base/str.h"
#include "endpoint/greeting.h"

/*
 * By a word in the version, first that fits: "8.0.30-Vitess", "8.0.11-TiDB-v7.5.0",
 * "5.6.4-Sharding-Proxy 4.1.0", "5.7.25-OceanBase-v4.2" (their sources and issues, read 2026-11).
 */
static const struct {
	const char *word, *engine, *name;
	bool gateway;
} words[] = {
	{ "maxscale", "mysql", "MaxScale", true },
	{ "proxysql", "mysql", "ProxySQL", true },
	{ "planetscale", "mysql", "PlanetScale", true },
	{ "vitess", "mysql", "Vitess", true },
	{ "tidb", "mysql", "TiDB", true },
	{ "sharding", "mysql", "ShardingSphere", true },
	{ "oceanbase", "mysql", "OceanBase", true },
	{ "clickhouse", "mysql", "ClickHouse", true },
	{ "starrocks", "mysql", "StarRocks", true },
	{ "doris", "mysql", "Doris", true },
	{ "dolt", "mysql", "Dolt", true },
	{ "-router", "mysql", "MySQL Router", true },
	{ "mariadb", "mariadb", "MariaDB", false },
	{ "percona", "mysql", "Percona Server", false },
	{ "mysql_aurora", "mysql", "Aurora", false },
	{ "-google", "mysql", "Cloud SQL", false },
	{ "azure", "mysql", "Azure Database for MySQL", false },
};

/* By the host's name. */
static const struct {
	const char *pattern, *unless, *name;
	bool gateway;
} hosts[] = {
	/* its flexible servers say "-azure"; the single servers' gateway says a version of its own */
	{ "*.mysql.database.azure.com", "azure", "Azure Database for MySQL (single server)", true },
	{ "*.mysql.database.chinacloudapi.cn", "azure", "Azure Database for MySQL (single server)",
	  true },
	{ "*.mysql.database.usgovcloudapi.net", "azure", "Azure Database for MySQL (single server)",
	  true },
	{ "*.proxy-*.rds.amazonaws.com", NULL, "RDS Proxy", true },
	{ "*.proxy-*.rds.amazonaws.com.cn", NULL, "RDS Proxy", true },
	{ "*.psdb.cloud", NULL, "PlanetScale", true },
	{ "*.tidbcloud.com", NULL, "TiDB", true },
	{ "*.cluster-*.rds.amazonaws.com", NULL, "Aurora", false },
};

/* Whole versions that a gateway says unless it is told otherwise; no server in use says them. */
static const struct {
	const char *version, *name;
} defaults[] = {
	{ "5.5.30", "ProxySQL" }, /* its issues 657 (2016) and 4630 (2024) */
	{ "8.0.11", "ProxySQL" }, /* its issues 4815 and 5272 (2025) */
};

static const char gateway_why[] = "greets with a version of its own, not the database's";

static void gateway(struct pl_product *out, const char *name)
{
	out->name = name;
	out->version[0] = '\0';
	out->why = gateway_why;
}

/* The numbers at the start: "10.11.19" of "10.11.19-MariaDB-0+deb12u1". */
static void numbers(struct pl_product *out, const char *version)
{
	size_t n = strspn(version, "0123456789.");

	while (n && version[n - 1] == '.')
		n--;
	n = n < sizeof out->version ? n : sizeof out->version - 1;
	memcpy(out->version, version, n);
	out->version[n] = '\0';
}

/* Four numbers are the gateway of Azure's single servers ("5.6.47.0"); MySQL says three. */
static bool has_four_numbers(const char *version)
{
	size_t dots = 0;

	for (; *version && strchr("0123456789.", *version); version++)
		dots += *version == '.';
	return dots == 3 && !*version;
}

static void by_host(const char *host, const char *version, struct pl_product *out)
{
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		if (fnmatch(hosts[i].pattern, host, FNM_NOESCAPE) ||
		    (hosts[i].unless && pl_contains(version, hosts[i].unless)))
			continue;
		if (hosts[i].gateway)
			gateway(out, hosts[i].name);
		else
			out->name = out->name ? out->name : hosts[i].name;
		return;
	}
}

static void by_version(const char *version, struct pl_product *out)
{
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		if (pl_streq(version, defaults[i].version)) {
			gateway(out, defaults[i].name);
			out->why = "says that unless it is told otherwise";
		}
	if (has_four_numbers(version))
		gateway(out, "Azure Database for MySQL (single server)");
}

void pl_product_of(const char *host, const char *version, struct pl_product *out)
{
	/* before 11.0 MariaDB put this before its own, for clients that know no two-digit version */
	const char *own = pl_starts(version, "5.5.5-") ? version + 6 : version;
	size_t i = 0, count = sizeof words / sizeof *words;

	*out = (struct pl_product){ .engine = "mysql" };
	while (i < count && !pl_contains(version, words[i].word))
		i++;
	numbers(out, own);
	if (i < count) {
		out->engine = words[i].engine;
		out->name = words[i].name;
		if (words[i].gateway)
			gateway(out, words[i].name);
	} else {
		by_version(version, out);
	}
	by_host(host, version, out);
	if (!out->version[0] && !out->why)
		out->why = "says no version";
}
