/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an identity's own provider gives for it: a token that stands in a file, comes from an address or a program, or a
 * request to AWS that says who signed it (google-auth 2.63: identity_pool, pluggable, aws; read 2026-11).
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/str.h"
#include "cloud/sigv4.h"
#include "google/credentials.h"
#include "json/load.h"
#include "json/write.h"
#include "net/file.h"
#include "net/process.h"

/* ---- files and addresses ---- */

/* The token of a text: all of it, or what a member of its JSON holds. */
static int take_text(json_t *source, const char *where, const struct pl_buf *text, struct pl_buf *out, struct pl_err *err)
{
	const char *type = pl_json_member_str(json_object_get(source, "format"), "type");
	const char *name = pl_json_member_str(json_object_get(source, "format"), "subject_token_field_name"), *token;
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = NULL;

	if (pl_streq(type, "json")) {
		j = pl_json_load((struct pl_slice){ text->data, text->len }, NULL, &bad);
		token = name ? pl_json_member_str(j, name) : NULL;
		if (!token)
			return pl_err_set(err, PL_E_AUTH, "'%s' holds no token as member '%s' of a JSON object", where,
					  name ? name : "");
		pl_buf_reserve_exact(out, strlen(token));
		pl_buf_adds(out, token);
	} else {
		pl_buf_reserve_exact(out, text->len);
		pl_buf_add(out, text->data, text->len);
	}
	return out->len ? 0 : pl_err_set(err, PL_E_AUTH, "'%s' is empty", where);
}

static int from_file(struct pl_cloud_net *net, json_t *source, struct pl_buf *out, struct pl_err *err)
{
	const char *path = pl_json_member_str(source, "file");
	pl_auto_wiped text = PL_BUF_INIT;
	int rc = pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(net), &text, err);

	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "credential_source: '%s' does not exist", path);
	return rc < 0 ? -1 : take_text(source, path, &text, out, err);
}

/* The header lines that the source names, in the arena. */
static const char *const *headers_of(struct pl_arena *a, json_t *source)
{
	json_t *headers = json_object_get(source, "headers"), *value;
	const char **lines = pl_arena_alloc(a, (json_object_size(headers) + 1) * sizeof *lines);
	const char *name;
	size_t n = 0;

	json_object_foreach(headers, name, value)
		if (json_is_string(value))
			lines[n++] = pl_arena_strf(a, "%s: %s", name, json_string_value(value));
	return lines;
}

/* What is asked for here is local: metadata servers, sidecars; no proxy stands between. */
static int fetch(struct pl_cloud_net *net, const char *method, const char *url, const char *const *headers,
		 struct pl_http_answer *a, struct pl_err *err)
{
	if (!pl_starts(url, "http://") && !pl_starts(url, "https://"))
		return pl_err_set(err, PL_E_AUTH, "credential_source: '%s' is no address", url);
	if (pl_cloud_exchange(net, &(struct pl_http_request){ .method = method, .url = url, .headers = headers, .reads = true },
			      pl_starts(url, "http://"), 0, a, err))
		return pl_err_wrap(err, "credential_source");
	if (a->status != 200)
		return pl_err_set(err, PL_E_AUTH, "credential_source: '%s' answers with status %d", url, a->status);
	return 0;
}

static int from_url(struct pl_cloud_net *net, json_t *source, struct pl_buf *out, struct pl_err *err)
{
	const char *url = pl_json_member_str(source, "url");
	struct pl_arena a = { NULL };
	pl_auto_answer answer = PL_HTTP_ANSWER_INIT;
	int rc = fetch(net, "GET", url, headers_of(&a, source), &answer, err);

	pl_arena_wipe(&a);
	return rc ? -1 : take_text(source, url, &answer.body, out, err);
}

/* ---- programs ---- */

/* Milliseconds that a program gets: what google-auth takes and refuses. */
#define PROGRAM_MS 30000
#define PROGRAM_LEAST_MS 5000
#define PROGRAM_MOST_MS 120000

