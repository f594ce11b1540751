/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one attribute must be: ">= 4", "16 GB", "1.22 - 1.24", true, a text, or a mapping of any_of,
 * none_of, not_before, has_any, has_none, no_effect, empty, known, told; for a map attribute its keys, each with a
 * text, a bound for a number (">= 4096", ">= 20 GiB"), any_of or none_of.
 */
#include <string.h>

#include "arch/internal.h"
#include "base/buf.h"
#include "base/str.h"

static struct pl_cond *new_test(struct loader *l, enum pl_attr attr, enum pl_op op,
				const char *text)
{
	struct pl_cond *c = pl_arena_alloc(&l->arch->arena, sizeof *c);

	c->op = PL_COND_TEST;
	c->test.attr = attr;
	c->test.op = op;
	c->test.text = pl_arena_strdup(&l->arch->arena, text);
	c->test.subject = pl_attrs[attr].name;
	return c;
}

/* ---- numbers, bytes, versions ---- */

static const struct relation {
	const char *text;
	enum pl_op op;
} relations[] = {
	{ ">=", PL_OP_GE }, { "<=", PL_OP_LE }, { "!=", PL_OP_NE }, { "==", PL_OP_EQ },
	{ ">", PL_OP_GT }, { "<", PL_OP_LT }, { "=", PL_OP_EQ },
};

/* An expectation is written exactly: "1.22", not what versions look like in the wild. */
static bool exact_version(const char *text, struct pl_version *out)
{
	unsigned dots = 0;

	for (const char *p = text; *p; p++)
		dots += *p == '.';
	if (text[strspn(text, "0123456789.")] || !pl_version_parse(text, out))
		return false;
	return out->count == dots + 1;
}

static bool bound_of(enum pl_type type, const char *text, int64_t *number,
		     struct pl_version *version)
{
	switch (type) {
	case PL_INT: return pl_parse_i64(text, number);
	case PL_BYTES: return pl_bytes_parse(text, number);
	case PL_VERSION: return exact_version(text, version);
	default: return false;
	}
}

static const char *sample_of(enum pl_type type)
{
	return type == PL_INT ? ">= 4, or 4 - 8" : type == PL_BYTES ? ">= 16 GB, or 16 GB - 64 GB" :
	       ">= 1.21, or 1.22 - 1.24";
}

static int load_range(struct loader *l, const struct pl_yaml_node *n, struct pl_test *t,
		      const char *dash)
{
	enum pl_type type = pl_attrs[t->attr].type;
	char *low = pl_arena_strndup(&l->arch->arena, n->text, (size_t)(dash - n->text));

	t->op = PL_OP_WITHIN;
	if (!bound_of(type, low, &t->bound, &t->version) ||
	    !bound_of(type, dash + 3, &t->bound2, &t->version2))
		return pl_arch_fail_at(l, n, "'%s' is no range for %s; write it like: %s", n->text,
				       pl_attrs[t->attr].name, sample_of(type));
	if (t->bound > t->bound2 || (type == PL_VERSION &&
				     pl_version_cmp(&t->version, &t->version2) > 0))
		return pl_arch_fail_at(l, n, "'%s' holds nothing: the lower end comes first",
				       n->text);
	return 0;
}

/* The relation that the text begins with, or NULL. */
static const struct relation *relation_of(const char *text)
{
	for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
		if (pl_starts(text, relations[i].text))
			return &relations[i];
	return NULL;
}

static int load_bound(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		      const struct pl_cond **out)
{
	struct pl_cond *c = new_test(l, attr, PL_OP_EQ, n->text);
	const char *p = n->text, *dash = strstr(p, " - ");
	const struct relation *relation = relation_of(p);

	*out = c;
	if (dash)
		return load_range(l, n, &c->test, dash);
	if (relation) {
		c->test.op = relation->op;
		p += strlen(relation->text);
	}
	while (*p == ' ')
		p++;
	if (!bound_of(pl_attrs[attr].type, p, &c->test.bound, &c->test.version))
		return pl_arch_fail_at(l, n, "'%s' is no bound for %s; write it like: %s", n->text,
				       pl_attrs[attr].name, sample_of(pl_attrs[attr].type));
	return 0;
}

