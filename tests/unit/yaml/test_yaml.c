/* SPDX-License-Identifier: Apache-2.0 */
/* YAML as nodes: kinds and positions, what is refused and where, and that size alone costs no time. */
#include "yaml/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct read {
	struct pl_arena arena;
	const struct pl_yaml_node *root;
	struct pl_err err;
	int rc;
};

/* Reads a copy that ends where the text ends, so that the sanitizer sees a read beyond it. */
static struct read read_bytes(const char *text, size_t len, bool one)
{
	struct read r = { .err = PL_ERR_INIT };
	pl_auto_free char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	r.rc = (one ? pl_yaml_parse_one : pl_yaml_parse)(&r.arena, "a.yaml", copy, len, &r.root, &r.err);
	return r;
}

static struct read read_text(const char *text)
{
	return read_bytes(text, strlen(text), false);
}

/* A node as one line: plain or 'quoted' text, [...] and {key:...}. */
static void show(struct pl_buf *b, const struct pl_yaml_node *n)
{
	if (n->kind == PL_YAML_SCALAR) {
		pl_buf_adds(b, n->binary ? "binary " : "");
		pl_buf_addf(b, n->quoted ? "'%s'" : "%s", n->text);
		return;
	}
	pl_buf_addc(b, n->kind == PL_YAML_SEQUENCE ? '[' : '{');
	for (size_t i = 0; i < n->count; i++) {
		if (i)
			pl_buf_addc(b, ',');
		if (n->kind == PL_YAML_MAPPING)
			pl_buf_addf(b, n->keys[i]->quoted ? "'%s':" : "%s:", n->keys[i]->text);
		show(b, n->items[i]);
	}
	pl_buf_addc(b, n->kind == PL_YAML_SEQUENCE ? ']' : '}');
}

static void reads_every_kind(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "", "{}" },
		{ "\n\n", "{}" },
		{ "# a comment alone\n", "{}" },
		{ "---\n", "" },
		{ "a", "a" },
		{ "'a'", "'a'" },
		{ "\"a\\tb\\u00e9\"", "'a\tb\xc3\xa9'" },
		{ "a: 1\n", "{a:1}" },
		{ "a:\n", "{a:}" },
		{ "a: ~\nb: null\nc: ''\n", "{a:~,b:null,c:''}" },
		{ "- a\n- 'b'\n-\n  - c\n", "[a,'b',[c]]" },
		{ "a: [x, \"y\", {z: 1}]\n", "{a:[x,'y',{z:1}]}" },
		{ "{}", "{}" },
		{ "[]", "[]" },
		{ "a: |\n  x\n  y\n", "{a:'x\ny\n'}" },
		{ "a: >-\n  x\n  y\n", "{a:'x y'}" },
		{ "a: x # said\n", "{a:x}" },
		{ "a: x#not\n", "{a:x#not}" },
		{ "'a b': {\"c\": d}\n", "{'a b':{'c':d}}" },
		{ "? a\n: b\n", "{a:b}" },
		{ "a: &here x\n", "{a:x}" },
		{ "a: !!str 5\n", "{a:5}" },
		{ "a: !!binary Zm9v\nb: !binary x\n", "{a:binary Zm9v,b:x}" },
		{ "%YAML 1.1\n---\na: b\n...\n", "{a:b}" },
		{ "a: b\n---\nc: d\n", "{a:b}" },
		{ "\xef\xbb\xbf" "a: b\n", "{a:b}" },
		{ "a: b\r\nc: d\r\n", "{a:b,c:d}" },
		{ "<<: x\n", "{<<:x}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct read r = read_text(rows[i].text);
		pl_auto_buf b = PL_BUF_INIT;

		if (r.rc)
			fail_msg("row %zu: %s", i, r.err.text);
		show(&b, r.root);
		assert_string_equal(b.data, rows[i].shown);
		pl_arena_release(&r.arena);
	}
}

