/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the bytes of a source: documents are told apart by their members, the lists of
 * resources go to entries.c, the configuration to config.c, everything else is validated and
 * forgotten.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "model/snapshot.h"
#include "terraform/internal.h"

/* ---- the document ---- */

/* Members that only decide what a document is. */
struct nature {
	struct pl_slice format_version, version, terraform_version, format, encryption;
	struct pl_slice errored, complete, level;
	bool resource_list, lineage, values, modules;
	unsigned seen; /* a bit for each of document_members */
};

static const struct {
	const char *name;
	size_t offset;
} nature_members[] = {
	{ "format_version", offsetof(struct nature, format_version) },
	{ "version", offsetof(struct nature, version) },
	{ "terraform_version", offsetof(struct nature, terraform_version) },
	{ "format", offsetof(struct nature, format) },
	{ "encryption_version", offsetof(struct nature, encryption) },
	{ "errored", offsetof(struct nature, errored) },
	{ "complete", offsetof(struct nature, complete) },
	{ "@level", offsetof(struct nature, level) },
};

static int read_state_values(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	doc->kind = DOC_STATE;
	return pl_tf_read_values(doc, s, err);
}

static int read_planned(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	doc->has_planned = true;
	return pl_scan_skip(s, &doc->planned, err);
}

static int read_configuration(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	doc->has_config = true;
	return pl_tf_scan_configuration(doc, s, err);
}

static const struct {
	const char *name;
	member_fn *read;
} document_members[] = {
	{ "planned_values", read_planned },
	{ "resource_changes", pl_tf_read_resource_changes },
	{ "resource_drift", pl_tf_read_resource_drift },
	{ "prior_state", pl_tf_read_prior_state },
	{ "configuration", read_configuration },
	{ "values", read_state_values },
	{ "resources", pl_tf_read_raw_resources },
};

static int read_document_member(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_slice key,
				struct nature *n, struct pl_err *err)
{
	struct pl_slice value;

	for (size_t i = 0; i < sizeof document_members / sizeof *document_members; i++)
		if (pl_slice_is(key, document_members[i].name)) {
			s->odd += n->seen >> i & 1;
			n->seen |= 1u << i;
			n->resource_list |= pl_slice_is(key, "resources");
			n->values |= pl_slice_is(key, "values");
			return document_members[i].read(doc, s, err);
		}
	n->lineage |= pl_slice_is(key, "lineage") || pl_slice_is(key, "serial");
	n->modules |= pl_slice_is(key, "modules");
	if (pl_scan_skip(s, &value, err))
		return -1;
	for (size_t i = 0; i < sizeof nature_members / sizeof *nature_members; i++)
		if (pl_slice_is(key, nature_members[i].name)) {
			struct pl_slice *to = (struct pl_slice *)(void *)((char *)n + nature_members[i].offset);

			s->odd += to->n > 0;
			*to = value;
		}
	return 0;
}

/* An empty or absent root module: what a refresh-only or a destroy plan plans. */
static bool plans_nothing(const struct pl_tf_doc *doc)
{
	static const char word[] = "\"resources\"";

	for (size_t i = 0; i + sizeof word - 1 <= doc->planned.n; i++)
		if (!memcmp(doc->planned.p + i, word, sizeof word - 1))
			return false;
	return true;
}

static int reject(const char *name, const char *what, struct pl_err *err)
{
	return pl_err_set(err, PL_E_INPUT, "'%s' %s", name, what);
}

static int check_state_version(struct pl_tf_doc *doc, const char *name, const struct nature *n,
			       struct pl_err *err)
{
	int64_t version = n->version.n && n->version.n < 20 ? strtoll(n->version.p, NULL, 10) : 0;

	doc->kind = DOC_STATE;
	if (version == 4)
		return 0;
	if (version > 4)
		return pl_err_set(err, PL_E_INPUT,
				  "'%s' is a Terraform state of version %" PRId64 "; versions up to 4 are known", name, version);
	return pl_err_set(err, PL_E_INPUT,
			  "'%s' is a Terraform state of version %" PRId64 ", written before Terraform 0.12; "
			  "run `terraform init` and `terraform apply -refresh-only` with Terraform 0.12 or later, "
			  "or give the output of `terraform show -json`", name, version);
}