/* 1: a token is there.  0: what it says is too old.  -1: it says something else. */
static int take_response(const char *who, json_t *j, struct pl_buf *out, struct pl_err *err)
{
	const char *type = pl_json_member_str(j, "token_type"), *token;
	json_t *until = json_object_get(j, "expiration_time");

	if (json_integer_value(json_object_get(j, "version")) != 1 || !json_is_boolean(json_object_get(j, "success")))
		return pl_err_set(err, PL_E_AUTH, "%s gave no answer of version 1 with success", who);
	if (!json_is_true(json_object_get(j, "success")))
		return pl_err_set(err, PL_E_AUTH, "%s failed: %.60s: %.300s", who,
				  pl_json_member_str(j, "code") ? pl_json_member_str(j, "code") : "",
				  pl_json_member_str(j, "message") ? pl_json_member_str(j, "message") : "");
	if (json_is_integer(until) && json_integer_value(until) < (json_int_t)time(NULL))
		return 0;
	token = pl_json_member_str(j, pl_streq(type, "urn:ietf:params:oauth:token-type:saml2") ? "saml_response" : "id_token");
	if (!type || !token || !*token)
		return pl_err_set(err, PL_E_AUTH, "%s gave no token", who);
	pl_buf_reserve_exact(out, strlen(token));
	pl_buf_adds(out, token);
	return 1;
}

/* What the program left for the next time; without an end it is never taken again. */
static int from_output(struct pl_cloud_net *net, const char *path, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_wiped text = PL_BUF_INIT;
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = NULL;

	if (!path || pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(net), &text, &bad))
		return 0;
	j = pl_json_load((struct pl_slice){ text.data, text.len }, NULL, &bad);
	return j && json_is_integer(json_object_get(j, "expiration_time")) ? take_response(path, j, out, err) : 0;
}

static int run(struct pl_cloud_net *net, struct pl_arena *a, const char *command, const char *const *env, int64_t ms,
	       struct pl_buf *out, struct pl_err *err)
{
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	const char *const *argv = pl_process_words(a, command);
	struct pl_process_options o = { .argv = argv, .env = env, .max_out = PL_LIMIT_TOKEN_BYTES, .max_said = 300 };
	struct pl_wait w = pl_wait_within(*pl_cloud_net_wait(net), ms);
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = NULL;
	int rc;

	if (!argv[0])
		return pl_err_set(err, PL_E_AUTH, "credential_source: its executable has no command");
	if (pl_process_run(&o, &w, &end, err)) {
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
		return pl_err_wrap(err, "credential_source");
	}
	if (end.status)
		return pl_err_set(err, PL_E_AUTH, "'%s' ended with status %d: %.*s", argv[0], end.status,
				  (int)strcspn(end.said.data, "\r\n"), end.said.data);
	j = pl_json_load((struct pl_slice){ end.out.data, end.out.len }, NULL, &bad);
	rc = take_response(argv[0], j, out, err);
	return rc ? rc : pl_err_set(err, PL_E_AUTH, "'%s' gave a token that has expired", argv[0]);
}

static int from_program(struct pl_cloud_net *net, json_t *file, json_t *executable, struct pl_buf *out, struct pl_err *err)
{
	const char *command = pl_json_member_str(executable, "command"), *path = pl_json_member_str(executable, "output_file");
	json_t *ms = json_object_get(executable, "timeout_millis");
	int64_t within = json_is_integer(ms) ? json_integer_value(ms) : PROGRAM_MS;
	struct pl_arena a = { NULL };
	const char *env[8] = { "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE=0", "GOOGLE_EXTERNAL_ACCOUNT_REVOKE=0" };
	char email[160];
	int rc;

	if (!pl_streq(pl_google_env("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"), "1"))
		return pl_err_set(err, PL_E_AUTH, "credential_source: it names a program, and those are run only with "
				  "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1");
	if (!command || within < PROGRAM_LEAST_MS || within > PROGRAM_MOST_MS)
		return pl_err_set(err, PL_E_AUTH, "credential_source: an executable needs a command, and timeout_millis of 5000 to "
				  "120000");
	pl_google_principal(pl_json_member_str(file, "service_account_impersonation_url"), email);
	env[2] = pl_arena_strf(&a, "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE=%s", pl_json_member_str(file, "audience"));
	env[3] = pl_arena_strf(&a, "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE=%s", pl_json_member_str(file, "subject_token_type"));
	env[4] = pl_arena_strf(&a, "GOOGLE_EXTERNAL_ACCOUNT_ID=%s", email);
	if (*email)
		env[5] = pl_arena_strf(&a, "GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL=%s", email);
	if (path)
		env[*email ? 6 : 5] = pl_arena_strf(&a, "GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE=%s", path);
	rc = from_output(net, path, out, err);
	rc = rc ? rc : run(net, &a, command, env, within, out, err);
	pl_arena_wipe(&a);
	return rc < 0 ? -1 : 0;
}

