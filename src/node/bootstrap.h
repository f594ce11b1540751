/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a node is told at its first boot: user data (plain, base64, gzip, MIME parts, cloud-init
 * documents, EKS NodeConfig, Bottlerocket settings) and the commands of provisioners, read for the
 * labels, taints and flags its kubelet or k3s will have.  The text is never run and never kept.
 */
#ifndef PL_NODE_BOOTSTRAP_H
#define PL_NODE_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"
#include "model/model.h"

enum pl_k3s_role { PL_K3S_NONE, PL_K3S_SERVER, PL_K3S_AGENT };

/* More than sshd has by default (3, OpenSSH 9). */
#define PL_BOOT_HOST_KEYS 8

/* Strings live in `arena`.  All zero means that the text says nothing. */
struct pl_bootstrap {
	struct pl_arena *arena;
	struct pl_pair *labels;   /* sorted by key, last value of a key wins */
	size_t label_count, label_cap;
	const char **taints;      /* key=value:Effect */
	size_t taint_count, taint_cap;
	bool labels_open;         /* a label list holds a shell variable: there may be more */
	const char *cluster_name; /* EKS bootstrap.sh NAME, NodeConfig, Bottlerocket cluster-name */
	bool kubelet_args;        /* an EKS bootstrap, NodeConfig or Bottlerocket document is there */
	enum pl_k3s_role k3s;     /* the text installs or configures k3s */
	const char *k3s_version;  /* v1.24.3+k3s1; NULL: the channel decides */
	const char *k3s_url;      /* https://HOST:6443 an agent joins; NULL: none or not literal */
	bool flannel_off;         /* --flannel-backend=none */
	bool servicelb_off;       /* --disable servicelb */
	bool docker;              /* --docker, or a bootstrap that asks for dockerd */
	bool containerd;          /* a bootstrap that asks for containerd */
	long max_pods;            /* --max-pods; 0: not said */
	const char *calico;       /* evidence that it installs Calico (file or URL name); NULL: none */
	const char *calico_version;
	const char *cert_manager; /* evidence that it installs cert-manager; NULL: none */
	const char *cert_manager_version;
	const char *host_keys[PL_BOOT_HOST_KEYS]; /* public SSH host keys that it installs: "ssh-ed25519 AAAA..." */
	size_t host_key_count;
	const char *metallb;      /* evidence of MetalLB or kube-vip, which replace servicelb */
};

/*
 * Reads one text into *b (which may hold what earlier texts said).  `text` may be anything: what is
 * not understood is passed over.  Limit: PL_LIMIT_USERDATA_BYTES after decoding; beyond it false.
 * False also for a text that is only a digest (40 hex digits, or a 28-character base64 SHA-1),
 * which some providers store in place of the text: nothing is known then.
 */
bool pl_bootstrap_read(struct pl_bootstrap *b, const char *text, size_t len);

#endif
