/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s3://, gs://, az://: is the bucket there, and where?  Asked without credentials, so that all there is to
 * see is whether the name is taken; each meaning below says what it proves.
 */
#include <stdlib.h>

#include "endpoint/internal.h"
#include "json/load.h"

enum presence { THERE, MISSING, HIDDEN };

/* What a status (and, where it matters, an error code) proves. */
struct meaning {
	int status;
	const char *code; /* NULL: any */
	enum presence presence;
	const char *note;
};

struct service {
	const char *name; /* of PL_BUCKET_SERVICE */
	const char *title;
	const char *marks[4]; /* headers that only this service's answers have; ends with NULL */
	const struct meaning *meanings;
};

/* ---- the word ---- */

static bool is_bucket(struct pl_slice s)
{
	if (s.n < 3 || s.n > 255 || memchr(s.p, '\0', s.n))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_",
			    s.p[i]))
			return false;
	return s.p[0] != '.' && s.p[0] != '-';
}

int pl_bucket_parse(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err)
{
	bool s3 = pl_streq(job->scheme->name, "s3");

	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	if (!is_bucket(rest))
		return pl_err_set(err, PL_E_USAGE,
				  "%s:// takes the name of a bucket and nothing behind it: write "
				  "%s://BUCKET",
				  job->scheme->name, job->scheme->name);
	job->path = job->name = pl_arena_strndup(&job->arena, rest.p, rest.n);
	job->address = job->word;
	job->identity = pl_arena_strf(&job->arena, "%s/%s",
				      s3 ? "aws_s3_bucket" : "google_storage_bucket", job->name);
	return 0;
}

/* ACCOUNT[/CONTAINER]: 3 to 24 letters and digits; 3 to 63 letters, digits and hyphens, or $root, $web. */
int pl_azure_parse(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const char *word, *container;
	size_t n, special;

	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	word = pl_arena_strndup(&job->arena, rest.p, rest.n);
	n = strcspn(word, "/");
	container = word[n] ? word + n + 1 : "";
	special = *container == '$';
	if (n < 3 || n > 24 || strspn(word, letters) < n || memchr(word, '-', n) ||
	    strlen(word) != rest.n ||
	    (word[n] && (strlen(container) < 3 || strlen(container) > 63 ||
			 container[special + strspn(container + special, letters)])))
		return pl_err_set(err, PL_E_USAGE,
				  "az:// takes a storage account and a container: write "
				  "az://ACCOUNT/CONTAINER");
	job->name = word;
	job->path = *container ? container : NULL;
	job->address = job->word;
	job->identity = pl_arena_strf(&job->arena, "azurerm_storage_account/%.*s", (int)n, word);
	return 0;
}

/* ---- meanings ---- */

static const struct meaning *meaning_of(const struct meaning *m, int status, const char *code)
{
	for (; m->status; m++)
		if (m->status == status && (!m->code || pl_streq(m->code, code)))
			return m;
	return NULL;
}

static int say_presence(struct pl_endpoint_job *job, const struct service *s,
			const struct pl_http_answer *a, const char *code, struct pl_err *err)
{
	const struct meaning *m = meaning_of(s->meanings, a->status, code);
	bool marked = false;

	for (const char *const *mark = s->marks; *mark; mark++)
		marked |= pl_web_has(a, *mark);
	/* anything may answer 404 or 403 there: a proxy, the wrong server */
	if (!marked)
		return pl_err_set(err, PL_E_INPUT, "what answers for %s (status %d) is not %s",
				  job->word, a->status, s->title);
	if (!m)
		return pl_err_set(
			err, a->status == 429 || a->status >= 500 ? PL_E_UNREACHABLE : PL_E_INPUT,
			"%s answers for %s with status %d%s%s", s->title, job->word, a->status,
			code ? " " : "", code ? code : "");
	pl_say_text(job, PL_BUCKET_SERVICE, s->name, NULL);
	if (m->presence == HIDDEN)
		pl_say_unknown(job, PL_BUCKET_EXISTS, m->note);
	else
		pl_say_bool(job, PL_BUCKET_EXISTS, m->presence == THERE, m->note);
	return 0;
}

/* The value of a variable that is set and not empty. */
static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* "URL" without its last slashes, with http:// before it when it has no scheme. */
static const char *url_base(struct pl_arena *a, const char *value)
{
	size_t n = strlen(value);

	while (n && value[n - 1] == '/')
		n--;
	return pl_arena_strf(a, "%s%.*s", strstr(value, "://") ? "" : "http://", (int)n, value);
}

