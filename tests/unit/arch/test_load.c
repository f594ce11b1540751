/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loader refuses, and in which words: a file of cases/ begins with "#! LINE: message".
 * PL_REMAKE=1 in the environment writes the messages anew; review them as a diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glob.h>

#include "arch/arch.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

#define REST(id) "title: t, severity: warning, seen_by: [plan], why: w, fix: f, source: { title: s }, id: " id

static const char base[] =
	"format: plumbline-arch/1\n"
	"name: base\ntitle: Base\nedition: '3'\nstatus: retired\nstatus_text: over\nurl: u\n"
	"profiles: { a: first, b: second }\n"
	"parameters: { fast: { default: 'true' } }\n"
	"selections: { big: { on: pool, where: { vcpu: '>= 8' } } }\n"
	"requirements:\n"
	"  - { " REST("size") ", on: pool, where: big, expect: { memory: '>= 16 GB' } }\n"
	"  - { " REST("version") ", clauses: [{ on: cluster }, { on: pool }] }\n"
	"  - { " REST("quick") ", asked_if: fast, on: pool, expect: { vcpu: '>= 2' } }\n";

static const char platform[] =
	"format: plumbline-arch/1\n"
	"name: platform\ntitle: Platform\nedition: '1'\nstatus: current\nprofiles: { all: always }\n"
	"requirements:\n"
	"  - { " REST("platform-a") ", on: pool }\n";

static const char second[] = "format: plumbline-arch/1\nextends: base\n";

static const struct pl_arch_text library[] = {
	{ "base", base, sizeof base - 1 },
	{ "platform", platform, sizeof platform - 1 },
	{ "second", second, sizeof second - 1 },
	{ "scalar", "text", 4 },
	{ "broken", "a: [", 4 },
	{ NULL, NULL, 0 },
};

/* ---- cases/ ---- */

static void read_file(const char *path, struct pl_buf *out)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	pl_buf_reserve(out, PL_LIMIT_YAML_BYTES);
	out->len = fread(out->data, 1, PL_LIMIT_YAML_BYTES, f);
	out->data[out->len] = '\0';
	assert_int_equal(fclose(f), 0);
}

static void write_file(const char *path, const char *message, const char *rest)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_true(fprintf(f, "#! %s%s", message, rest) > 0);
	assert_int_equal(fclose(f), 0);
}

/* Returns whether the message is the one the file promises. */
static bool judge_case(const char *path)
{
	pl_auto_buf text = PL_BUF_INIT, expected = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	const char *name = strrchr(path, '/') + 1;
	pl_auto_arch struct pl_arch *a = NULL;
	size_t line;

	read_file(path, &text);
	line = strcspn(text.data, "\n");
	assert_true(pl_starts(text.data, "#! ") && line > 3);
	pl_buf_add(&expected, text.data + 3, line - 3);
	a = pl_arch_load(&(struct pl_arch_text){ "FILE", text.data, text.len }, library, NULL, NULL, 0, &err);
	if (a) {
		print_error("%s: loads\n", name);
		return false;
	}
	if (pl_streq(err.text, expected.data))
		return true;
	if (getenv("PL_REMAKE"))
		write_file(path, err.text, text.data + line);
	print_error("%s: says\n  %s\nand should say\n  %s\n", name, err.text, expected.data);
	return false;
}

static void cases_say_what_is_wrong(void **state)
{
	glob_t found;
	size_t wrong = 0;

	(void)state;
	assert_int_equal(glob(PL_SOURCE_DIR "/tests/unit/arch/cases/*.yaml", 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 150);
	for (size_t i = 0; i < found.gl_pathc; i++)
		wrong += !judge_case(found.gl_pathv[i]);
	globfree(&found);
	assert_int_equal(wrong, 0);
}

/* ---- what no file holds well ---- */

static void repeat(struct pl_buf *out, const char *text, size_t times)
{
	while (times--)
		pl_buf_adds(out, text);
}

/* Texts as they come from a disk: nothing, zeros, far too much of one thing. */
static void odd_texts_are_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len, times;
		enum pl_err_code code;
		const char *message;
	} rows[] = {
		{ "", 0, 0, PL_E_USAGE, "FILE:1: this is no architecture, a mapping that begins with format: plumbline-arch/1" },
		{ "\0\0\0", 3, 1, PL_E_USAGE, "FILE:1:1: control characters are not allowed" },
		{ "\xff\xfe", 2, 1, PL_E_USAGE, "FILE:1: this is no architecture, a mapping that begins with format: plumbline-arch/1" },
		{ "a: b\nc: \xe4x\n", 11, 1, PL_E_USAGE, "FILE:2:5: invalid trailing UTF-8 octet" },
		{ "[", 1, 100000, PL_E_LIMIT, "FILE:1:66: nested too deeply" },
		{ "{a: ", 4, 100000, PL_E_LIMIT, "FILE:1:261: nested too deeply" },
		{ "- x\n", 4, PL_LIMIT_YAML_NODES + 1, PL_E_LIMIT, "FILE:200000:3: too many values" },
		{ "# xxxxx\n", 8, PL_LIMIT_YAML_BYTES / 8 + 1, PL_E_LIMIT, "FILE: more than 4194304 bytes of YAML" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_buf text = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		for (size_t k = 0; k < rows[i].times; k++)
			pl_buf_add(&text, rows[i].text, rows[i].len);
		assert_null(pl_arch_load(&(struct pl_arch_text){ "FILE", text.data, text.len }, library, NULL, NULL, 0,
					 &err));
		assert_string_equal(err.text, rows[i].message);
		assert_int_equal(err.code, rows[i].code);
	}
}

