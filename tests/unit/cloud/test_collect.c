/* SPDX-License-Identifier: Apache-2.0 */
/* The engine with a provider and an API of this test's own: what is asked, in what order, and what fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "base/alloc.h"
#include "base/str.h"
#include "cloud/cloud.h"
#include "cloud/provider.h"
#include "json/load.h"

/* ---- the API ---- */

static struct {
	pthread_mutex_t lock;
	size_t asked, at_once, most;
	unsigned token;   /* what the API takes: "t0", "t1" ... */
	int throttled;    /* answers with a throttle left */
	int64_t delay_ms;
} api;

static void reset(void)
{
	memset(&api, 0, sizeof api);
	pthread_mutex_init(&api.lock, NULL);
}

static const struct page {
	const char *path;
	int status;
	const char *body;
} pages[] = {
	{ "/list", 200, "{\"names\":[\"a\",\"b\",\"c\"],\"next\":\"2\"}" },
	{ "/list2", 200, "{\"names\":[\"d\"]}" },
	{ "/one/", 200, "{\"cpu\":\"4\",\"labels\":{\"k\":\"v\"},\"type\":\"\",\"deep\":[{\"x\":null},{\"x\":7}]}" },
	{ "/xml", 200, "<r><set><item><n>5</n></item></set></r>" },
	{ "/forbidden", 403, "{\"code\":\"AccessDenied\",\"message\":\"you may not\"}" },
	{ "/off", 403, "{\"code\":\"Disabled\",\"message\":\"switched off\"}" },
	{ "/absent", 404, "<html>nothing</html>" },
	{ "/refused", 400, "{\"code\":\"NoSuchType\",\"message\":\"x9.huge\"}" },
	{ "/html", 200, "<html><p>hello" },
	{ "/empty", 200, "" },
	{ "/throttled", 400, "{\"code\":\"Slow\",\"message\":\"slow down\"}" },
	{ "/denied", 401, "" },
};

static int exchange(struct pl_http *h, const struct pl_http_request *r, const struct pl_wait *w,
		    struct pl_http_answer *out, struct pl_err *err)
{
	const char *path = strstr(r->url, "://") + strlen("://api");
	struct timespec pause = { 0, api.delay_ms * 1000000 };
	char want[64];
	bool good = false;

	(void)h;
	(void)w;
	pthread_mutex_lock(&api.lock);
	api.asked++;
	api.most = ++api.at_once > api.most ? api.at_once : api.most;
	snprintf(want, sizeof want, "Authorization: t%u", api.token);
	pthread_mutex_unlock(&api.lock);
	nanosleep(&pause, NULL);
	for (size_t i = 0; r->headers[i]; i++)
		good |= !strcmp(r->headers[i], want);
	pthread_mutex_lock(&api.lock);
	api.at_once--;
	if (!strcmp(path, "/throttled") && api.throttled-- <= 0)
		path = "/list2";
	pthread_mutex_unlock(&api.lock);
	if (!strcmp(path, "/broken"))
		return pl_err_set(err, PL_E_UNREACHABLE, "api: no connection");
	if (!good) {
		out->status = 400;
		pl_buf_adds(&out->body, "{\"code\":\"Expired\",\"message\":\"too old\"}");
		return 0;
	}
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (pl_starts(path, pages[i].path)) {
			out->status = pages[i].status;
			pl_buf_truncate(&out->body, 0);
			pl_buf_adds(&out->body, pages[i].body);
		}
	return out->status ? 0 : pl_err_set(err, PL_E_INTERNAL, "no page %s", path);
}

static void close_http(struct pl_http *h)
{
	free(h);
}

static struct pl_http *open_http(const struct pl_http_options *o, struct pl_err *err)
{
	struct pl_http *h = pl_alloc(sizeof *h);

	(void)o;
	(void)err;
	h->exchange = exchange;
	h->close = close_http;
	return h;
}

/* ---- the provider ---- */

struct creds {
	unsigned token;
	bool no_renewal;
};

static int sign(void *ctx, const struct pl_cloud_call *call, struct pl_cloud_headers *out, struct pl_err *err)
{
	const struct creds *k = ctx;
	char value[32];

	(void)err;
	assert_string_equal(call->service, "svc");
	snprintf(value, sizeof value, "t%u", k->token);
	pl_cloud_header(out, "Authorization", value);
	return 0;
}