static void keeps_where_each_value_stands(void **state)
{
	struct read r = read_text("# head\na: 1\nb:\n  - x\n  - {k: 'v'}\n\xc3\xa9\xc3\xa9: z\n");
	const struct pl_yaml_node *b = pl_yaml_get(r.root, "b"), *k, *accents;
	const struct {
		const struct pl_yaml_node *node;
		int line, column;
	} rows[] = {
		{ r.root, 2, 1 }, { r.root->keys[1], 3, 1 }, { r.root->items[0], 2, 4 }, { b, 4, 3 },
		{ b->items[0], 4, 5 }, { b->items[1], 5, 5 }, { k = pl_yaml_get(b->items[1], "k"), 5, 9 },
		{ accents = pl_yaml_get(r.root, "\xc3\xa9\xc3\xa9"), 6, 5 }, /* columns count characters */
	};

	(void)state;
	assert_int_equal(r.rc, 0);
	assert_true(k && accents);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].node->line != rows[i].line || rows[i].node->column != rows[i].column)
			fail_msg("row %zu stands at %d:%d", i, rows[i].node->line, rows[i].node->column);
		assert_string_equal(rows[i].node->file, "a.yaml");
	}
	pl_arena_release(&r.arena);
}

static void gets_values_by_key(void **state)
{
	struct read r = read_text("a: x\nb: [y]\nc: ''\n");

	(void)state;
	assert_string_equal(pl_yaml_text(r.root, "a"), "x");
	assert_string_equal(pl_yaml_text(r.root, "c"), "");
	assert_null(pl_yaml_text(r.root, "b"));
	assert_null(pl_yaml_text(r.root, "d"));
	assert_int_equal(pl_yaml_get(r.root, "b")->kind, PL_YAML_SEQUENCE);
	assert_null(pl_yaml_get(r.root, "A"));
	assert_null(pl_yaml_get(NULL, "a"));
	assert_null(pl_yaml_get(pl_yaml_get(r.root, "b"), "y"));
	assert_null(pl_yaml_get(pl_yaml_get(r.root, "a"), "x"));
	pl_arena_release(&r.arena);
}

static void says_what_is_wrong_and_where(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "a: &x 1\nb: *x\n", "a.yaml:2:4: aliases (*name) are not supported: write the value out" },
		{ "*x : 1\n", "a.yaml:1:1: a key must be plain text" },
		{ "? [a]\n: b\n", "a.yaml:1:3: a key must be plain text" },
		{ "a: 1\nb: 2\na: 3\n", "a.yaml:3:1: 'a' stands here a second time (first on line 1)" },
		{ "x: {a: 1, \"a\": 2}\n", "a.yaml:1:11: 'a' stands here a second time (first on line 1)" },
		{ "'': 1\n'': 2\n", "a.yaml:2:1: '' stands here a second time (first on line 1)" },
		{ "a:\n\tb: 1\n", "a.yaml:2:1: found character that cannot start any token" },
		{ "a: [1, 2\nb: 3\n", "a.yaml:2:2: did not find expected ',' or ']'" },
		{ "a: 'x\n", "a.yaml:2:1: found unexpected end of stream" },
		{ "a: b: c\n", "a.yaml:1:5: mapping values are not allowed in this context" },
		{ "a: 1\n b: 2\n", "a.yaml:2:3: mapping values are not allowed in this context" },
		{ "a: @x\n", "a.yaml:1:4: found character that cannot start any token" },
		{ "a: 1\nb: \xff\n", "a.yaml:2:4: invalid leading UTF-8 octet" },
		{ "a: \xc3\xa9\xc3", "a.yaml:1:5: incomplete UTF-8 octet sequence" },
		{ "a: \xed\xa0\x80\n", "a.yaml:1:4: invalid Unicode character" },
		{ "a: x\nb: \x01\n", "a.yaml:2:4: control characters are not allowed" },
		{ "a: 1\nb: \"x\\0y\"\n", "a.yaml:2:4: a NUL character cannot stand in a text" },
		{ "\"a\\0\": 1\n", "a.yaml:1:1: a NUL character cannot stand in a text" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct read r = read_text(rows[i].text);

		if (!r.rc || r.err.code != PL_E_USAGE)
			fail_msg("row %zu was taken", i);
		assert_string_equal(r.err.text, rows[i].message);
		pl_arena_release(&r.arena);
	}
}