static bool is_version(struct pl_slice v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != '.' && (v.p[i] < '0' || v.p[i] > '9'))
			return false;
	return v.n > 0 && v.n < 20;
}

static int check_format(struct pl_tf_doc *doc, const char *name, const struct nature *n,
			struct pl_err *err)
{
	struct pl_slice v = pl_tf_bare_text(n->format_version);

	if (!is_version(v))
		return pl_err_set(err, PL_E_INPUT, "'%s' has a format_version that is no version; give the output of "
				  "`terraform show -json`", name);
	if ((v.p[0] != '0' && v.p[0] != '1') || (v.n > 1 && v.p[1] != '.'))
		return pl_err_set(err, PL_E_INPUT,
				  "'%s' has format_version \"%.*s\"; 0.x and 1.x are known: use a newer plumbline",
				  name, (int)v.n, v.p);
	if (n->values && !doc->has_planned && !doc->has_changes)
		doc->kind = DOC_STATE;
	else if (!doc->has_planned && !doc->has_changes && !doc->has_config && !doc->has_prior)
		doc->kind = DOC_STATE; /* an empty state is only its format_version */
	return 0;
}

/* Says what the document is; refuses what is no plan and no state. */
static int decide_nature(struct pl_tf_doc *doc, const char *name, const struct nature *n,
			 struct pl_err *err)
{
	if (n->encryption.n)
		return reject(name, "is encrypted by OpenTofu; give the output of `tofu show -json` instead", err);
	if (n->level.n)
		return reject(name, "is the event stream of `terraform plan -json`, which holds no values; run "
			      "`terraform plan -out=tfplan` and give the output of `terraform show -json tfplan`", err);
	if (n->format_version.n) {
		if (check_format(doc, name, n, err))
			return -1;
	} else if (n->version.n && (n->lineage || n->resource_list || n->modules)) {
		if (check_state_version(doc, name, n, err))
			return -1;
	} else if (pl_slice_is(pl_tf_bare_text(n->format), "plumbline-result/1")) {
		return reject(name, "is a result of plumbline, not a source; give the plan or snapshot it was made of",
			      err);
	} else {
		return reject(name, "is JSON, but no Terraform plan or state (no format_version); give the output "
			      "of `terraform show -json tfplan`, or a state file", err);
	}
	if (pl_slice_is(n->errored, "true"))
		return reject(name, "is a plan that errored: what it holds is not what would be built; mend the "
			      "error that `terraform plan` shows, then check again", err);
	doc->incomplete = pl_slice_is(n->complete, "false");
	return 0;
}

/* Adds the whole list `more` to the document's own. */
static void append_list(struct pl_tf_doc *doc, struct resource *more, struct resource *more_end)
{
	if (!more)
		return;
	pl_tf_append_resource(&doc->list, &doc->list_end, more);
	doc->list_end = more_end;
}

/* A refresh-only plan changes nothing: what is there is what will be. */
static void take_prior_state(struct pl_tf_doc *doc)
{
	for (struct resource *r = doc->prior; r; r = r->next)
		doc->resources++;
	append_list(doc, doc->prior, doc->prior_end);
	doc->prior = doc->prior_end = NULL;
}

/* The values of planned_values are read as a state's are. */
static int take_planned_values(struct pl_tf_doc *doc, struct pl_err *err)
{
	struct pl_scan s;

	pl_scan_init(&s, doc->planned);
	if (pl_tf_read_values(doc, &s, err))
		return -1;
	for (struct resource *r = doc->list; r; r = r->next)
		r->sparse = !r->pub.data;
	return 0;
}

/* Data sources as they were read before; one that the plan reads again is told by what it will be. */
static void take_prior_data(struct pl_tf_doc *doc)
{
	struct resource *r = doc->prior_data, *next;
	struct pl_map again = PL_MAP_INIT;

	for (struct resource *c = r ? doc->list : NULL; c; c = c->next)
		if (c->pub.data)
			*pl_map_put(&again, c->pub.address, strlen(c->pub.address)) = c;
	doc->prior_data = doc->prior_data_end = NULL;
	for (; r; r = next) {
		next = r->next;
		r->next = NULL;
		if (!pl_map_get(&again, r->pub.address, strlen(r->pub.address)))
			pl_tf_append_resource(&doc->list, &doc->list_end, r);
	}
	pl_map_release(&again);
}