static int renew(void *ctx, struct pl_cloud_net *net, struct pl_err *err)
{
	struct creds *k = ctx;

	assert_non_null(pl_cloud_net_wait(net));
	if (k->no_renewal)
		return pl_err_set(err, PL_E_AUTH, "no new token");
	k->token++;
	return 0;
}

static void refusal(const struct pl_http_answer *a, const json_t *json, struct pl_cloud_refusal *out)
{
	const char *code = json_string_value(json_object_get(json, "code"));
	const char *message = json_string_value(json_object_get(json, "message"));

	(void)a;
	snprintf(out->code, sizeof out->code, "%s", code ? code : "");
	snprintf(out->message, sizeof out->message, "%s", message ? message : "");
	out->expired = pl_streq(code, "Expired");
	out->again |= pl_streq(code, "Slow");
	if (pl_streq(code, "Disabled"))
		out->outcome = PL_CLOUD_OFF;
}

static const struct pl_cloud_api test_api = { sign, renew, refusal };

static struct {
	const char *first; /* path of the first call */
	bool quiet, no_renewal, no_credentials;
	size_t names;
	enum pl_cloud_outcome outcome;
	char why[200], code[96];
	int64_t cpu, deep, n;
	bool predicted, closed;
	pthread_t thread;
} test;

static void call(struct pl_cloud *c, const char *path, pl_cloud_done *done)
{
	char url[200];

	snprintf(url, sizeof url, "https://api%s", path);
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = "svc:Ask", .permission = "svc:May", .object = path,
		.service = "svc", .url = url, .quiet = test.quiet, .xml = strstr(path, "xml") != NULL, .done = done });
}

static void one_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	static const struct pl_field fields[] = {
		{ "labels", PL_POOL_LABELS, PL_AS_LABELS, "", "nobody" },
		{ "cpu", PL_POOL_VCPU, PL_AS_INT, NULL, NULL },
		{ "type", PL_POOL_OS, PL_AS_TEXT, "ubuntu", "the default" },
		{ 0 },
	};
	struct pl_object *o = pl_model_object(pl_cloud_model(c), PL_POOL, "p", pl_cloud_source(c), "address");

	(void)arg;
	assert_true(pthread_equal(test.thread, pthread_self()));
	assert_int_equal(a->outcome, PL_CLOUD_DONE);
	pl_cloud_fields(c, o, a->json, fields);
	assert_string_equal(pl_value_get(&pl_object_fact(o, PL_POOL_LABELS, PL_CLOUD)->value, "k"), "v");
	assert_int_equal(pl_object_fact(o, PL_POOL_OS, PL_CLOUD)->basis, PL_DEFAULT);
	test.cpu += pl_cloud_int(a->json, "cpu", -1);
	test.deep = pl_cloud_int(a->json, "deep[0].x|deep[1].x", -1);
	assert_null(pl_cloud_text(c, a->json, "type"));
	assert_null(pl_cloud_get(a->json, "deep[9].x"));
	assert_null(pl_cloud_get(a->json, "cpu.no"));
}

static void list_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *name;
	size_t i;

	(void)arg;
	test.outcome = test.predicted ? test.outcome : a->outcome;
	if (!test.predicted)
		snprintf(test.why, sizeof test.why, "%s", a->why ? a->why : "");
	snprintf(test.code, sizeof test.code, "%s", a->code);
	if (pl_cloud_get(a->json, "set"))
		test.n = pl_cloud_int(a->json, "set[0].n", -1);
	json_array_foreach(pl_cloud_get(a->json, "names"), i, name) {
		char path[64];

		snprintf(path, sizeof path, "/one/%s", json_string_value(name));
		call(c, path, one_done);
		test.names++;
	}
	if (pl_cloud_text(c, a->json, "next"))
		call(c, "/list2", list_done);
}

static int open_source(struct pl_cloud *c, struct pl_err *err)
{
	static struct creds creds;

	creds = (struct creds){ 0, test.no_renewal };
	if (test.no_credentials)
		return pl_err_set(err, PL_E_AUTH, "tried nothing, found nothing");
	assert_string_equal(pl_cloud_part(c, 0), "place");
	assert_string_equal(pl_cloud_part(c, 1), "name");
	pl_cloud_let_in(c, &test_api, &creds);
	return 0;
}

static void ask(struct pl_cloud *c)
{
	call(c, test.first, list_done);
}

static void predict(struct pl_cloud *c)
{
	test.predicted = true;
	call(c, "/list2", list_done);
}

static void reach(struct pl_cloud *c)
{
	pl_cloud_about(c, "na\"me", NULL, NULL);
	pl_cloud_reach_by_token(c, "https://api:6443", test.quiet ? NULL : "Q0E=", "to\"ken");
}

