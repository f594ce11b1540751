/* SPDX-License-Identifier: Apache-2.0 */
/* What conditions become: each form of a test, and how they are put together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "base/buf.h"
#include "base/str.h"
#include "check/check.h"

/* The condition as a person would note it: "all(vcpu GE 4, not(os IN [ubuntu]))". */
static void note(struct pl_buf *out, const struct pl_cond *c);

static void note_texts(struct pl_buf *out, const char *mark, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pl_buf_addf(out, " %s%s", mark, texts[i]);
}

static void note_test(struct pl_buf *out, const struct pl_test *t)
{
	static const char *const ops[] = {
		[PL_OP_EQ] = "EQ", [PL_OP_NE] = "NE", [PL_OP_GE] = "GE", [PL_OP_GT] = "GT", [PL_OP_LE] = "LE",
		[PL_OP_LT] = "LT", [PL_OP_WITHIN] = "WITHIN", [PL_OP_IN] = "IN", [PL_OP_HAS_ANY] = "HAS_ANY",
		[PL_OP_HAS_NONE] = "HAS_NONE", [PL_OP_NO_EFFECT] = "NO_EFFECT", [PL_OP_EMPTY] = "EMPTY",
		[PL_OP_KEY] = "KEY", [PL_OP_KNOWN] = "KNOWN",
	};
	static const char *const outcomes[] = { "fail", "unknown", "pass" };

	pl_buf_addf(out, "%s %s", pl_attrs[t->attr].name, ops[t->op]);
	if (t->op <= PL_OP_WITHIN && pl_attrs[t->attr].type == PL_VERSION)
		pl_buf_addf(out, " %u.%u/%u", t->version.part[0], t->version.part[1], t->version.count);
	else if (t->op <= PL_OP_WITHIN)
		pl_buf_addf(out, " %lld", (long long)t->bound);
	if (t->op == PL_OP_WITHIN && pl_attrs[t->attr].type == PL_VERSION)
		pl_buf_addf(out, " %u.%u/%u", t->version2.part[0], t->version2.part[1], t->version2.count);
	else if (t->op == PL_OP_WITHIN)
		pl_buf_addf(out, " %lld", (long long)t->bound2);
	if (t->key)
		pl_buf_addf(out, " %s", t->key);
	note_texts(out, "+", t->any_of, t->any_count);
	note_texts(out, "-", t->none_of, t->none_count);
	if (t->op == PL_OP_IN)
		pl_buf_addf(out, " else %s", outcomes[t->otherwise]);
	pl_buf_addf(out, " '%s'", t->text);
}

static void note(struct pl_buf *out, const struct pl_cond *c)
{
	static const char *const names[] = { "all(", "any(", "not(" };

	if (c->op == PL_COND_TEST) {
		note_test(out, &c->test);
		return;
	}
	if (c->op == PL_COND_CHECK) {
		pl_buf_addf(out, "check %s", c->check->name);
		return;
	}
	pl_buf_adds(out, names[c->op]);
	for (size_t i = 0; i < c->count; i++) {
		pl_buf_adds(out, i ? ", " : "");
		note(out, c->sub[i]);
	}
	pl_buf_addc(out, ')');
}

