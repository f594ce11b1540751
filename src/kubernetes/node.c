/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes: what is kept of each until its pool is known. */
#include <stdlib.h>

#include "kubernetes/facts.h"
#include "kubernetes/image.h"

enum place {
	KIND, NAME, LABELS, ANNOTATIONS, PROVIDER_ID, TAINTS, CORDONED, CAPACITY, ALLOCATABLE,
	CONDITIONS, ADDRESSES, VERSION, IMAGE, KERNEL, RUNTIME, ARCHITECTURE, SYSTEM, PLACES
};

static const char *const paths[PLACES] = {
	[KIND] = "kind",
	[NAME] = "metadata.name",
	[LABELS] = "metadata.labels",
	[ANNOTATIONS] = "metadata.annotations",
	[PROVIDER_ID] = "spec.providerID",
	[TAINTS] = "spec.taints",
	[CORDONED] = "spec.unschedulable",
	[CAPACITY] = "status.capacity",
	[ALLOCATABLE] = "status.allocatable",
	[CONDITIONS] = "status.conditions",
	[ADDRESSES] = "status.addresses",
	[VERSION] = "status.nodeInfo.kubeletVersion",
	[IMAGE] = "status.nodeInfo.osImage",
	[KERNEL] = "status.nodeInfo.kernelVersion",
	[RUNTIME] = "status.nodeInfo.containerRuntimeVersion",
	[ARCHITECTURE] = "status.nodeInfo.architecture",
	[SYSTEM] = "status.nodeInfo.operatingSystem",
};

struct reading {
	struct pl_kube *k;
	struct pl_kube_node *node;
	struct pl_kube_texts texts, later; /* of the list being read */
};

/* ---- sizes ---- */

/* A quantity of the map, in units of 1 / `per`; -1 when it does not say. */
static int64_t size_of(struct pl_kube *k, struct pl_slice value, int64_t per)
{
	const char *text = pl_kube_text(k, value);
	int64_t thousandths;

	return text && pl_kube_quantity(text, &thousandths) ? thousandths / (1000 / per) : -1;
}

static void read_sizes(struct reading *r, const struct pl_slice *found)
{
	static const char *const sizes[] = { "cpu", "memory", "ephemeral-storage", "pods" };
	struct pl_slice has[4], left[2];

	pl_kube_pick_in(found[CAPACITY], sizes, 4, has);
	pl_kube_pick_in(found[ALLOCATABLE], sizes, 2, left);
	r->node->vcpu = size_of(r->k, has[0], 1);
	r->node->memory = size_of(r->k, has[1], 1);
	r->node->disk = size_of(r->k, has[2], 1);
	r->node->pods = size_of(r->k, has[3], 1);
	r->node->allocatable_cpu = size_of(r->k, left[0], 1000);
	r->node->allocatable_memory = size_of(r->k, left[1], 1);
}

/* ---- taints ---- */

/*
 * Taints that Kubernetes, a cloud's controller or an autoscaler sets while something is the matter and
 * takes away again: they are no property of the pool (kubernetes.io/docs/reference/labels-annotations-
 * taints, read 2026-11; autoscaler and Karpenter documentation).
 */
static const char *const passing[] = {
	"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable",
	"node.kubernetes.io/unschedulable", "node.kubernetes.io/memory-pressure",
	"node.kubernetes.io/disk-pressure", "node.kubernetes.io/pid-pressure",
	"node.kubernetes.io/network-unavailable", "node.kubernetes.io/out-of-service",
	"node.cloudprovider.kubernetes.io/uninitialized", "node.cloudprovider.kubernetes.io/shutdown",
	"ToBeDeletedByClusterAutoscaler", "DeletionCandidateOfClusterAutoscaler",
	"cloud.google.com/impending-node-termination", "aws-node-termination-handler/spot-itn",
	"karpenter.sh/disruption", "karpenter.sh/disrupted", "karpenter.sh/unregistered",
	"node.cilium.io/agent-not-ready", "ebs.csi.aws.com/agent-not-ready",
};

static bool passes(const char *key)
{
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
		if (pl_streq(passing[i], key))
			return true;
	return false;
}

