/* SPDX-License-Identifier: Apache-2.0 */
/*
 * k3s: clusters that are made of instances of any cloud, and the instances of clouds that have no
 * provider of their own.
 */
#include <stdlib.h>

#include "k3s/k3s.h"

static void gather(struct pl_tf *tf)
{
	struct pl_k3s_hosts hosts = { 0 };

	pl_k3s_find(tf, &hosts);
	pl_k3s_group(tf, &hosts);
	pl_k3s_clusters(tf, &hosts);
	free(hosts.list);
}

#define VM(resource, called, reached) \
	{ .type = (resource), .kind = PL_POOL, .name = (called), .addresses = (reached), .more = pl_k3s_vm }

static const struct pl_tf_row rows[] = {
	{ .type = "hcloud_server", .kind = PL_POOL, .name = "name", .addresses = "ipv4_address|ipv6_address",
	  .more = pl_k3s_hcloud },
	{ .type = "digitalocean_droplet", .kind = PL_POOL, .name = "name",
	  .addresses = "ipv4_address|ipv4_address_private|ipv6_address", .more = pl_k3s_droplet },
	{ .type = "openstack_compute_instance_v2", .kind = PL_POOL, .name = "name",
	  .addresses = "access_ip_v4|access_ip_v6", .more = pl_k3s_openstack },
	{ .type = "proxmox_virtual_environment_vm", .kind = PL_POOL, .name = "name",
	  .more = pl_k3s_proxmox },
	{ .type = "proxmox_virtual_environment_file", .kind = -1 },
	{ .type = "libvirt_cloudinit_disk", .kind = -1 },
	VM("equinix_metal_device", "hostname", "access_public_ipv4|access_private_ipv4"),
	VM("exoscale_compute_instance", "name", "public_ip_address"),
	VM("libvirt_domain", "name", NULL),
	VM("linode_instance", "label", "ip_address|private_ip_address"),
	VM("nutanix_virtual_machine", "name", NULL),
	VM("oci_core_instance", "display_name", "public_ip|private_ip"),
	VM("proxmox_vm_qemu", "name", "default_ipv4_address"),
	VM("scaleway_instance_server", "name", "public_ip|private_ip"),
	VM("upcloud_server", "hostname", "network_interface[0].ip_address"),
	VM("vsphere_virtual_machine", "name", "default_ip_address"),
	VM("vultr_instance", "label", "main_ip|internal_ip"),
	/* provisioners that install k3s: pl_tf_boot_provisioners() asks whether they exist */
	{ .type = "null_resource", .kind = -1 },
	{ .type = "terraform_data", .kind = -1 },
	{ 0 },
};

extern const char pl_k3s_versions[];
extern const unsigned long pl_k3s_versions_len;

static const struct pl_support support = { "k3s", "Kubernetes", pl_k3s_versions, &pl_k3s_versions_len };

const struct pl_provider pl_provider_k3s = {
	.name = "k3s",
	.summary = "k3s on instances of any cloud; Hetzner, DigitalOcean, Proxmox and others",
	.rows = rows,
	.gather = gather,
	.finish = pl_k3s_finish,
	.support = &support,
	.machine = pl_k3s_machine,
	.live = &pl_k3s_live,
};
