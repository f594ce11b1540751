/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry://: does it speak the registry API V2 (GET /v2/ says so, open or with a challenge), whose is
 * it, and does it take our credentials?  Credentials are the Docker configuration's; they go to the
 * registry, and to the token service its challenge names where that is asked by https (or where both
 * stand on this machine).
 */
#include <fnmatch.h>
#include <strings.h>

#include "endpoint/challenge.h"
#include "endpoint/internal.h"
#include "json/load.h"

#define HUB_HOST   "registry-1.docker.io"
#define API_HEADER "docker-distribution-api-version"
#define V2	   "registry/2.0"

/*
 * Whose registry it is: by the host's name, the service or the realm of its challenge, or a header of its
 * answer; the first row that fits.  Patterns and values as the services document or send them (2026-11).
 */
static const struct {
	const char *host, *service, *realm, *header, *value;
	const char *name;
} services[] = {
	{ .host = "*.dkr.ecr.*.amazonaws.com", .name = "ecr" },
	{ .host = "*.dkr.ecr.*.amazonaws.com.cn", .name = "ecr" },
	{ .host = "*.dkr.ecr-fips.*.amazonaws.com", .name = "ecr" },
	{ .host = "*.dkr-ecr*.*.on.aws", .name = "ecr" },
	{ .host = "public.ecr.aws", .name = "ecr" },
	{ .host = "*-docker.pkg.dev", .name = "gar" },
	{ .host = "gcr.io", .name = "gcr" },
	{ .host = "*.gcr.io", .name = "gcr" },
	{ .host = "*.azurecr.io", .name = "acr" },
	{ .host = "*.azurecr.cn", .name = "acr" },
	{ .host = "*.azurecr.us", .name = "acr" },
	{ .host = HUB_HOST, .name = "docker-hub" },
	{ .host = "ghcr.io", .name = "ghcr" },
	{ .host = "quay.io", .name = "quay" },
	{ .host = "registry.gitlab.com", .name = "gitlab" },
	/* under a name of the user's own */
	{ .service = "ecr.amazonaws.com", .name = "ecr" },
	{ .realm = "*.dkr.ecr.*.amazonaws.com*", .name = "ecr" },
	{ .service = "*.pkg.dev", .name = "gar" },
	{ .service = "*.azurecr.*", .name = "acr" },
	{ .service = "registry.docker.io", .name = "docker-hub" },
	{ .service = "harbor-registry", .name = "harbor" },
	{ .header = "gitlab-container-registry-version", .name = "gitlab" },
	{ .service = "container_registry", .realm = "*/jwt/auth", .name = "gitlab" },
	{ .service = "container_registry", .realm = "*/v2/token", .name = "gitea" },
	{ .realm = "*/v2/auth", .name = "quay" },
	{ .header = "x-jfrog-version", .name = "artifactory" },
	{ .header = "x-artifactory-id", .name = "artifactory" },
	{ .header = "server", .value = "Artifactory*", .name = "artifactory" },
	{ .header = "server", .value = "Nexus*", .name = "nexus" },
	{ .realm = "*Nexus Repository*", .name = "nexus" },
};

/* ---- the word ---- */

/* A repository's name, in letters that stand for themselves in a URL. */
static bool is_repository(const char *s)
{
	if (!*s || *s == '/' || pl_ends(s, "/") || strstr(s, "//") || strstr(s, ".."))
		return false;
	return !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-/")];
}

/* Names of a plan's resources that this is, so that both become one object. */
static const char *identity_of(struct pl_endpoint_job *job)
{
	const char *host = job->at.host;

	if (job->path && !fnmatch("*.dkr.ecr.*.amazonaws.com", host, 0))
		return pl_arena_strf(&job->arena, "aws_ecr_repository/%s", job->path);
	if (pl_ends(host, ".azurecr.io"))
		return pl_arena_strf(&job->arena, "azurerm_container_registry/%.*s",
				     (int)strcspn(host, "."), host);
	return pl_arena_strf(&job->arena, "registry://%s", job->name);
}

