/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of map attributes that an architecture asks about: see arch.h. */
#include "arch/arch.h"

struct taking {
	enum pl_attr attr;
	void (*take)(void *ctx, const char *key);
	void *ctx;
};

static void take_keys(const struct taking *t, const struct pl_cond *c)
{
	if (!c)
		return;
	if (c->op == PL_COND_TEST && c->test.attr == t->attr && c->test.key)
		t->take(t->ctx, c->test.key);
	for (size_t i = 0; i < c->count; i++)
		take_keys(t, c->sub[i]); /* no deeper than PL_LIMIT_CONDITION_DEPTH */
}

void pl_arch_keys(const struct pl_arch *a, enum pl_attr attr,
		  void (*take)(void *ctx, const char *key), void *ctx)
{
	const struct taking t = { attr, take, ctx };

	for (size_t i = 0; i < a->count; i++) {
		const struct pl_requirement *r = &a->requirements[i];

		for (size_t k = 0; r->asked && k < r->clause_count; k++) {
			take_keys(&t, r->clauses[k].where);
			take_keys(&t, r->clauses[k].expect);
		}
	}
}
