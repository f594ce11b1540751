/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of provider tests: a Terraform source, and a fact that must come of it.  The source is
 * written to a file and takes the way of every other.
 */
#ifndef PL_TESTS_UNIT_PROVIDERS_FACTS_H
#define PL_TESTS_UNIT_PROVIDERS_FACTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "terraform/provider.h"
#include "terraform/terraform.h"

/* A state with these resources. */
#define STATE(resources) \
	"{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":1,\"lineage\":\"l\"," \
	"\"outputs\":{},\"resources\":[" resources "]}"
#define IN(module, type, name, attributes) \
	"{" module "\"mode\":\"managed\",\"type\":\"" type "\",\"name\":\"" name "\"," \
	"\"provider\":\"provider[\\\"x/y/z\\\"]\",\"instances\":[{\"schema_version\":0," \
	"\"attributes\":{" attributes "}}]}"
#define RESOURCE(type, name, attributes) IN("", type, name, attributes)

/* A plan that creates resources, and what its configuration says of them. */
#define PLAN_OF(changes, written) \
	"{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"resource_changes\":[" changes \
	"],\"configuration\":{\"root_module\":{\"resources\":[" written "]}}}"
#define OF_TYPE(type, name) \
	"{\"address\":\"" type "." name "\",\"mode\":\"managed\",\"type\":\"" type "\"," \
	"\"name\":\"" name "\","
#define CREATES(type, name, after, unknown) \
	OF_TYPE(type, name) "\"change\":{\"actions\":[\"create\"],\"before\":null,\"after\":{" after \
	"},\"after_unknown\":{" unknown "}}}"
#define WRITES(type, name, expressions) OF_TYPE(type, name) "\"expressions\":{" expressions "}}"

struct fact_case {
	const char *source;
	enum pl_kind kind;
	const char *object; /* its name; NULL: the first of the kind */
	enum pl_attr attr;
	const char *expected; /* "?": unknown, "-": no such fact, "none of it": no such object */
};

static inline struct pl_object *find_object(struct pl_model *m, enum pl_kind kind, const char *name)
{
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == kind && !m->objects[i]->gone &&
		    (!name || pl_streq(m->objects[i]->name, name)))
			return m->objects[i];
	return NULL;
}

/* Reads the source into the model as the program does, without joining. */
static inline int collect(struct pl_model *m, const char *text, const char *as)
{
	struct pl_tf *tf = pl_tf_new(m, pl_providers);
	struct pl_tf_options options = { .as = as };
	struct pl_err err = PL_ERR_INIT;
	char path[] = "factsXXXXXX";
	struct pl_tf_snapshots snapshots = { 0 };
	int fd = mkstemp(path), failed;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	failed = pl_tf_read(tf, path, &options, &snapshots, &err);
	unlink(path);
	if (failed)
		fail_msg("%s", err.text);
	failed = pl_tf_collect(tf, PL_TF_JUDGE, &err);
	pl_tf_free(tf);
	return failed;
}

static inline const char *fact_text(struct pl_model *m, const struct fact_case *c)
{
	struct pl_object *o = find_object(m, c->kind, c->object);
	const struct pl_fact *f = o ? pl_object_fact(o, c->attr, PL_PLAN) : NULL;

	if (!o)
		return "none of it";
	if (!f)
		return "-";
	return f->known ? pl_value_text(&m->arena, &f->value) : "?";
}

static inline void check_facts(const struct fact_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *actual;

		(void)collect(m, cases[i].source, NULL);
		actual = fact_text(m, &cases[i]);
		if (!pl_streq(actual, cases[i].expected))
			fail_msg("row %zu: %s of %s is %s, not %s", i, pl_attrs[cases[i].attr].name,
				 cases[i].object ? cases[i].object : pl_kind_name(cases[i].kind),
				 actual, cases[i].expected);
	}
}

/* The problems that finish() finds in the annotations of a Service of a cluster. */
static inline const char *problems_of(struct pl_model *m, const struct pl_provider *p,
				      const char *provider, const struct pl_pair *pairs,
				      size_t count)
{
	struct pl_source source = { .name = "s", .kind = "terraform-plan", .complete = true };
	int s = pl_model_source(m, &source);
	struct pl_object *cluster = pl_model_object(m, PL_CLUSTER, "c", s, "c");
	struct pl_object *o = pl_model_object(m, PL_LOAD_BALANCER, "lb", s, "lb");
	struct pl_value v = { .type = PL_MAP, .map = pairs, .count = count };
	const struct pl_fact *f;

	o->cluster = cluster;
	pl_fact_text(m, cluster, PL_CLUSTER_PROVIDER, provider, NULL);
	pl_fact_add(m, o, PL_LB_ANNOTATIONS, &v, NULL);
	pl_model_join(m);
	p->finish(m, cluster);
	f = pl_object_fact(o, PL_LB_ANNOTATION_PROBLEMS, -1);
	return f ? pl_value_text(&m->arena, &f->value) : "-";
}

#endif
