/* SPDX-License-Identifier: Apache-2.0 */
/* The result as JSON, format "plumbline-result/1": what pipelines and other tools rely on. */
#include "base/scalar.h"
#include "base/str.h"
#include "json/write.h"
#include "report/internal.h"

static const char format[] = "plumbline-result/1";

static void write_head(struct pl_json_out *w, int64_t as_of)
{
	char day[16];

	pl_json_member(w, "format", format);
	pl_json_member_open(w, "tool", '{');
	pl_json_member(w, "version", PL_TOOL_VERSION);
	pl_json_close(w, '}');
	pl_json_member(w, "as_of", pl_date_text(as_of, day));
}

static void write_architecture(struct pl_json_out *w, const struct pl_arch *a)
{
	pl_json_member_open(w, "architecture", '{');
	pl_json_member(w, "name", a->name);
	pl_json_member_opt(w, "profile", a->profile);
	pl_json_member_opt(w, "edition", a->edition);
	pl_json_member_opt(w, "status", a->status);
	pl_json_close(w, '}');
}

static void write_sources(struct pl_json_out *w, const struct pl_model *m)
{
	pl_json_member_open(w, "sources", '[');
	for (size_t i = 0; i < m->source_count; i++) {
		const struct pl_source *s = &m->sources[i];
		char day[16];

		pl_json_open(w, '{');
		pl_json_member(w, "source", s->name);
		pl_json_member(w, "witness", pl_witness_name(s->witness));
		pl_json_member_opt(w, "kind", s->kind);
		if (s->as_of)
			pl_json_member(w, "as_of", pl_date_text(s->as_of, day));
		pl_json_member_opt(w, "sha256", s->sha256);
		pl_json_member_opt(w, "terraform_version", s->terraform_version);
		pl_json_member_bool(w, "complete", s->complete);
		pl_json_member_opt(w, "why", s->why);
		pl_json_close(w, '}');
	}
	pl_json_close(w, ']');
}

static const char *provider_of(const struct pl_object *cluster)
{
	const struct pl_fact *f = pl_object_fact(cluster, PL_CLUSTER_PROVIDER, -1);

	return f && f->known && !f->sensitive ? f->value.s : NULL;
}

static const char *address_of(const struct pl_object *o)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (o->origin[w].address)
			return o->origin[w].address;
	return NULL;
}

static void write_clusters(struct pl_json_out *w, const struct pl_report *r)
{
	pl_json_member_open(w, "clusters", '[');
	for (size_t i = 0; i < r->cluster_count; i++) {
		pl_json_open(w, '{');
		pl_json_member(w, "name", r->clusters[i]->name);
		pl_json_member_opt(w, "provider", provider_of(r->clusters[i]));
		pl_json_member_opt(w, "address", address_of(r->clusters[i]));
		pl_json_close(w, '}');
	}
	pl_json_close(w, ']');
}

/* ---- results ---- */

static void write_origin(struct pl_json_out *w, const struct pl_model *m, const struct pl_origin *o)
{
	pl_json_open(w, '{');
	if (o->source >= 0 && (size_t)o->source < m->source_count)
		pl_json_member(w, "source", m->sources[o->source].name);
	pl_json_member_opt(w, "address", o->address);
	pl_json_member_opt(w, "path", o->path);
	pl_json_member_opt(w, "file", o->file);
	if (o->line)
		pl_json_member_int(w, "line", o->line);
	pl_json_close(w, '}');
}

/* The value, which is null when it is not known or may not be printed. */
static void write_actual(struct pl_json_out *w, const struct pl_finding *f)
{
	pl_json_key(w, "actual");
	pl_json_str(w, f->sensitive ? NULL : f->actual);
	if (f->sensitive)
		pl_json_member_bool(w, "sensitive", true);
	if (f->fact && f->fact->known)
		pl_json_member(w, "basis", pl_basis_name(f->fact->basis));
}

/* Of a quota, what the plan adds to it. */
static void write_consumers(struct pl_json_out *w, const struct pl_finding *f)
{
	const struct pl_fact *consumers = f->fact && f->object->kind == PL_QUOTA
						  ? pl_object_fact(f->object, PL_QUOTA_CONSUMERS, (int)f->fact->witness) : NULL;

	if (!consumers || !consumers->known)
		return;
	pl_json_member_open(w, "consumers", '[');
	for (size_t i = 0; i < consumers->value.count; i++)
		pl_json_str(w, consumers->value.list[i]);
	pl_json_close(w, ']');
}

