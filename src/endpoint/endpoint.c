/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints from a word to facts: the table of schemes, jobs, and writing the model.  See endpoint.h. */
#include "endpoint/endpoint.h"

#include <stdlib.h>

#include "endpoint/internal.h"

#define TEXT_MAX 128

static int parse_host(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err);

static const struct pl_scheme schemes[] = {
	{ "mysql", PL_DATABASE, 3306, parse_host, pl_mysql_ask,
	  { PL_DB_ENGINE, PL_DB_VERSION, PL_ATTR_COUNT } },
	{ "registry", PL_REGISTRY, 443, pl_registry_parse, pl_registry_ask,
	  { PL_REGISTRY_SERVICE, PL_REGISTRY_EXISTS, PL_REGISTRY_LOGIN, PL_ATTR_COUNT } },
	{ "s3", PL_BUCKET, 0, pl_bucket_parse, pl_s3_ask, { PL_BUCKET_EXISTS, PL_ATTR_COUNT } },
	{ "gs", PL_BUCKET, 0, pl_bucket_parse, pl_gcs_ask, { PL_BUCKET_EXISTS, PL_ATTR_COUNT } },
	{ "az", PL_BUCKET, 0, pl_azure_parse, pl_azure_ask, { PL_BUCKET_EXISTS, PL_ATTR_COUNT } },
	{ "scm", PL_ENDPOINT, 443, parse_host, pl_scm_ask, { PL_SCM_REACHABLE, PL_ATTR_COUNT } },
};

static const struct pl_scheme *scheme_of(const char *word)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t n = strlen(schemes[i].name);

		if (!strncmp(word, schemes[i].name, n) && !strncmp(word + n, "://", 3))
			return &schemes[i];
	}
	return NULL;
}

bool pl_endpoint_is(const char *word)
{
	return scheme_of(word) != NULL;
}

/* ---- words ---- */

/* "HOST[:PORT]" and nothing else. */
static int parse_host(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err)
{
	const char *scheme = job->scheme->name;

	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	if (!pl_host_port_parse(rest, &job->at) ||
	    job->at.host[strcspn(job->at.host, "/?#@% \t\"'\\")])
		return pl_err_set(err, PL_E_USAGE,
				  "%s:// takes a host and perhaps a port: write %s://HOST or "
				  "%s://HOST:%u",
				  scheme, scheme, scheme, job->scheme->port);
	pl_web_lower(job->at.host);
	job->at.port = job->at.port ? job->at.port : job->scheme->port;
	job->name = pl_web_host(&job->arena, &job->at, job->scheme->port);
	job->address = pl_web_host(&job->arena, &job->at, 0);
	job->identity = pl_arena_strf(&job->arena, "%s://%s", scheme, job->address);
	return 0;
}

struct pl_endpoint_job *pl_endpoint_new(const char *word, struct pl_err *err)
{
	const struct pl_scheme *scheme = scheme_of(word);
	struct pl_endpoint_job *job;
	const char *rest;

	if (!scheme) {
		pl_err_set(err, PL_E_USAGE,
			   "no endpoint begins like this; see `plumbline check --help`");
		return NULL;
	}
	rest = word + strlen(scheme->name) + 3;
	if (strchr(rest, '@')) {
		/* the word may hold a password, so that it is not repeated */
		pl_err_set(err, PL_E_USAGE,
			   "%s:// takes neither user nor password: write what follows the @ only",
			   scheme->name);
		return NULL;
	}
	job = pl_alloc(sizeof *job);
	job->scheme = scheme;
	job->word = pl_arena_strdup(&job->arena, word);
	if (scheme->parse(job, pl_slice(rest), err)) {
		pl_endpoint_free(job);
		return NULL;
	}
	return job;
}

void pl_endpoint_free(struct pl_endpoint_job *job)
{
	if (!job)
		return;
	pl_arena_release(&job->arena);
	free(job);
}

/* ---- asking ---- */

static struct pl_said *say(struct pl_endpoint_job *job, enum pl_attr attr)
{
	struct pl_said *s = &job->said[0];

	while (s < job->said + job->said_count && s->attr != attr)
		s++;
	if (s == job->said + job->said_count)
		job->said_count++;
	*s = (struct pl_said){ .attr = attr };
	return s;
}

void pl_say_text(struct pl_endpoint_job *job, enum pl_attr attr, const char *text, const char *note)
{
	struct pl_said *s = say(job, attr);

	s->known = true;
	/* versions, regions and names are short; what is longer is none of them */
	s->text = pl_arena_strndup(&job->arena, text, strnlen(text, TEXT_MAX));
	s->note = pl_arena_strdup(&job->arena, note);
}

void pl_say_bool(struct pl_endpoint_job *job, enum pl_attr attr, bool yes, const char *note)
{
	struct pl_said *s = say(job, attr);

	s->known = true;
	s->yes = yes;
	s->note = pl_arena_strdup(&job->arena, note);
}

void pl_say_unknown(struct pl_endpoint_job *job, enum pl_attr attr, const char *why)
{
	say(job, attr)->text = pl_arena_strdup(&job->arena, why);
}

static bool is_said(const struct pl_endpoint_job *job, enum pl_attr attr)
{
	for (size_t i = 0; i < job->said_count; i++)
		if (job->said[i].attr == attr)
			return true;
	return false;
}

void pl_endpoint_ask(struct pl_endpoint_job *job, const struct pl_endpoint_options *opt)
{
	struct pl_err err = PL_ERR_INIT;

	job->asked = true;
	job->opt = opt;
	/* what went wrong on the way to an answer is no problem */
	if (job->scheme->ask(job, &err))
		job->err = err;
	pl_http_close(job->http);
	job->http = NULL;
	job->opt = NULL;
}

/* ---- facts ---- */

static void write_fact(struct pl_model *m, struct pl_object *o, const struct pl_said *s)
{
	struct pl_fact *f;

	if (!s->known)
		f = pl_fact_unknown(m, o, s->attr, s->text, NULL);
	else if (pl_attrs[s->attr].type == PL_BOOL)
		f = pl_fact_bool(m, o, s->attr, s->yes, NULL);
	else
		f = pl_fact_text(m, o, s->attr, s->text, NULL);
	f->note = s->note ? pl_model_str(m, s->note) : NULL;
}

int pl_endpoint_facts(struct pl_endpoint_job *job, struct pl_model *m, struct pl_err *err)
{
	int source = pl_model_source(m, &(struct pl_source){ .name = job->word,
							     .kind = job->scheme->name,
							     .witness = PL_ENDPOINT_NET,
							     .complete = true,
							     .resources = 1 });
	struct pl_object *o =
		pl_model_object(m, job->scheme->kind, job->name, source, job->address);

	o->identity = job->identity ? pl_model_str(m, job->identity) : NULL;
	if (!job->asked)
		pl_err_set(&job->err, PL_E_STOPPED, "interrupted before it was asked");
	for (const enum pl_attr *a = job->scheme->attrs;
	     job->err.code != PL_E_NONE && *a != PL_ATTR_COUNT; a++)
		if (!is_said(job, *a))
			pl_say_unknown(job, *a, job->err.text);
	for (size_t i = 0; i < job->said_count; i++)
		write_fact(m, o, &job->said[i]);
	if (job->err.code == PL_E_NONE)
		return 0;
	*err = job->err;
	return -1;
}
