/* SPDX-License-Identifier: Apache-2.0 */
/* Terraform's names: see address.h. */
#include "terraform/address.h"

size_t pl_tf_skip_index(const char *p, size_t n)
{
	size_t i = 1;

	if (!n || p[0] != '[')
		return 0;
	if (i < n && p[i] == '"') {
		for (i++; i < n && p[i] != '"'; i++)
			i += p[i] == '\\' && i + 1 < n;
		i += i < n;
	} else {
		while (i < n && p[i] != ']')
			i++;
	}
	return i < n && p[i] == ']' ? i + 1 : 0;
}

/* A cursor over the dotted steps of a name. */
struct steps {
	const char *p, *end;
};

/* The next name and the index behind it; false at the end or where no name stands. */
static bool next(struct steps *s, struct pl_slice *name, struct pl_slice *index)
{
	size_t n;

	*name = (struct pl_slice){ s->p, 0 };
	*index = (struct pl_slice){ s->p, 0 };
	while (s->p < s->end && *s->p != '.' && *s->p != '[')
		s->p++;
	name->n = (size_t)(s->p - name->p);
	if (!name->n)
		return false;
	n = pl_tf_skip_index(s->p, (size_t)(s->end - s->p));
	if (n)
		*index = (struct pl_slice){ s->p + 1, n - 2 };
	s->p += n;
	if (s->p < s->end && *s->p == '.')
		s->p++;
	else if (s->p < s->end && *s->p != '[')
		return false;
	return true;
}

bool pl_tf_module_last(struct pl_slice module, struct pl_slice *parent, struct pl_slice *call,
		       struct pl_slice *key)
{
	struct steps s = { module.p, module.p + module.n };
	struct pl_slice word, index, name;
	const char *start = NULL;

	while (s.p < s.end) {
		const char *step = s.p;

		if (!next(&s, &word, &index) || !pl_slice_is(word, "module") || index.n ||
		    !next(&s, &name, &index))
			return false;
		start = step;
		*call = name;
		*key = index;
	}
	if (!start)
		return false;
	*parent = (struct pl_slice){ module.p, (size_t)(start - module.p) };
	parent->n -= parent->n > 0; /* the dot before the last step */
	return true;
}

bool pl_tf_address_parse(struct pl_slice text, struct pl_tf_address *out)
{
	struct steps s = { text.p, text.p + text.n };
	struct pl_tf_address a = { .module = { text.p, 0 } };
	struct pl_slice index;

	if (!next(&s, &a.type, &index) || index.n)
		return false;
	while (pl_slice_is(a.type, "module")) {
		if (!next(&s, &a.name, &index))
			return false;
		a.module.n = (size_t)(s.p - text.p) - (s.p < s.end);
		if (!next(&s, &a.type, &index) || index.n)
			return false;
	}
	if (pl_slice_is(a.type, "data")) {
		a.data = true;
		if (!next(&s, &a.type, &index) || index.n)
			return false;
	}
	if (!next(&s, &a.name, &a.index) || s.p != s.end || s.end[-1] == '.')
		return false;
	*out = a;
	return true;
}

static const struct {
	const char *word, *second; /* second NULL: the name follows */
	enum pl_tf_ref_kind kind;
} heads[] = {
	{ "var", NULL, PL_TF_REF_VAR },
	{ "local", NULL, PL_TF_REF_LOCAL },
	{ "path", NULL, PL_TF_REF_PATH },
	{ "terraform", NULL, PL_TF_REF_TERRAFORM },
	{ "each", "key", PL_TF_REF_EACH_KEY },
	{ "each", "value", PL_TF_REF_EACH_VALUE },
	{ "count", "index", PL_TF_REF_COUNT_INDEX },
};

static bool parse_module(struct steps *s, struct pl_tf_ref *r)
{
	struct pl_slice index;

	r->kind = PL_TF_REF_MODULE;
	if (!next(s, &r->name, &r->key))
		return false;
	if (s->p < s->end && next(s, &r->output, &index))
		r->kind = PL_TF_REF_MODULE_OUTPUT;
	return true;
}

bool pl_tf_ref_parse(struct pl_slice text, struct pl_tf_ref *out)
{
	struct steps s = { text.p, text.p + text.n };
	struct pl_tf_ref r = { .kind = PL_TF_REF_RESOURCE };
	struct pl_slice head, index;
	bool ok = true, matched = false;

	if (!next(&s, &head, &index))
		return false;
	if (pl_slice_is(head, "module")) {
		ok = parse_module(&s, &r);
		matched = true;
	} else if (pl_slice_is(head, "self")) {
		r.kind = PL_TF_REF_SELF;
		matched = true;
	}
	for (size_t i = 0; !matched && i < sizeof heads / sizeof *heads; i++) {
		struct steps ahead = s;

		if (!pl_slice_is(head, heads[i].word) || !next(&ahead, &r.name, &r.key) ||
		    (heads[i].second && !pl_slice_is(r.name, heads[i].second)))
			continue;
		r.kind = heads[i].kind;
		s = ahead;
		matched = true;
	}
	if (!matched) {
		if (pl_slice_is(head, "data")) {
			r.kind = PL_TF_REF_DATA;
			ok = next(&s, &head, &index);
		}
		r.type = head;
		ok = ok && next(&s, &r.name, &r.key);
	}
	r.rest = (struct pl_slice){ s.p, (size_t)(s.end - s.p) };
	*out = r;
	return ok;
}