static void write_finding(struct pl_json_out *w, const struct pl_model *m, enum pl_witness witness,
			  const struct pl_finding *f)
{
	const struct pl_origin *origin = f->fact ? &f->fact->origin
					 : f->object ? &f->object->origin[witness] : NULL;

	pl_json_open(w, '{');
	if (f->object)
		pl_json_member_opt(w, "object", f->object->name);
	pl_json_member(w, "verdict", pl_verdict_name(f->verdict));
	if (f->attribute) {
		pl_json_member(w, "attribute", f->attribute);
		pl_json_member_opt(w, "expected", f->expected);
		write_actual(w, f);
	}
	pl_json_member_opt(w, "waits_for", f->waits_for);
	pl_json_member_opt(w, "note", f->note);
	write_consumers(w, f);
	if (origin && origin->source >= 0) {
		pl_json_key(w, "origin");
		write_origin(w, m, origin);
	}
	pl_json_close(w, '}');
}

static void write_answer(struct pl_json_out *w, const struct pl_model *m, enum pl_witness witness,
			 const struct pl_answer *a)
{
	pl_json_member_open(w, pl_witness_name(witness), '{');
	pl_json_member(w, "verdict", pl_verdict_name(a->verdict));
	pl_json_member(w, "reason", a->reason ? a->reason : "");
	pl_json_member_open(w, "findings", '[');
	for (size_t i = 0; i < a->count; i++)
		write_finding(w, m, witness, &a->findings[i]);
	pl_json_close(w, ']');
	pl_json_close(w, '}');
}

static void write_settled(struct pl_json_out *w, const struct pl_result *r)
{
	bool open = r->verdict == PL_UNDECIDED || r->verdict == PL_NOT_ASKED;
	const char *source;

	pl_json_member_open(w, "settled_by", '[');
	for (size_t i = 0; open && (source = pl_result_settled_by(r, i)) != NULL; i++)
		pl_json_str(w, source);
	pl_json_close(w, ']');
}

static void write_result(struct pl_json_out *w, const struct pl_model *m, const struct pl_result *r)
{
	pl_json_open(w, '{');
	pl_json_member(w, "id", r->requirement->id);
	pl_json_key(w, "cluster");
	pl_json_str(w, r->cluster ? r->cluster->name : NULL);
	pl_json_member(w, "title", r->requirement->title);
	pl_json_member(w, "severity", pl_severity_name(r->requirement->severity));
	pl_json_member(w, "verdict", pl_verdict_name(r->verdict));
	pl_json_member_open(w, "witnesses", '{');
	for (int i = 0; i < PL_WITNESS_COUNT; i++)
		if (r->by[i].asked)
			write_answer(w, m, (enum pl_witness)i, &r->by[i]);
	pl_json_close(w, '}');
	write_settled(w, r);
	pl_json_close(w, '}');
}

/* ---- drift, problems, sum ---- */

/* Keyed by where each was seen; null: not there. */
static void write_values(struct pl_json_out *w, const struct pl_drift *d)
{
	pl_json_member_open(w, "values", '{');
	if (!d->witnesses) {
		pl_json_key(w, "state");
		pl_json_str(w, d->state);
		pl_json_key(w, d->snapshots ? pl_witness_name(d->newer_witness) : "plan");
		pl_json_str(w, d->now);
	}
	for (int i = 0; i < PL_WITNESS_COUNT; i++) {
		if (!(d->witnesses & 1U << i))
			continue;
		pl_json_key(w, pl_witness_name((enum pl_witness)i));
		pl_json_str(w, d->said[i]);
	}
	pl_json_close(w, '}');
}

