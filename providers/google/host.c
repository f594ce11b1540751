/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compute Engine instances and groups of them.  They are pools only when a k3s cluster claims them,
 * which providers/k3s decides after all rows: here they get their facts and their boot texts.
 */
#include "base/str.h"
#include "google/google.h"

static const char *const boot_paths[] = { "metadata_startup_script", "metadata.user-data",
					  "metadata.startup-script", NULL };

static const struct pl_field instance_fields[] = {
	{ "boot_disk[0].initialize_params[0].size", PL_POOL_DISK, PL_AS_GIB, NULL,
	  "the size of the image is taken" },
	{ 0 },
};

static const struct pl_field template_fields[] = {
	{ "disk[0].disk_size_gb", PL_POOL_DISK, PL_AS_GIB, NULL,
	  "the size of the image is taken" },
	{ 0 },
};

static void add_capacity(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char model_path[] = "scheduling[0].provisioning_model";
	static const char path[] = "scheduling[0].preemptible";
	struct pl_tf_value model = pl_tf_get(tf, r, model_path), v = pl_tf_get(tf, r, path);
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	if (pl_streq(pl_tf_text(tf, r, model_path), "SPOT")) {
		pl_fact_text(m, o, PL_POOL_CAPACITY, "spot", model_path);
	} else if (pl_streq(pl_tf_text(tf, r, path), "true")) {
		pl_fact_text(m, o, PL_POOL_CAPACITY, "preemptible", path);
	} else if (model.state == PL_TF_UNKNOWN || v.state == PL_TF_UNKNOWN) {
		v = model.state == PL_TF_UNKNOWN ? model : v;
		pl_fact_unknown(m, o, PL_POOL_CAPACITY, v.waits_for, v.path);
	} else {
		f = pl_fact_text(m, o, PL_POOL_CAPACITY, "on-demand", path);
		f->basis = v.state == PL_TF_UNSET ? PL_DEFAULT : PL_SET;
		f->note = v.state == PL_TF_UNSET ? "Compute Engine's default" : NULL;
	}
}

void pl_google_instance(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_model *m = pl_tf_model(tf);

	pl_tf_unlink(o);
	pl_tf_fields(tf, r, o, "", instance_fields);
	pl_tf_machine(tf, r, o, &pl_provider_google, "machine_type", NULL, NULL);
	pl_tf_image(tf, r, o, "boot_disk[0].initialize_params[0].image");
	add_capacity(tf, r, o);
	pl_fact_int(m, o, PL_POOL_MIN, 1, NULL);
	pl_fact_int(m, o, PL_POOL_MAX, 1, NULL);
	pl_tf_boot(tf, r, boot_paths);
	pl_tf_boot_provisioners(tf, r);
}

static struct pl_tf_resource *template_of(struct pl_tf *tf, struct pl_tf_resource *r)
{
	static const char *const types[] = { "google_compute_instance_template",
					     "google_compute_region_instance_template", NULL };

	return pl_tf_follow(tf, r, "version[0].instance_template|instance_template", types,
			    "self_link|self_link_unique|id|name");
}

void pl_google_group(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const struct pl_field size[] = {
		{ "target_size", PL_POOL_MIN, PL_AS_INT, NULL, "an autoscaler may set it" },
		{ "target_size", PL_POOL_MAX, PL_AS_INT, NULL, "an autoscaler may set it" },
		{ 0 },
	};
	struct pl_tf_resource *template = template_of(tf, r);

	pl_tf_unlink(o);
	pl_tf_fields(tf, r, o, "", size);
	if (!template)
		return;
	pl_tf_fields(tf, template, o, "", template_fields);
	pl_tf_machine(tf, template, o, &pl_provider_google, "machine_type", NULL, NULL);
	pl_tf_image(tf, template, o, "disk[0].source_image");
	add_capacity(tf, template, o);
	r->boot = pl_tf_boot(tf, template, boot_paths);
	pl_tf_seal(tf, template, o);
}

/* An autoscaler's bounds take the place of its group's size. */
static void bound_group(struct pl_tf *tf, struct pl_tf_resource *autoscaler)
{
	static const char *const groups[] = { "google_compute_instance_group_manager",
					      "google_compute_region_instance_group_manager",
					      NULL };
	static const struct pl_field bounds[] = {
		{ "autoscaling_policy[0].min_replicas", PL_POOL_MIN, PL_AS_INT, NULL, NULL },
		{ "autoscaling_policy[0].max_replicas", PL_POOL_MAX, PL_AS_INT, NULL, NULL },
		{ 0 },
	};
	struct pl_tf_resource *group =
		pl_tf_follow(tf, autoscaler, "target", groups, "self_link|id|name");

	if (!group || !group->object || autoscaler->gone)
		return;
	pl_object_forget(group->object, PL_POOL_MIN, PL_PLAN);
	pl_object_forget(group->object, PL_POOL_MAX, PL_PLAN);
	pl_tf_fields(tf, autoscaler, group->object, "", bounds);
}

void pl_google_autoscalers(struct pl_tf *tf)
{
	static const char *const types[] = { "google_compute_autoscaler",
					     "google_compute_region_autoscaler" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		for (struct pl_tf_resource *r = pl_tf_first(tf, types[i], false); r;
		     r = r->next_of_type)
			bound_group(tf, r);
}