static int load_bool(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		     const struct pl_cond **out)
{
	struct pl_cond *c = new_test(l, attr, PL_OP_EQ, n->text);

	*out = c;
	if (strcmp(n->text, "true") && strcmp(n->text, "false"))
		return pl_arch_fail_at(l, n, "%s is true or false, not '%s'", pl_attrs[attr].name,
				       n->text);
	c->test.bound = !strcmp(n->text, "true");
	return 0;
}

static int load_equal(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		      const struct pl_cond **out)
{
	struct pl_cond *c = new_test(l, attr, PL_OP_IN, n->text);

	if (!*n->text || relation_of(n->text))
		return pl_arch_fail_at(l, n, "'%s' is no value of %s, a text; write the value "
					     "itself, or any_of, none_of",
				       n->text, pl_attrs[attr].name);
	c->test.otherwise = PL_FALSE;
	*out = c;
	return pl_arch_texts_of(l, n, &c->test.any_of, &c->test.any_count);
}

static int load_scalar(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		       const struct pl_cond **out)
{
	switch (pl_attrs[attr].type) {
	case PL_INT:
	case PL_BYTES:
	case PL_VERSION:
		return load_bound(l, n, attr, out);
	case PL_BOOL:
		return load_bool(l, n, attr, out);
	case PL_TEXT:
		return load_equal(l, n, attr, out);
	case PL_LIST:
		return pl_arch_fail_at(l, n, "%s is a list: say has_any, has_none or empty",
				       pl_attrs[attr].name);
	default:
		return pl_arch_fail_at(l, n, "%s is a map: write { KEY: VALUE }, or empty",
				       pl_attrs[attr].name);
	}
}

/* ---- mappings ---- */

static const char *const words[] = { "any_of", "none_of", "otherwise", "has_any", "has_none",
				     "no_effect", "empty", "known", "told", "not_before", NULL };

static bool is_word(const char *key)
{
	for (const char *const *w = words; *w; w++)
		if (!strcmp(key, *w))
			return true;
	return false;
}

static const char *joined(struct loader *l, const char *before, const char *const *texts,
			  size_t count)
{
	pl_auto_buf text = PL_BUF_INIT;

	pl_buf_adds(&text, before);
	for (size_t i = 0; i < count; i++)
		pl_buf_addf(&text, "%s%s", !i ? "" : i + 1 < count ? ", " : " or ", texts[i]);
	return pl_arena_strdup(&l->arch->arena, text.data);
}

/* any_of, none_of and otherwise: of a text attribute, or of a key of a map. */
static int load_choice(struct loader *l, const struct pl_yaml_node *n, struct pl_test *t)
{
	static const char *const outcomes[] = { "fail", "unknown", "pass" };
	static const char *const names[] = { "any_of", "none_of", "otherwise", NULL };
	const struct pl_yaml_node *any = pl_yaml_get(n, "any_of");
	const struct pl_yaml_node *none = pl_yaml_get(n, "none_of");
	const struct pl_yaml_node *otherwise = pl_yaml_get(n, "otherwise");
	int outcome = any ? PL_FALSE : PL_TRUE; /* with none_of alone, everything else will do */

	if (pl_arch_only_keys(l, n, "a test with any_of or none_of", names))
		return -1;
	if ((any && pl_arch_texts_of(l, any, &t->any_of, &t->any_count)) ||
	    (none && pl_arch_texts_of(l, none, &t->none_of, &t->none_count)))
		return -1;
	if (otherwise && (outcome = pl_arch_choice_of(l, otherwise, "value of 'otherwise'",
						      outcomes, 3)) < 0)
		return -1;
	t->op = PL_OP_IN;
	t->otherwise = (enum pl_truth)outcome;
	if (any)
		t->text = joined(l, t->any_count > 1 ? "one of " : "", t->any_of, t->any_count);
	else
		t->text = joined(l, "not ", t->none_of, t->none_count);
	return 0;
}

