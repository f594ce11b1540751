/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and ports taken apart; sockets connected, refused, interrupted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/connect.h"

static void test_host_port(void **state)
{
	static const struct {
		const char *text, *host; /* host NULL: refused */
		uint16_t port;
	} rows[] = {
		{ "db.example", "db.example", 0 }, { "db:3306", "db", 3306 }, { "10.0.0.1:1", "10.0.0.1", 1 },
		{ "[::1]:22", "::1", 22 }, { "[fe80::1%eth0]", "fe80::1%eth0", 0 }, { "::1", "::1", 0 },
		{ "db:65535", "db", 65535 }, { "", NULL, 0 }, { ":22", NULL, 0 }, { "db:", NULL, 0 },
		{ "db:0", NULL, 0 }, { "db:65536", NULL, 0 }, { "db:+22", NULL, 0 }, { "db:22x", NULL, 0 },
		{ "[::1", NULL, 0 }, { "[]:22", NULL, 0 }, { "[::1]22", NULL, 0 }, { "[::1]:", NULL, 0 },
		{ "db:123456789", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_host_port out = { "", 0 };

		if (pl_host_port_parse(pl_slice(rows[i].text), &out) != (rows[i].host != NULL))
			fail_msg("'%s'", rows[i].text);
		if (rows[i].host) {
			assert_string_equal(out.host, rows[i].host);
			assert_int_equal(out.port, rows[i].port);
		}
	}
	{
		char text[400];
		struct pl_host_port out;

		memset(text, 'a', sizeof text);
		assert_false(pl_host_port_parse((struct pl_slice){ text, sizeof text }, &out));
		assert_false(pl_host_port_parse((struct pl_slice){ "a\0b", 3 }, &out));
	}
}

/* A listening socket of 127.0.0.1 (backlog: 0 leaves it unbound to a listener) and its port. */
static int listener(uint16_t *port, int listens)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	if (listens)
		assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void test_connects(void **state)
{
	const char *const hosts[] = { "127.0.0.1", "localhost" };
	struct pl_wait w = pl_wait_for(20000, -1);
	struct pl_err err = PL_ERR_INIT;
	uint16_t port;
	int fd = -1, server = listener(&port, 1);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pl_connect(hosts[i], port, &w, &fd, &err), 0);
		close(fd);
	}
	close(server);
}

static void test_refused(void **state)
{
	struct pl_wait w = pl_wait_for(20000, -1);
	struct pl_err err = PL_ERR_INIT;
	uint16_t port;
	int fd = -7, server = listener(&port, 0);

	(void)state;
	assert_int_equal(pl_connect("127.0.0.1", port, &w, &fd, &err), -1);
	assert_int_equal(err.code, PL_E_UNREACHABLE);
	assert_non_null(strstr(err.text, "127.0.0.1 port"));
	assert_int_equal(fd, -7);
	close(server);
}

static void test_no_name(void **state)
{
	struct pl_wait w = pl_wait_for(20000, -1);
	struct pl_err err = PL_ERR_INIT;
	char name[400];
	int fd;

	(void)state;
	assert_int_equal(pl_connect("no-such-host.invalid", 22, &w, &fd, &err), -1);
	assert_int_equal(err.code, PL_E_UNREACHABLE);
	assert_non_null(strstr(err.text, "no-such-host.invalid"));
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_int_equal(pl_connect(name, 22, &w, &fd, &err), -1);
	assert_int_equal(err.code, PL_E_UNREACHABLE);
}

static void test_interrupted(void **state)
{
	int stop = eventfd(1, 0), fd;
	struct pl_wait w = pl_wait_for(20000, stop);
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	/* looking a name up ends at once too */
	assert_int_equal(pl_connect("no-such-host.invalid", 22, &w, &fd, &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	assert_int_equal(pl_connect("192.0.2.1", 22, &w, &fd, &err), -1);
	assert_true(err.code == PL_E_STOPPED || err.code == PL_E_UNREACHABLE);
	close(stop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host_port),
		cmocka_unit_test(test_connects),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
