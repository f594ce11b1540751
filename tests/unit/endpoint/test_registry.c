/* SPDX-License-Identifier: Apache-2.0 */
/* Registries by what they send and where they are, and where credentials go. */
#include "web.h"

#include <stdio.h>
#include <unistd.h>

#define BEARER(realm, service) "www-authenticate: Bearer realm=\"" realm "\",service=\"" service "\"\n"
#define API "docker-distribution-api-version: registry/2.0\n"
#define DENIED "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}"

static const struct {
	const char *what, *source;
	struct page page;
	const char *exists, *service;
} rows[] = {
	{ "ECR by its name", "registry://1.dkr.ecr.eu-west-1.amazonaws.com",
	  { .url = "https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/", .status = 401, .head = API
	    "www-authenticate: Basic realm=\"https://1.dkr.ecr.eu-west-1.amazonaws.com/\",service=\"ecr.amazonaws.com\"\n" },
	  "true", "ecr" },
	{ "ECR under another name", "registry://images.example.org",
	  { .url = "https://images.example.org/v2/", .status = 401, .head = API
	    "www-authenticate: Basic realm=\"https://1.dkr.ecr.eu-west-1.amazonaws.com/\",service=\"ecr.amazonaws.com\"\n" },
	  "true", "ecr" },
	{ "ECR in China", "registry://1.dkr.ecr.cn-north-1.amazonaws.com.cn",
	  { .url = "https://1.dkr.ecr.cn-north-1.amazonaws.com.cn/v2/", .status = 401, .head = API }, "true", "ecr" },
	{ "public ECR", "registry://public.ecr.aws",
	  { .url = "https://public.ecr.aws/v2/", .status = 401, .head = BEARER("https://public.ecr.aws/token/", "public.ecr.aws") },
	  "true", "ecr" },
	{ "Artifact Registry", "registry://europe-west1-docker.pkg.dev/p/r",
	  { .url = "https://europe-west1-docker.pkg.dev/v2/", .status = 401,
	    .head = BEARER("https://europe-west1-docker.pkg.dev/v2/token", "europe-west1-docker.pkg.dev") }, "true", "gar" },
	{ "Container Registry", "registry://eu.gcr.io",
	  { .url = "https://eu.gcr.io/v2/", .status = 401, .head = BEARER("https://eu.gcr.io/v2/token", "eu.gcr.io") },
	  "true", "gcr" },
	{ "ACR", "registry://Gitpod.azurecr.io",
	  { .url = "https://gitpod.azurecr.io/v2/", .status = 401,
	    .head = BEARER("https://gitpod.azurecr.io/oauth2/token", "gitpod.azurecr.io") }, "true", "acr" },
	{ "Docker Hub", "registry://docker.io",
	  { .url = "https://registry-1.docker.io/v2/", .status = 401,
	    .head = BEARER("https://auth.docker.io/token", "registry.docker.io") }, "true", "docker-hub" },
	{ "GitHub's", "registry://ghcr.io",
	  { .url = "https://ghcr.io/v2/", .status = 401, .head = BEARER("https://ghcr.io/token", "ghcr.io") }, "true", "ghcr" },
	{ "Quay", "registry://quay.example.org",
	  { .url = "https://quay.example.org/v2/", .status = 401,
	    .head = BEARER("https://quay.example.org/v2/auth", "quay.example.org") }, "true", "quay" },
	{ "Harbor", "registry://harbor.example.org",
	  { .url = "https://harbor.example.org/v2/", .status = 401,
	    .head = BEARER("https://harbor.example.org/service/token", "harbor-registry") }, "true", "harbor" },
	{ "GitLab", "registry://registry.example.org:5050",
	  { .url = "https://registry.example.org:5050/v2/", .status = 401,
	    .head = BEARER("https://gitlab.example.org/jwt/auth", "container_registry") }, "true", "gitlab" },
	{ "Gitea", "registry://gitea.example.org",
	  { .url = "https://gitea.example.org/v2/", .status = 401,
	    .head = BEARER("https://gitea.example.org/v2/token", "container_registry") }, "true", "gitea" },
	{ "Artifactory", "registry://art.example.org",
	  { .url = "https://art.example.org/v2/", .status = 401, .body = DENIED,
	    .head = "x-jfrog-version: Artifactory/7.90.8\n" BEARER("https://art.example.org/v2/token", "art.example.org") },
	  "true", "artifactory" },
	{ "Nexus", "registry://nexus.example.org:8082",
	  { .url = "https://nexus.example.org:8082/v2/", .status = 401, .body = DENIED,
	    .head = API "www-authenticate: BASIC realm=\"Sonatype Nexus Repository Manager\"\n" }, "true", "nexus" },
	{ "open", "registry://r.example.org", { .url = "https://r.example.org/v2/", .status = 200, .head = API }, "true", "other" },
	{ "open, without the mark", "registry://r.example.org",
	  { .url = "https://r.example.org/v2/", .status = 200, .head = "content-type: application/json\n", .body = "{}" },
	  "true", "other" },
	{ "known by its error", "registry://r.example.org",
	  { .url = "https://r.example.org/v2/", .status = 403, .body = DENIED }, "true", "other" },
	{ "a web site", "registry://www.example.org",
	  { .url = "https://www.example.org/v2/", .status = 200, .head = "content-type: text/html\n", .body = "<html>" },
	  "false", NULL },
	{ "JSON of something else", "registry://www.example.org",
	  { .url = "https://www.example.org/v2/", .status = 200, .head = "content-type: application/json\n",
	    .body = "{\"name\":\"x\"}" }, "false", NULL },
	{ "behind a password", "registry://www.example.org",
	  { .url = "https://www.example.org/v2/", .status = 401, .head = "www-authenticate: Basic realm=\"intern\"\n" },
	  "false", NULL },
	{ "version 1 only", "registry://www.example.org",
	  { .url = "https://www.example.org/v2/", .status = 404, .head = "docker-distribution-api-version: registry/1.0\n" },
	  "false", NULL },
	{ "moved", "registry://www.example.org",
	  { .url = "https://www.example.org/v2/", .status = 301, .head = "location: https://elsewhere/v2/\n" }, "false", NULL },
};

