/* SPDX-License-Identifier: Apache-2.0 */
/* Members of an object that are loaded one by one: the same as of a whole tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/lazy.h"

static const struct {
	const char *text, *name, *value; /* value NULL: absent */
	bool odd;
} rows[] = {
	{ "{\"a\":1,\"b\":[2]}", "a", "1", false },
	{ "{\"a\":1,\"b\":[2]}", "b", "[2]", false },
	{ "{\"a\":1}", "c", NULL, false },
	{ "{\"a\":null}", "a", "null", false },
	{ "{\"ab\":1,\"a\":2}", "a", "2", false },
	{ "{\"a\":1,\"a\":2}", "a", "2", true },
	{ "{\"a\":1,\"a\":2,\"b\":3}", "b", "3", false },
	{ "{\"x\\u0061\":1}", "xa", "1", false },
	{ "{\"b\":7,\"\\u0061\":1,\"a\":2}", "a", "2", true },
	{ "{\"a\":\"\xff\"}", "a", "\"\xef\xbf\xbd\"", true },
	{ "{\"a\":1e999}", "a", "\"1e999\"", false },
	{ " { \"a\" : { \"a\" : 1 } } ", "a", "{\"a\": 1}", false },
	{ "{}", "a", NULL, false },
	{ "[1]", "a", NULL, false },
	{ "true", "a", NULL, false },
	{ "", "a", NULL, false },
};

static void members_are_those_of_the_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_json_lazy o = { .text = pl_slice(rows[i].text) };
		bool odd = false;
		json_t *j = pl_json_lazy_get(&o, pl_slice(rows[i].name), &odd);
		char *text = j ? json_dumps(j, JSON_ENCODE_ANY) : NULL;

		if (!pl_streq(text, rows[i].value) || odd != rows[i].odd)
			fail_msg("row %zu: %s, odd %d", i, text ? text : "absent", odd);
		assert_ptr_equal(pl_json_lazy_get(&o, pl_slice(rows[i].name), &odd), j);
		free(text);
		pl_json_lazy_release(&o);
		assert_null(pl_json_lazy_get(&o, pl_slice(rows[i].name), &odd));
	}
}

static void a_tree_serves_as_well(void **state)
{
	struct pl_json_lazy o = { .whole = json_pack("{s:i}", "a", 1) };
	bool odd = false;

	(void)state;
	assert_int_equal(json_integer_value(pl_json_lazy_get(&o, pl_slice("a"), &odd)), 1);
	assert_null(pl_json_lazy_get(&o, pl_slice("b"), &odd));
	assert_false(pl_json_lazy_is_true(&o));
	pl_json_lazy_release(&o);
}

static void mirrors_may_be_true_as_a_whole(void **state)
{
	static const struct {
		const char *text;
		bool is_true;
	} mirrors[] = { { "true", true }, { "false", false }, { "{}", false }, { "{\"true\":true}", false }, { "", false } };

	(void)state;
	for (size_t i = 0; i < sizeof mirrors / sizeof *mirrors; i++) {
		struct pl_json_lazy o = { .text = pl_slice(mirrors[i].text) };
		bool odd = false;

		assert_int_equal(pl_json_lazy_is_true(&o), mirrors[i].is_true);
		pl_json_lazy_get(&o, pl_slice("a"), &odd);
		assert_int_equal(pl_json_lazy_is_true(&o), mirrors[i].is_true);
		pl_json_lazy_release(&o);
	}
}

static void blocks_are_objects_again(void **state)
{
	static const struct {
		const char *text, *value; /* of a.b; NULL: a is no block */
	} blocks[] = {
		{ "{\"a\":[{\"b\":1}]}", "1" },     { "{\"a\":{\"b\":1}}", "1" },
		{ "{\"a\": [ { \"b\" : 1 } ] }", "1" }, { "{\"a\":[{\"b\":1},{\"b\":2}]}", NULL },
		{ "{\"a\":[]}", NULL },             { "{\"a\":[[{\"b\":1}]]}", NULL },
		{ "{\"a\":[null]}", NULL },         { "{\"a\":null}", NULL },
		{ "{\"a\":\"{\"}", NULL },          { "{\"c\":{\"b\":1}}", NULL },
		{ "{\"a\":1,\"a\":{\"b\":2}}", "2" }, { "[{\"b\":1}]", NULL },
		{ "true", NULL },                   { "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		struct pl_json_lazy o = { .text = pl_slice(blocks[i].text) }, *a;
		bool odd = false;
		char *text = NULL;

		a = pl_json_lazy_block(&o, pl_slice("a"), &odd);
		assert_ptr_equal(pl_json_lazy_block(&o, pl_slice("a"), &odd), a);
		if (a)
			text = json_dumps(pl_json_lazy_get(a, pl_slice("b"), &odd), JSON_ENCODE_ANY);
		if (!pl_streq(text, blocks[i].value))
			fail_msg("%s: %s", blocks[i].text, text ? text : "no block");
		free(text);
		/* the tree is there for whoever asks, and the block then no longer */
		if (pl_json_lazy_get(&o, pl_slice("a"), &odd))
			assert_null(pl_json_lazy_block(&o, pl_slice("a"), &odd));
		pl_json_lazy_release(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_those_of_the_tree),
		cmocka_unit_test(a_tree_serves_as_well),
		cmocka_unit_test(mirrors_may_be_true_as_a_whole),
		cmocka_unit_test(blocks_are_objects_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