static int check_base(const char *variable, const char *base, struct pl_err *err)
{
	if ((pl_starts(base, "http://") || pl_starts(base, "https://")) &&
	    !base[strcspn(base, "?#@ \t\r\n\"")])
		return 0;
	return pl_err_set(err, PL_E_USAGE, "%s is no URL of a server: write https://HOST[:PORT]",
			  variable);
}

/* ---- S3 ---- */

static const struct meaning s3_meanings[] = {
	{ 200, NULL, THERE, "it is there, and everybody may list it" },
	{ 301, NULL, THERE, "the name is taken, in another region" },
	{ 307, NULL, THERE, "the name is taken, in another region" },
	{ 400, NULL, THERE, "the name is taken, in another region" },
	{ 403, NULL, THERE,
	  "the name is taken; whose it is and what may be done with it shows only with credentials" },
	{ 404, NULL, MISSING, "there is no bucket of that name" },
	{ 0, NULL, HIDDEN, NULL },
};

static const struct service s3 = {
	"s3", "S3", { "x-amz-request-id", "x-amz-bucket-region", "x-amzn-requestid", NULL }, s3_meanings
};

/* An endpoint that the environment names, else AWS's for the region, which is path-style as well. */
static int s3_base(struct pl_endpoint_job *job, const char **out, struct pl_err *err)
{
	const char *variable = env("AWS_ENDPOINT_URL_S3") ? "AWS_ENDPOINT_URL_S3"
							  : "AWS_ENDPOINT_URL";
	const char *given = env(variable), *region = env("AWS_REGION");

	region = region ? region : env("AWS_DEFAULT_REGION");
	if (given) {
		*out = url_base(&job->arena, given);
		return check_base(variable, *out, err);
	}
	if (region && region[strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return pl_err_set(err, PL_E_USAGE, "AWS_REGION is no name of a region");
	*out = !region ? "https://s3.amazonaws.com"
		       : pl_arena_strf(&job->arena, "https://s3.%s.amazonaws.com%s", region,
				       pl_starts(region, "cn-") ? ".cn" : "");
	return 0;
}

int pl_s3_ask(struct pl_endpoint_job *job, struct pl_err *err)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_http_request r = { .method = "HEAD" };
	const char *base, *region;

	if (s3_base(job, &base, err))
		return -1;
	r.url = pl_arena_strf(&job->arena, "%s/%s", base, job->path);
	if (pl_web_ask(job, &r, &a, err))
		return -1;
	region = pl_web_header(&job->arena, &a, "x-amz-bucket-region");
	/* a 400 without it is about our request */
	if (a.status == 400 && !region)
		return pl_err_set(err, PL_E_INPUT, "S3 answers for %s with status 400", job->word);
	if (say_presence(job, &s3, &a, NULL, err))
		return -1;
	if (region && a.status != 404)
		pl_say_text(job, PL_BUCKET_REGION, region, NULL);
	return 0;
}

/* ---- Google Cloud Storage ---- */

/* The XML API tells a bucket that is not there (404) from one that is not ours to see (403). */
static const struct meaning gcs_meanings[] = {
	{ 200, NULL, THERE, "it is there, and everybody may list it" },
	{ 401, NULL, THERE,
	  "the name is taken; whose it is and what may be done with it shows only with credentials" },
	{ 403, NULL, THERE,
	  "the name is taken; whose it is and what may be done with it shows only with credentials" },
	{ 404, NULL, MISSING, "there is no bucket of that name" },
	{ 0, NULL, HIDDEN, NULL },
};

static const struct service gcs = {
	"gcs", "Google Cloud Storage", { "x-guploader-uploadid", NULL }, gcs_meanings
};

/* Emulators of it speak the JSON API, and have no marks: the answer is one by its kind. */
static int ask_emulator(struct pl_endpoint_job *job, const char *base, struct pl_err *err)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_err json = PL_ERR_INIT;
	pl_auto_json *body = NULL;
	struct pl_http_request r = { .url = pl_arena_strf(&job->arena, "%s/storage/v1/b/%s", base,
							  job->path) };
	const char *location;

	if (pl_web_ask(job, &r, &a, err))
		return -1;
	body = pl_json_load((struct pl_slice){ a.body.data, a.body.len }, NULL, &json);
	if (a.status != 404 &&
	    (a.status != 200 || !pl_streq(pl_json_member_str(body, "kind"), "storage#bucket")))
		return pl_err_set(
			err, PL_E_INPUT,
			"what STORAGE_EMULATOR_HOST names answers for %s with status %d and no "
			"bucket",
			job->word, a.status);
	pl_say_text(job, PL_BUCKET_SERVICE, "gcs", "an emulator, named by STORAGE_EMULATOR_HOST");
	pl_say_bool(job, PL_BUCKET_EXISTS, a.status == 200,
		    a.status == 200 ? NULL : "there is no bucket of that name");
	location = pl_json_member_str(body, "location");
	if (location)
		pl_say_text(job, PL_BUCKET_REGION, location, NULL);
	return 0;
}