int pl_registry_parse(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err)
{
	const char *slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL,
		   *path = slash ? slash + 1 : "";
	struct pl_slice host = { rest.p, slash ? (size_t)(slash - rest.p) : rest.n };

	if (!pl_host_port_parse(host, &job->at) ||
	    job->at.host[strcspn(job->at.host, "?#% \t\"'\\")] || (*path && !is_repository(path)))
		return pl_err_set(
			err, PL_E_USAGE,
			"registry:// takes a host and perhaps a port and a repository: write "
			"registry://HOST[:PORT][/REPOSITORY]");
	pl_web_lower(job->at.host);
	if (pl_streq(job->at.host, "docker.io") || pl_streq(job->at.host, "index.docker.io"))
		memcpy(job->at.host, HUB_HOST, sizeof HUB_HOST);
	job->at.port = job->at.port ? job->at.port : 443;
	job->path = *path ? pl_arena_strdup(&job->arena, path) : NULL;
	job->address = pl_web_host(&job->arena, &job->at, 443);
	job->name = job->path ? pl_arena_strf(&job->arena, "%s/%s", job->address, job->path)
			      : job->address;
	job->identity = identity_of(job);
	return 0;
}

/* ---- the first answer ---- */

struct state {
	const char *base; /* "https://HOST[:PORT]" */
	bool api_header;
	struct pl_challenge bearer, basic;
	bool has_bearer, has_basic;
};

static void read_challenges(const struct pl_http_answer *a, struct state *s)
{
	static const char name[] = "www-authenticate:";
	const char *p = a->head.data, *end = p + a->head.len;

	for (const char *line; p < end; p = line + 1) {
		struct pl_slice value;

		line = memchr(p, '\n', (size_t)(end - p));
		line = line ? line : end;
		if ((size_t)(line - p) < sizeof name || strncasecmp(p, name, sizeof name - 1))
			continue;
		value = (struct pl_slice){ p + sizeof name - 1,
					   (size_t)(line - p) - (sizeof name - 1) };
		s->has_bearer = s->has_bearer || pl_challenge_find(value, "bearer", &s->bearer);
		s->has_basic = s->has_basic || pl_challenge_find(value, "basic", &s->basic);
	}
}

/* Is the body {"errors":[{"code":...}]}, as the API's errors are? */
static bool has_api_error(const struct pl_http_answer *a)
{
	struct pl_err ignored = PL_ERR_INIT;
	pl_auto_json *body =
		pl_json_load((struct pl_slice){ a->body.data, a->body.len }, NULL, &ignored);

	return pl_json_member_str(json_array_get(json_object_get(body, "errors"), 0), "code") !=
	       NULL;
}

/* Answers to GET /v2/ that no other server gives. */
static bool speaks_v2(const struct pl_http_answer *a, const struct state *s)
{
	struct pl_slice type = pl_http_header(a, "content-type");
	struct pl_err ignored = PL_ERR_INIT;

	if (s->api_header || has_api_error(a))
		return true;
	if (a->status == 401)
		return s->has_bearer && s->bearer.realm[0] && s->bearer.service[0];
	if (a->status == 200 && type.n >= 16 && !strncasecmp(type.p, "application/json", 16)) {
		pl_auto_json *body = pl_json_load((struct pl_slice){ a->body.data, a->body.len },
						  NULL, &ignored);

		return json_is_object(body) && !json_object_size(body);
	}
	return false;
}

static bool fits(const char *pattern, const char *value)
{
	return !pattern || (value && *value && !fnmatch(pattern, value, 0));
}

static const char *service_of(struct pl_endpoint_job *job, const struct pl_http_answer *a,
			      const struct state *s)
{
	const struct pl_challenge *c = s->has_bearer ? &s->bearer : &s->basic;

	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		const char *header = services[i].header;

		if (fits(services[i].host, job->at.host) && fits(services[i].service, c->service) &&
		    fits(services[i].realm, c->realm) && (!header || pl_web_has(a, header)) &&
		    (!services[i].value ||
		     fits(services[i].value, pl_web_header(&job->arena, a, header))))
			return services[i].name;
	}
	return "other";
}

