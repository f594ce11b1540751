/* SPDX-License-Identifier: Apache-2.0 */
/* What each answer proves of a bucket, and where it is asked. */
#include "web.h"

#define S3 "x-amz-request-id: 1\n"
#define GCS "x-guploader-uploadid: 1\n"
#define BLOB "x-ms-request-id: 1\n"

static const struct row {
	const char *what, *source, *variable, *value; /* of the environment */
	struct page page;
	enum pl_err_code code;
	const char *exists, *region;
} rows[] = {
	{ "another region", "s3://b-1", NULL, NULL,
	  { .url = "https://s3.amazonaws.com/b-1", .status = 301, .head = S3 "x-amz-bucket-region: eu-west-1\n" }, PL_E_NONE,
	  "true", "eu-west-1" },
	{ "not ours to see", "s3://b-1", "AWS_REGION", "eu-west-1",
	  { .url = "https://s3.eu-west-1.amazonaws.com/b-1", .status = 403, .head = S3 "x-amz-bucket-region: eu-west-1\n" },
	  PL_E_NONE, "true", "eu-west-1" },
	{ "China", "s3://b-1", "AWS_DEFAULT_REGION", "cn-north-1",
	  { .url = "https://s3.cn-north-1.amazonaws.com.cn/b-1", .status = 404, .head = S3 }, PL_E_NONE, "false", NULL },
	{ "a region that is none", "s3://b-1", "AWS_REGION", "eu/../x", { .url = "https://none/" }, PL_E_USAGE, NULL, NULL },
	{ "another region's 400", "s3://b-1", NULL, NULL,
	  { .url = "https://s3.amazonaws.com/b-1", .status = 400, .head = S3 "x-amz-bucket-region: us-gov-west-1\n" }, PL_E_NONE,
	  "true", "us-gov-west-1" },
	{ "a 400 about us", "s3://b-1", NULL, NULL, { .url = "https://s3.amazonaws.com/b-1", .status = 400, .head = S3 },
	  PL_E_INPUT, NULL, NULL },
	{ "a proxy's 404", "s3://b-1", NULL, NULL, { .url = "https://s3.amazonaws.com/b-1", .status = 404 }, PL_E_INPUT, NULL,
	  NULL },
	{ "a proxy's 403", "s3://b-1", NULL, NULL, { .url = "https://s3.amazonaws.com/b-1", .status = 403 }, PL_E_INPUT, NULL,
	  NULL },
	{ "busy", "s3://b-1", NULL, NULL, { .url = "https://s3.amazonaws.com/b-1", .status = 503, .head = S3 },
	  PL_E_UNREACHABLE, NULL, NULL },
	{ "MinIO", "s3://b-1", "AWS_ENDPOINT_URL", "https://minio.example.org:9000/",
	  { .url = "https://minio.example.org:9000/b-1", .status = 403, .head = S3 }, PL_E_NONE, "true", NULL },
	{ "Google's", "gs://b_1", NULL, NULL, { .url = "https://storage.googleapis.com/b_1", .status = 403, .head = GCS },
	  PL_E_NONE, "true", NULL },
	{ "public", "gs://b_1", NULL, NULL, { .url = "https://storage.googleapis.com/b_1", .status = 200, .head = GCS },
	  PL_E_NONE, "true", NULL },
	{ "not there", "gs://b_1", NULL, NULL, { .url = "https://storage.googleapis.com/b_1", .status = 404, .head = GCS },
	  PL_E_NONE, "false", NULL },
	{ "somebody else's 404", "gs://b_1", NULL, NULL, { .url = "https://storage.googleapis.com/b_1", .status = 404 },
	  PL_E_INPUT, NULL, NULL },
	{ "Azure's, private", "az://acct/c-1", NULL, NULL,
	  { .url = "https://acct.blob.core.windows.net/c-1?restype=container", .status = 409, .head = BLOB }, PL_E_NONE, NULL,
	  NULL },
	{ "public", "az://acct/c-1", NULL, NULL,
	  { .url = "https://acct.blob.core.windows.net/c-1?restype=container", .status = 200, .head = BLOB }, PL_E_NONE, "true",
	  NULL },
	{ "Azure in China", "az://acct/c-1", "ARM_ENVIRONMENT", "china",
	  { .url = "https://acct.blob.core.chinacloudapi.cn/c-1?restype=container", .status = 404,
	    .head = BLOB "x-ms-error-code: ContainerNotFound\n" }, PL_E_NONE, "false", NULL },
	{ "Azure for the US government", "az://acct/c-1", "ARM_ENVIRONMENT", "usgovernment",
	  { .url = "https://acct.blob.core.usgovcloudapi.net/c-1?restype=container", .status = 404, .head = BLOB }, PL_E_NONE,
	  NULL, NULL },
	{ "an account alone", "az://acct", NULL, NULL,
	  { .url = "https://acct.blob.core.windows.net/?comp=list", .status = 409, .head = BLOB }, PL_E_NONE, "true", NULL },
	{ "nobody there", "s3://b-1", NULL, NULL,
	  { .url = "https://s3.amazonaws.com/b-1", .status = 0, .code = PL_E_UNREACHABLE }, PL_E_UNREACHABLE, NULL, NULL },
	{ "late", "gs://b_1", NULL, NULL, { .url = "https://storage.googleapis.com/b_1", .status = 0, .code = PL_E_TIMEOUT },
	  PL_E_TIMEOUT, NULL, NULL },
	{ "interrupted", "az://acct/c-1", NULL, NULL,
	  { .url = "https://acct.blob.core.windows.net/c-1?restype=container", .status = 0, .code = PL_E_STOPPED }, PL_E_STOPPED,
	  NULL, NULL },
};