static void refuses_nul_bytes(void **state)
{
	struct read r = read_bytes("a: 1\nb: \0\n", 10, false);

	(void)state;
	assert_int_equal(r.rc, -1);
	assert_string_equal(r.err.text, "a.yaml:2:4: control characters are not allowed");
	pl_arena_release(&r.arena);
}

static void one_document_may_be_all(void **state)
{
	static const struct {
		const char *text, *message; /* NULL: fine */
	} rows[] = {
		{ "a: 1\n", NULL },
		{ "--- \na: 1\n...\n", NULL },
		{ "", NULL },
		{ "a: 1\n---\nb: 2\n", "a.yaml:2:1: a second document begins here: write one file for each" },
		{ "a: 1\n---\n", "a.yaml:2:1: a second document begins here: write one file for each" },
		{ "a: 1\n...\n@\n", "a.yaml:3:1: found character that cannot start any token" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct read r = read_bytes(rows[i].text, strlen(rows[i].text), true);

		if (!rows[i].message != !r.rc)
			fail_msg("row %zu: %d %s", i, r.rc, r.err.text);
		assert_string_equal(r.err.text, rows[i].message ? rows[i].message : "");
		pl_arena_release(&r.arena);
	}
}

/* ---- limits ---- */

static struct read read_repeated(const char *head, const char *again, size_t times, const char *tail)
{
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, head);
	for (size_t i = 0; i < times; i++)
		pl_buf_adds(&b, again);
	pl_buf_adds(&b, tail);
	return read_bytes(b.data, b.len, false);
}

static void has_limits(void **state)
{
	static const struct {
		const char *head, *again, *tail;
		size_t fits;
		const char *message;
	} rows[] = {
		{ "", "[", "", 0, "a.yaml:1:66: nested too deeply" },
		{ "", "{a: ", "", 0, "a.yaml:1:261: nested too deeply" },
		{ "- a\n", "- a\n", "", PL_LIMIT_YAML_NODES - 2, "a.yaml:200000:3: too many values" },
		{ "#", "a", "", PL_LIMIT_YAML_BYTES - 1, "a.yaml: more than 4194304 bytes of YAML" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t over = rows[i].fits ? rows[i].fits + 1 : 20000;
		struct read r = read_repeated(rows[i].head, rows[i].again, over, rows[i].tail);

		assert_int_equal(r.rc, -1);
		assert_int_equal(r.err.code, PL_E_LIMIT);
		assert_string_equal(r.err.text, rows[i].message);
		pl_arena_release(&r.arena);
		if (!rows[i].fits)
			continue;
		r = read_repeated(rows[i].head, rows[i].again, rows[i].fits, rows[i].tail);
		if (r.rc)
			fail_msg("row %zu: %s", i, r.err.text);
		pl_arena_release(&r.arena);
	}
}

static void takes_the_deepest_nesting(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;
	struct read r;

	(void)state;
	for (int i = 0; i <= PL_LIMIT_YAML_DEPTH; i++)
		pl_buf_addc(&b, '[');
	for (int i = 0; i <= PL_LIMIT_YAML_DEPTH; i++)
		pl_buf_addc(&b, ']');
	r = read_bytes(b.data, b.len, true);
	assert_int_equal(r.rc, 0);
	pl_arena_release(&r.arena);
}

/* A key compared with all before it would take minutes here. */
static void many_keys_cost_no_time(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;
	clock_t start = clock();
	struct read r;

	(void)state;
	for (int i = 0; i < 99999; i++)
		pl_buf_addf(&b, "key-%d:\n", i);
	r = read_bytes(b.data, b.len, true);
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.root->count, 99999);
	pl_arena_release(&r.arena);
	pl_buf_adds(&b, "key-7:\n");
	r = read_bytes(b.data, b.len, true);
	assert_string_equal(r.err.text, "a.yaml:100000:1: 'key-7' stands here a second time (first on line 8)");
	pl_arena_release(&r.arena);
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

static void shares_what_aliases_name(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "a: &x {b: 1}\nc: *x\nd: [*x, *x]\n", "{a:{b:1},c:{b:1},d:[{b:1},{b:1}]}" },
		{ "a: &x 1\nb: &x 2\nc: *x\n", "{a:1,b:2,c:2}" },
		{ "a: &x {b: 1}\nc: {<<: *x, d: 2}\n", "{a:{b:1},c:{<<:{b:1},d:2}}" },
		{ "a: *x\n", "a.yaml:1:4: this alias names nothing that is complete before it" },
		{ "a: &x [*x]\n", "a.yaml:1:8: this alias names nothing that is complete before it" },
		{ "&x a: 1\nb: *x\n", "{a:1,b:a}" },
		{ "a: 1\n--- b\n", "a.yaml:2:1: a second document begins here: write one file for each" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct read r = { .err = PL_ERR_INIT };
		pl_auto_buf b = PL_BUF_INIT;

		r.rc = pl_yaml_parse_shared(&r.arena, "a.yaml", rows[i].text, strlen(rows[i].text), &r.root, &r.err);
		if (!r.rc)
			show(&b, r.root);
		assert_string_equal(r.rc ? r.err.text : b.data, rows[i].shown);
		pl_arena_release(&r.arena);
	}
}