static void close_source(struct pl_cloud *c)
{
	(void)c;
	test.closed = true;
}

static const struct pl_cloud_provider cloud = {
	.scheme = "test", .form = "test://PLACE/NAME", .parts = 2, .open = open_source, .ask = ask,
	.predict = predict, .reach = reach, .close = close_source,
};
static const struct pl_provider provider = { .name = "test", .cloud = &cloud };
static const struct pl_provider *const providers[] = { &provider, NULL };

static char last_line[400];

static void trace(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(last_line, sizeof last_line, "%s", line);
}

static int collect(struct pl_model *m, const char *first, struct pl_err *err)
{
	struct pl_cloud_options o = { .source = "test://place/name", .parallel = 8, .http = open_http, .trace = trace };
	struct pl_wait w = pl_wait_for(10000, -1);

	test.first = first;
	test.thread = pthread_self();
	return pl_cloud_collect(m, providers, &o, &w, err);
}

/* ---- tests ---- */

static int begin(void **state)
{
	(void)state;
	reset();
	memset(&test, 0, sizeof test);
	return 0;
}

static void follows_pages_and_names(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(collect(m, "/list", &err), 0);
	assert_int_equal(test.names, 5); /* the prediction lists d once more */
	assert_int_equal(test.cpu, 20);
	assert_int_equal(test.deep, 7);
	assert_true(test.predicted && test.closed);
	assert_int_equal(m->problem_count, 0);
	assert_true(m->sources[0].complete);
	assert_string_equal(last_line, "test://place/name: 8 calls in 5 steps, 0 sent again, 0 for credentials");
}

static void asks_at_the_same_time(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	api.delay_ms = 100;
	assert_int_equal(collect(m, "/list", &err), 0);
	assert_true(api.most >= 4); /* three describes and the next page */
}

static void renews_once(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	api.token = 1;
	assert_int_equal(collect(m, "/list", &err), 0);
	assert_int_equal(test.names, 5);
	test.no_renewal = true;
	assert_int_equal(collect(m, "/list", &err), 1);
	assert_int_equal(err.code, PL_E_AUTH);
	assert_non_null(strstr(err.text, "no new token"));
	begin(NULL);
	api.token = 2; /* never the right one after one renewal */
	assert_int_equal(collect(m, "/list", &err), 1);
	assert_int_equal(err.code, PL_E_AUTH);
	assert_non_null(strstr(err.text, "Expired: too old"));
	assert_int_equal(api.asked, 2);
}

static const struct row {
	const char *path;
	int rc;
	enum pl_cloud_outcome outcome;
	const char *code, *why, *problem, *permission; /* problem NULL: none */
} rows[] = {
	{ "/forbidden", 0, PL_CLOUD_FORBIDDEN, "AccessDenied", "svc:Ask: AccessDenied: you may not", "forbidden", "svc:May" },
	{ "/off", 0, PL_CLOUD_OFF, "Disabled", "svc:Ask: Disabled: switched off", "forbidden", "svc:May" },
	{ "/absent", 0, PL_CLOUD_ABSENT, "", "svc:Ask: answered with status 404", NULL, NULL },
	{ "/refused", 0, PL_CLOUD_REFUSED, "NoSuchType", "svc:Ask: NoSuchType: x9.huge", "refused", NULL },
	{ "/html", 1, PL_CLOUD_FAILED, "", "svc:Ask: the answer cannot be read: ", "unreadable", NULL },
	{ "/broken", 1, PL_CLOUD_FAILED, "", "api: no connection", "unreachable", NULL },
	{ "/denied", 1, PL_CLOUD_FAILED, "", "svc:Ask: answered with status 401", "unauthenticated", NULL },
	{ "/empty", 0, PL_CLOUD_DONE, "", "", NULL, NULL },
};

static void says_what_failed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_err err = PL_ERR_INIT;
		const struct pl_problem *p;

		begin(NULL);
		assert_int_equal(collect(m, rows[i].path, &err), rows[i].rc);
		assert_int_equal(test.outcome, rows[i].outcome);
		assert_memory_equal(test.why, rows[i].why, strlen(rows[i].why));
		/* without credentials nothing else can be asked */
		assert_int_equal(test.predicted, !pl_streq(rows[i].problem, "unauthenticated"));
		assert_int_equal(m->problem_count, rows[i].problem != NULL);
		if (!rows[i].problem)
			continue;
		p = &m->problems[0];
		assert_string_equal(p->code, rows[i].problem);
		assert_string_equal(p->object, rows[i].path);
	}
}