static void say_none(struct pl_endpoint_job *job, const struct pl_http_answer *a)
{
	const char *why =
		pl_arena_strf(&job->arena,
			      "a server answers there, but not as a registry: GET /v2/ gave "
			      "status %d without the registry API's marks",
			      a->status);

	pl_say_bool(job, PL_REGISTRY_EXISTS, false, why);
	pl_say_unknown(job, PL_REGISTRY_SERVICE, why);
}

/* ---- tokens ---- */

/* Does the token service stand where credentials may go? */
static bool is_trusted(const struct pl_endpoint_job *job, const char *realm)
{
	struct pl_host_port at;
	const char *p = realm + 7;

	if (pl_starts(realm, "https://"))
		return true;
	return pl_starts(realm, "http://") &&
	       pl_host_port_parse((struct pl_slice){ p, strcspn(p, "/?#") }, &at) &&
	       pl_web_is_loopback(at.host) && pl_web_is_loopback(job->at.host);
}

static const char *scope_of(struct pl_endpoint_job *job)
{
	return job->path ? pl_arena_strf(&job->arena, "repository:%s:pull", job->path) : NULL;
}

/* `service` and `scope` as a query or a form. */
static void add_asked(struct pl_endpoint_job *job, const struct pl_challenge *c, struct pl_buf *b)
{
	const char *scope = scope_of(job);

	if (c->service[0]) {
		pl_buf_adds(b, "service=");
		pl_web_escape(b, c->service, "");
	}
	if (scope) {
		pl_buf_adds(b, b->len && b->data[b->len - 1] != '?' ? "&scope=" : "scope=");
		pl_web_escape(b, scope, "");
	}
}

static void wipe_answer(struct pl_http_answer *a)
{
	pl_wipe_buf(&a->body);
	pl_http_answer_release(a);
}
#define auto_secret_answer __attribute__((cleanup(wipe_answer))) struct pl_http_answer

static int ask_token(struct pl_endpoint_job *job, const struct pl_challenge *c,
		     const struct pl_docker_login *login, struct pl_http_answer *out,
		     struct pl_err *err)
{
	static const char *const form_headers[] = {
		"Content-Type: application/x-www-form-urlencoded", NULL
	};
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_secret form = PL_BUF_INIT;
	struct pl_http_request r = { .user = login->user, .password = login->password };

	pl_buf_adds(&url, c->realm);
	if (login->identity_token) {
		pl_buf_adds(&form, "grant_type=refresh_token&client_id=plumbline&refresh_token=");
		pl_web_escape(&form, login->identity_token, "");
		pl_buf_addc(&form, '&');
		add_asked(job, c, &form);
		r = (struct pl_http_request){ .method = "POST",
					      .headers = form_headers,
					      .body = { form.data, form.len } };
	} else {
		pl_buf_addc(&url, strchr(c->realm, '?') ? '&' : '?');
		add_asked(job, c, &url);
	}
	r.url = url.data;
	return pl_web_ask(job, &r, out, err);
}

static int refused(struct pl_endpoint_job *job, const char *who, int status, struct pl_err *err)
{
	return pl_err_set(
		err, PL_E_AUTH,
		"%s does not take the credentials that the Docker configuration has for %s "
		"(status %d); log in again with `docker login %s`",
		who, job->address, status, job->address);
}