/* Where the inventory comes from: changes if there are any, else values. */
static int choose_inventory(struct pl_tf_doc *doc, struct pl_err *err)
{
	if (doc->kind != DOC_PLAN)
		return 0;
	if (!doc->has_changes && doc->has_prior && plans_nothing(doc))
		take_prior_state(doc);
	else if (!doc->has_changes && doc->planned.n && take_planned_values(doc, err))
		return -1;
	take_prior_data(doc);
	return 0;
}

static void finish_resource(struct pl_tf_doc *doc, struct resource *r)
{
	struct pl_arena *arena = &doc->tf->model->arena;
	struct type_rows *rows = pl_tf_find_rows(doc->tf, r->pub.type, strlen(r->pub.type), r->pub.data);
	char *key;
	void **slot;

	if (!r->pub.module)
		r->pub.module = "";
	*pl_map_put(&doc->by_address, r->pub.address, strlen(r->pub.address)) = r;
	key = pl_arena_strf(arena, "%s|%s%s.%s", r->pub.module, r->pub.data ? "data." : "", r->pub.type,
			    r->pub.name);
	slot = pl_map_put(&doc->by_block, key, strlen(key));
	r->next_same = *slot;
	*slot = r;
	if (r->pub.index) {
		key = pl_arena_strf(arena, "%s[%s]", key, r->pub.index);
		*pl_map_put(&doc->by_instance, key, strlen(key)) = r;
	}
	key = pl_arena_strf(arena, "%s|%s%s", r->pub.module, r->pub.data ? "data." : "", r->pub.type);
	slot = pl_map_put(&doc->by_sibling, key, strlen(key));
	r->next_sibling = *slot;
	*slot = r;
	if (rows->last)
		rows->last->pub.next_of_type = &r->pub;
	else
		rows->first = r;
	rows->last = r;
}

static int by_address(const void *a, const void *b)
{
	const struct resource *x = *(struct resource *const *)a, *y = *(struct resource *const *)b;

	return strcmp(x->pub.address, y->pub.address);
}

/* Puts the list into address order, so that nothing depends on the order in the file. */
static void sort_resources(struct pl_tf_doc *doc)
{
	struct resource **all = NULL;
	size_t n = 0, cap = 0;

	for (struct resource *r = doc->list; r; r = r->next) {
		all = pl_grow(all, n, &cap, sizeof(struct resource *));
		all[n++] = r;
	}
	if (n)
		qsort(all, n, sizeof(struct resource *), by_address);
	doc->list = doc->list_end = NULL;
	for (size_t i = 0; i < n; i++) {
		all[i]->next = NULL;
		pl_tf_append_resource(&doc->list, &doc->list_end, all[i]);
		finish_resource(doc, all[i]);
	}
	doc->sorted = all;
	doc->sorted_count = n;
}

static struct pl_tf_doc *new_doc(struct pl_tf *tf)
{
	struct pl_tf_doc *doc = pl_alloc(sizeof *doc);

	doc->tf = tf;
	if (tf->docs)
		tf->docs_end->next = doc;
	else
		tf->docs = doc;
	tf->docs_end = doc;
	return doc;
}

/* Says whose bytes are broken, and how to get better ones. */
static int broken(const char *name, struct pl_err *err)
{
	struct pl_err what = *err;

	return pl_err_set(err, what.code, "'%s': %s; make it again with `terraform show -json tfplan`", name,
			  what.text);
}

/* Of this version of ours or another: reading it says which are known. */
static bool is_snapshot(struct pl_slice format)
{
	static const char word[] = "plumbline-facts/";

	return format.n >= sizeof word - 1 && !memcmp(format.p, word, sizeof word - 1);
}