static const struct {
	const char *on, *expect, *note;
} rows[] = {
	{ "pool", "{ vcpu: 4 }", "vcpu EQ 4 '4'" },
	{ "pool", "{ vcpu: '= 4' }", "vcpu EQ 4 '= 4'" },
	{ "pool", "{ vcpu: '==4' }", "vcpu EQ 4 '==4'" },
	{ "pool", "{ vcpu: '!= 4' }", "vcpu NE 4 '!= 4'" },
	{ "pool", "{ vcpu: '>= 4' }", "vcpu GE 4 '>= 4'" },
	{ "pool", "{ vcpu: '>   4' }", "vcpu GT 4 '>   4'" },
	{ "pool", "{ vcpu: '<= 4' }", "vcpu LE 4 '<= 4'" },
	{ "pool", "{ vcpu: '< -4' }", "vcpu LT -4 '< -4'" },
	{ "pool", "{ vcpu: '4 - 8' }", "vcpu WITHIN 4 8 '4 - 8'" },
	{ "pool", "{ vcpu: '4 - 4' }", "vcpu WITHIN 4 4 '4 - 4'" },
	{ "pool", "{ memory: '>= 16 GB' }", "memory GE 16000000000 '>= 16 GB'" },
	{ "pool", "{ memory: '1 GiB - 2 GiB' }", "memory WITHIN 1073741824 2147483648 '1 GiB - 2 GiB'" },
	{ "pool", "{ version: '>= 1.21' }", "version GE 1.21/2 '>= 1.21'" },
	{ "pool", "{ version: '> 1.5.0' }", "version GT 1.5/3 '> 1.5.0'" },
	{ "pool", "{ version: 1.22 - 1.24 }", "version WITHIN 1.22/2 1.24/2 '1.22 - 1.24'" },
	{ "cluster", "{ privileged_pods: true }", "privileged_pods EQ 1 'true'" },
	{ "cluster", "{ privileged_pods: 'false' }", "privileged_pods EQ 0 'false'" },
	{ "pool", "{ os: ubuntu }", "os IN +ubuntu else fail 'ubuntu'" },
	{ "pool", "{ os_version: 22.04 }", "os_version IN +22.04 else fail '22.04'" },
	{ "pool", "{ os: { any_of: ubuntu } }", "os IN +ubuntu else fail 'ubuntu'" },
	{ "pool", "{ os: { any_of: [ubuntu, cos] } }", "os IN +ubuntu +cos else fail 'one of ubuntu or cos'" },
	{ "pool", "{ os: { none_of: [cos, windows] } }", "os IN -cos -windows else pass 'not cos or windows'" },
	{ "pool", "{ os: { any_of: a, none_of: b } }", "os IN +a -b else fail 'a'" },
	{ "pool", "{ os: { any_of: a, otherwise: unknown } }", "os IN +a else unknown 'a'" },
	{ "pool", "{ os: { none_of: a, otherwise: fail } }", "os IN -a else fail 'not a'" },
	{ "pool", "{ os: { known: true } }", "os KNOWN 'any'" },
	{ "load_balancer", "{ ports: { has_any: [80, 443] } }", "ports HAS_ANY +80 +443 'one of 80 or 443'" },
	{ "load_balancer", "{ ports: { has_any: 80 } }", "ports HAS_ANY +80 '80'" },
	{ "load_balancer", "{ ports: { has_none: [22] } }", "ports HAS_NONE -22 'no 22'" },
	{ "load_balancer", "{ ports: { empty: true } }", "ports EMPTY 'none'" },
	{ "pool", "{ taints: { no_effect: [NoSchedule, NoExecute] } }",
	  "taints NO_EFFECT -NoSchedule -NoExecute 'no NoSchedule or NoExecute'" },
	{ "pool", "{ labels: { a/b: 'true' } }", "labels KEY a/b +true 'true'" },
	{ "node", "{ sysctls: { a.b: '>= 4096' } }", "sysctls GE 4096 a.b '>= 4096'" },
	{ "node", "{ disk_free: { /a: '> 1.5 GiB' } }", "disk_free GT 1610612736 /a '> 1.5 GiB'" },
	{ "node", "{ paths: { /a: { none_of: [absent] } } }", "paths IN /a -absent else pass 'not absent'" },
	{ "pool", "{ labels: { a/b: { any_of: [x, y], otherwise: unknown } } }",
	  "labels IN a/b +x +y else unknown 'one of x or y'" },
	{ "pool", "{ labels: { a: x, b: '' } }", "all(labels KEY a +x 'x', labels KEY b + '')" },
	{ "pool", "{ labels: { empty: true } }", "labels EMPTY 'none'" },
	{ "pool", "{ check: version-skew }", "check version-skew" },
	{ "pool", "{ vcpu: 4, os: cos }", "all(vcpu EQ 4 '4', os IN +cos else fail 'cos')" },
	{ "pool", "{ any: [{ vcpu: 4 }, { not: { vcpu: 8 } }] }", "any(vcpu EQ 4 '4', not(vcpu EQ 8 '8'))" },
	{ "pool", "{ all: [{ vcpu: 4 }] }", "all(vcpu EQ 4 '4')" },
	{ "pool", "big", "vcpu GE 8 '>= 8'" },
	{ "pool", "{ not: small }", "not(not(vcpu GE 8 '>= 8'))" },
};

static void conditions_become_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_err err = PL_ERR_INIT;
		pl_auto_buf text = PL_BUF_INIT, found = PL_BUF_INIT;
		pl_auto_arch struct pl_arch *a = NULL;

		pl_buf_addf(&text, "format: plumbline-arch/1\nname: n\ntitle: t\nedition: e\nstatus: s\n"
			    "profiles: { p: p }\nselections:\n  big: { on: pool, where: { vcpu: '>= 8' } }\n"
			    "  small: { on: pool, where: { not: big } }\n"
			    "requirements:\n  - { id: x, title: t, severity: info, seen_by: [plan], why: w, fix: f, "
			    "source: { title: s }, on: %s, expect: %s }\n", rows[i].on, rows[i].expect);
		a = pl_arch_load(&(struct pl_arch_text){ "FILE", text.data, text.len }, NULL, NULL, NULL, 0, &err);
		if (!a)
			fail_msg("%s: %s", rows[i].expect, err.text);
		note(&found, a->requirements[0].clauses[0].expect);
		assert_string_equal(found.data, rows[i].note);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_become_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