/* Every text that begins like a good one either loads or is refused with its place. */
static void every_prefix_loads_or_says_where_it_ends(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof base; len++) {
		struct pl_err err = PL_ERR_INIT;
		pl_auto_arch struct pl_arch *a = pl_arch_load(&(struct pl_arch_text){ "FILE", base, len }, NULL, NULL,
							      NULL, 0, &err);

		if (!a)
			assert_true(pl_starts(err.text, "FILE:"));
	}
}

static void long_lists_cost_their_length(void **state)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf text = PL_BUF_INIT;
	pl_auto_arch struct pl_arch *a = NULL;

	(void)state;
	pl_buf_adds(&text, "format: plumbline-arch/1\nname: n\ntitle: t\nedition: e\nstatus: s\nprofiles: { a: b }\n"
		    "requirements:\n  - { " REST("x") ", on: pool, expect: { os: { any_of: [");
	repeat(&text, "x,", PL_LIMIT_YAML_NODES - 100);
	pl_buf_adds(&text, "] } } }\n");
	a = pl_arch_load(&(struct pl_arch_text){ "FILE", text.data, text.len }, NULL, NULL, NULL, 0, &err);
	assert_non_null(a);
	assert_int_equal(a->requirements[0].clauses[0].expect->test.any_count, PL_LIMIT_YAML_NODES - 100);
}

/* ---- profiles and parameters ---- */

static void profiles_and_parameters(void **state)
{
	static const struct {
		const char *profile, *name, *value, *message; /* message NULL: loads */
		bool quick;
	} rows[] = {
		{ NULL, NULL, NULL, NULL, true },
		{ "b", NULL, NULL, NULL, true },
		{ "c", NULL, NULL, "architecture 'base' has no profile 'c'; it has: a, b", false },
		{ "", NULL, NULL, "architecture 'base' has no profile ''; it has: a, b", false },
		{ NULL, "fast", "false", NULL, false },
		{ NULL, "fast", "true", NULL, true },
		{ NULL, "fast", "no", "--set fast=no: the value is true or false", false },
		{ NULL, "fsat", "true", "--set fsat=true: architecture 'base' has no parameter 'fsat'; it has: fast", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_err err = PL_ERR_INIT;
		struct pl_setting set = { rows[i].name, rows[i].value };
		pl_auto_arch struct pl_arch *a = pl_arch_load(&library[0], library, rows[i].profile, &set,
							      rows[i].name ? 1 : 0, &err);

		if (rows[i].message) {
			assert_null(a);
			assert_string_equal(err.text, rows[i].message);
			continue;
		}
		assert_non_null(a);
		assert_string_equal(a->profile, rows[i].profile ? rows[i].profile : "a");
		assert_int_equal(pl_arch_find(a, "quick")->asked, rows[i].quick);
		assert_null(pl_arch_find(a, "slow"));
		assert_true(pl_arch_find(a, "platform-a")->platform);
	}
}

static void without_parameters_none_can_be_set(void **state)
{
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_null(pl_arch_load(&library[1], NULL, NULL, &(struct pl_setting){ "x", "true" }, 1, &err));
	assert_string_equal(err.text, "--set x=true: architecture 'platform' has no parameter 'x'; it has: none");
}

static void the_platform_family_keeps_its_names(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "a: b\n", "platform:1: an architecture has no 'a'; it has: format, " },
		{ "format: plumbline-arch/1\nname: n\ntitle: t\nedition: e\nstatus: s\nprofiles: { a: b }\n"
		  "requirements: [{ " REST("x") ", on: pool }]\n",
		  "platform:7: ids of the platform family begin with 'platform-'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_arch_text texts[] = { { "platform", rows[i].text, strlen(rows[i].text) }, { NULL, NULL, 0 } };
		struct pl_err err = PL_ERR_INIT;

		assert_null(pl_arch_load(&library[0], texts, NULL, NULL, 0, &err));
		assert_true(pl_starts(err.text, rows[i].message));
		assert_null(pl_arch_load(&texts[0], NULL, NULL, NULL, 0, &err));
		assert_true(pl_starts(err.text, rows[i].message));
	}
}

/* ---- extends and overrides ---- */

#define OWN "format: plumbline-arch/1\nextends: base/b\nname: own\ntitle: Own\nedition: '1'\n"