/* ---- AWS ---- */

struct imds {
	struct pl_cloud_net *net;
	struct pl_arena arena; /* wiped */
	const char *headers[2]; /* with the session's token */
};

static const char *text_of(struct imds *i, const struct pl_http_answer *a)
{
	return pl_arena_strf(&i->arena, "%.*s", (int)strcspn(a->body.data ? a->body.data : "", "\r\n"), a->body.data ? a->body.data : "");
}

static int begin(struct imds *i, json_t *source, struct pl_err *err)
{
	static const char *const wish[] = { "X-aws-ec2-metadata-token-ttl-seconds: 300", NULL };
	const char *url = pl_json_member_str(source, "imdsv2_session_token_url");
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;

	if (!url || i->headers[0])
		return 0;
	if (fetch(i->net, "PUT", url, wish, &a, err))
		return -1;
	i->headers[0] = pl_arena_strf(&i->arena, "X-aws-ec2-metadata-token: %s", text_of(i, &a));
	return 0;
}

/* "us-east-2" of "us-east-2b", which is what the metadata server says. */
static int find_region(struct imds *i, json_t *source, const char **region, struct pl_err *err)
{
	const char *url = pl_json_member_str(source, "region_url"), *zone;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;

	*region = pl_google_env("AWS_REGION");
	*region = *region ? *region : pl_google_env("AWS_DEFAULT_REGION");
	if (*region)
		return 0;
	if (!url)
		return pl_err_set(err, PL_E_AUTH, "credential_source: neither AWS_REGION nor region_url tells the region of AWS");
	if (begin(i, source, err) || fetch(i->net, "GET", url, i->headers, &a, err))
		return -1;
	zone = text_of(i, &a);
	*region = pl_arena_strf(&i->arena, "%.*s", *zone ? (int)strlen(zone) - 1 : 0, zone);
	return 0;
}

static int find_keys(struct imds *i, json_t *source, struct pl_sigv4 *keys, struct pl_err *err)
{
	const char *url = pl_json_member_str(source, "url"), *role;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT, b = PL_HTTP_ANSWER_INIT;
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = NULL;

	keys->id = pl_google_env("AWS_ACCESS_KEY_ID");
	keys->secret = pl_google_env("AWS_SECRET_ACCESS_KEY");
	keys->token = pl_google_env("AWS_SESSION_TOKEN");
	if (keys->id && keys->secret)
		return 0;
	if (!url)
		return pl_err_set(err, PL_E_AUTH, "credential_source: neither AWS_ACCESS_KEY_ID nor url tells keys of AWS");
	if (begin(i, source, err) || fetch(i->net, "GET", url, i->headers, &a, err))
		return -1;
	role = pl_arena_strf(&i->arena, "%s/%s", url, text_of(i, &a));
	if (fetch(i->net, "GET", role, i->headers, &b, err))
		return -1;
	j = pl_json_load((struct pl_slice){ b.body.data, b.body.len }, NULL, &bad);
	keys->id = pl_arena_strdup(&i->arena, pl_json_member_str(j, "AccessKeyId"));
	keys->secret = pl_arena_strdup(&i->arena, pl_json_member_str(j, "SecretAccessKey"));
	keys->token = pl_arena_strdup(&i->arena, pl_json_member_str(j, "Token"));
	return keys->id && keys->secret ? 0 : pl_err_set(err, PL_E_AUTH, "credential_source: '%s' holds no keys", role);
}

