/* SPDX-License-Identifier: Apache-2.0 */
/* Machines of hypervisors and of smaller clouds that run k3s, and what installs it from elsewhere. */
#include "../facts.h"

#define SAYS "curl -sfL https://get.k3s.io | sh -s - server --node-label a/b=true"
#define VM(type, more, attr, expected) \
	{ STATE(RESOURCE(type, "k3s", more)), PL_POOL, NULL, attr, expected }
#define QEMU(more, attr, expected) VM("proxmox_vm_qemu", "\"name\":\"k3s\"" more, attr, expected)
#define NUTANIX(more, attr, expected) VM("nutanix_virtual_machine", more, attr, expected)
#define OCI(more, attr, expected) VM("oci_core_instance", more, attr, expected)

static const struct fact_case vms[] = {
	QEMU(",\"cores\":4,\"sockets\":2,\"memory\":16384", PL_POOL_VCPU, "8"),
	QEMU(",\"cores\":4,\"cpu\":\"host\",\"memory\":16384", PL_POOL_VCPU, "4"),
	QEMU(",\"cpu\":[{\"cores\":6,\"sockets\":1}]", PL_POOL_VCPU, "6"),
	QEMU(",\"cores\":4,\"memory\":16384", PL_POOL_MEMORY, "16 GiB"),
	QEMU(",\"memory\":16384", PL_POOL_VCPU, "?"),
	QEMU(",\"cores\":4", PL_POOL_LABELS, "?"),
	QEMU(",\"cores\":4", PL_POOL_OS, "?"),
	QEMU(",\"cores\":4", PL_POOL_ARCHITECTURE, "?"),
	VM("libvirt_domain", "\"name\":\"n\",\"vcpu\":2,\"memory\":4096", PL_POOL_VCPU, "2"),
	VM("vsphere_virtual_machine", "\"num_cpus\":8,\"memory\":32768", PL_POOL_MEMORY, "32 GiB"),
	NUTANIX("\"num_vcpus_per_socket\":4,\"num_sockets\":2", PL_POOL_VCPU, "8"),
	OCI("\"shape\":\"VM.Standard.E4.Flex\",\"shape_config\":[{\"memory_in_gbs\":32}]",
	    PL_POOL_MEMORY, "32 GiB"),
	OCI("\"metadata\":{\"user_data\":\"" SAYS "\"}", PL_POOL_LABELS, "a/b=true"),
	VM("scaleway_instance_server", "\"user_data\":{\"cloud-init\":\"" SAYS "\"}",
	   PL_POOL_LABELS, "a/b=true"),
	VM("linode_instance", "\"type\":\"g6\",\"image\":\"linode/ubuntu22.04\"", PL_POOL_OS,
	   "ubuntu"),
	VM("vultr_instance", "\"plan\":\"vc2-6c-16gb\"", PL_POOL_MACHINE, "vc2-6c-16gb"),
	VM("vultr_instance", "\"plan\":\"vc2-6c-16gb\"", PL_POOL_VCPU, "?"),
	/* the script stands on a disk of its own */
	{ STATE(RESOURCE("libvirt_domain", "n", "\"name\":\"n\",\"cloudinit\":\"/pool/ci.iso;1\"")
		"," RESOURCE("libvirt_cloudinit_disk", "ci", "\"id\":\"/pool/ci.iso;1\","
			     "\"user_data\":\"" SAYS "\"")),
	  PL_POOL, "n", PL_POOL_LABELS, "a/b=true" },
	/* who does not say k3s is nobody's pool */
	{ STATE(RESOURCE("libvirt_domain", "n", "\"name\":\"n\",\"vcpu\":2")), PL_POOL, NULL,
	  PL_POOL_VCPU, "none of it" },
};

/* A plan of one instance and of a null_resource whose provisioner runs somewhere. */
#define HOST "\"type\":\"hcloud_server\",\"name\":\"n\","
#define RUNNER(name) "\"type\":\"null_resource\",\"name\":\"" name "\","
#define MADE(address, module, what, after) \
	"{\"address\":\"" address "\"," module "\"mode\":\"managed\"," what "\"change\":{" \
	"\"actions\":[\"create\"],\"before\":null,\"after\":{" after "}}}"