static void read_taint(void *ctx, struct pl_slice value)
{
	static const char *const names[] = { "key", "value", "effect" };
	struct reading *r = ctx;
	struct pl_slice found[3];
	const char *key, *of, *effect;
	pl_auto_buf b = PL_BUF_INIT;

	pl_kube_pick_in(value, names, 3, found);
	key = pl_kube_text(r->k, found[0]);
	of = pl_kube_text(r->k, found[1]);
	effect = pl_kube_text(r->k, found[2]);
	if (!key || !effect || passes(key))
		return;
	pl_buf_addf(&b, "%s=%s:%s", key, of ? of : "", effect);
	pl_kube_texts_add(&r->texts, pl_kube_str(r->k, b.data, b.len));
}

/* ---- conditions ---- */

static void read_condition(void *ctx, struct pl_slice value)
{
	static const char *const names[] = { "type", "status" };
	static const char *const troubles[] = { "MemoryPressure", "DiskPressure", "PIDPressure",
						"NetworkUnavailable" };
	struct reading *r = ctx;
	struct pl_slice found[2];

	pl_kube_pick_in(value, names, 2, found);
	if (pl_kube_is_text(found[0], "Ready") && !pl_kube_is_text(found[1], "True"))
		pl_kube_texts_add(&r->texts, "NotReady");
	for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
		if (pl_kube_is_text(found[0], troubles[i]) && pl_kube_is_text(found[1], "True"))
			pl_kube_texts_add(&r->texts, troubles[i]);
}

/* ---- addresses ---- */

static void read_address(void *ctx, struct pl_slice value)
{
	static const char *const names[] = { "type", "address" };
	struct reading *r = ctx;
	struct pl_slice found[2];
	const char *address;

	pl_kube_pick_in(value, names, 2, found);
	address = pl_kube_text(r->k, found[1]);
	if (!address)
		return;
	if (pl_kube_is_text(found[0], "InternalIP"))
		pl_kube_texts_add(&r->texts, address);
	else if (pl_kube_is_text(found[0], "ExternalIP"))
		pl_kube_texts_add(&r->later, address);
	else if (pl_kube_is_text(found[0], "Hostname"))
		r->node->hostname = address;
}

static void read_lists(struct reading *r, const struct pl_slice *found)
{
	struct pl_kube_node *n = r->node;

	pl_kube_elements(found[TAINTS], read_taint, r);
	n->taint_count = r->texts.count;
	n->taints = pl_kube_texts_keep(r->k, &r->texts);
	pl_kube_elements(found[CONDITIONS], read_condition, r);
	if (pl_kube_is_true(found[CORDONED]))
		pl_kube_texts_add(&r->texts, "Unschedulable");
	n->ailment_count = r->texts.count;
	n->ailments = pl_kube_texts_keep(r->k, &r->texts);
	pl_kube_elements(found[ADDRESSES], read_address, r);
	for (size_t i = 0; i < r->later.count; i++)
		pl_kube_texts_add(&r->texts, r->later.list[i]);
	n->address_count = r->texts.count;
	n->addresses = pl_kube_texts_keep(r->k, &r->texts);
}

/* ---- labels, annotations ---- */

static const char *label(const struct pl_kube_node *n, const char *key)
{
	return pl_kube_pair(n->labels, n->label_count, key);
}

static void read_labels(struct reading *r, const struct pl_slice *found)
{
	struct pl_kube_node *n = r->node;

	n->labels = pl_kube_map(r->k, found[LABELS], &n->label_count);
	n->machine = label(n, "node.kubernetes.io/instance-type");
	n->machine = n->machine ? n->machine : label(n, "beta.kubernetes.io/instance-type");
	if (!n->architecture)
		n->architecture = label(n, "kubernetes.io/arch");
}

/* The flag's value behind it ("--a=b", then "b" of "--a", "b"), where the words are a JSON array. */
static void read_word(void *ctx, struct pl_slice value)
{
	struct reading *r = ctx;
	const char *word = pl_kube_text(r->k, value);

	pl_kube_texts_add(&r->texts, word ? word : "");
}

/* Is it among the values, which commas separate? */
static bool lists(const char *values, const char *value)
{
	size_t n = strlen(value);

	for (const char *p = values; *p; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ','))
		if (strcspn(p, ",") == n && !strncmp(p, value, n))
			return true;
	return false;
}