static void test_rows(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct page pages[] = { rows[i].page, { .url = NULL } };
		struct pl_err err = PL_ERR_INIT;
		pl_auto_model struct pl_model *m = web_ask(rows[i].source, pages, &err);

		if (err.code == PL_E_NONE && pl_streq(web_fact(m, PL_REGISTRY_EXISTS), rows[i].exists) &&
		    pl_streq(web_fact(m, PL_REGISTRY_SERVICE), rows[i].service) && web_of(NULL)->asked == 1)
			continue;
		print_error("%s: exists %s, service %s, asked %zu, %s\n", rows[i].what, web_fact(m, PL_REGISTRY_EXISTS),
			    web_fact(m, PL_REGISTRY_SERVICE), web_of(NULL)->asked, err.text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* ---- where credentials go ---- */

#define HOST "r.example.org"
#define CHALLENGE(realm) { .url = "https://" HOST "/v2/", .status = 401, .head = API BEARER(realm, "s") }

static void test_realms(void **state)
{
	static const struct {
		const char *realm;
		struct page first;
		bool sent;
	} realms[] = {
		{ "https://auth.example.net/token", CHALLENGE("https://auth.example.net/token"), true },
		{ "http://auth.example.net/token", CHALLENGE("http://auth.example.net/token"), false },
		{ "http://127.0.0.1/token", CHALLENGE("http://127.0.0.1/token"), false },
		{ "file:///etc/passwd", CHALLENGE("file:///etc/passwd"), false },
		{ "//auth.example.net/token", CHALLENGE("//auth.example.net/token"), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof realms / sizeof *realms; i++) {
		pl_auto_buf url = PL_BUF_INIT;
		struct page pages[4] = { realms[i].first };
		struct pl_err err = PL_ERR_INIT;
		pl_auto_model struct pl_model *m = NULL;

		pl_buf_addf(&url, "%s?service=s", realms[i].realm);
		pages[1] = (struct page){ .url = url.data, .status = 200, .body = "{\"token\":\"t0k\"}", .user = "ann" };
		pages[2] = (struct page){ .url = "https://" HOST "/v2/", .status = 200, .bearer = "t0k" };
		m = web_ask("registry://" HOST, pages, &err);
		assert_int_equal(err.code, PL_E_NONE);
		assert_string_equal(web_fact(m, PL_REGISTRY_EXISTS), "true");
		assert_int_equal(web_of(NULL)->asked, realms[i].sent ? 3 : 1);
		assert_true(pl_streq(web_fact(m, PL_REGISTRY_LOGIN), realms[i].sent ? "true" : NULL));
	}
}

static void test_tokens(void **state)
{
	static const struct {
		const char *what, *body;
		int status, read;
		enum pl_err_code code;
	} tokens[] = {
		{ "as access_token", "{\"access_token\":\"t0k\"}", 200, 200, PL_E_NONE },
		{ "both", "{\"token\":\"t0k\",\"access_token\":\"other\"}", 200, 200, PL_E_NONE },
		{ "HTML", "<html>", 200, 0, PL_E_INPUT },
		{ "no token", "{\"token\":\"\"}", 200, 0, PL_E_INPUT },
		{ "a number", "{\"token\":5}", 200, 0, PL_E_INPUT },
		{ "none", "", 404, 0, PL_E_INPUT },
		{ "refused", "{}", 401, 0, PL_E_AUTH },
		{ "forbidden", "{}", 403, 0, PL_E_AUTH },
		{ "not taken by the registry", "{\"token\":\"t0k\"}", 200, 401, PL_E_AUTH },
		{ "the registry fails", "{\"token\":\"t0k\"}", 200, 418, PL_E_INPUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		struct page pages[] = { CHALLENGE("https://a.example.net/t"),
					{ .url = "https://a.example.net/t?service=s", .status = tokens[i].status,
					  .body = tokens[i].body, .user = "ann" },
					{ .url = "https://" HOST "/v2/", .status = tokens[i].read, .bearer = "t0k" },
					{ .url = NULL } };
		struct pl_err err = PL_ERR_INIT;
		pl_auto_model struct pl_model *m = web_ask("registry://" HOST, pages, &err);

		if (err.code != tokens[i].code)
			fail_msg("%s: code %d: %s", tokens[i].what, (int)err.code, err.text);
		assert_string_equal(web_fact(m, PL_REGISTRY_EXISTS), "true");
		assert_true(pl_streq(web_fact(m, PL_REGISTRY_LOGIN), tokens[i].code == PL_E_NONE ? "true" : NULL));
		assert_null(strstr(err.text, "t0k"));
		assert_null(strstr(err.text, "pass"));
	}
}

/* Every question is made to fail once. */
static void test_failures(void **state)
{
	static const enum pl_err_code codes[] = { PL_E_UNREACHABLE, PL_E_TIMEOUT, PL_E_LIMIT, PL_E_STOPPED };

	(void)state;
	for (size_t c = 0; c < sizeof codes / sizeof *codes; c++)
		for (size_t k = 0; k < 3; k++) {
			struct page pages[] = { CHALLENGE("https://a.example.net/t"),
						{ .url = "https://a.example.net/t?service=s", .status = 200,
						  .body = "{\"token\":\"t0k\"}", .user = "ann" },
						{ .url = "https://" HOST "/v2/", .status = 200, .bearer = "t0k" },
						{ .url = NULL } };
			struct pl_err err = PL_ERR_INIT;
			pl_auto_model struct pl_model *m = NULL;

			pages[k].status = 0;
			pages[k].code = codes[c];
			m = web_ask("registry://" HOST, pages, &err);
			assert_int_equal(err.code, codes[c]);
			assert_true(pl_streq(web_fact(m, PL_REGISTRY_EXISTS), k ? "true" : NULL));
			assert_null(web_fact(m, PL_REGISTRY_LOGIN));
		}
}

/* A Docker configuration with a login for HOST. */
static int set_up(void **state)
{
	char *folder = pl_strndup("/tmp/plumbline-docker-XXXXXX", 28);
	pl_auto_buf path = PL_BUF_INIT;
	FILE *f;

	if (!mkdtemp(folder))
		return -1;
	pl_buf_addf(&path, "%s/config.json", folder);
	f = fopen(path.data, "w");
	if (!f)
		return -1;
	fputs("{\"auths\":{\"" HOST "\":{\"username\":\"ann\",\"password\":\"pass\"}}}", f);
	fclose(f);
	setenv("DOCKER_CONFIG", folder, 1);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	pl_auto_buf path = PL_BUF_INIT;

	pl_buf_addf(&path, "%s/config.json", (char *)*state);
	unlink(path.data);
	rmdir(*state);
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_realms),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
