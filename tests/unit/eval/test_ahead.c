/* SPDX-License-Identifier: Apache-2.0 */
/* What a cloud says of planned objects before the plan is applied, beside what it and others see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "world.h"

#define REST(id) "{ title: t, why: w, fix: f, source: { title: s }, severity: error, id: " id

static const char arch_text[] =
	"format: plumbline-arch/1\n"
	"name: small\ntitle: Small\nedition: '1'\nstatus: current\nprofiles: { all: all }\n"
	"requirements:\n"
	"  - " REST("offered") ", seen_by: [cloud], on: pool, expect: { machine_type_offered: 'true' } }\n"
	"  - " REST("size") ", seen_by: [plan, cloud], on: pool, expect: { vcpu: '>= 4' } }\n"
	"  - " REST("label") ", seen_by: [plan, cloud], quantifier: some, on: pool, expect: { labels: { k: 'true' } } }\n"
	"  - " REST("runs") ", seen_by: [plan, cloud], on: cluster, expect: { version: '>= 1.24' } }\n"
	"  - " REST("version") ", seen_by: [cloud], on: cluster, expect: { version_offered: 'true' } }\n"
	"  - " REST("bucket") ", seen_by: [plan, cloud], quantifier: some, on: bucket, absent: fail }\n"
	"  - " REST("until") ", seen_by: [plan, cloud], on: cluster, expect: { standard_support_until: '2027-01-01' } }\n"
	"  - " REST("quota") ", seen_by: [cloud], on: quota, absent: not-applicable, expect: { headroom: { none_of: [missing] } } }\n";

static struct world evaluate(const char *text, unsigned seed)
{
	struct world w = { world_model(text, seed), world_arch(arch_text, sizeof arch_text - 1, NULL), NULL };

	w.report = pl_evaluate(w.model, w.arch, 20000, 0, 0);
	return w;
}

#define PLANNED "plan cluster c version=1.25\nplan pool p in=c vcpu=8 labels=k:true +change\n"
#define SEEN "cloud cluster c version=1.25\ncloud pool old in=c vcpu=8 labels=k:true machine_type_offered=true\n"

static const struct {
	const char *what, *world, *expected;
} cases[] = {
	{ "said of a cluster that is not there", PLANNED "ahead pool p machine_type_offered=false",
	  "offered=fail offered@cloud=fail size=pass size@cloud=not-asked label=pass label@cloud=not-asked "
	  "runs=pass runs@cloud=not-asked version=not-asked bucket=fail bucket@cloud=not-asked quota=not-asked" },
	{ "and it is fine", PLANNED "ahead pool p machine_type_offered=true", "offered=pass" },
	{ "and it is not known", PLANNED "ahead pool p machine_type_offered=?forbidden",
	  "offered=unknown offered@cloud=unknown" },
	{ "a quota", PLANNED "cloud quota q in=c headroom=missing",
	  "quota=fail quota@cloud=fail size@cloud=not-asked offered@cloud=not-asked version=not-asked label@cloud=not-asked" },
	{ "a quota and what is planned", PLANNED "cloud quota q in=c headroom=enough\nahead pool p machine_type_offered=false",
	  "quota=pass offered=fail version=not-asked" },
	{ "beside a cluster that is there", PLANNED SEEN "ahead pool p machine_type_offered=false",
	  "offered=fail size=pass size@cloud=pass label@cloud=pass runs@cloud=pass" },
	/* of a pool that the cloud has not, it is asked what it said, and nothing else */
	{ "nothing else", PLANNED SEEN "ahead pool p machine_type_offered=true", "offered@cloud=pass label@cloud=pass" },
	{ "ahead beats now", PLANNED "cloud cluster c version=1.20 version_offered=true\nahead cluster c version_offered=false",
	  "version=fail runs@cloud=fail" },
	{ "ahead beats now, for the better",
	  PLANNED "cloud cluster c version_offered=false\nahead cluster c version_offered=true", "version=pass" },
	/* a plan that changes an object is asked about it alone, but for what is said about just that */
	{ "now does not count against a change",
	  "plan cluster c standard_support_until=2027-01-01 +change\ncloud cluster c standard_support_until=2024-01-01",
	  "until=pass until@cloud=fail" },
	{ "what is said of it ahead does",
	  "plan cluster c standard_support_until=2027-01-01 +change\nahead cluster c standard_support_until=2024-01-01",
	  "until=fail until@cloud=fail" },
	{ "and may help", "plan cluster c standard_support_until=?table +change\nahead cluster c standard_support_until=2027-01-01",
	  "until=pass" },
	{ "a cluster of two sources", PLANNED "state cluster c version=1.24\nstate pool p in=c vcpu=8\n"
	  "ahead pool p machine_type_offered=false", "offered=fail" },
};

static void test_said_ahead(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (unsigned seed = 0; seed < 4; seed++) {
			auto_world w = evaluate(cases[i].world, seed);

			wrong += world_wrong(w.report, cases[i].what, cases[i].expected);
		}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