static bool is_said(const struct pl_kube_texts *words, const struct pl_kube_flag *flag)
{
	size_t n = strlen(flag->flag);

	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->list[i];

		if (strncmp(word, flag->flag, n) != 0)
			continue;
		if (word[n] == '=' && lists(word + n + 1, flag->value))
			return true;
		if (!word[n] && i + 1 < words->count && lists(words->list[i + 1], flag->value))
			return true;
	}
	return false;
}

static void read_flags(struct reading *r, const struct pl_kube_flag *flags, const char *key,
		       struct pl_slice value)
{
	const char *text = NULL;

	for (const struct pl_kube_flag *f = flags; f && f->annotation; f++) {
		if (!pl_streq(f->annotation, key))
			continue;
		if (!text) {
			text = pl_kube_text(r->k, value);
			r->texts.count = 0;
			pl_kube_elements(text ? pl_slice(text) : value, read_word, r);
		}
		if (is_said(&r->texts, f))
			r->node->flags |= 1U << f->means;
	}
	r->texts.count = 0;
}

static void read_annotation(void *ctx, struct pl_slice key, struct pl_slice value)
{
	struct reading *r = ctx;
	char name[64];

	if (key.n >= sizeof name)
		return;
	memcpy(name, key.p, key.n);
	name[key.n] = '\0';
	for (size_t i = 0; r->k->providers[i]; i++) {
		const struct pl_kube_provider *p = r->k->providers[i]->live;

		if (!p)
			continue;
		read_flags(r, p->flags, name, value);
		for (const struct pl_kube_platform *f = p->platforms; f && f->provider; f++)
			r->node->flannel |= f->flannel && pl_streq(f->flannel, name);
	}
}

/* ---- what runs on it ---- */

static void read_system(struct reading *r, const struct pl_slice *found)
{
	const char *image = pl_kube_text(r->k, found[IMAGE]);
	struct pl_kube_image system;

	if (pl_kube_is_text(found[SYSTEM], "windows"))
		r->node->os = "windows";
	if (!image || !pl_kube_image_read(image, &system))
		return;
	r->node->os = pl_kube_str(r->k, system.os, strlen(system.os));
	if (*system.version)
		r->node->os_version = pl_kube_str(r->k, system.version, strlen(system.version));
}

/* "containerd://1.6.20" */
static void read_runtime(struct reading *r, struct pl_slice value)
{
	const char *text = pl_kube_text(r->k, value), *end = text ? strstr(text, "://") : NULL;

	if (!end || end == text)
		return;
	r->node->runtime = pl_kube_str(r->k, text, (size_t)(end - text));
	if (end[3])
		r->node->runtime_version = pl_kube_str(r->k, end + 3, strlen(end + 3));
}

static void fill(struct reading *r, const struct pl_slice *found)
{
	struct pl_kube_node *n = r->node;

	n->provider_id = pl_kube_text(r->k, found[PROVIDER_ID]);
	n->version = pl_kube_text(r->k, found[VERSION]);
	n->kernel = pl_kube_text(r->k, found[KERNEL]);
	n->architecture = pl_kube_text(r->k, found[ARCHITECTURE]);
	read_sizes(r, found);
	read_lists(r, found);
	read_labels(r, found);
	read_system(r, found);
	read_runtime(r, found[RUNTIME]);
	pl_kube_members(found[ANNOTATIONS], read_annotation, r);
}

/*
 * A virtual kubelet (AKS virtual nodes, Liqo) hands pods on to another service: there is no machine, and what it
 * tells of its version and size is made up (virtual-kubelet, node/node.go and its providers, read 2026-11).
 */
static bool is_virtual(struct pl_slice labels)
{
	static const char *const type[] = { "type" };
	struct pl_slice found[1];

	pl_kube_pick_in(labels, type, 1, found);
	return pl_kube_is_text(found[0], "virtual-kubelet");
}

int pl_kube_read_node(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	struct pl_slice found[PLACES];
	struct reading r = { .k = k };
	const char *name;

	if (pl_kube_pick(s, paths, PLACES, found, err))
		return -1;
	name = pl_kube_text(k, found[NAME]);
	if (!name || (!pl_kube_is_null(found[KIND]) && !pl_kube_is_text(found[KIND], "Node")) ||
	    is_virtual(found[LABELS]))
		return 0;
	r.node = pl_kube_add(k, PL_KUBE_NODES, sizeof *r.node);
	r.node->name = name;
	fill(&r, found);
	free(r.texts.list);
	free(r.later.list);
	return 0;
}
