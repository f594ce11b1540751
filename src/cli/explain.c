/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline explain: why a requirement exists, how to meet it, where it comes from. */
#include <string.h>

#include "base/str.h"
#include "check/check.h"
#include "cli/cli.h"

#define LABEL_COLUMNS 14

static void line(struct pl_buf *out, const char *label, const char *text)
{
	if (!text)
		return;
	pl_buf_addf(out, "%-*s", LABEL_COLUMNS, label);
	pl_add_wrapped(out, text, LABEL_COLUMNS, LABEL_COLUMNS);
}

/* The severity in every profile: the architecture is loaded once for each. */
static void severities(struct pl_buf *out, const struct pl_arch *a, const char *spec, const char *id)
{
	for (size_t i = 0; i < a->profile_count; i++) {
		struct pl_err err = PL_ERR_INIT;
		pl_auto_buf file = PL_BUF_INIT, name = PL_BUF_INIT, row = PL_BUF_INIT;
		pl_auto_arch struct pl_arch *other = NULL;
		const struct pl_requirement *r;

		pl_buf_addf(&name, "%.*s/%s", (int)pl_arch_name_len(spec), spec, a->profiles[i].name);
		other = pl_find_arch(name.data, NULL, 0, &file, &err);
		r = other ? pl_arch_find(other, id) : NULL;
		if (!r)
			continue;
		pl_buf_addf(&row, "%s in %s/%s", r->asked ? pl_severity_name(r->severity) : "not asked",
			    a->name, a->profiles[i].name);
		line(out, i ? "" : "severity", row.data);
	}
}

static void conditions(struct pl_buf *out, const struct pl_cond *c)
{
	static const char *const between[] = { " and ", " or " };

	if (c->op == PL_COND_TEST) {
		pl_buf_addf(out, "%s%s%s %s", pl_attrs[c->test.attr].name, c->test.key ? "." : "",
			    c->test.key ? c->test.key : "", c->test.text);
	} else if (c->op == PL_COND_CHECK) {
		pl_buf_adds(out, c->check->summary);
	} else if (c->op == PL_COND_NOT) {
		pl_buf_adds(out, "not (");
		conditions(out, c->sub[0]);
		pl_buf_addc(out, ')');
	} else {
		for (size_t i = 0; i < c->count; i++) {
			bool group = c->sub[i]->op <= PL_COND_ANY;

			pl_buf_adds(out, i ? between[c->op == PL_COND_ANY] : "");
			pl_buf_adds(out, group ? "(" : "");
			conditions(out, c->sub[i]);
			pl_buf_adds(out, group ? ")" : "");
		}
	}
}

static void sentence(struct pl_buf *out, const char *label, const char *quantifier,
		     const struct pl_clause *c)
{
	pl_auto_buf text = PL_BUF_INIT;

	pl_buf_addf(&text, "%s%s", quantifier, pl_kind_name(c->on));
	for (size_t i = 0; i < c->provider_count; i++)
		pl_buf_addf(&text, "%s%s", i ? " or " : " of ", c->provider[i]);
	if (c->where) {
		pl_buf_adds(&text, " with ");
		conditions(&text, c->where);
	}
	pl_buf_adds(&text, ": ");
	if (c->expect)
		conditions(&text, c->expect);
	else
		pl_buf_adds(&text, "is there");
	line(out, label, text.data);
}

static void expectations(struct pl_buf *out, const struct pl_requirement *r)
{
	pl_auto_buf quantifier = PL_BUF_INIT;

	if (r->at_least > 1)
		pl_buf_addf(&quantifier, "at least %zu times ", r->at_least);
	else
		pl_buf_adds(&quantifier, r->quantifier == PL_SOME ? "some " : "every ");
	for (size_t i = 0; i < r->clause_count; i++)
		sentence(out, i ? "" : "expects", quantifier.data, &r->clauses[i]);
	if (r->fallback)
		sentence(out, "", "where there is none: the ", r->fallback);
}

static void joined(struct pl_buf *out, const char *label, const char *const *texts, size_t n)
{
	pl_auto_buf all = PL_BUF_INIT;

	for (size_t i = 0; i < n; i++)
		pl_buf_addf(&all, "%s%s", i ? ", " : "", texts[i]);
	line(out, label, n ? all.data : NULL);
}

static void describe(struct pl_buf *out, const struct pl_arch *a, const char *spec,
		     const struct pl_requirement *r)
{
	pl_auto_buf seen = PL_BUF_INIT, source = PL_BUF_INIT;

	pl_buf_addf(out, "%s  ", r->id);
	pl_add_wrapped(out, r->title, strlen(r->id) + 2, LABEL_COLUMNS);
	if (r->platform)
		line(out, "severity", pl_severity_name(r->severity));
	else
		severities(out, a, spec, r->id);
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (r->seen_by >> w & 1)
			pl_buf_addf(&seen, "%s%s", seen.len ? ", " : "", pl_witness_name((enum pl_witness)w));
	line(out, "seen by", seen.data);
	joined(out, "settled by", r->settled_by, r->settled_count);
	expectations(out, r);
	line(out, "why", r->why);
	line(out, "fix", r->fix);
	pl_buf_addf(&source, "%s%s%s%s%s", r->source_title, r->source_date ? ", " : "",
		    r->source_date ? r->source_date : "", r->source_url ? ", " : "",
		    r->source_url ? r->source_url : "");
	line(out, "source", source.data);
	for (size_t i = 0; i < r->contradiction_count; i++)
		line(out, i ? "" : "against it", r->contradictions[i]);
}

static int no_such_id(const struct pl_arch *a, const char *id, struct pl_err *err)
{
	pl_auto_buf names = PL_BUF_INIT;

	for (size_t i = 0; i < a->count; i++)
		if (pl_contains(a->requirements[i].id, id))
			pl_buf_addf(&names, "%s%s", names.len ? ", " : "", a->requirements[i].id);
	return pl_err_set(err, PL_E_USAGE, "architecture '%s' has no requirement '%s'; %s%s", a->name, id,
			  names.len ? "there is: " : "`plumbline arch show` lists them", names.data);
}

static int explain(const struct pl_args *args)
{
	const char *spec = pl_args_get(args, "arch") ? pl_args_get(args, "arch") : "gitpod";
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf file = PL_BUF_INIT, out = PL_BUF_INIT;
	pl_auto_arch struct pl_arch *a = pl_find_arch(spec, NULL, 0, &file, &err);

	if (!a)
		return pl_complain(&err);
	if (!args->word_count) {
		pl_err_set(&err, PL_E_USAGE, "explain needs the id of a requirement; `plumbline arch show` lists them");
		return pl_complain(&err);
	}
	for (size_t i = 0; i < args->word_count; i++) {
		const struct pl_requirement *r = pl_arch_find(a, args->words[i]);

		if (!r) {
			no_such_id(a, args->words[i], &err);
			return pl_complain(&err);
		}
		if (i)
			pl_buf_addc(&out, '\n');
		describe(&out, a, spec, r);
	}
	return pl_emit(&out);
}

static const struct pl_option *const options[] = { &pl_opt_arch, NULL };

const struct pl_command pl_command_explain = {
	.name = "explain",
	.arguments = "ID...",
	.summary = "why a requirement exists, how to meet it, where it comes from, what speaks against it",
	.options = options,
	.run = explain,
};