static void write_drift(struct pl_json_out *w, const struct pl_model *m)
{
	pl_json_member_open(w, "drift", '[');
	for (size_t i = 0; i < m->drift_count; i++) {
		const struct pl_drift *d = &m->drift[i];

		pl_json_open(w, '{');
		pl_json_member_opt(w, "cluster", d->cluster);
		pl_json_member_opt(w, "object", d->name);
		pl_json_member(w, "attribute", d->attribute);
		write_values(w, d);
		pl_json_member_bool(w, "will_change", d->will_change);
		pl_json_member_open(w, "origins", '[');
		if (!d->witnesses)
			write_origin(w, m, &d->origin);
		if (d->snapshots)
			write_origin(w, m, &d->newer);
		for (int k = 0; k < PL_WITNESS_COUNT; k++)
			if (d->witnesses & 1U << k)
				write_origin(w, m, &d->seen_at[k]);
		pl_json_close(w, ']');
		pl_json_close(w, '}');
	}
	pl_json_close(w, ']');
}

static void write_problem(struct pl_json_out *w, const struct pl_problem *p)
{
	pl_json_open(w, '{');
	pl_json_member_opt(w, "source", p->source);
	pl_json_member_opt(w, "object", p->object);
	pl_json_member(w, "code", p->code);
	pl_json_member(w, "message", p->message);
	pl_json_member_opt(w, "permission", p->permission);
	pl_json_close(w, '}');
}

/* `refusal`, or NULL, is what ended the run, when no problem said it already. */
static void write_problems(struct pl_json_out *w, const struct pl_model *m, const char *refusal)
{
	bool said = false;

	pl_json_member_open(w, "problems", '[');
	for (size_t i = 0; i < m->problem_count; i++) {
		write_problem(w, &m->problems[i]);
		said = said || pl_streq(m->problems[i].message, refusal);
	}
	if (refusal && !said)
		write_problem(w, &(struct pl_problem){ .code = "refused", .message = refusal });
	pl_json_close(w, ']');
}

static void write_sum(struct pl_json_out *w, const size_t summary[PL_VERDICT_COUNT], int exit_code)
{
	static const struct {
		const char *name;
		enum pl_verdict verdict;
	} keys[] = {
		{ "pass", PL_PASS }, { "fail", PL_FAIL }, { "unknown", PL_UNDECIDED },
		{ "not_applicable", PL_NOT_APPLICABLE }, { "waived", PL_WAIVED },
		{ "not_asked", PL_NOT_ASKED },
	};

	pl_json_member_open(w, "summary", '{');
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		pl_json_member_int(w, keys[i].name, summary ? (int64_t)summary[keys[i].verdict] : 0);
	pl_json_close(w, '}');
	pl_json_member_int(w, "exit_code", exit_code);
}

void pl_report_json(const struct pl_report *r, const struct pl_report_style *style,
		    struct pl_buf *out)
{
	struct pl_json_out w = PL_JSON_OUT(out);

	(void)style;
	pl_json_open(&w, '{');
	write_head(&w, r->as_of);
	write_architecture(&w, r->arch);
	write_sources(&w, r->model);
	write_clusters(&w, r);
	pl_json_member_open(&w, "results", '[');
	for (size_t i = 0; i < r->count; i++)
		write_result(&w, r->model, &r->results[i]);
	pl_json_close(&w, ']');
	write_drift(&w, r->model);
	write_problems(&w, r->model, NULL);
	pl_json_key(&w, "conforms");
	if (r->conforms == PL_CANNOT_TELL)
		pl_json_null(&w);
	else
		pl_json_bool(&w, r->conforms == PL_CONFORMS);
	write_sum(&w, r->summary, r->exit_code);
	pl_json_close(&w, '}');
	pl_buf_addc(out, '\n');
}

void pl_report_refused(const struct pl_model *m, const struct pl_arch *arch,
		       const struct pl_refusal *refusal, struct pl_buf *out)
{
	static const char *const empty[] = { "clusters", "results", "drift" };
	struct pl_json_out w = PL_JSON_OUT(out);

	pl_json_open(&w, '{');
	write_head(&w, refusal->as_of);
	write_architecture(&w, arch);
	write_sources(&w, m);
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		pl_json_member_open(&w, empty[i], '[');
		pl_json_close(&w, ']');
	}
	write_problems(&w, m, refusal->message);
	pl_json_key(&w, "conforms");
	pl_json_null(&w);
	write_sum(&w, NULL, refusal->exit_code);
	pl_json_close(&w, '}');
	pl_buf_addc(out, '\n');
}