static int load_in(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		   const struct pl_cond **out)
{
	struct pl_cond *c = new_test(l, attr, PL_OP_IN, "");

	if (pl_attrs[attr].type != PL_TEXT)
		return pl_arch_fail_at(l, n, "any_of and none_of compare texts, and %s is none",
				       pl_attrs[attr].name);
	*out = c;
	return load_choice(l, n, &c->test);
}

static int check_effects(struct loader *l, const struct pl_yaml_node *n)
{
	static const char *const effects[] = { "NoSchedule", "PreferNoSchedule", "NoExecute" };
	bool list = n->kind == PL_YAML_SEQUENCE;

	for (size_t i = 0; i < (list ? n->count : 1); i++)
		if (pl_arch_choice_of(l, list ? n->items[i] : n, "effect of a taint", effects, 3) < 0)
			return -1;
	return 0;
}

static int load_list_word(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
			  const char *word, const struct pl_cond **out)
{
	const struct pl_yaml_node *v = pl_yaml_get(n, word);
	bool any = !strcmp(word, "has_any"), effect = !strcmp(word, "no_effect");
	struct pl_cond *c = new_test(l, attr, any ? PL_OP_HAS_ANY : effect ? PL_OP_NO_EFFECT :
				     PL_OP_HAS_NONE, "");
	struct pl_test *t = &c->test;

	if (pl_attrs[attr].type != PL_LIST)
		return pl_arch_fail_at(l, n, "%s looks into a list, and %s is none", word,
				       pl_attrs[attr].name);
	if (effect && strcmp(pl_attrs[attr].name, "taints"))
		return pl_arch_fail_at(l, n, "no_effect looks into taints, and %s holds none",
				       pl_attrs[attr].name);
	if (pl_arch_texts_of(l, v, any ? &t->any_of : &t->none_of,
			     any ? &t->any_count : &t->none_count) ||
	    (effect && check_effects(l, v)))
		return -1;
	t->text = any ? joined(l, t->any_count > 1 ? "one of " : "", t->any_of, t->any_count) :
			joined(l, "no ", t->none_of, t->none_count);
	*out = c;
	return 0;
}

static int load_true_word(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
			  const char *word, const struct pl_cond **out)
{
	bool empty = !strcmp(word, "empty"), told = !strcmp(word, "told");

	if (!pl_streq(pl_yaml_text(n, word), "true"))
		return pl_arch_fail_at(l, n, "'%s' takes true", word);
	if (empty && pl_attrs[attr].type != PL_LIST && pl_attrs[attr].type != PL_MAP)
		return pl_arch_fail_at(l, n, "only a list or a map can be empty, and %s is none",
				       pl_attrs[attr].name);
	*out = new_test(l, attr, empty ? PL_OP_EMPTY : told ? PL_OP_TOLD : PL_OP_KNOWN,
			empty ? "none" : told ? "told by a source" : "any");
	return 0;
}

/* A date, or the day of the run: what is written as a date is a text. */
static int load_not_before(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
			   const struct pl_cond **out)
{
	const char *day = pl_yaml_text(n, "not_before");
	struct pl_cond *c = new_test(l, attr, PL_OP_NOT_BEFORE, "");

	if (pl_attrs[attr].type != PL_TEXT)
		return pl_arch_fail_at(l, n, "not_before compares dates, and %s is no text", pl_attrs[attr].name);
	c->test.today = pl_streq(day, "today");
	if (!c->test.today && !(day && pl_date_parse(day, &c->test.bound)))
		return pl_arch_fail_at(l, n, "not_before takes a date as 2026-11-30, or today");
	c->test.text = pl_arena_strf(&l->arch->arena, "%s or later", day);
	*out = c;
	return 0;
}