int pl_gcs_ask(struct pl_endpoint_job *job, struct pl_err *err)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	const char *emulator = env("STORAGE_EMULATOR_HOST"), *base;
	struct pl_http_request r = { .method = "HEAD" };

	if (emulator) {
		base = url_base(&job->arena, emulator);
		return check_base("STORAGE_EMULATOR_HOST", base, err)
			       ? -1
			       : ask_emulator(job, base, err);
	}
	r.url = pl_arena_strf(&job->arena, "https://storage.googleapis.com/%s", job->path);
	return pl_web_ask(job, &r, &a, err) ? -1 : say_presence(job, &gcs, &a, NULL, err);
}

/* ---- Azure Blob Storage ---- */

#define HIDES "the storage account is there, but it shows its containers only with credentials"

/* Without credentials a private container looks as one that is not there. */
static const struct meaning container_meanings[] = {
	{ 200, NULL, THERE, "it is there, and everybody may read it" },
	{ 404, "ContainerNotFound", MISSING, "the storage account has no container of that name" },
	{ 404, NULL, HIDDEN, HIDES },
	{ 409, NULL, HIDDEN, HIDES },
	{ 401, NULL, HIDDEN, HIDES },
	{ 403, NULL, HIDDEN, HIDES },
	{ 400, NULL, HIDDEN, HIDES },
	{ 0, NULL, HIDDEN, NULL },
};

#define ACCOUNT "the storage account is there; what may be done with it shows only with credentials"

static const struct meaning account_meanings[] = {
	{ 200, NULL, THERE, ACCOUNT },
	{ 401, NULL, THERE, ACCOUNT },
	{ 403, NULL, THERE, ACCOUNT },
	{ 409, NULL, THERE, ACCOUNT },
	{ 404, NULL, HIDDEN, "what answers there shows storage accounts only with credentials" },
	{ 0, NULL, HIDDEN, NULL },
};

static const struct service azure = {
	"azure-blob", "Azure Blob Storage", { "x-ms-request-id", "x-ms-version", NULL }, NULL
};

/* Terraform's names for the clouds (ARM_ENVIRONMENT), and where their blobs are. */
static const struct {
	const char *name, *suffix;
} clouds[] = {
	{ "public", "core.windows.net" },
	{ "china", "core.chinacloudapi.cn" },
	{ "usgovernment", "core.usgovcloudapi.net" },
};

static int azure_base(struct pl_endpoint_job *job, const char **out, struct pl_err *err)
{
	const char *given = env("AZURE_STORAGE_SERVICE_ENDPOINT"), *cloud = env("ARM_ENVIRONMENT");

	if (given) {
		*out = url_base(&job->arena, given);
		return check_base("AZURE_STORAGE_SERVICE_ENDPOINT", *out, err);
	}
	for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++)
		if (pl_strieq(cloud ? cloud : "public", clouds[i].name)) {
			*out = pl_arena_strf(&job->arena, "https://%.*s.blob.%s",
					     (int)strcspn(job->name, "/"), job->name,
					     clouds[i].suffix);
			return 0;
		}
	return pl_err_set(err, PL_E_USAGE,
			  "ARM_ENVIRONMENT is none of public, china, usgovernment");
}

int pl_azure_ask(struct pl_endpoint_job *job, struct pl_err *err)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_http_request r = { .method = job->path ? "HEAD" : "GET" };
	struct service s = azure;
	const char *base;

	if (azure_base(job, &base, err))
		return -1;
	s.meanings = job->path ? container_meanings : account_meanings;
	/* properties of the container, or the list of all */
	r.url = pl_arena_strf(&job->arena, "%s/%s?%s", base, job->path ? job->path : "",
			      job->path ? "restype=container" : "comp=list");
	if (pl_web_ask(job, &r, &a, err)) {
		if (strstr(err->text, "looked up"))
			pl_err_wrap(
				err,
				"a storage account that does not exist has no name, and a private one none here");
		return -1;
	}
	return say_presence(job, &s, &a, pl_web_header(&job->arena, &a, "x-ms-error-code"), err);
}
