/* SPDX-License-Identifier: Apache-2.0 */
/* Source control systems that are known by where they are, and the way from https to http. */
#include "web.h"

struct row {
	const char *what, *source;
	struct page pages[4]; /* all others: 404 */
	enum pl_err_code code;
	const char *reachable, *service;
};

#define NO_TLS { .url = "https://127.0.0.1:8080/", .status = 0, .code = PL_E_UNREACHABLE }

static const struct row rows[] = {
	{ "GitHub", "scm://github.com", { { .url = "https://github.com/", .status = 200, .head = "x-github-request-id: a\n" } },
	  PL_E_NONE, "true", "github" },
	{ "GitLab", "scm://gitlab.com", { { .url = "https://gitlab.com/", .status = 302 },
	  { .url = "https://gitlab.com/api/v4/version", .status = 401, .head = "x-gitlab-meta: {}\n" } }, PL_E_NONE, "true", "gitlab" },
	{ "Bitbucket", "scm://bitbucket.org", { { .url = "https://bitbucket.org/", .status = 301 } }, PL_E_NONE, "true", "bitbucket" },
	{ "Azure DevOps", "scm://dev.azure.com", { { .url = "https://dev.azure.com/", .status = 302, .head = "x-vss-e2eid: a\n" } },
	  PL_E_NONE, "true", "azure-devops" },
	{ "GitHub under a domain of one's own", "scm://acme.ghe.com",
	  { { .url = "https://acme.ghe.com/", .status = 302 },
	    { .url = "https://acme.ghe.com/api/v3/meta", .status = 200, .head = "x-github-request-id: a\n", .body = "{}" } },
	  PL_E_NONE, "true", "github-enterprise" },
	{ "a proxy in GitHub's place", "scm://github.com", { { .url = "https://github.com/", .status = 403 } }, PL_E_NONE, NULL, NULL },
	{ "down", "scm://github.com", { { .url = "https://github.com/", .status = 503 } }, PL_E_UNREACHABLE, NULL, NULL },
	{ "refused", "scm://git.example.org",
	  { { .url = "https://git.example.org/", .status = 0, .code = PL_E_UNREACHABLE },
	    { .url = "http://git.example.org/", .status = 200 } }, PL_E_UNREACHABLE, NULL, NULL },
	{ "breaks off later", "scm://git.example.org", { { .url = "https://git.example.org/", .status = 200 },
	  { .url = "https://git.example.org/api/v4/version", .status = 0, .code = PL_E_TIMEOUT } }, PL_E_TIMEOUT, NULL, NULL },
	{ "http on a port that was given", "scm://127.0.0.1:8080", { NO_TLS, { .url = "http://127.0.0.1:8080/", .status = 200 },
	  { .url = "http://127.0.0.1:8080/api/v1/version", .status = 200, .body = "{\"version\":\"1.22.3\"}" } }, PL_E_NONE, "true",
	  "gitea" },
	{ "TLS that went wrong", "scm://127.0.0.1:8080", { NO_TLS, { .url = "http://127.0.0.1:8080/", .status = 400 } },
	  PL_E_UNREACHABLE, NULL, NULL },
	{ "neither", "scm://127.0.0.1:8080", { NO_TLS, { .url = "http://127.0.0.1:8080/", .status = 0, .code = PL_E_UNREACHABLE } },
	  PL_E_UNREACHABLE, NULL, NULL },
	{ "late after that", "scm://127.0.0.1:8080", { NO_TLS, { .url = "http://127.0.0.1:8080/", .status = 0, .code = PL_E_TIMEOUT } },
	  PL_E_TIMEOUT, NULL, NULL },
};

#define PATHS 5
static const char *const paths[PATHS] = { "/api/forgejo/v1/version", "/api/v1/version", "/api/v4/version", "/api/v3/meta",
					  "/rest/api/1.0/application-properties" };

static bool holds(const struct row *r)
{
	struct page pages[4 + 2 * PATHS + 1];
	struct pl_err err = PL_ERR_INIT;
	pl_auto_model struct pl_model *m = NULL;
	struct pl_buf rest[2 * PATHS];
	bool right;
	size_t n = 0;

	for (; n < 4 && r->pages[n].url; n++)
		pages[n] = r->pages[n];
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		rest[i] = (struct pl_buf)PL_BUF_INIT;
		pl_buf_addf(&rest[i], "%s%s%s", i & 1 ? "http://" : "https://", strstr(r->source, "://") + 3, paths[i / 2]);
		pages[n++] = (struct page){ .url = rest[i].data, .status = 404 };
	}
	pages[n] = (struct page){ .url = NULL };
	m = web_ask(r->source, pages, &err);
	right = err.code == r->code && pl_streq(web_fact(m, PL_SCM_REACHABLE), r->reachable) &&
		pl_streq(web_fact(m, PL_SCM_SERVICE), r->service);
	if (!right)
		print_error("%s: code %d (%s), reachable %s, service %s\n", r->what, (int)err.code, err.text,
			    web_fact(m, PL_SCM_REACHABLE), web_fact(m, PL_SCM_SERVICE));
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
		pl_buf_release(&rest[i]);
	return right;
}

static void test_rows(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		wrong += !holds(&rows[i]);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
