/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launch templates and configurations: how a group finds its own, and what of a node they decide.
 * Both, and aws_instance, name images, boot texts and disks alike.
 */
#include "aws/aws.h"
#include "base/str.h"
#include "model/image.h"

const char *pl_aws_text(struct pl_tf *tf, struct pl_tf_resource *r, const char *path)
{
	const char *text = pl_tf_text(tf, r, path);

	return text && *text ? text : NULL;
}

/* By the id or name in the block, else the only template beside the group. */
static void find_template(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_aws_launch *l)
{
	static const char *const types[] = { "aws_launch_template", NULL };
	static const char *const names[] = { "id", "launch_template_id", "name", "launch_template_name" };

	for (size_t i = 0; i < sizeof names / sizeof *names && !l->r; i++)
		l->r = pl_tf_follow(tf, r, pl_model_strf(pl_tf_model(tf), "%s[0].%s", l->path, names[i]),
				    types, "id|name|arn");
	if (!l->r) {
		l->r = pl_tf_sibling(tf, r, "aws_launch_template");
		l->how = l->r ? "the only launch template of its module" : NULL;
	}
}

struct pl_aws_launch pl_aws_launch(struct pl_tf *tf, struct pl_tf_resource *r, const char *path)
{
	struct pl_aws_launch l = { .path = path };
	struct pl_tf_value v = pl_tf_get(tf, r, path);

	if (v.state != PL_TF_UNKNOWN && !pl_tf_count(tf, r, path)) {
		/* a node group never computes it: only a dynamic block can be what it waits for */
		if (v.unwritten && pl_streq(r->type, "aws_eks_node_group"))
			l.state = PL_AWS_LAUNCH_HIDDEN;
		return l;
	}
	find_template(tf, r, &l);
	l.state = l.r ? PL_AWS_LAUNCH_FOUND : PL_AWS_LAUNCH_HIDDEN;
	return l;
}

/* ---- images ---- */

/* Parameters of AWS and Canonical are named after the image that they hold. */
static struct pl_tf_resource *parameter_of(struct pl_tf *tf, const char *image)
{
	static const char *const keys[] = { "value", "insecure_value" };
	struct pl_tf_resource *found = NULL;

	for (size_t i = 0; i < 2 && !found; i++)
		found = pl_tf_find(tf, "aws_ssm_parameter", true, keys[i], image);
	return found;
}

/* Where the image's name stands: a data source's that was read, or the id is a parameter's name. */
static struct pl_tf_resource *named_by(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
				       const char *image, const char **name_path)
{
	static const char *const types[] = { "aws_ami", "aws_ami_copy", "aws_ami_from_instance", NULL };
	struct pl_tf_resource *found = pl_tf_find(tf, "aws_ami", true, "id", image);

	*name_path = "name";
	if (!found)
		found = pl_tf_follow(tf, r, path, types, "id");
	if (!found)
		found = parameter_of(tf, image);
	if (!found && pl_starts(image, "resolve:ssm:")) {
		*name_path = path;
		return r;
	}
	return found;
}

void pl_aws_image(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *path)
{
	const char *image = pl_aws_text(tf, r, path), *name_path;
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	struct pl_tf_resource *source;

	if (!image) {
		pl_fact_unknown(pl_tf_model(tf), o, PL_POOL_OS,
				v.state == PL_TF_UNKNOWN ? v.waits_for : "no image is named", path);
		return;
	}
	source = named_by(tf, r, path, image, &name_path);
	if (source)
		pl_tf_image(tf, source, o, name_path);
	else
		pl_fact_unknown(pl_tf_model(tf), o, PL_POOL_OS,
				v.sensitive ? "the image's name is not in the file"
					    : pl_model_strf(pl_tf_model(tf), "the name of image %s is not in the file",
							    image),
				path);
}

/* ---- disks, boot, capacity ---- */

/* The mapping that stands for the root: by the device names of Linux images, or the only one. */
static size_t root_mapping(struct pl_tf *tf, struct pl_tf_resource *r, size_t n)
{
	static const char *const roots[] = { "/dev/xvda", "/dev/sda1" };

	for (size_t i = 0; i < n; i++) {
		const char *device = pl_tf_text(tf, r, pl_model_strf(pl_tf_model(tf),
						"block_device_mappings[%zu].device_name", i));

		for (size_t k = 0; k < 2; k++)
			if (pl_streq(device, roots[k]))
				return i;
	}
	return n == 1 ? 0 : n;
}

void pl_aws_template_disk(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_field field = { .attr = PL_POOL_DISK, .as = PL_AS_GIB,
				     .unset_note = "the size of the image is taken" };
	size_t n = pl_tf_count(tf, r, "block_device_mappings"), root = root_mapping(tf, r, n);
	struct pl_tf_value v;

	field.path = "root_block_device[0].volume_size";
	if (root < n)
		field.path = pl_model_strf(pl_tf_model(tf), "block_device_mappings[%zu].ebs[0].volume_size",
					   root);
	v = pl_tf_get(tf, r, field.path);
	pl_tf_fact(tf, r, o, &v, &field);
}

struct pl_tf_boot *pl_aws_template_boot(struct pl_tf *tf, struct pl_tf_resource *r)
{
	static const char *const paths[] = { "user_data_base64", "user_data", NULL };

	return r->boot ? r->boot : pl_tf_boot(tf, r, paths);
}

bool pl_aws_is_spot(struct pl_tf *tf, struct pl_tf_resource *r)
{
	return pl_strieq(pl_tf_text(tf, r, "instance_market_options[0].market_type"), "spot") ||
	       pl_aws_text(tf, r, "spot_price") || pl_streq(r->type, "aws_spot_instance_request");
}
