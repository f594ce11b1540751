/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every limit on a size that comes from outside.  Out of memory aborts (base/alloc.h); in exchange
 * nothing from outside may grow without passing one of these.
 */
#ifndef PL_BASE_LIMITS_H
#define PL_BASE_LIMITS_H

/* One source after decompression.  Plans of 628 MB were measured; ten times that is no plan. */
#define PL_LIMIT_SOURCE_BYTES (6ULL << 30)
/* Nesting of JSON.  Real plans nest fewer than 40 levels (measured 2026-11). */
#define PL_LIMIT_JSON_DEPTH 512
/* Documents in one stream (Terragrunt prints one a unit). */
#define PL_LIMIT_DOCUMENTS 10000
/* An architecture, inventory or other YAML text a user wrote. */
#define PL_LIMIT_YAML_BYTES (4UL << 20)
#define PL_LIMIT_YAML_DEPTH 64
#define PL_LIMIT_YAML_NODES 200000
/* One user-data script after base64 and gzip; clouds accept 64 KiB before them. */
#define PL_LIMIT_USERDATA_BYTES (4UL << 20)
/* Steps from a reference through variables, module calls and outputs. */
#define PL_LIMIT_REFERENCE_STEPS 64
/* A module path; Terraform's own limits end long before. */
#define PL_LIMIT_MODULE_DEPTH 64
/* How long `terraform show` of a binary plan may take, in milliseconds, without --timeout. */
#define PL_LIMIT_SHOW_MILLISECONDS 600000
/* What a program that fails may say before the rest is thrown away. */
#define PL_LIMIT_SAID_BYTES (64UL << 10)
/* What a server says first: MySQL's greeting takes some 100 bytes, a refusal of its up to 600. */
#define PL_LIMIT_GREETING_BYTES 4096
/* An answer of a registry, bucket or source control system: errors and versions, no content. */
#define PL_LIMIT_ENDPOINT_BYTES (1UL << 20)
/* The Docker configuration file, and what a credential helper prints. */
#define PL_LIMIT_DOCKER_BYTES (1UL << 20)
/* Parameters that one command line may set, and reports it may ask for. */
#define PL_LIMIT_SETTINGS 32
#define PL_LIMIT_REPORTS 16
/* Profiles of an architecture. */
#define PL_LIMIT_PROFILES 32
/* Objects that a requirement may ask to pass. */
#define PL_LIMIT_AT_LEAST 10000
/* A condition in an architecture. */
#define PL_LIMIT_CONDITION_DEPTH 16
/* Files in KUBECONFIG; people with one for each cluster name a hundred. */
#define PL_LIMIT_KUBECONFIGS 1000
/* A certificate, a bundle of roots (Mozilla's has 220 KB) or a key. */
#define PL_LIMIT_PEM_BYTES (1UL << 20)
/* A file with a token; HTTP servers take headers of 8 to 64 KB. */
#define PL_LIMIT_TOKEN_BYTES (64UL << 10)
/* What a credential plugin prints: a token, or a certificate with its key. */
#define PL_LIMIT_CREDENTIAL_BYTES (1UL << 20)
/* Conditions of an architecture, once the selections they name are written out; gitpod has 300. */
#define PL_LIMIT_CONDITIONS 50000

/*
 * XML of the clouds' query APIs: DescribeInstanceTypes has 1,300 types with 150 elements each, 9 deep
 * (moto 5.2.1, 2026-05).
 */
#define PL_LIMIT_XML_DEPTH 64
#define PL_LIMIT_XML_ELEMENTS 2000000
/* One answer of a cloud's API: the SKUs of an Azure region are about 10 MB. */
#define PL_LIMIT_CLOUD_BYTES (64UL << 20)
/* Calls about one source; a cluster may have 450 node groups, each with a template (EKS quotas, 2026). */
#define PL_LIMIT_CLOUD_CALLS 20000

/* What stands before an HTTP answer's body; servers themselves accept 8 to 80 KiB. */
#define PL_LIMIT_HTTP_HEAD_BYTES (256UL << 10)
/* One page of a Kubernetes list: 500 nodes with 40 images each are 7 MB (measured 2026-11). */
#define PL_LIMIT_KUBE_PAGE_BYTES (64UL << 20)
/* --parallel: threads of one run, and what is usual. */
#define PL_LIMIT_PARALLEL 512
#define PL_PARALLEL_USUAL 32
/* Exchanges about one question, the first one counted. */
#define PL_LIMIT_HTTP_TRIES 5
/* Objects of one kind kept from one cluster; Kubernetes itself is tested up to 5,000 nodes. */
#define PL_LIMIT_KUBE_OBJECTS 1000000
/* DaemonSets, or Deployments, of programs that are looked for; servicelb has one for each Service. */
#define PL_LIMIT_KUBE_WORKLOADS 10000

/* One known_hosts file: 10,000 hosts with three keys each are 15 MB. */
#define PL_LIMIT_KNOWN_HOSTS_BYTES (64UL << 20)
/* One ssh_config file with all it includes, and how deeply files include files (OpenSSH's own limit). */
#define PL_LIMIT_SSH_CONFIG_BYTES (16UL << 20)
#define PL_LIMIT_SSH_INCLUDE_DEPTH 16
#define PL_LIMIT_SSH_CONFIG_FILES 4096
/* Jump hosts in a row. */
#define PL_LIMIT_SSH_HOPS 16
/* What an SSH server may send before it has let us in: measured 4 KB; packets are 35,000 bytes at most. */
#define PL_LIMIT_SSH_LOGIN_BYTES (256UL << 10)
/* What a script on a host may answer, on standard output. */
#define PL_LIMIT_SSH_ANSWER_BYTES (4UL << 20)
/* What waits for a peer that takes nothing. */
#define PL_LIMIT_SSH_UNSENT_BYTES (4UL << 20)
/* A private key or certificate; RSA with 16,384 bits takes 13 KB. */
#define PL_LIMIT_SSH_KEY_BYTES (64UL << 10)
/* One message of ssh-agent (OpenSSH's own limit), and keys of it that are offered. */
#define PL_LIMIT_SSH_AGENT_BYTES (256UL << 10)
#define PL_LIMIT_SSH_AGENT_KEYS 64
/* Options of ssh that an inventory gives one host. */
#define PL_LIMIT_SSH_OPTIONS_BYTES (64UL << 10)
/*
 * An inventory, or one file of group_vars or host_vars: 10,000 hosts with ten variables are 4 MB and
 * 300,000 values.  Then what one inventory may name.
 */
#define PL_LIMIT_INVENTORY_BYTES (32UL << 20)
#define PL_LIMIT_INVENTORY_VALUES 2000000
#define PL_LIMIT_INVENTORY_HOSTS 100000
#define PL_LIMIT_INVENTORY_GROUPS 20000
#define PL_LIMIT_INVENTORY_FILES 100000
/* What a node answers to the probe; a real one takes 9 KB, each section some 30 lines. */
#define PL_LIMIT_PROBE_BYTES (256UL << 10)
#define PL_LIMIT_PROBE_SECTIONS 64
#define PL_LIMIT_PROBE_LINES 4096
/* One value in it, and how many of a sort are believed. */
#define PL_LIMIT_PROBE_TEXT 512
#define PL_LIMIT_PROBE_CPUS 65536
#define PL_LIMIT_PROBE_ADDRESSES 64
#define PL_LIMIT_PROBE_SETTINGS 64
/* Names that an architecture may ask for beyond the probe's own. */
#define PL_LIMIT_PROBE_ASKED 256

#endif
