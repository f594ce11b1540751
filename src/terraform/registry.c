/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of all providers as one registry, and the life of everything that was read.
 */
#include <stdlib.h>
#include <string.h>

#include "json/load.h"
#include "terraform/internal.h"

struct type_rows *pl_tf_find_rows(const struct pl_tf *tf, const char *type, size_t n, bool data)
{
	char key[256];

	if (!data)
		return pl_map_get(&tf->types, type, n);
	if (n + 5 >= sizeof key)
		return NULL;
	memcpy(key, "data.", 5);
	memcpy(key + 5, type, n);
	return pl_map_get(&tf->types, key, n + 5);
}

static void add_rows(struct pl_tf *tf, struct type_rows ***end, const struct pl_provider *p,
		     const struct pl_tf_row *row)
{
	struct type_rows *t = pl_arena_alloc(&tf->model->arena, sizeof *t);
	const char *key = row->data ? pl_arena_strf(&tf->model->arena, "data.%s", row->type) : row->type;

	if (row->kind == PL_CLUSTER) {
		tf->cluster_types = pl_grow(tf->cluster_types, tf->cluster_type_count + 2,
					    &tf->cluster_type_cap, sizeof *tf->cluster_types);
		tf->cluster_types[tf->cluster_type_count++] = row->type;
		tf->cluster_types[tf->cluster_type_count++] =
			pl_arena_strf(&tf->model->arena, "data.%s", row->type);
		tf->cluster_types[tf->cluster_type_count] = NULL;
	}
	t->type = row->type;
	t->data = row->data;
	t->row = row;
	t->provider = p;
	*pl_map_put(&tf->types, key, strlen(key)) = t;
	**end = t;
	*end = &t->next;
}

struct pl_tf *pl_tf_new(struct pl_model *model, const struct pl_provider *const *providers)
{
	struct pl_tf *tf = pl_alloc(sizeof *tf);
	struct type_rows **end = &tf->type_list;

	tf->model = model;
	tf->providers = providers;
	tf->cluster_types = pl_grow(NULL, 0, &tf->cluster_type_cap, sizeof *tf->cluster_types);
	tf->cluster_types[0] = NULL;
	for (size_t i = 0; providers[i]; i++)
		for (const struct pl_tf_row *row = providers[i]->rows; row && row->type; row++)
			add_rows(tf, &end, providers[i], row);
	return tf;
}

static void free_doc(struct pl_tf_doc *doc)
{
	pl_tf_clear_resources(&doc->list, &doc->list_end);
	pl_tf_clear_resources(&doc->prior, &doc->prior_end);
	pl_tf_clear_resources(&doc->prior_data, &doc->prior_data_end);
	pl_tf_clear_resources(&doc->drift, &doc->drift_end);
	json_decref(doc->provider_json);
	pl_tf_free_config(doc);
	pl_map_release(&doc->by_address);
	pl_map_release(&doc->by_block);
	pl_map_release(&doc->by_instance);
	free(doc->sorted);
	pl_map_release(&doc->by_sibling);
	pl_map_release(&doc->clusters_below);
	pl_map_release(&doc->module_config);
	free(doc);
}

void pl_tf_drop_documents(struct pl_tf *tf, struct pl_tf_doc *first)
{
	struct pl_tf_doc **at = &tf->docs;

	tf->docs_end = NULL;
	while (*at && *at != first) {
		tf->docs_end = *at;
		at = &(*at)->next;
	}
	*at = NULL;
	while (first) {
		struct pl_tf_doc *next = first->next;

		free_doc(first);
		first = next;
	}
}

void pl_tf_free(struct pl_tf *tf)
{
	if (!tf)
		return;
	pl_tf_drop_documents(tf, tf->docs);
	pl_model_free(tf->scratch);
	for (struct type_rows *t = tf->type_list; t; t = t->next)
		pl_map_release(&t->by_value);
	pl_map_release(&tf->types);
	pl_map_release(&tf->installers);
	pl_map_release(&tf->stand_ins);
	pl_map_release(&tf->paths);
	free(tf->cluster_types);
	for (size_t i = 0; i < tf->input_count; i++) {
		pl_input_release(tf->inputs[i]);
		free(tf->inputs[i]);
	}
	free(tf->inputs);
	free(tf);
}

struct pl_tf_resource *pl_tf_first(struct pl_tf *tf, const char *type, bool data)
{
	const struct type_rows *t = pl_tf_find_rows(tf, type, strlen(type), data);

	return t && t->first ? &t->first->pub : NULL;
}

struct pl_model *pl_tf_model(struct pl_tf *tf)
{
	return tf->model;
}

const char *pl_tf_as_option(const struct pl_tf *tf)
{
	return tf->as;
}
