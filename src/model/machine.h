/* SPDX-License-Identifier: Apache-2.0 */
/* Machine types: what a name of a cloud's catalogue stands for. */
#ifndef PL_MODEL_MACHINE_H
#define PL_MODEL_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pl_machine {
	int64_t vcpu;   /* those a node can use (a constrained size has fewer than it is billed for) */
	int64_t memory; /* bytes */
	char architecture[16]; /* amd64, arm64 */
	char family[64];
	char notes[160];
};

/*
 * Finds `type` (ASCII case ignored) in a catalogue: CSV lines name,vcpu,memory_mib,arch,family,notes
 * after a header line.  A note vcpus_available=N is the number of usable vCPUs.
 */
bool pl_machine_csv(const char *csv, size_t len, const char *type, struct pl_machine *out);

#endif
