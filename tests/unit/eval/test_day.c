/* SPDX-License-Identifier: Apache-2.0 */
/* Dates against the day of the run, and what a source says at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "world.h"

#define REST(id) "{ title: t, why: w, fix: f, source: { title: s }, severity: error, seen_by: [plan], on: cluster, id: " id
#define UNTIL "standard_support_until"

static const char arch_text[] =
	"format: plumbline-arch/1\n"
	"name: small\ntitle: Small\nedition: '1'\nstatus: current\nprofiles: { all: all }\n"
	"requirements:\n"
	"  - " REST("today") ", expect: { " UNTIL ": { not_before: today } } }\n"
	"  - " REST("fixed") ", expect: { " UNTIL ": { not_before: '2024-10-04' } } }\n"
	"  - " REST("not") ", expect: { not: { " UNTIL ": { not_before: today } } } }\n"
	"  - " REST("told") ", expect: { " UNTIL ": { told: true } } }\n"
	"  - " REST("untold") ", expect: { not: { " UNTIL ": { told: true } } } }\n"
	"  - " REST("asked") ", where: { " UNTIL ": { told: true } }, expect: { version: '>= 1.24' } }\n";

/* 20000 is 2024-10-04. */
static const struct {
	const char *world, *expected, *reason;
} cases[] = {
	{ "plan cluster c version=1.25 " UNTIL "=2024-10-04", "today=pass fixed=pass not=fail told=pass untold=fail asked=pass",
	  "cluster \"c\": standard support until 2024-10-04" },
	{ "plan cluster c version=1.25 " UNTIL "=2024-10-03", "today=fail fixed=fail not=pass told=pass",
	  "cluster \"c\": standard support until 2024-10-03, needs today or later" },
	{ "plan cluster c version=1.25 " UNTIL "=2030-01-01", "today=pass fixed=pass", NULL },
	{ "plan cluster c version=1.25 " UNTIL "=soon", "today=unknown fixed=unknown told=pass", NULL },
	{ "plan cluster c version=1.25 " UNTIL "=?forbidden", "today=unknown told=pass untold=fail asked=pass",
	  "cluster \"c\": standard support until is not known: waits for forbidden" },
	{ "plan cluster c version=1.25", "today=unknown told=fail untold=pass asked=not-applicable", NULL },
};

static void test_the_day_of_the_run(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_world w = { world_model(cases[i].world, 0), world_arch(arch_text, sizeof arch_text - 1, NULL), NULL };

		w.report = pl_evaluate(w.model, w.arch, 20000, 0, 0);
		wrong += world_wrong(w.report, cases[i].world, cases[i].expected);
		if (cases[i].reason)
			assert_string_equal(world_result(w.report, "today")->by[PL_PLAN].reason, cases[i].reason);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_day_of_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
