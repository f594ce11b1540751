/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cloud says about planned objects before the plan is applied.  It is about the object as it will
 * be, so it counts instead of what the same witness sees of it now; and it shows nothing: an object that
 * is only spoken of has not been seen.
 */
#include "model/internal.h"
#include "model/join.h"

/* Was it said already, by another source? */
static bool is_said(const struct pl_object *o, enum pl_attr attr, enum pl_witness w)
{
	const struct pl_fact *f = pl_object_fact(o, attr, (int)w);

	return f && f->ahead;
}

static void give(struct pl_model *m, const struct pl_object *from, struct pl_object *to)
{
	const struct pl_fact *run = NULL; /* the first of one attribute and witness */
	bool taken = false;

	for (const struct pl_fact *f = from->facts; f; f = f->next) {
		if (!run || run->attr != f->attr || run->witness != f->witness) {
			run = f;
			taken = is_said(to, f->attr, f->witness);
			if (!taken)
				pl_object_forget(to, f->attr, f->witness);
		}
		if (!taken)
			pl_fact_put(m, to, f)->ahead = true;
	}
}

void pl_join_ahead(struct pl_model *m)
{
	for (size_t i = 0; i < m->beside_count; i++) {
		struct pl_object *planned = pl_object_joined(m->beside[i].planned);

		if (planned->seen)
			give(m, m->beside[i].object, planned);
	}
	m->beside_count = 0;
}
