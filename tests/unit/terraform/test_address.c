/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, module paths and references: brackets and quotes are honoured, nothing is read beyond
 * the end. */
#include "terraform/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *text, *module, *type, *name, *index;
	bool data;
} addresses[] = {
	{ "aws_x.y", "", "aws_x", "y", "", false },
	{ "aws_x.y[0]", "", "aws_x", "y", "0", false },
	{ "data.aws_ami.u[\"amd64\"]", "", "aws_ami", "u", "\"amd64\"", true },
	{ "module.a[\"x.y\\\"]\"].module.b[0].aws_eks_node_group.this[\"k\"]",
	  "module.a[\"x.y\\\"]\"].module.b[0]", "aws_eks_node_group", "this", "\"k\"", false },
	{ "module.c.pool.p[\"ws].headless[0]\"]", "module.c", "pool", "p", "\"ws].headless[0]\"", false },
	{ "module.c.data.t.n", "module.c", "t", "n", "", true },
};

static const char *const no_addresses[] = {
	"", "aws_x", "aws_x.", ".y", "aws_x..y", "aws_x.y[0", "aws_x.y[\"k]", "aws_x.y.z", "module.a",
	"module.a.aws_x", "aws_x[0].y", "data.t", "aws_x.y[0]z", "module.a[\"k\".b.c",
};

static void parses_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		struct pl_tf_address a;

		assert_true(pl_tf_address_parse(pl_slice(addresses[i].text), &a));
		assert_true(pl_slice_is(a.module, addresses[i].module));
		assert_true(pl_slice_is(a.type, addresses[i].type));
		assert_true(pl_slice_is(a.name, addresses[i].name));
		assert_true(pl_slice_is(a.index, addresses[i].index));
		assert_int_equal(a.data, addresses[i].data);
	}
	for (size_t i = 0; i < sizeof no_addresses / sizeof *no_addresses; i++) {
		struct pl_tf_address a;

		if (pl_tf_address_parse(pl_slice(no_addresses[i]), &a))
			fail_msg("'%s' was taken for an address", no_addresses[i]);
	}
}

static void finds_the_last_module(void **state)
{
	static const struct {
		const char *path, *parent, *call, *key;
	} rows[] = {
		{ "module.a", "", "a", "" },
		{ "module.a[\"k\"].module.b[0]", "module.a[\"k\"]", "b", "0" },
		{ "module.a[\"x.module.y\"]", "", "a", "\"x.module.y\"" },
	};
	struct pl_slice parent, call, key;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(pl_tf_module_last(pl_slice(rows[i].path), &parent, &call, &key));
		assert_true(pl_slice_is(parent, rows[i].parent));
		assert_true(pl_slice_is(call, rows[i].call));
		assert_true(pl_slice_is(key, rows[i].key));
	}
	assert_false(pl_tf_module_last(pl_slice(""), &parent, &call, &key));
	assert_false(pl_tf_module_last(pl_slice("aws_x.y"), &parent, &call, &key));
	assert_false(pl_tf_module_last(pl_slice("module"), &parent, &call, &key));
}

static const struct {
	const char *text;
	enum pl_tf_ref_kind kind;
	const char *type, *name, *key, *output, *rest;
} references[] = {
	{ "aws_x.c[0].vpc[0].id", PL_TF_REF_RESOURCE, "aws_x", "c", "0", "", "vpc[0].id" },
	{ "aws_x.c[\"eu.1\"]", PL_TF_REF_RESOURCE, "aws_x", "c", "\"eu.1\"", "", "" },
	{ "data.aws_x.y.id", PL_TF_REF_DATA, "aws_x", "y", "", "", "id" },
	{ "var.pool.labels", PL_TF_REF_VAR, "", "pool", "", "", "labels" },
	{ "local.m[\"k\"]", PL_TF_REF_LOCAL, "", "m", "\"k\"", "", "" },
	{ "each.key", PL_TF_REF_EACH_KEY, "", "key", "", "", "" },
	{ "each.value.size", PL_TF_REF_EACH_VALUE, "", "value", "", "", "size" },
	{ "count.index", PL_TF_REF_COUNT_INDEX, "", "index", "", "", "" },
	{ "module.m", PL_TF_REF_MODULE, "", "m", "", "", "" },
	{ "module.m[\"a\"].out.x", PL_TF_REF_MODULE_OUTPUT, "", "m", "\"a\"", "out", "x" },
	{ "path.module", PL_TF_REF_PATH, "", "module", "", "", "" },
	{ "terraform.workspace", PL_TF_REF_TERRAFORM, "", "workspace", "", "", "" },
	{ "self.id", PL_TF_REF_SELF, "", "", "", "", "id" },
	{ "each.other", PL_TF_REF_RESOURCE, "each", "other", "", "", "" },
};

static void parses_references(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
		struct pl_tf_ref r;

		assert_true(pl_tf_ref_parse(pl_slice(references[i].text), &r));
		assert_int_equal(r.kind, references[i].kind);
		assert_true(pl_slice_is(r.type, references[i].type));
		assert_true(pl_slice_is(r.key, references[i].key));
		assert_true(pl_slice_is(r.output, references[i].output));
		assert_true(pl_slice_is(r.rest, references[i].rest));
		if (*references[i].name)
			assert_true(pl_slice_is(r.name, references[i].name));
	}
}

/* Every prefix and every byte changed, in a buffer that ends where the text ends. */
static void survives_hostile_names(void **state)
{
	static const char text[] = "module.a[\"x.y\\\"]\"].module.b[0].data.t.n[\"k\"]";
	const size_t n = sizeof text - 1;

	(void)state;
	for (size_t len = 0; len <= n; len++)
		for (int b = 0; b < 256; b += 7) {
			struct pl_slice parent, call, key;
			struct pl_tf_address a;
			struct pl_tf_ref r;
			char *copy = malloc(len + 1);

			memcpy(copy, text, len);
			if (len)
				copy[len - 1] = (char)b;
			copy = realloc(copy, len ? len : 1);
			(void)pl_tf_address_parse((struct pl_slice){ copy, len }, &a);
			(void)pl_tf_ref_parse((struct pl_slice){ copy, len }, &r);
			(void)pl_tf_module_last((struct pl_slice){ copy, len }, &parent, &call, &key);
			free(copy);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_addresses),
		cmocka_unit_test(finds_the_last_module),
		cmocka_unit_test(parses_references),
		cmocka_unit_test(survives_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