/* ">= 4096", ">= 20 GiB": the key's value is read as a number. */
static int load_key_bound(struct loader *l, const struct pl_yaml_node *n,
			  const struct relation *relation, struct pl_test *t)
{
	const char *p = n->text + strlen(relation->text);

	p += strspn(p, " ");
	t->op = relation->op;
	t->key_bytes = !pl_parse_i64(p, &t->bound);
	if (t->key_bytes && !pl_bytes_parse(p, &t->bound))
		return pl_arch_fail_at(l, n, "'%s' is no bound for a number; write it like: >= 4096, "
					     "or >= 20 GiB", n->text);
	return 0;
}

static int load_key(struct loader *l, const struct pl_yaml_node *key,
		    const struct pl_yaml_node *value,
		    enum pl_attr attr, const struct pl_cond **out)
{
	bool one = value->kind == PL_YAML_SCALAR;
	bool words_of_text = pl_yaml_get(value, "any_of") || pl_yaml_get(value, "none_of");
	struct pl_cond *c = new_test(l, attr, PL_OP_KEY, one ? value->text : "");

	if (!one && !words_of_text)
		return pl_arch_fail_at(l, value, "the value of '%s' is one text, or any_of or none_of",
				       key->text);
	c->test.key = key->text;
	c->test.subject = pl_arena_strf(&l->arch->arena, "%s.%s", pl_attrs[attr].name, key->text);
	c->test.secret = pl_secret_name(key->text);
	*out = c;
	if (words_of_text)
		return load_choice(l, value, &c->test);
	if (relation_of(value->text))
		return load_key_bound(l, value, relation_of(value->text), &c->test);
	return pl_arch_texts_of(l, value, &c->test.any_of, &c->test.any_count);
}

static int load_keys(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		     const struct pl_cond **out)
{
	const struct pl_cond **sub = pl_arena_alloc(&l->arch->arena, n->count * sizeof *sub);
	struct pl_cond *all = pl_arena_alloc(&l->arch->arena, sizeof *all);

	for (size_t i = 0; i < n->count; i++)
		if (load_key(l, n->keys[i], n->items[i], attr, &sub[i]))
			return -1;
	all->op = PL_COND_ALL;
	all->sub = sub;
	all->count = n->count;
	*out = n->count == 1 ? sub[0] : all;
	return 0;
}

static int load_words(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		      const struct pl_cond **out)
{
	const char *first = n->keys[0]->text;

	if (pl_arch_only_keys(l, n, "a test", words))
		return -1;
	if (pl_yaml_get(n, "any_of") || pl_yaml_get(n, "none_of"))
		return load_in(l, n, attr, out);
	if (n->count != 1 || !strcmp(first, "otherwise"))
		return pl_arch_fail_at(l, n, "each of has_any, has_none, no_effect, empty, known, told, "
					     "not_before stands alone; 'otherwise' goes with any_of or "
					     "none_of");
	if (!strcmp(first, "not_before"))
		return load_not_before(l, n, attr, out);
	if (!strcmp(first, "empty") || !strcmp(first, "known") || !strcmp(first, "told"))
		return load_true_word(l, n, attr, first, out);
	return load_list_word(l, n, attr, first, out);
}

int pl_arch_load_test(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
	      const struct pl_cond **out)
{
	if (n->kind == PL_YAML_SCALAR)
		return load_scalar(l, n, attr, out);
	if (n->kind != PL_YAML_MAPPING || !n->count)
		return pl_arch_fail_at(l, n, "a test of %s is one value, or a mapping as { "
					     "any_of: [...] }", pl_attrs[attr].name);
	if (pl_attrs[attr].type == PL_MAP && !is_word(n->keys[0]->text))
		return load_keys(l, n, attr, out);
	return load_words(l, n, attr, out);
}