/* Reads the document the scanner stands at. */
static int read_document(struct pl_tf *tf, struct pl_scan *s, const char *name,
			 struct pl_tf_doc **out, struct pl_err *err)
{
	struct pl_tf_doc *doc = new_doc(tf);
	struct nature nature = { 0 };
	struct pl_slice key;
	int more = pl_scan_enter(s, '{', err);

	*out = doc;
	if (more <= 0)
		return more < 0 ? -1 : pl_scan_fail(s, "no JSON object", err);
	while ((more = pl_scan_member(s, &key, err)) == 1)
		if (read_document_member(doc, s, key, &nature, err))
			return broken(name, err);
	if (more < 0)
		return broken(name, err);
	if (is_snapshot(pl_tf_bare_text(nature.format)))
		return 1;
	if (decide_nature(doc, name, &nature, err) || choose_inventory(doc, err))
		return -1;
	doc->terraform_version = pl_scan_text(&tf->model->arena, nature.terraform_version);
	return 0;
}

static const char *source_kind(const struct pl_tf_doc *doc)
{
	return doc->kind == DOC_PLAN ? "terraform-plan" : "terraform-state";
}

/* Each document of a stream is a source: plan and state of one root may stand in the same one. */
static void add_sources(struct pl_tf *tf, struct pl_tf_doc *first, const char *path,
			const struct pl_tf_options *opt, const struct pl_input *in)
{
	for (struct pl_tf_doc *d = first; d; d = d->next) {
		struct pl_source source = { .name = path, .witness = PL_PLAN,
					    .kind = source_kind(d), .resources = d->resources,
					    .terraform_version = d->terraform_version,
					    .complete = !d->incomplete, .join = opt->join,
					    .sha256 = *in->sha256 ? in->sha256 : NULL };

		if (d->incomplete)
			source.why = "targeted plan";
		d->source = pl_model_source(tf->model, &source);
		sort_resources(d);
	}
}

static void add_snapshot(struct pl_tf_snapshots *to, struct pl_slice text)
{
	to->list = pl_grow(to->list, to->count, &to->cap, sizeof *to->list);
	to->list[to->count++] = text;
}

/* `name` is how people know the source. */
static int read_documents(struct pl_tf *tf, const struct pl_input *in, const char *name,
			  struct pl_tf_doc **first, struct pl_tf_snapshots *snapshots,
			  struct pl_err *err)
{
	size_t at = in->first, count = 0;

	while (at < in->len) {
		struct pl_tf_doc *doc;
		struct pl_scan s;
		int rc;

		if (++count > PL_LIMIT_DOCUMENTS)
			return pl_err_set(err, PL_E_LIMIT, "'%s' holds more than %d documents", name,
					  PL_LIMIT_DOCUMENTS);
		pl_scan_init(&s, (struct pl_slice){ in->data, in->len });
		s.p += at;
		rc = read_document(tf, &s, name, &doc, err);
		doc->odd |= s.odd > 0;
		if (rc == 1) {
			add_snapshot(snapshots, (struct pl_slice){ in->data + at, (size_t)(s.p - in->data) - at });
			pl_tf_drop_documents(tf, doc);
		} else {
			*first = *first ? *first : doc;
		}
		if (rc < 0)
			return -1;
		if (pl_input_next(in, (size_t)(s.p - in->data), &at, NULL, err))
			return broken(name, err);
	}
	return 0;
}

int pl_tf_read(struct pl_tf *tf, const char *path, const struct pl_tf_options *opt,
	       struct pl_tf_snapshots *snapshots, struct pl_err *err)
{
	struct pl_input *in = pl_alloc(sizeof *in);
	struct pl_tf_doc *first = NULL;

	tf->as = opt->as;
	if (pl_input_read(path, opt, in, err)) {
		free(in);
		return -1;
	}
	tf->inputs = pl_grow(tf->inputs, tf->input_count, &tf->input_cap, sizeof *tf->inputs);
	tf->inputs[tf->input_count++] = in;
	if (read_documents(tf, in, pl_tf_source_name(path), &first, snapshots, err)) {
		if (first)
			pl_tf_drop_documents(tf, first);
		return -1;
	}
	if (first)
		add_sources(tf, first, path, opt, in);
	return 0;
}
