/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scm://: which source control system answers?  Each row is a question that only one of them answers in
 * its own way.  No credentials; a version only where everybody is told.
 */
#include "endpoint/internal.h"
#include "json/load.h"

struct row {
	const char *service;
	const char *host;   /* the service's own; NULL: any */
	const char *path;   /* asked with GET; NULL: what was answered to HEAD / */
	int status;	    /* 0: any */
	const char *header; /* an answer of its has it; NULL: any */
	const char *says;   /* in that header; NULL: anything */
	const char *member; /* its JSON has this text; NULL: any body */
	const char *value;  /* of that member; NULL: any */
	bool version;	    /* the member is its version */
};

#define GITLAB_API "/api/v4/version"
#define GITHUB_API "/api/v3/meta"

/*
 * Read 2026-11: GitHub, GitLab, Bitbucket, Gitea, Forgejo and Azure DevOps, their REST API references and what
 * they send.  Forgejo answers Gitea's question too, so that it is asked first.
 */
static const struct row rows[] = {
	{ .service = "github", .host = "github.com", .header = "x-github-request-id" },
	{ .service = "gitlab", .host = "gitlab.com", .path = GITLAB_API, .header = "x-gitlab-meta" },
	{ .service = "bitbucket", .host = "bitbucket.org" },
	{ .service = "azure-devops", .header = "x-tfs-processid" },
	{ .service = "azure-devops", .header = "x-vss-e2eid" },
	{ .service = "forgejo", .path = "/api/forgejo/v1/version", .status = 200, .member = "version", .version = true },
	{ .service = "gitea", .path = "/api/v1/version", .status = 200, .member = "version", .version = true },
	{ .service = "gitlab", .path = GITLAB_API, .status = 200, .member = "version", .version = true },
	{ .service = "gitlab", .path = GITLAB_API, .header = "x-gitlab-meta" },
	{ .service = "gitlab", .path = GITLAB_API, .status = 401, .member = "message", .value = "401 Unauthorized" },
	{ .service = "github-enterprise", .path = GITHUB_API, .member = "installed_version", .version = true },
	{ .service = "github-enterprise", .path = GITHUB_API, .header = "x-github-request-id" },
	/* in private mode */
	{ .service = "github-enterprise", .path = GITHUB_API, .status = 401, .header = "www-authenticate",
	  .says = "realm=\"GitHub\"" },
	{ .service = "bitbucket-server", .path = "/rest/api/1.0/application-properties", .status = 200,
	  .member = "version", .version = true },
};

struct page {
	const char *path; /* what `answer` is about */
	struct pl_http_answer answer;
	json_t *body;
};

static void page_release(struct page *p)
{
	json_decref(p->body);
	pl_http_answer_release(&p->answer);
	p->body = NULL;
}
#define auto_page __attribute__((cleanup(page_release))) struct page

static int get(struct pl_endpoint_job *job, const char *base, const char *path, struct page *p,
	       struct pl_err *err)
{
	static const char *const headers[] = { "Accept: application/json", NULL };
	struct pl_err json = PL_ERR_INIT;
	struct pl_http_request r = { .url = pl_arena_strf(&job->arena, "%s%s", base, path),
				     .headers = headers,
				     .once = true };

	if (pl_streq(p->path, path))
		return 0;
	page_release(p);
	p->answer = (struct pl_http_answer)PL_HTTP_ANSWER_INIT;
	p->path = path;
	if (pl_web_ask(job, &r, &p->answer, err))
		return -1;
	p->body = pl_json_load((struct pl_slice){ p->answer.body.data, p->answer.body.len }, NULL,
			       &json);
	return 0;
}

static bool fits(struct pl_arena *a, const struct row *r, const struct page *p)
{
	const char *member = r->member ? pl_json_member_str(p->body, r->member) : NULL;
	const char *header = r->header ? pl_web_header(a, &p->answer, r->header) : NULL;

	if ((r->status && r->status != p->answer.status) || (r->header && !header))
		return false;
	if (r->says && !strstr(header, r->says))
		return false;
	return !r->member ||
	       (member && (!r->value || pl_streq(member, r->value)) && (!r->version || *member));
}

static void say_found(struct pl_endpoint_job *job, const struct row *r, const struct page *p)
{
	pl_say_bool(job, PL_SCM_REACHABLE, true,
		    pl_arena_strf(&job->arena, "it answers as %s", r->service));
	pl_say_text(job, PL_SCM_SERVICE, r->service, NULL);
	if (r->version)
		pl_say_text(job, PL_SCM_VERSION, pl_json_member_str(p->body, r->member), NULL);
}

/* Which row fits; -1 with an error: a question was not answered. */
static int recognise(struct pl_endpoint_job *job, const char *base, const struct page *front,
		     const struct row **found, struct pl_err *err)
{
	auto_page page = { NULL, PL_HTTP_ANSWER_INIT, NULL };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].host && !pl_strieq(rows[i].host, job->at.host))
			continue;
		if (rows[i].path && get(job, base, rows[i].path, &page, err))
			return -1;
		if (!fits(&job->arena, &rows[i], rows[i].path ? &page : front))
			continue;
		say_found(job, &rows[i], &page);
		*found = &rows[i];
		return 0;
	}
	*found = NULL;
	return 0;
}

int pl_scm_ask(struct pl_endpoint_job *job, struct pl_err *err)
{
	auto_page front = { NULL, PL_HTTP_ANSWER_INIT, NULL };
	const struct row *found;
	const char *base, *why;

	/* nothing secret is said, so that http will do where a port was given and TLS is not spoken */
	if (pl_web_first(job, "HEAD", "/", job->at.port != 443, &base, &front.answer, err))
		return -1;
	if (front.answer.status == 429 || front.answer.status >= 500)
		return pl_err_set(err, PL_E_UNREACHABLE, "%s answers with status %d", job->address,
				  front.answer.status);
	if (recognise(job, base, &front, &found, err))
		return -1;
	if (found)
		return 0;
	why = pl_arena_strf(
		&job->arena,
		"a server answers there (status %d), but not as GitHub, GitLab, Bitbucket, Gitea, "
		"Forgejo or Azure DevOps do",
		front.answer.status);
	pl_say_unknown(job, PL_SCM_REACHABLE, why);
	return 0;
}
