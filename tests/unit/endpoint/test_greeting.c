/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of servers, and the products behind versions that greetings say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/str.h"
#include "endpoint/greeting.h"

struct row {
	const char *what, *bytes;
	size_t n;
	bool asked;
	enum pl_greeting_kind kind;
	const char *version, *text;
	unsigned code;
	bool tls;
};

#define BYTES(s) s, sizeof(s) - 1
/* Thread id, scramble, filler, lower flags (with or without TLS), the rest. */
#define TAIL(flags) "\1\0\0\0abcdefgh\0" flags "\x21\2\0\xff\xc1\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0"

static const struct row rows[] = {
	{ "MySQL 5.7", BYTES("\x34\0\0\0\x0a" "5.7.44\0" TAIL("\xff\xff")), false, PL_GREETING_HELLO, "5.7.44", "", 0, true },
	{ "without TLS", BYTES("\x34\0\0\0\x0a" "5.7.44\0" TAIL("\xff\xf7")), false, PL_GREETING_HELLO, "5.7.44", "", 0, false },
	{ "no flags at all", BYTES("\x0c\0\0\0\x0a" "5.7.44\0\1\0\0\0"), false, PL_GREETING_HELLO, "5.7.44", "", 0, false },
	{ "protocol 9", BYTES("\x0c\0\0\0\x09" "3.20.1\0\1\0\0\0"), false, PL_GREETING_HELLO, "3.20.1", "", 0, false },
	{ "after we asked", BYTES("\x34\0\0\0\x0a" "5.7.44\0" TAIL("\xff\xff")), true, PL_GREETING_HELLO, "5.7.44", "", 0, true },
	{ "cut", BYTES("\x34\0\0\0\x0a" "5.7.44\0"), false, PL_GREETING_MORE, "", "", 0, false },
	{ "header alone", BYTES("\x34\0\0\0"), false, PL_GREETING_MORE, "", "", 0, false },
	{ "nothing", BYTES(""), false, PL_GREETING_MORE, "", "", 0, false },
	{ "a refusal", BYTES("\x44\0\0\0\xff\x6a\4Host '10.0.0.9' is not allowed to connect to this MariaDB server\0"), false,
	  PL_GREETING_REFUSAL, "", "Host '10.0.0.9' is not allowed to connect to this MariaDB server?", 1130, false },
	{ "with a state", BYTES("\x16\0\0\1\xff\x10\4#08004Too many conn"), false, PL_GREETING_REFUSAL, "", "Too many conn", 1040,
	  false },
	{ "a refusal of no words", BYTES("\4\0\0\0\xff\x10\4x"), false, PL_GREETING_REFUSAL, "", "x", 1040, false },
	{ "no version", BYTES("\x0c\0\0\0\x0a" "abcdef\0\1\0\0\0"), false, PL_GREETING_OTHER, "", NULL, 0, false },
	{ "a version that moves the cursor", BYTES("\x0b\0\0\0\x0a" "5.7\x1b[2\0\0\0\0"), false, PL_GREETING_OTHER, "", NULL, 0,
	  false },
	{ "a version without end", BYTES("\6\0\0\0\x0a" "5.7.4"), false, PL_GREETING_OTHER, "", NULL, 0, false },
	{ "an unknown protocol", BYTES("\x0c\0\0\0\x0b" "5.7.44\0\1\0\0\0"), false, PL_GREETING_OTHER, "", NULL, 0, false },
	{ "a packet too large", BYTES("\xff\xff\0\0\x0a" "5.7"), false, PL_GREETING_OTHER, "", NULL, 0, false },
	{ "a packet too small", BYTES("\1\0\0\0\x0a"), false, PL_GREETING_OTHER, "", NULL, 0, false },
	{ "in the middle of a talk", BYTES("\x34\0\0\7\x0a" "5.7.44\0"), false, PL_GREETING_OTHER, "", NULL, 0, false },
	{ "X Protocol", BYTES("\5\0\0\0\x0b\x08\5\x1a\0"), false, PL_GREETING_X, "", "", 0, false },
	{ "half of it", BYTES("\5\0\0\0\x0b"), false, PL_GREETING_MORE, "", "", 0, false },
	{ "PostgreSQL without TLS", BYTES("N"), true, PL_GREETING_POSTGRESQL, "", "", 0, false },
	{ "PostgreSQL with TLS", BYTES("S"), true, PL_GREETING_POSTGRESQL, "", "", 0, false },
	{ "not asked", BYTES("S"), false, PL_GREETING_MORE, "", "", 0, false },
	{ "PostgreSQL's error", BYTES("E\0\0\0\x60SFATAL\0"), false, PL_GREETING_POSTGRESQL, "", "", 0, false },
	{ "SSH", BYTES("SSH-2.0-OpenSSH_9.2p1\r\n"), false, PL_GREETING_OTHER, "", "an SSH server", 0, false },
	{ "SSH after we asked", BYTES("SSH-2.0-x"), true, PL_GREETING_OTHER, "", "an SSH server", 0, false },
	{ "half of SSH", BYTES("SS"), false, PL_GREETING_MORE, "", "", 0, false },
	{ "HTTP", BYTES("HTTP/1.1 400 Bad Request\r\n"), true, PL_GREETING_OTHER, "", "an HTTP server", 0, false },
	{ "TLS", BYTES("\x15\3\3\0\2\2\x28"), true, PL_GREETING_OTHER, "", "a server that speaks TLS from the first byte", 0,
	  false },
	{ "Redis", BYTES("-ERR unknown command"), true, PL_GREETING_OTHER, "", "Redis", 0, false },
};

