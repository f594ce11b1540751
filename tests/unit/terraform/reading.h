/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans of a made-up cloud for the tests of this room: its types, a plan from what it creates and
 * what is written, and a resource by its address.  In texts ' stands for ", and ~ for \" in addresses.
 */
#ifndef PL_TESTS_UNIT_TERRAFORM_READING_H
#define PL_TESTS_UNIT_TERRAFORM_READING_H

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

/* Members of a resource change: MADE("t_pool.p", "t_pool", "p", ...), INSTANCE() with 'index' first. */
#define INSTANCE(more, address, type, name, after, unknown) \
	"{" more "'address':'" address "','mode':'managed','type':'" type "','name':'" name "'," \
	"'change':{'actions':['create'],'before':null,'after':{" after "},'after_unknown':{" unknown "}}}"
#define MADE(type, name, after, unknown) INSTANCE("", type "." name, type, name, after, unknown)
#define KEYED(type, name, key, after, unknown) \
	INSTANCE("'index':'" key "',", type "." name "[~" key "~]", type, name, after, unknown)
#define INSIDE(module, type, name, after, unknown) \
	INSTANCE("'module_address':'" module "',", module "." type "." name, type, name, after, unknown)
/* A data source that was read. */
#define READ(type, name, values) \
	"{'address':'data." type "." name "','mode':'data','type':'" type "','name':'" name "'," \
	"'change':{'actions':['read'],'before':null,'after':{" values "},'after_unknown':{}}}"
#define GONE(type, name, before) \
	"{'address':'" type "." name "','mode':'managed','type':'" type "','name':'" name "'," \
	"'change':{'actions':['delete'],'before':{" before "},'after':null,'after_unknown':{}}}"
/* What the configuration has of a block: its expressions, and more members before them. */
#define BLOCK(more, type, name, expressions) \
	"{" more "'address':'" type "." name "','mode':'managed','type':'" type "','name':'" name "'," \
	"'expressions':{" expressions "}}"
#define REFERS(references) "{'references':[" references "]}"
#define PLAN(changes, root) \
	"{'format_version':'1.2','terraform_version':'1.11.4','resource_changes':[" changes "]," \
	"'configuration':{'root_module':{" root "}}}"

static const char *const made_clusters[] = { "t_cluster", NULL };
static const struct pl_tf_row made_rows[] = {
	{ .type = "t_cluster", .kind = PL_CLUSTER, .name = "name", .provider = "made" },
	{ .type = "t_cluster", .kind = -1, .data = true },
	{ .type = "t_pool", .kind = PL_POOL, .name = "name", .provider = "made", .cluster = "cluster",
	  .cluster_types = made_clusters, .cluster_key = "name|id" },
	{ .type = "t_bucket", .kind = PL_BUCKET, .name = "name" },
	{ .type = "t_template", .kind = -1 },
	{ 0 },
};
static const struct pl_provider made_provider = { .name = "made", .rows = made_rows };
static const struct pl_provider *const made_providers[] = { &made_provider, NULL };

static inline char *with_quotes(struct pl_model *m, const char *text)
{
	char *out = pl_arena_alloc(&m->arena, 2 * strlen(text) + 1), *to = out;

	for (; *text; text++) {
		if (*text == '~')
			*to++ = '\\';
		*to++ = *text == '\'' || *text == '~' ? '"' : *text;
	}
	return out;
}

/* The plan takes the way of every other, from a file. */
static inline struct pl_tf *read_plan(struct pl_model *m, const char *text)
{
	struct pl_tf *tf = pl_tf_new(m, made_providers);
	struct pl_tf_options options = { .as = NULL };
	struct pl_tf_snapshots snapshots = { 0 };
	struct pl_err err = PL_ERR_INIT;
	char path[] = "readingXXXXXX";
	const char *json = with_quotes(m, text);
	int fd = mkstemp(path), failed;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, json, strlen(json)), strlen(json));
	close(fd);
	failed = pl_tf_read(tf, path, &options, &snapshots, &err);
	unlink(path);
	if (failed)
		fail_msg("%s", err.text);
	return tf;
}

/* Fails when there is none. */
static inline struct pl_tf_resource *at_address(struct pl_tf *tf, const char *address)
{
	const char *wanted = with_quotes(pl_tf_model(tf), address);

	for (const struct pl_tf_row *row = made_rows; row->type; row++)
		for (struct pl_tf_resource *r = pl_tf_first(tf, row->type, false); r; r = r->next_of_type)
			if (pl_streq(r->address, wanted))
				return r;
	fail_msg("no resource %s", address);
	return NULL;
}

#endif
