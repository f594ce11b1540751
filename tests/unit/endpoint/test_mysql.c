/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupting the question to a server that says nothing, and who listens to the trace. */
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web.h"

/* A socket that takes connections and says nothing; its port. */
static int silent_server(uint16_t *port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;

	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static struct pl_endpoint_job *job_for(uint16_t port)
{
	pl_auto_buf word = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	struct pl_endpoint_job *job;

	pl_buf_addf(&word, "mysql://127.0.0.1:%u", port);
	job = pl_endpoint_new(word.data, &err);
	assert_non_null(job);
	return job;
}

static void *interrupt(void *arg)
{
	struct pl_wait w = pl_wait_for(1000, -1);
	struct pl_err ignored = PL_ERR_INIT;

	(void)!pl_wait_pause(50, &w, &ignored);
	assert_int_equal(write(*(int *)arg, "x", 1), 1);
	return NULL;
}

static void test_interrupt(void **state)
{
	uint16_t port;
	int ends[2], server = silent_server(&port);
	struct pl_endpoint_job *job = job_for(port);
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_err err = PL_ERR_INIT;
	struct pl_endpoint_options opt;
	pthread_t thread;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	opt = (struct pl_endpoint_options){ .wait = pl_wait_for(60000, ends[0]) };
	assert_int_equal(pthread_create(&thread, NULL, interrupt, &ends[1]), 0);
	pl_endpoint_ask(job, &opt);
	pthread_join(thread, NULL);
	assert_true(pl_wait_left(&opt.wait) > 50000);
	assert_int_equal(pl_endpoint_facts(job, m, &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	assert_null(web_fact(m, PL_DB_ENGINE));
	pl_endpoint_free(job);
	close(server);
	close(ends[0]);
	close(ends[1]);
}

static void listen_to(void *ctx, const char *line)
{
	pl_buf_adds(ctx, line);
}

static void *greet(void *arg)
{
	static const char greeting[] = "\x0c\0\0\0\x0a" "5.7.44\0\1\0\0\0";
	int fd = accept(*(int *)arg, NULL, NULL);

	(void)!write(fd, greeting, sizeof greeting - 1);
	close(fd);
	return NULL;
}

static void test_trace(void **state)
{
	uint16_t port;
	int server = silent_server(&port);
	struct pl_endpoint_job *job = job_for(port);
	pl_auto_model struct pl_model *m = pl_model_new();
	pl_auto_buf said = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	struct pl_endpoint_options opt = { .wait = pl_wait_for(10000, -1), .trace = listen_to, .trace_ctx = &said };
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, greet, &server), 0);
	pl_endpoint_ask(job, &opt);
	pthread_join(thread, NULL);
	assert_int_equal(pl_endpoint_facts(job, m, &err), 0);
	assert_string_equal(web_fact(m, PL_DB_VERSION), "5.7.44");
	assert_string_equal(web_fact(m, PL_DB_TLS), "false");
	assert_non_null(strstr(said.data, "16 bytes of greeting"));
	pl_endpoint_free(job);
	close(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