static void test_rows(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct pl_greeting g;
		enum pl_greeting_kind kind = pl_greeting_parse(r->bytes, r->n, r->asked, &g);

		if (kind == r->kind && pl_streq(g.version, r->version) && (!r->text || pl_streq(g.text, r->text)) &&
		    g.code == r->code && g.tls == r->tls)
			continue;
		print_error("%s: kind %d, version '%s', text '%s', code %u, tls %d\n", r->what, (int)kind, g.version, g.text,
			    g.code, g.tls);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* What is a greeting at last is nothing else before, however it is cut. */
static void test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t n = 0; rows[i].kind == PL_GREETING_HELLO && n < rows[i].n; n++) {
			struct pl_greeting g;

			assert_int_equal(pl_greeting_parse(rows[i].bytes, n, rows[i].asked, &g), PL_GREETING_MORE);
		}
}

static const struct {
	const char *host, *greeting, *engine, *version, *name;
} products[] = {
	{ "db", "5.7.44", "mysql", "5.7.44", NULL },
	{ "db", "5.7.44-log", "mysql", "5.7.44", NULL },
	{ "db", "8.0.36-0ubuntu0.22.04.1", "mysql", "8.0.36", NULL },
	{ "db", "9.1.0", "mysql", "9.1.0", NULL },
	{ "db", "5.5.5-10.11.19-MariaDB-0+deb12u1", "mariadb", "10.11.19", "MariaDB" },
	{ "db", "11.4.2-MariaDB-log", "mariadb", "11.4.2", "MariaDB" },
	{ "db", "5.5.62-MariaDB", "mariadb", "5.5.62", "MariaDB" },
	{ "db", "8.0.35-27-Percona", "mysql", "8.0.35", "Percona Server" },
	{ "db", "5.7.44-google", "mysql", "5.7.44", "Cloud SQL" },
	{ "db", "5.7.mysql_aurora.2.11.3", "mysql", "5.7", "Aurora" },
	{ "a.cluster-c1.eu-west-1.rds.amazonaws.com", "5.7.12", "mysql", "5.7.12", "Aurora" },
	{ "a.c1.eu-west-1.rds.amazonaws.com", "5.7.44-log", "mysql", "5.7.44", NULL },
	{ "a.proxy-c1.eu-west-1.rds.amazonaws.com", "8.0.28", "mysql", "", "RDS Proxy" },
	{ "ro.endpoint.proxy-c1.eu-west-1.rds.amazonaws.com", "5.7.12", "mysql", "", "RDS Proxy" },
	{ "a.proxy-c1.cn-north-1.rds.amazonaws.com.cn", "8.0.28", "mysql", "", "RDS Proxy" },
	{ "a.mysql.database.azure.com", "5.6.47.0", "mysql", "", "Azure Database for MySQL (single server)" },
	{ "a.mysql.database.azure.com", "8.0.15", "mysql", "", "Azure Database for MySQL (single server)" },
	{ "a.mysql.database.azure.com", "8.0.35-azure", "mysql", "8.0.35", "Azure Database for MySQL" },
	{ "db", "5.6.47.0", "mysql", "", "Azure Database for MySQL (single server)" },
	{ "db", "5.5.30", "mysql", "", "ProxySQL" },
	{ "db", "8.0.11", "mysql", "", "ProxySQL" },
	{ "db", "8.0.4 (ProxySQL)", "mysql", "", "ProxySQL" },
	{ "db", "8.0.30-Vitess", "mysql", "", "Vitess" },
	{ "aws.connect.psdb.cloud", "8.0.34-Vitess", "mysql", "", "PlanetScale" },
	{ "db", "8.0.11-TiDB-v7.5.0", "mysql", "", "TiDB" },
	{ "db", "5.7.25-OceanBase-v4.2.1", "mysql", "", "OceanBase" },
	{ "db", "5.6.4-Sharding-Proxy 4.1.0", "mysql", "", "ShardingSphere" },
	{ "db", "5.5.5-10.6.16 2.4.10-maxscale", "mysql", "", "MaxScale" },
	{ "db", "5.", "mysql", "5", NULL },
	{ "db", "5.5.5-MariaDB", "mariadb", "", NULL },
	{ "db", "1234567890.1234567890.1234567890.1234567890", "mysql", "", NULL },
};

static void test_products(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
		struct pl_product p;
		bool unknown = !products[i].version[0];

		pl_product_of(products[i].host, products[i].greeting, &p);
		if (pl_streq(p.engine, products[i].engine) && pl_streq(p.version, products[i].version) &&
		    (!products[i].name || pl_streq(p.name, products[i].name)) && (!unknown || p.why))
			continue;
		print_error("%s at %s: engine %s, version '%s', name %s, why %s\n", products[i].greeting, products[i].host,
			    p.engine, p.version, p.name ? p.name : "-", p.why ? p.why : "-");
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_products),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
