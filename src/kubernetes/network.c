/* SPDX-License-Identifier: Apache-2.0 */
/* What does overlay network and network policy: by the programs that run, then by the platform's habit. */
#include "kubernetes/facts.h"

/* Workloads that make the network, by what they are. */
struct network {
	const struct pl_kube_workload *policy;  /* the first that does policy and runs */
	const struct pl_kube_workload *overlay; /* the first that does overlay only and runs */
	const struct pl_kube_workload *flannel;
	const struct pl_kube_workload *idle;    /* does policy and does not run */
};

static struct network look(const struct pl_kube *k)
{
	const struct pl_kube_workload *list = k->list[PL_KUBE_DAEMONSETS].items;
	struct network n = { NULL, NULL, NULL, NULL };

	for (size_t i = 0; i < k->list[PL_KUBE_DAEMONSETS].count; i++) {
		const struct pl_kube_workload *w = &list[i];
		const struct pl_kube_program *p = w->program;
		bool runs = w->desired > 0 && w->ready > 0;

		if (!p->network)
			continue;
		if (!p->overlay && !runs)
			n.idle = n.idle ? n.idle : w;
		else if (!p->overlay)
			n.policy = n.policy ? n.policy : w;
		else if (runs)
			n.overlay = n.overlay ? n.overlay : w;
		if (runs && pl_streq(p->network, "flannel"))
			n.flannel = w;
	}
	return n;
}

static const char *address_of(struct pl_kube *k, const struct pl_kube_workload *w)
{
	return pl_model_strf(k->m, "daemonset/%s/%s", w->space ? w->space : "", w->name ? w->name : "");
}

static void say(struct pl_kube *k, const char *word, const struct pl_kube_workload *w, const char *note)
{
	struct pl_fact *f = pl_fact_text(k->m, k->cluster, PL_CLUSTER_NETWORK_POLICY, word, NULL);

	f->basis = PL_INFERRED;
	f->note = note;
	if (w)
		f->origin.address = address_of(k, w);
}

static void unknown(struct pl_kube *k, const char *why)
{
	pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_NETWORK_POLICY, why, NULL);
}

bool pl_kube_is_told(const struct pl_kube *k, unsigned meaning)
{
	const struct pl_kube_node *nodes = k->list[PL_KUBE_NODES].items;

	for (size_t i = 0; i < k->list[PL_KUBE_NODES].count; i++)
		if (nodes[i].flags & 1U << meaning)
			return true;
	return false;
}

/* Does the flannel that is built into the distribution run?  Its annotations outlive it. */
static bool embedded_flannel(const struct pl_kube *k)
{
	const struct pl_kube_node *nodes = k->list[PL_KUBE_NODES].items;

	if (!k->platform || !k->platform->flannel || pl_kube_is_told(k, PL_KUBE_FLAG_NO_FLANNEL))
		return false;
	for (size_t i = 0; i < k->list[PL_KUBE_NODES].count; i++)
		if (nodes[i].flannel)
			return true;
	return false;
}

static void say_policy(struct pl_kube *k, const struct network *n)
{
	const struct pl_kube_workload *w = n->policy;
	const char *word = w->program->network;
	const char *note = pl_model_strf(k->m, "%s is ready on %lld of %lld nodes", w->name,
					 (long long)w->ready, (long long)w->desired);

	if (pl_streq(word, "calico") && (n->flannel || embedded_flannel(k)))
		say(k, "canal", w, pl_model_strf(k->m, "Calico does policy, flannel overlay; %s", note));
	else
		say(k, word, w, note);
}

static void say_habit(struct pl_kube *k)
{
	const struct pl_kube_platform *p = k->platform;

	if (!k->list[PL_KUBE_NODES].count)
		unknown(k, "no node is there that a network program could run on");
	else if (!p || !p->network)
		unknown(k, "no network program that is known here runs");
	else if (p->flannel && pl_kube_is_told(k, PL_KUBE_FLAG_NO_FLANNEL))
		unknown(k, "flannel is off, and no other network program that is known here runs");
	else
		say(k, p->network, NULL, p->network_note);
}

void pl_kube_network(struct pl_kube *k)
{
	const char *missing = pl_kube_missing(k, PL_KUBE_DAEMONSETS);
	struct network n = look(k);

	if (n.policy)
		say_policy(k, &n);
	else if (missing)
		unknown(k, missing);
	else if (n.idle && n.idle->desired)
		unknown(k, pl_model_strf(k->m, "%s is there, and none of its %lld pods is ready",
					 n.idle->name, (long long)n.idle->desired));
	else if (n.overlay)
		say(k, n.overlay->program->network, n.overlay,
		    n.idle ? pl_model_strf(k->m, "%s is there and runs on no node", n.idle->name) : NULL);
	else
		say_habit(k);
}