static bool holds(const struct row *r)
{
	struct page pages[] = { r->page, { .url = NULL } };
	struct pl_err err = PL_ERR_INIT;
	pl_auto_model struct pl_model *m = web_ask(r->source, pages, &err);
	const struct pl_fact *f = pl_object_fact(m->objects[0], PL_BUCKET_EXISTS, PL_ENDPOINT_NET);

	if (err.code == r->code && pl_streq(web_fact(m, PL_BUCKET_EXISTS), r->exists) &&
	    pl_streq(web_fact(m, PL_BUCKET_REGION), r->region) && f && (f->known ? f->note != NULL : f->waits_for != NULL))
		return true;
	print_error("%s: code %d (%s), exists %s, region %s\n", r->what, (int)err.code, err.text,
		    web_fact(m, PL_BUCKET_EXISTS), web_fact(m, PL_BUCKET_REGION));
	return false;
}

static void test_rows(void **state)
{
	static const char *const variables[] = { "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
						 "STORAGE_EMULATOR_HOST", "AZURE_STORAGE_SERVICE_ENDPOINT", "ARM_ENVIRONMENT" };
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (size_t v = 0; v < sizeof variables / sizeof *variables; v++)
			unsetenv(variables[v]);
		if (rows[i].variable)
			setenv(rows[i].variable, rows[i].value, 1);
		wrong += !holds(&rows[i]);
	}
	assert_int_equal(wrong, 0);
}

/* What joins them with a plan's resources. */
static void test_identities(void **state)
{
	static const struct {
		const char *source, *name, *identity;
	} sources[] = {
		{ "s3://b-1", "b-1", "aws_s3_bucket/b-1" },
		{ "gs://b_1/", "b_1", "google_storage_bucket/b_1" },
		{ "az://acct/c-1", "acct/c-1", "azurerm_storage_account/acct" },
		{ "az://acct/$root", "acct/$root", "azurerm_storage_account/acct" },
		{ "registry://acme.azurecr.io", "acme.azurecr.io", "azurerm_container_registry/acme" },
		{ "registry://1.dkr.ecr.eu-west-1.amazonaws.com/team/app", "1.dkr.ecr.eu-west-1.amazonaws.com/team/app",
		  "aws_ecr_repository/team/app" },
		{ "mysql://DB.example.org", "db.example.org", "mysql://db.example.org:3306" },
		{ "mysql://[::1]:3307", "[::1]:3307", "mysql://[::1]:3307" },
		{ "scm://git.example.org/", "git.example.org", "scm://git.example.org:443" },
	};
	static const struct page none[] = { { .url = NULL } };

	(void)state;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		struct pl_endpoint_options opt = { .wait = pl_wait_for(0, -1), .http = web_new };
		struct pl_err err = PL_ERR_INIT;
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_endpoint_job *job = pl_endpoint_new(sources[i].source, &err);

		web_of(&(struct web){ none, 0 });
		assert_non_null(job);
		assert_true(pl_endpoint_is(sources[i].source));
		pl_endpoint_ask(job, &opt);
		assert_int_equal(pl_endpoint_facts(job, m, &err), -1);
		assert_string_equal(m->objects[0]->name, sources[i].name);
		assert_string_equal(m->objects[0]->identity, sources[i].identity);
		assert_string_equal(m->sources[0].name, sources[i].source);
		assert_int_equal(m->sources[0].witness, PL_ENDPOINT_NET);
		pl_endpoint_free(job);
	}
}

/* A job that nobody asked, as the user interrupted the run before. */
static void test_not_asked(void **state)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_endpoint_job *job = pl_endpoint_new("s3://b-1", &err);

	(void)state;
	assert_int_equal(pl_endpoint_facts(job, m, &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	assert_null(web_fact(m, PL_BUCKET_EXISTS));
	pl_endpoint_free(job);
	assert_false(pl_endpoint_is("s3:/x"));
	assert_false(pl_endpoint_is("plan.json"));
	assert_false(pl_endpoint_is("http://x"));
	assert_null(pl_endpoint_new("http://x", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_identities),
		cmocka_unit_test(test_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
