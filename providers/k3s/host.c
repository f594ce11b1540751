/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances of clouds without a provider of their own: Hetzner Cloud, DigitalOcean, OpenStack and
 * Proxmox.  They are pools only when a k3s cluster claims them (find.c).
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "k3s/k3s.h"

/* These clouds sell no capacity that they may take back. */
void pl_k3s_one(struct pl_tf *tf, struct pl_object *o)
{
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	pl_tf_unlink(o);
	pl_fact_int(m, o, PL_POOL_MIN, 1, NULL);
	pl_fact_int(m, o, PL_POOL_MAX, 1, NULL);
	f = pl_fact_text(m, o, PL_POOL_CAPACITY, "on-demand", NULL);
	f->basis = PL_DEFAULT;
}

/* A machine type whose size is in no catalogue of ours and not in its name. */
void pl_k3s_unsized(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		    const char *path)
{
	static const enum pl_attr sizes[] = { PL_POOL_VCPU, PL_POOL_MEMORY, PL_POOL_ARCHITECTURE };
	struct pl_field type = { path, PL_POOL_MACHINE, PL_AS_TEXT, NULL,
				    "no type is named" };
	struct pl_tf_value v = pl_tf_get(tf, r, path);

	pl_tf_fact(tf, r, o, &v, &type);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		pl_fact_unknown(pl_tf_model(tf), o, sizes[i],
				"plumbline has no catalogue of this cloud's machine types", path);
}

static const char *const user_data[] = { "user_data", NULL };

void pl_k3s_hcloud(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	pl_k3s_one(tf, o);
	pl_k3s_unsized(tf, r, o, "server_type");
	pl_tf_image(tf, r, o, "image");
	pl_tf_boot(tf, r, user_data);
	pl_tf_boot_provisioners(tf, r);
}

/* DigitalOcean's slugs name their size: [KIND-]CPUSvcpu-MEMORYgb, with words after it. */
bool pl_k3s_machine(const char *type, struct pl_machine *out)
{
	const char *word = strstr(type, "vcpu-"), *start = word;
	int cpus = 0, memory = 0;

	while (start && start > type && strchr("0123456789", start[-1]))
		start--;
	if (!start || sscanf(start, "%4dvcpu-%5dgb", &cpus, &memory) != 2 || cpus < 1 || memory < 1)
		return false;
	*out = (struct pl_machine){ .vcpu = cpus, .memory = (int64_t)memory << 30 };
	snprintf(out->architecture, sizeof out->architecture, "amd64");
	return true;
}

void pl_k3s_droplet(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	const char *size = pl_tf_text(tf, r, "size");
	struct pl_machine found;

	pl_k3s_one(tf, o);
	if (size && pl_k3s_machine(size, &found))
		pl_tf_machine(tf, r, o, &pl_provider_k3s, "size", NULL, NULL);
	else
		pl_k3s_unsized(tf, r, o, "size");
	pl_tf_image(tf, r, o, "image");
	pl_tf_boot(tf, r, user_data);
	pl_tf_boot_provisioners(tf, r);
}

void pl_k3s_openstack(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	pl_k3s_one(tf, o);
	pl_k3s_unsized(tf, r, o, "flavor_name|flavor_id");
	pl_tf_image(tf, r, o, "image_name");
	pl_tf_boot(tf, r, user_data);
	pl_tf_boot_provisioners(tf, r);
}

/* ---- Proxmox ---- */

/* Cores times sockets, and the memory, are written out. */
static void add_proxmox_size(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const struct pl_field fields[] = {
		{ "memory[0].dedicated", PL_POOL_MEMORY, PL_AS_MIB, NULL, "no memory is set" },
		{ "disk[0].size", PL_POOL_DISK, PL_AS_GIB, NULL,
		  "the size of the image is taken" },
		{ 0 },
	};
	const char *cores = pl_tf_text(tf, r, "cpu[0].cores");
	const char *sockets = pl_tf_text(tf, r, "cpu[0].sockets");
	struct pl_model *m = pl_tf_model(tf);
	bool arm = pl_strieq(pl_tf_text(tf, r, "cpu[0].architecture"), "aarch64");
	int64_t per_socket = 0, count = 1;

	pl_tf_fields(tf, r, o, "", fields);
	if (sockets && (!pl_parse_i64(sockets, &count) || count > 1024))
		count = 1;
	if (cores && pl_parse_i64(cores, &per_socket) && per_socket < 1 << 20)
		pl_fact_int(m, o, PL_POOL_VCPU, per_socket * count, "cpu[0].cores");
	else
		pl_fact_unknown(m, o, PL_POOL_VCPU, "no number of cores is set", "cpu[0].cores");
	pl_fact_text(m, o, PL_POOL_ARCHITECTURE, arm ? "arm64" : "amd64", "cpu[0].architecture");
}

/* The user data stands in a file resource of its own. */
void pl_k3s_proxmox(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char *const types[] = { "proxmox_virtual_environment_file", NULL };
	static const char *const none[] = { NULL }, *const text[] = { "source_raw[0].data", NULL };
	static const char path[] = "initialization[0].user_data_file_id";
	struct pl_tf_resource *file = pl_tf_follow(tf, r, path, types, "id");

	pl_k3s_one(tf, o);
	add_proxmox_size(tf, r, o);
	pl_fact_unknown(pl_tf_model(tf), o, PL_POOL_OS, "the image's name tells no system",
			"clone");
	if (file)
		r->boot = pl_tf_boot(tf, file, text);
	else
		pl_tf_boot(tf, r, none);
	pl_tf_boot_provisioners(tf, r);
}