#define IN_MODULE "\"module_address\":\"module.m\","
#define INLINE(command) \
	"\"provisioners\":[{\"type\":\"remote-exec\",\"expressions\":{\"inline\":" command "}}]}"
#define RUNS(name, triggers, command) \
	"{\"address\":\"null_resource." name "\",\"mode\":\"managed\"," RUNNER(name) \
	"\"expressions\":{\"triggers\":{\"references\":[" triggers "]}}," INLINE(command)
#define THE_HOST "{\"address\":\"hcloud_server.n\",\"mode\":\"managed\"," HOST "\"expressions\":{}}"
#define PLAN(changes, root) \
	"{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"resource_changes\":[" changes \
	"],\"configuration\":{\"root_module\":{" root "}}}"
#define OUTPUT "\"outputs\":{\"ip\":{\"expression\":{\"references\":[\"hcloud_server.n\"]}}},"
/* the instance in a module, what installs in the root */
#define BELOW(name, script, command) \
	PLAN(MADE("module.m.hcloud_server.n", IN_MODULE, HOST, "\"name\":\"n\"" script) "," \
	     MADE("null_resource." name, "", RUNNER(name), ""), \
	     "\"resources\":[" RUNS(name, "\"module.m.ip\"", command) "],\"module_calls\":{\"m\":{" \
	     "\"module\":{" OUTPUT "\"resources\":[" THE_HOST "]}}}")
/* the other way round */
#define ABOVE(name, command) \
	PLAN(MADE("hcloud_server.n", "", HOST, "\"name\":\"n\"") "," \
	     MADE("module.m.null_resource." name, IN_MODULE, RUNNER(name), ""), \
	     "\"resources\":[" THE_HOST "],\"module_calls\":{\"m\":{\"expressions\":{\"host\":{" \
	     "\"references\":[\"hcloud_server.n.ipv4_address\",\"hcloud_server.n\"]}},\"module\":{" \
	     "\"variables\":{\"host\":{}},\"resources\":[" RUNS(name, "\"var.host\"", command) "]}}}")
#define WRITTEN "{\"constant_value\":[\"" SAYS "\"]}"
#define HIDDEN "{\"references\":[\"var.command\"]}"
#define SCRIPT ",\"user_data\":\"" SAYS "\""

static const struct fact_case installed[] = {
	{ BELOW("run", "", WRITTEN), PL_POOL, "n", PL_POOL_LABELS, "a/b=true" },
	{ ABOVE("run", WRITTEN), PL_POOL, "n", PL_POOL_LABELS, "a/b=true" },
	/* what the script says is not all when a command beside it is not in the file */
	{ BELOW("run", SCRIPT, HIDDEN), PL_POOL, "n", PL_POOL_LABELS, "?" },
	/* nothing says k3s but the name of what provisions */
	{ BELOW("k3s", "", HIDDEN), PL_POOL, "n", PL_POOL_LABELS, "?" },
	{ ABOVE("k3s", HIDDEN), PL_POOL, "n", PL_POOL_LABELS, "?" },
	{ ABOVE("run", HIDDEN), PL_POOL, NULL, PL_POOL_LABELS, "none of it" },
	/* count 0 */
	{ PLAN(MADE("module.m.hcloud_server.n", IN_MODULE, HOST, "\"name\":\"n\"" SCRIPT),
	       "\"resources\":[" RUNS("run", "\"module.m.ip\"", HIDDEN) "],\"module_calls\":{\"m\":{"
	       "\"module\":{" OUTPUT "\"resources\":[" THE_HOST "]}}}"),
	  PL_POOL, "n", PL_POOL_LABELS, "a/b=true" },
};

static void machines(void **state)
{
	(void)state;
	check_facts(vms, sizeof vms / sizeof *vms);
}

static void installers(void **state)
{
	(void)state;
	check_facts(installed, sizeof installed / sizeof *installed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines),
		cmocka_unit_test(installers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
