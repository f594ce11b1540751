/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual machines of hypervisors, whose size is written out, and instances of smaller clouds.  As
 * those of host.c they are pools only when a k3s cluster claims them.
 */
#include "base/scalar.h"
#include "base/str.h"
#include "k3s/k3s.h"

static const char no_size[] = "no size is set";

/* Where each type says what it is; what it has no word for is NULL. */
struct vm {
	const char *type;
	struct pl_field memory; /* no path: it stands in a machine type that no catalogue has */
	const char *machine;       /* the machine type */
	const char *cores, *sockets;
	const char *image;
	const char *boot[3];
};

#define MIB(path) { (path), PL_POOL_MEMORY, PL_AS_MIB, NULL, no_size }
#define GIB(path) { (path), PL_POOL_MEMORY, PL_AS_GIB, NULL, no_size }

static const struct vm vms[] = {
	{ .type = "proxmox_vm_qemu", .memory = MIB("memory"), .cores = "cores|cpu[0].cores",
	  .sockets = "sockets|cpu[0].sockets" },
	{ .type = "libvirt_domain", .memory = MIB("memory"), .cores = "vcpu" },
	{ .type = "vsphere_virtual_machine", .memory = MIB("memory"), .cores = "num_cpus" },
	{ .type = "nutanix_virtual_machine", .memory = MIB("memory_size_mib"),
	  .cores = "num_vcpus_per_socket", .sockets = "num_sockets",
	  .boot = { "guest_customization_cloud_init_user_data" } },
	{ .type = "oci_core_instance", .memory = GIB("shape_config[0].memory_in_gbs"),
	  .machine = "shape", .boot = { "metadata.user_data" } },
	{ .type = "equinix_metal_device", .machine = "plan", .image = "operating_system",
	  .boot = { "user_data" } },
	{ .type = "exoscale_compute_instance", .machine = "type", .boot = { "user_data" } },
	{ .type = "linode_instance", .machine = "type", .image = "image",
	  .boot = { "metadata[0].user_data" } },
	{ .type = "scaleway_instance_server", .machine = "type", .image = "image",
	  .boot = { "user_data.cloud-init" } },
	{ .type = "upcloud_server", .machine = "plan", .boot = { "user_data" } },
	{ .type = "vultr_instance", .machine = "plan", .boot = { "user_data" } },
	{ 0 },
};

static const struct vm *find_vm(const char *type)
{
	const struct vm *vm = vms;

	while (vm->type && !pl_streq(vm->type, type))
		vm++;
	return vm;
}

/* Cores times sockets; a guest sees each as a vCPU. */
static void add_cores(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		      const struct vm *vm)
{
	const struct pl_field field = { vm->cores, PL_POOL_VCPU, PL_AS_INT, NULL, no_size };
	struct pl_tf_value cores = pl_tf_get(tf, r, vm->cores);
	struct pl_tf_value sockets = { .state = PL_TF_UNSET };
	const char *a = pl_tf_text(tf, r, vm->cores), *b = NULL;
	struct pl_model *m = pl_tf_model(tf);
	int64_t per_socket, count;

	if (vm->sockets) {
		sockets = pl_tf_get(tf, r, vm->sockets);
		b = pl_tf_text(tf, r, vm->sockets);
	}
	if (sockets.state == PL_TF_UNKNOWN)
		pl_fact_unknown(m, o, PL_POOL_VCPU, sockets.waits_for, sockets.path);
	else if (a && b && pl_parse_i64(a, &per_socket) && pl_parse_i64(b, &count) &&
		 per_socket > 0 && per_socket < 1 << 20 && count > 0 && count < 1 << 10)
		pl_fact_int(m, o, PL_POOL_VCPU, per_socket * count, cores.path);
	else
		pl_tf_fact(tf, r, o, &cores, &field);
}

static void add_size(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		     const struct vm *vm)
{
	struct pl_tf_value memory;

	if (vm->machine)
		pl_k3s_unsized(tf, r, o, vm->machine);
	else
		pl_fact_unknown(pl_tf_model(tf), o, PL_POOL_ARCHITECTURE,
				"the machine below decides the architecture", NULL);
	if (vm->cores)
		add_cores(tf, r, o, vm);
	if (!vm->memory.path)
		return;
	memory = pl_tf_get(tf, r, vm->memory.path);
	pl_object_forget(o, PL_POOL_MEMORY, PL_PLAN);
	pl_tf_fact(tf, r, o, &memory, &vm->memory);
}

void pl_k3s_vm(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char *const disks[] = { "libvirt_cloudinit_disk", NULL };
	static const char *const text[] = { "user_data", NULL };
	const struct vm *vm = find_vm(r->type);
	struct pl_tf_resource *disk = pl_tf_follow(tf, r, "cloudinit", disks, "id");

	pl_k3s_one(tf, o);
	add_size(tf, r, o, vm);
	if (vm->image)
		pl_tf_image(tf, r, o, vm->image);
	else
		pl_fact_unknown(pl_tf_model(tf), o, PL_POOL_OS,
				"what it is made from tells no system", NULL);
	if (disk)
		r->boot = pl_tf_boot(tf, disk, text);
	else
		pl_tf_boot(tf, r, vm->boot);
	pl_tf_boot_provisioners(tf, r);
}
