/* SPDX-License-Identifier: Apache-2.0 */
/* Facts that several providers put together in the same way: lists of taints, defaults, images. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/image.h"
#include "terraform/internal.h"

struct pl_fact *pl_tf_default(struct pl_fact *f, const char *note)
{
	f->basis = PL_DEFAULT;
	f->note = note;
	return f;
}

void pl_tf_list_add(struct pl_tf_list *list, const char *item)
{
	list->items = pl_grow(list->items, list->count, &list->cap, sizeof *list->items);
	list->items[list->count++] = item;
}

void pl_tf_list_add_sorted(struct pl_tf_list *list, const char *item)
{
	size_t at = 0;

	while (at < list->count && strcmp(list->items[at], item) < 0)
		at++;
	if (at < list->count && pl_streq(list->items[at], item))
		return;
	pl_tf_list_add(list, item);
	memmove(list->items + at + 1, list->items + at, (list->count - 1 - at) * sizeof *list->items);
	list->items[at] = item;
}

void pl_tf_starts_smallest(struct pl_tf *tf, struct pl_object *o, const char *note)
{
	const struct pl_fact *min = pl_object_fact(o, PL_POOL_MIN, PL_PLAN);
	struct pl_fact *f;

	if (!min)
		return;
	f = min->known ? pl_fact_int(tf->model, o, PL_POOL_DESIRED, min->value.i, min->origin.path)
		       : pl_fact_unknown(tf->model, o, PL_POOL_DESIRED, min->waits_for, min->origin.path);
	f->origin = min->origin;
	f->sensitive = min->sensitive;
	f->basis = f->known ? PL_INFERRED : f->basis;
	f->note = note;
}

static void not_whole(struct pl_tf_list *list, const struct pl_tf_value *v)
{
	list->waits_for = v->waits_for ? v->waits_for : "known after apply";
}

/* How many elements are known; what is not leaves the list open. */
static size_t known_elements(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
			     struct pl_tf_list *list)
{
	struct pl_tf_value v = pl_tf_get(tf, r, path);

	if (v.state == PL_TF_UNKNOWN)
		not_whole(list, &v);
	return pl_tf_count(tf, r, path);
}

void pl_tf_list_texts(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
		      struct pl_tf_list *list)
{
	size_t n = known_elements(tf, r, path, list);

	for (size_t i = 0; i < n; i++) {
		const char *item = pl_model_strf(tf->model, "%s[%zu]", path, i);
		const char *text = pl_tf_text(tf, r, item);
		struct pl_tf_value v = pl_tf_get(tf, r, item);

		list->sensitive = list->sensitive || v.sensitive;
		if (text)
			pl_tf_list_add(list, text);
		else
			not_whole(list, &v);
	}
}

/* Clouds' names of an effect are Kubernetes' own in capitals. */
static const char *effect_name(const char *effect)
{
	static const struct {
		const char *cloud, *kubernetes;
	} effects[] = {
		{ "NO_SCHEDULE", "NoSchedule" },
		{ "PREFER_NO_SCHEDULE", "PreferNoSchedule" },
		{ "NO_EXECUTE", "NoExecute" },
	};

	for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
		if (pl_strieq(effects[i].cloud, effect))
			return effects[i].kubernetes;
	return effect;
}

void pl_tf_list_taints(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
		       struct pl_tf_list *list)
{
	size_t n = known_elements(tf, r, path, list);

	for (size_t i = 0; i < n; i++) {
		const char *at = pl_model_strf(tf->model, "%s[%zu].", path, i);
		const char *key = pl_tf_text(tf, r, pl_model_strf(tf->model, "%skey", at));
		const char *value = pl_tf_text(tf, r, pl_model_strf(tf->model, "%svalue", at));
		const char *effect_path = pl_model_strf(tf->model, "%seffect", at);
		const char *effect = pl_tf_text(tf, r, effect_path);
		struct pl_tf_value v = pl_tf_get(tf, r, effect_path);

		if (key && effect)
			pl_tf_list_add(list, pl_model_strf(tf->model, "%s=%s:%s", key,
							   value ? value : "", effect_name(effect)));
		else
			not_whole(list, &v);
	}
}

void pl_tf_list_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		     enum pl_attr attr, const char *path, struct pl_tf_list *list)
{
	struct pl_value value = { .type = PL_LIST, .list = list->items, .count = list->count,
				  .open = list->waits_for };
	struct pl_fact *f;

	if (list->waits_for && !list->count)
		f = pl_fact_unknown(tf->model, o, attr, list->waits_for, path);
	else
		f = pl_fact_add(tf->model, o, attr, &value, path);
	f->origin.address = pl_model_str(tf->model, r->address);
	f->sensitive = list->sensitive || pl_tf_get(tf, r, path).sensitive;
	f->note = list->note;
	f->waits_for = list->waits_for;
	free(list->items);
	*list = (struct pl_tf_list){ 0 };
}

void pl_tf_image(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *path)
{
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	const char *name = pl_tf_text(tf, r, path);
	struct pl_model *m = tf->model;
	struct pl_image image;
	struct pl_fact *f;

	if (!name)
		f = pl_fact_unknown(m, o, PL_POOL_OS, v.state == PL_TF_UNKNOWN ? v.waits_for
									       : "no image is named", path);
	else if (!pl_image_read(name, &image))
		f = pl_fact_unknown(m, o, PL_POOL_OS, "the image's name tells no system", path);
	else
		f = pl_fact_text(m, o, PL_POOL_OS, image.os, path);
	f->origin.address = pl_model_str(m, r->address);
	f->sensitive = v.sensitive;
	if (!f->known || !*image.version)
		return;
	f = pl_fact_text(m, o, PL_POOL_OS_VERSION, image.version, path);
	f->origin.address = pl_model_str(m, r->address);
	f->sensitive = v.sensitive;
}