static void keeps_tags(void **state)
{
	struct read r = read_text("a: !vault |\n  x\nb: !!str 1\nc: !x {}\nd: !y []\ne: 1\n");

	(void)state;
	assert_int_equal(r.rc, 0);
	assert_string_equal(r.root->items[0]->tag, "!vault");
	assert_string_equal(r.root->items[1]->tag, "tag:yaml.org,2002:str");
	assert_string_equal(r.root->items[2]->tag, "!x");
	assert_string_equal(r.root->items[3]->tag, "!y");
	assert_null(r.root->items[4]->tag);
	pl_arena_release(&r.arena);
}

static void survives_cuts_and_changes(void **state)
{
	static const char text[] = "%YAML 1.1\n--- # x\na: &b [1, 'x', \"\\u00e9\\n\"]\n? k\n: |-\n  block\n"
				   "c: {d: ~, e: >\n  f}\n\xc3\xa9: !!str x\n...\n---\n- *b\n";
	static const char bytes[] = { '\0', '\xff', '\t', '\n', ':', '-', '*', '&', '[', '}', '\'', '"', '|', '#' };

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		struct read r = read_bytes(text, n, true);

		assert_true(r.rc == 0 || *r.err.text);
		pl_arena_release(&r.arena);
	}
	for (size_t i = 0; i < sizeof text - 1; i++)
		for (size_t k = 0; k < sizeof bytes; k++) {
			char copy[sizeof text];
			struct read r;

			memcpy(copy, text, sizeof text);
			copy[i] = bytes[k];
			r = read_bytes(copy, sizeof text - 1, true);
			assert_true(r.rc == 0 || *r.err.text);
			pl_arena_release(&r.arena);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(keeps_where_each_value_stands),
		cmocka_unit_test(gets_values_by_key),
		cmocka_unit_test(says_what_is_wrong_and_where),
		cmocka_unit_test(refuses_nul_bytes),
		cmocka_unit_test(one_document_may_be_all),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(takes_the_deepest_nesting),
		cmocka_unit_test(many_keys_cost_no_time),
		cmocka_unit_test(shares_what_aliases_name),
		cmocka_unit_test(keeps_tags),
		cmocka_unit_test(survives_cuts_and_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
