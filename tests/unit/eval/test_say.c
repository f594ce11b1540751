/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences: what is common to several findings is said once, and every one can be read aloud. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "world.h"

#define REST(id) "{ title: t, why: w, fix: f, source: { title: s }, severity: error, seen_by: [plan], id: " id

static const char arch_text[] =
	"format: plumbline-arch/1\n"
	"name: small\ntitle: Small\nedition: '1'\nstatus: current\nprofiles: { all: all }\n"
	"requirements:\n"
	"  - " REST("size") ", on: pool, where: { labels: { k: a } }, expect: { vcpu: '>= 4', memory: '>= 16 GB' } }\n"
	"  - " REST("apart") ", on: pool, expect: { not: { all: [\n"
	"      { any: [{ labels: { a: x } }, { labels: { b: x } }] }, { labels: { c: x } }, { os: cos }] } } }\n"
	"  - " REST("none") ", on: pool, expect: { not: { any: [{ labels: { a: x } }, { labels: { b: x } }] } } }\n"
	"  - " REST("keys") ", on: pool, expect: { labels: { a: x, b: x } } }\n"
	"  - " REST("taints") ", on: pool, expect: { taints: { no_effect: [NoSchedule, NoExecute] } } }\n"
	"  - " REST("spot") ", on: pool, expect: { capacity_type: { none_of: [spot, preemptible] } } }\n"
	"  - " REST("listed") ", on: pool, expect: { machine_type_listed: true } }\n"
	"  - " REST("two") ", quantifier: some, at_least: 2, on: pool, expect: { os: ubuntu } }\n"
	"  - " REST("twice") ", on: pool, expect: { not: { not: { os: ubuntu } } } }\n"
	"  - " REST("port") ", on: load_balancer, expect: { ports: { has_any: ['22'] }, layer: '= 4' } }\n"
	"  - " REST("quiet") ", on: load_balancer, expect: { annotation_problems: { empty: true } } }\n"
	"  - " REST("skew") ", on: pool, expect: { check: version-skew } }\n"
	"  - " REST("azure") ", on: cluster, provider: [aks], expect: { load_balancer_sku: standard } }\n"
	"  - " REST("picked") ", on: pool, where: { os: ubuntu }, expect: { vcpu: '>= 4' } }\n";

#define POOL "plan cluster c provider=eks version=1.24\nplan pool p in=c "
#define BALANCER "plan cluster c\nplan load_balancer b in=c "