static struct pl_arch *extended(const char *text)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_arch *a = pl_arch_load(&(struct pl_arch_text){ "FILE", text, strlen(text) }, library, NULL, NULL, 0,
					 &err);

	if (!a)
		fail_msg("%s", err.text);
	return a;
}

static void an_extension_is_its_base_under_its_own_name(void **state)
{
	pl_auto_arch struct pl_arch *a = extended(OWN);
	pl_auto_arch struct pl_arch *current = extended(OWN "status: current\nurl: v\n");

	(void)state;
	assert_string_equal(a->name, "own");
	assert_string_equal(a->title, "Own");
	assert_string_equal(a->edition, "1");
	assert_string_equal(a->status, "retired");
	assert_string_equal(a->status_text, "over");
	assert_string_equal(a->url, "u");
	assert_string_equal(a->profile, "b");
	assert_int_equal(a->count, 4);
	assert_string_equal(a->requirements[0].id, "size");
	assert_string_equal(a->requirements[0].file, "base");
	assert_string_equal(current->status, "current");
	assert_null(current->status_text);
	assert_string_equal(current->url, "v");
}

static void a_profile_asked_for_beats_the_extended_one(void **state)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_arch struct pl_arch *a = pl_arch_load(&(struct pl_arch_text){ "FILE", OWN, sizeof OWN - 1 }, library,
						      "a", NULL, 0, &err);

	(void)state;
	assert_non_null(a);
	assert_string_equal(a->profile, "a");
}

static void what_is_overridden_changes_and_the_rest_stays(void **state)
{
	pl_auto_arch struct pl_arch *a = extended(OWN
		"parameters: { fast: { default: 'false' }, ssh: { default: 'true' } }\n"
		"selections: { big: { on: pool, where: { os: ubuntu } }, all: { on: pool, where: { os: cos } } }\n"
		"overrides:\n"
		"  size: { severity: { a: info, b: error }, fix: buy more }\n"
		"  version: { on: cluster, expect: { version: '>= 1.30' } }\n"
		"  platform-a: { severity: '-' }\n"
		"requirements:\n"
		"  - { " REST("more") ", asked_if: ssh, on: pool, where: all }\n");
	const struct pl_requirement *size = pl_arch_find(a, "size"), *version = pl_arch_find(a, "version");

	(void)state;
	assert_int_equal(a->count, 5);
	assert_string_equal(a->requirements[3].id, "more");
	assert_string_equal(a->requirements[3].file, "FILE");
	assert_int_equal(size->severity, PL_ERROR);
	assert_string_equal(size->fix, "buy more");
	assert_string_equal(size->why, "w");
	assert_int_equal(size->clauses[0].where->test.attr, PL_POOL_OS);
	assert_int_equal(size->clauses[0].expect->test.attr, PL_POOL_MEMORY);
	assert_int_equal(version->clause_count, 1);
	assert_int_equal(version->clauses[0].expect->test.op, PL_OP_GE);
	assert_false(pl_arch_find(a, "quick")->asked);
	assert_true(pl_arch_find(a, "more")->asked);
	assert_false(pl_arch_find(a, "platform-a")->asked);
	assert_int_equal(pl_arch_find(a, "platform-a")->clauses[0].on, PL_POOL);
}

static void clauses_and_the_keys_of_one_replace_each_other(void **state)
{
	pl_auto_arch struct pl_arch *a = extended(OWN
		"overrides: { size: { clauses: [{ on: cluster, provider: gke }, { on: pool }] } }\n");
	const struct pl_requirement *size = pl_arch_find(a, "size");

	(void)state;
	assert_int_equal(size->clause_count, 2);
	assert_string_equal(size->clauses[0].provider[0], "gke");
	assert_int_equal(size->clauses[1].on, PL_POOL);
	assert_null(size->clauses[1].expect);
}

static void the_platform_can_be_overridden_without_extending(void **state)
{
	pl_auto_buf text = PL_BUF_INIT;
	pl_auto_arch struct pl_arch *a = NULL;

	(void)state;
	pl_buf_adds(&text, base);
	pl_buf_adds(&text, "overrides: { platform-a: { severity: info } }\n");
	a = extended(text.data);
	assert_int_equal(pl_arch_find(a, "platform-a")->severity, PL_INFO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_say_what_is_wrong),
		cmocka_unit_test(odd_texts_are_refused),
		cmocka_unit_test(every_prefix_loads_or_says_where_it_ends),
		cmocka_unit_test(long_lists_cost_their_length),
		cmocka_unit_test(profiles_and_parameters),
		cmocka_unit_test(without_parameters_none_can_be_set),
		cmocka_unit_test(the_platform_family_keeps_its_names),
		cmocka_unit_test(an_extension_is_its_base_under_its_own_name),
		cmocka_unit_test(a_profile_asked_for_beats_the_extended_one),
		cmocka_unit_test(what_is_overridden_changes_and_the_rest_stays),
		cmocka_unit_test(clauses_and_the_keys_of_one_replace_each_other),
		cmocka_unit_test(the_platform_can_be_overridden_without_extending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