static void ask_row(struct pl_cloud *c)
{
	call(c, test.first, list_done);
}

static void says_what_is_missing(void **state)
{
	static const struct pl_cloud_provider alone = {
		.scheme = "test", .form = "test://PLACE/NAME", .parts = 2, .open = open_source, .ask = ask_row,
		.close = close_source,
	};
	static const struct pl_provider one = { .name = "test", .cloud = &alone };
	static const struct pl_provider *const ones[] = { &one, NULL };
	struct pl_wait w = pl_wait_for(10000, -1);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_cloud_options o = { .source = "test://place/name", .parallel = 1, .http = open_http };
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_err err = PL_ERR_INIT;

		begin(NULL);
		test.first = rows[i].path;
		test.thread = pthread_self();
		assert_int_equal(pl_cloud_collect(m, ones, &o, &w, &err), rows[i].rc);
		assert_int_equal(test.outcome, rows[i].outcome);
		assert_string_equal(test.code, rows[i].code);
		assert_memory_equal(test.why, rows[i].why, strlen(rows[i].why) + !rows[i].rc);
		assert_int_equal(m->problem_count, rows[i].problem != NULL);
		if (rows[i].problem)
			assert_string_equal(m->problems[0].code, rows[i].problem);
		if (rows[i].permission)
			assert_string_equal(m->problems[0].permission, rows[i].permission);
	}
}

static void reads_xml_and_waits(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	test.quiet = true;
	assert_int_equal(collect(m, "/xml", &err), 0);
	assert_int_equal(test.n, 5);
	begin(NULL);
	api.throttled = 1;
	assert_int_equal(collect(m, "/throttled", &err), 0);
	assert_int_equal(test.names, 2);
	assert_non_null(strstr(last_line, "1 sent again"));
}

static void needs_credentials_and_a_form(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_err err = PL_ERR_INIT;
	static const char *const wrong[] = { "test://", "test://a", "test://a/", "test:///b", "test://a/b/c", "other://a/b" };

	(void)state;
	test.no_credentials = true;
	assert_int_equal(collect(m, "/list", &err), -1);
	assert_int_equal(err.code, PL_E_AUTH);
	assert_int_equal(m->source_count, 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(pl_cloud_check(providers, wrong[i], &err), -1);
	assert_int_equal(pl_cloud_check(providers, "test://a/b", &err), 0);
	assert_true(pl_cloud_is(providers, "test", 4));
	assert_false(pl_cloud_is(providers, "tes", 3));
}

static void hands_over_a_kubeconfig(void **state)
{
	struct pl_wait w = pl_wait_for(10000, -1);

	(void)state;
	test.first = "/empty";
	test.thread = pthread_self();
	for (int i = 0; i < 2; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		pl_auto_buf text = PL_BUF_INIT;
		struct pl_cloud_options o = { .source = "test://place/name", .parallel = 1, .http = open_http,
					      .kubeconfig = &text };
		struct pl_err err = PL_ERR_INIT;
		pl_auto_json *j = NULL;

		test.quiet = i > 0;
		assert_int_equal(pl_cloud_collect(m, providers, &o, &w, &err), 0);
		j = pl_json_load((struct pl_slice){ text.data, text.len }, NULL, &err);
		assert_non_null(j);
		assert_string_equal(json_string_value(pl_cloud_get(j, "clusters[0].name")), "na\"me");
		assert_string_equal(json_string_value(pl_cloud_get(j, "contexts[0].context.cluster")), "na\"me");
		assert_string_equal(json_string_value(pl_cloud_get(j, "clusters[0].cluster.server")), "https://api:6443");
		assert_string_equal(json_string_value(pl_cloud_get(j, "users[0].user.token")), "to\"ken");
		assert_int_equal(pl_cloud_get(j, "clusters[0].cluster.certificate-authority-data") != NULL, !test.quiet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(follows_pages_and_names, begin),
		cmocka_unit_test_setup(asks_at_the_same_time, begin),
		cmocka_unit_test_setup(renews_once, begin),
		cmocka_unit_test_setup(says_what_failed, begin),
		cmocka_unit_test_setup(says_what_is_missing, begin),
		cmocka_unit_test_setup(reads_xml_and_waits, begin),
		cmocka_unit_test_setup(needs_credentials_and_a_form, begin),
		cmocka_unit_test_setup(hands_over_a_kubeconfig, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
