/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual machines and scale sets.  They are pools only when a k3s cluster claims them, which
 * providers/k3s decides after all rows: here they get their facts and their boot texts.
 */
#include "azure/azure.h"
#include "base/str.h"
#include "model/image.h"

/* Where the image is named: marketplace offers by several words, others by one id. */
static void add_image(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		      const char *block)
{
	struct pl_model *m = pl_tf_model(tf);
	const char *offer = pl_tf_text(tf, r, pl_model_strf(m, "%s.offer", block));
	const char *sku = pl_tf_text(tf, r, pl_model_strf(m, "%s.sku", block));
	const char *id = pl_tf_text(tf, r, "source_image_id");
	const char *path = id ? "source_image_id" : pl_model_strf(m, "%s.offer", block);
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	struct pl_image image;

	if (!offer && !id) {
		pl_fact_unknown(m, o, PL_POOL_OS,
				v.state == PL_TF_UNKNOWN ? v.waits_for : "no image is named", path);
		return;
	}
	/* a gallery image's name may tell nothing of its system */
	if (!pl_image_read(id ? id : pl_model_strf(m, "%s %s", offer, sku ? sku : ""), &image)) {
		pl_fact_unknown(m, o, PL_POOL_OS, "the image's name tells no system", path);
		return;
	}
	pl_fact_text(m, o, PL_POOL_OS, image.os, path)->basis = id ? PL_INFERRED : PL_SET;
	if (*image.version)
		pl_fact_text(m, o, PL_POOL_OS_VERSION, image.version, path);
}

static void add_capacity(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_tf_value v = pl_tf_get(tf, r, "priority");
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	if (v.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(m, o, PL_POOL_CAPACITY, v.waits_for, v.path);
		return;
	}
	f = pl_fact_text(m, o, PL_POOL_CAPACITY,
			 pl_strieq(pl_tf_text(tf, r, "priority"), "Spot") ? "spot" : "on-demand",
			 "priority");
	f->basis = v.state == PL_TF_UNSET ? PL_DEFAULT : PL_SET;
	f->note = v.state == PL_TF_UNSET ? "Azure's default priority" : NULL;
}

static void add_one(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		    const char *const *boot_paths)
{
	pl_tf_unlink(o);
	pl_fact_int(pl_tf_model(tf), o, PL_POOL_MIN, 1, NULL);
	pl_fact_int(pl_tf_model(tf), o, PL_POOL_MAX, 1, NULL);
	pl_tf_boot(tf, r, boot_paths);
	pl_tf_boot_provisioners(tf, r);
}

static const char *const vm_texts[] = { "custom_data", "user_data", NULL };

static const struct pl_field disk_fields[] = {
	{ "os_disk[0].disk_size_gb", PL_POOL_DISK, PL_AS_GIB, NULL,
	  "the size of the image is taken" },
	{ 0 },
};

void pl_azure_vm(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	pl_tf_fields(tf, r, o, "", disk_fields);
	pl_tf_machine(tf, r, o, &pl_provider_azure, "size", NULL, NULL);
	add_image(tf, r, o, "source_image_reference[0]");
	add_capacity(tf, r, o);
	add_one(tf, r, o, vm_texts);
}

/* azurerm_virtual_machine, the resource of provider 1 and 2. */
void pl_azure_classic_vm(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char *const paths[] = { "os_profile[0].custom_data", NULL };
	static const struct pl_field fields[] = {
		{ "storage_os_disk[0].disk_size_gb", PL_POOL_DISK, PL_AS_GIB, NULL,
		  "the size of the image is taken" },
		{ 0 },
	};

	pl_tf_fields(tf, r, o, "", fields);
	pl_tf_machine(tf, r, o, &pl_provider_azure, "vm_size", NULL, NULL);
	add_image(tf, r, o, "storage_image_reference[0]");
	add_capacity(tf, r, o);
	add_one(tf, r, o, paths);
}

void pl_azure_scale_set(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const struct pl_field fields[] = {
		{ "instances", PL_POOL_MIN, PL_AS_INT, NULL, "an autoscale setting may set it" },
		{ "instances", PL_POOL_MAX, PL_AS_INT, NULL, "an autoscale setting may set it" },
		{ 0 },
	};

	pl_tf_unlink(o);
	pl_tf_fields(tf, r, o, "", disk_fields);
	pl_tf_fields(tf, r, o, "", fields);
	pl_tf_machine(tf, r, o, &pl_provider_azure, "sku", NULL, NULL);
	add_image(tf, r, o, "source_image_reference[0]");
	add_capacity(tf, r, o);
	pl_tf_boot(tf, r, vm_texts);
	pl_tf_boot_provisioners(tf, r);
}