static void add_header(struct pl_json_out *w, const char *name, const char *value)
{
	pl_json_open(w, '{');
	pl_json_member(w, "key", name);
	pl_json_member(w, "value", value);
	pl_json_close(w, '}');
}

/* The signed request as Google sends it to AWS to learn who signed it: JSON, escaped. */
static void add_request(struct imds *i, const struct pl_sigv4 *s, const char *url, const char *audience, struct pl_buf *out)
{
	const char *target = pl_arena_strf(&i->arena, "x-goog-cloud-target-resource: %s", audience);
	const char *const headers[] = { target, NULL };
	struct pl_cloud_headers made = { .count = 0 };
	pl_auto_wiped json = PL_BUF_INIT;
	struct pl_json_out w = PL_JSON_OUT(&json);
	const char *host = strstr(url, "://") + 3;

	pl_sigv4_headers(s, "POST", url, headers, (struct pl_slice){ "", 0 }, &made);
	pl_buf_reserve_exact(&json, 8192 + (s->token ? 2 * strlen(s->token) : 0));
	w.one_line = true;
	pl_json_open(&w, '{');
	pl_json_member(&w, "url", url);
	pl_json_member(&w, "method", "POST");
	pl_json_member_open(&w, "headers", '[');
	add_header(&w, "host", pl_arena_strf(&i->arena, "%.*s", (int)strcspn(host, "/?"), host));
	add_header(&w, "x-goog-cloud-target-resource", audience);
	for (size_t k = 0; k < made.count; k++) {
		size_t n = strcspn(made.lines[k], ":");

		add_header(&w, pl_arena_strf(&i->arena, "%.*s", (int)n, made.lines[k]), made.lines[k] + n + 2);
	}
	pl_json_close(&w, ']');
	pl_json_close(&w, '}');
	pl_cloud_headers_release(&made);
	pl_buf_reserve_exact(out, 3 * json.len);
	pl_google_escape(out, json.data);
}

static int sign_request(struct imds *i, json_t *file, json_t *source, struct pl_buf *out, struct pl_err *err)
{
	const char *pattern = pl_json_member_str(source, "regional_cred_verification_url"), *at;
	struct pl_sigv4 s = { .service = "sts", .at = time(NULL) };
	const char *url;

	pattern = pattern ? pattern : "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";
	if (find_region(i, source, &s.region, err) || find_keys(i, source, &s, err))
		return -1;
	at = strstr(pattern, "{region}");
	url = at ? pl_arena_strf(&i->arena, "%.*s%s%s", (int)(at - pattern), pattern, s.region, at + strlen("{region}")) : pattern;
	if (!pl_starts(url, "https://"))
		return pl_err_set(err, PL_E_AUTH, "credential_source: regional_cred_verification_url is no https address");
	add_request(i, &s, url, pl_json_member_str(file, "audience"), out);
	return 0;
}

static int from_aws(struct pl_cloud_net *net, json_t *file, json_t *source, struct pl_buf *out, struct pl_err *err)
{
	struct imds i = { .net = net };
	int rc = -1;

	if (!pl_streq(pl_json_member_str(source, "environment_id"), "aws1"))
		pl_err_set(err, PL_E_AUTH, "credential_source: environment_id is not aws1, the only one that Google knows");
	else
		rc = sign_request(&i, file, source, out, err);
	pl_arena_wipe(&i.arena);
	return rc;
}

int pl_google_subject(struct pl_cloud_net *net, json_t *file, struct pl_buf *out, struct pl_err *err)
{
	json_t *source = json_object_get(file, "credential_source");

	if (pl_json_member_str(source, "environment_id"))
		return from_aws(net, file, source, out, err);
	if (json_is_object(json_object_get(source, "executable")))
		return from_program(net, file, json_object_get(source, "executable"), out, err);
	if (pl_json_member_str(source, "file"))
		return from_file(net, source, out, err);
	if (pl_json_member_str(source, "url"))
		return from_url(net, source, out, err);
	return pl_err_set(err, PL_E_AUTH, "its credential_source is neither file, url, executable nor AWS%s",
			  json_object_get(source, "certificate") ? "; certificates are not supported" : "");
}