static const struct {
	const char *world, *id, *reason;
} rows[] = {
	{ POOL "labels=k:a vcpu=2 memory=4294967296", "size",
	  "pool \"p\": vcpu is 2 and memory is 4 GiB; needs vcpu >= 4 and memory >= 16 GB" },
	{ POOL "labels=k:a vcpu=2 vcpu=1 memory=16000000000", "size",
	  "pool \"p\": vcpu is 2 and vcpu is 1, needs >= 4" },
	{ POOL "labels=k:a vcpu=?x.y memory=?x.y", "size",
	  "pool \"p\": vcpu and memory are not known: waits for x.y" },
	{ POOL "labels=k:a vcpu=?x.y memory=?x.z", "size",
	  "pool \"p\": vcpu is not known: waits for x.y; memory is not known: waits for x.z" },
	{ POOL "labels=?x.l vcpu=2 memory=16000000000", "size",
	  "pool \"p\": vcpu is 2 (asked only of some: depends on its labels.k, x.l), needs >= 4" },
	{ POOL "labels=?x.l vcpu=4 memory=?x.m", "size", "pool \"p\": memory is not known: waits for x.m" },
	{ POOL "labels=a:x,b:x,c:x os=cos", "apart",
	  "pool \"p\": label a is x, label b is x, label c is x and os is cos, which must not come together" },
	{ POOL "labels=!a:x,c:x os=ubuntu", "none", "pool \"p\": label a is not as required, needs not x" },
	{ POOL "labels=a:x,b:x", "none", "pool \"p\": labels a and b are x; needs label a not x and label b not x" },
	{ POOL "labels=a:x,b:x", "keys", "pool \"p\": labels a and b are x" },
	{ POOL "labels=!a:x,b:x", "keys", "pool \"p\": labels a and b are as required" },
	{ POOL "labels=!a:y,b:y", "keys",
	  "pool \"p\": labels a and b are not as required; needs label a x and label b x" },
	{ POOL "labels=?x.l", "keys", "pool \"p\": labels a and b are not known: waits for x.l" },
	{ POOL "labels=?x.l", "apart", "pool \"p\": labels a, b and c are not known: waits for x.l; "
	  "os is not known: not collected" },
	{ POOL "taints=a=b:NoSchedule", "taints",
	  "pool \"p\": taints are a=b:NoSchedule, needs no NoSchedule or NoExecute" },
	{ POOL "taints=", "taints", "pool \"p\": no taints" },
	{ POOL "taints=?x.t", "taints", "pool \"p\": taints are not known: waits for x.t" },
	{ POOL "capacity_type=spot", "spot", "pool \"p\": capacity type is spot, needs not spot or preemptible" },
	{ POOL "machine_type_listed=false", "listed", "pool \"p\": not so: the type is in the built-in catalogue" },
	{ POOL "machine_type_listed=true", "listed", "pool \"p\": the type is in the built-in catalogue" },
	{ POOL "machine_type_listed=?x.t", "listed",
	  "pool \"p\": not known whether the type is in the built-in catalogue: waits for x.t" },
	{ POOL "os=cos\nplan pool q in=c os=ubuntu", "two",
	  "1 of 2 will do, and at least 2 must; pool \"p\": os is cos, needs ubuntu" },
	{ POOL "os=ubuntu", "two", "only 1 is there, and at least 2 must be" },
	{ POOL "os=ubuntu\nplan pool q in=c os=ubuntu", "two", "pool \"p\": os is ubuntu" },
	{ POOL "os=?x.y\nplan pool q in=c os=ubuntu", "two", "pool \"p\": os is not known: waits for x.y" },
	{ POOL "os=cos", "twice", "pool \"p\": os is cos, needs ubuntu" },
	{ BALANCER "ports=80 layer=7", "port",
	  "load balancer \"b\": ports are 80 and layer is 7; needs ports 22 and layer 4" },
	{ BALANCER "ports=22 layer=7", "port", "load balancer \"b\": layer is 7, needs 4" },
	{ BALANCER "annotation_problems=", "quiet", "load balancer \"b\": no annotation problems" },
	{ POOL "version=1.20", "skew", "pool \"p\": version is 1.20, the control plane 1.24, needs one not newer "
	  "than the control plane, and at most three minor versions older" },
	{ "plan cluster c version=?x.v\nplan pool p in=c version=1.24", "skew",
	  "pool \"p\": control plane version is not known: waits for x.v" },
	{ "plan cluster c version=1.24\nplan pool p in=c version=?x.v", "skew",
	  "pool \"p\": version is not known: waits for x.v" },
	{ "plan cluster c\nplan pool p in=c vcpu=4", "skew",
	  "pool \"p\": not known whether nodes run a Kubernetes version that their control plane supports" },
	{ POOL "vcpu=4", "azure", "it concerns clusters of aks only" },
	{ POOL "os=cos", "picked", "it concerns no pool here" },
	{ "plan cluster c", "azure", "cluster \"c\": load balancer sku is not known: perhaps not asked of it" },
	{ "plan cluster c\nplan pool p in=c labels=k:a vcpu=1 vcpu=?a vcpu=2 memory=?b memory=3 vcpu=3 memory=?c", "size",
	  "pool \"p\": vcpu is 1, vcpu is 2, vcpu is 3 and memory is 3 bytes; needs vcpu >= 4 "
	  "and memory >= 16 GB" },
};

static void test_sentences(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_world w = { world_model(rows[i].world, 0), world_arch(arch_text, sizeof arch_text - 1, NULL),
				 NULL };
		const char *reason;

		w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
		reason = world_result(w.report, rows[i].id)->by[PL_PLAN].reason;
		if (pl_streq(reason, rows[i].reason))
			continue;
		print_error("row %zu: %s\n", i, reason);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Sources of another cloud are no help; where none is left, the state will tell. */
static void test_what_settles(void **state)
{
	static const char text[] =
		"format: plumbline-arch/1\n"
		"name: s\ntitle: S\nedition: '1'\nstatus: current\nprofiles: { all: all }\n"
		"requirements:\n"
		"  - " REST("all") ", on: cluster, settled_by: ['gke://', 'eks://', 'k8s://'] }\n"
		"  - " REST("clouds") ", on: cluster, settled_by: ['gke://', 'aks://'] }\n"
		"  - " REST("nothing") ", on: cluster }\n";
	static const struct {
		const char *world, *id, *settled;
	} cases[] = {
		{ "plan cluster c provider=eks", "all", "eks:// k8s:// " },
		{ "plan cluster c provider=?x.y", "all", "gke:// eks:// k8s:// " },
		{ "plan cluster c provider=k3s", "all", "k8s:// " },
		{ "plan cluster c provider=aks", "clouds", "aks:// " },
		{ "plan cluster c provider=k3s", "clouds", "the state after apply " },
		{ "plan cluster c provider=k3s", "nothing", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_world w = { world_model(cases[i].world, 0), world_arch(text, sizeof text - 1, NULL), NULL };
		pl_auto_buf all = PL_BUF_INIT;
		const char *one;

		w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
		for (size_t k = 0; (one = pl_result_settled_by(world_result(w.report, cases[i].id), k)) != NULL; k++)
			pl_buf_addf(&all, "%s ", one);
		assert_string_equal(all.data, cases[i].settled);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_what_settles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