/* The token, in *out; -1: none was given. */
static int get_token(struct pl_endpoint_job *job, const struct pl_challenge *c,
		     const struct pl_docker_login *login, struct pl_buf *out, struct pl_err *err)
{
	auto_secret_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_err json = PL_ERR_INIT;
	pl_auto_json *body = NULL;
	const char *token;

	if (ask_token(job, c, login, &a, err))
		return pl_err_wrap(err, "the token service of %s", job->address);
	if (a.status == 401 || a.status == 403 || (a.status == 400 && login->identity_token))
		return refused(job, "the token service", a.status, err);
	body = pl_json_load((struct pl_slice){ a.body.data, a.body.len }, NULL, &json);
	token = pl_json_member_str(body, "token");
	token = token && *token ? token : pl_json_member_str(body, "access_token");
	if (a.status != 200 || !token || !*token)
		return pl_err_set(err, PL_E_INPUT,
				  "the token service of %s gives no token (status %d%s)",
				  job->address, a.status, body ? "" : ", no JSON");
	pl_buf_adds(out, token);
	return 0;
}

/* ---- a real read ---- */

static int read_with(struct pl_endpoint_job *job, const char *base,
		     const struct pl_docker_login *login, const char *token, struct pl_err *err)
{
	auto_secret_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_http_request r = { .bearer = token,
				     .user = token ? NULL : login->user,
				     .password = token ? NULL : login->password };
	const char *note;

	r.url = job->path ? pl_arena_strf(&job->arena, "%s/v2/%s/tags/list?n=1", base, job->path)
			  : pl_arena_strf(&job->arena, "%s/v2/", base);
	if (pl_web_ask(job, &r, &a, err))
		return -1;
	if (a.status == 401 || a.status == 403)
		return refused(job, "the registry", a.status, err);
	if (a.status != 200 && a.status != 404)
		return pl_err_set(
			err, PL_E_INPUT,
			"%s answers %d to a read with the Docker configuration's credentials",
			job->address, a.status);
	note = !job->path ? "a read with them succeeds"
	       : a.status == 200
		       ? pl_arena_strf(&job->arena, "the tags of %s were read with them", job->path)
		       : pl_arena_strf(&job->arena, "taken, but there is no repository %s",
				       job->path);
	pl_say_bool(job, PL_REGISTRY_LOGIN, true, note);
	return 0;
}

static int log_in(struct pl_endpoint_job *job, const struct state *s, struct pl_err *err)
{
	pl_auto_login login = { NULL, NULL, NULL };
	pl_auto_secret token = PL_BUF_INIT;

	if (pl_docker_login(job->address, &job->opt->wait, &login, err))
		return -1;
	if (!login.user && !login.identity_token) {
		pl_say_unknown(job, PL_REGISTRY_LOGIN,
			       "the Docker configuration has no credentials for it");
		return 0;
	}
	if (!s->has_bearer && login.user &&
	    (pl_starts(s->base, "https:") || pl_web_is_loopback(job->at.host)))
		return read_with(job, s->base, &login, NULL, err);
	if (!s->has_bearer || !is_trusted(job, s->bearer.realm)) {
		pl_say_unknown(job, PL_REGISTRY_LOGIN,
			       "the credentials were not sent: its challenge names no token "
			       "service that is asked by https");
		return 0;
	}
	if (get_token(job, &s->bearer, &login, &token, err))
		return -1;
	return read_with(job, s->base, &login, token.data, err);
}

int pl_registry_ask(struct pl_endpoint_job *job, struct pl_err *err)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct state s = { .base = NULL };
	const char *api;

	if (pl_web_first(job, NULL, "/v2/", pl_web_is_loopback(job->at.host), &s.base, &a, err))
		return -1;
	api = pl_web_header(&job->arena, &a, API_HEADER);
	s.api_header = api && strstr(api, V2);
	read_challenges(&a, &s);
	if (!speaks_v2(&a, &s)) {
		if (a.status == 429 || a.status >= 500)
			return pl_err_set(err, PL_E_UNREACHABLE, "%s answers with status %d",
					  job->address, a.status);
		say_none(job, &a);
		return 0;
	}
	pl_say_bool(job, PL_REGISTRY_EXISTS, true, "it speaks the registry API V2");
	pl_say_text(job, PL_REGISTRY_SERVICE, service_of(job, &a, &s), NULL);
	return a.status == 401 ? log_in(job, &s, err) : 0;
}
