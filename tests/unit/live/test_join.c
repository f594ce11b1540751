/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan, nodes that answer themselves, yesterday's snapshot, and the cluster as it is: what becomes one,
 * where they disagree, and what that does to verdicts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "kubernetes/provider.h"
#include "live.h"
#include "model/snapshot.h"

#define META "gitpod.io/workload_meta=true"
#define PLAN_META "gitpod.io/workload_meta:true"
#define EKS "version v1.24.10-eks-48e63af\nhint name=c provider=eks location=eu-west-1 account=1\n"
#define NODE "node ip-10-0-0-1 eks.amazonaws.com/nodegroup=p " META " @id=aws:///z/i-1 @ip=10.0.0.1 "
#define K3S "version v1.24.10+k3s1\n"
#define PLAN "plan cluster c provider=eks distribution=eks version=1.24 location=eu-west-1\n"
#define STATE "state cluster c provider=eks distribution=eks version=1.24 location=eu-west-1\nstate pool "
#define OTHER "node ip-10-0-0-9 eks.amazonaws.com/nodegroup=q @id=aws:///z/i-9 "
#define POOL "plan pool p in=c min_nodes=1 version=1.24 labels=" PLAN_META

struct row {
	const char *what, *world, *old, *live, *drift, *verdicts;
	const char *problem; /* part of a message that must be there; NULL: of none */
};

static const struct row clusters[] = {
	{ "by provider and name", PLAN POOL, NULL, EKS NODE, "", "label-meta=pass", NULL },
	{ "another place", "plan cluster c provider=eks location=us-east-1", NULL, EKS, "", "", "--join" },
	{ "a place in another spelling", "plan cluster c provider=aks location=EastUS", NULL,
	  "version v1.24.1\nhint name=c provider=aks location=eastus", "", "distribution=pass", NULL },
	{ "by endpoint", "plan cluster x provider=eks endpoint=https://ABC.gr7.eu-west-1.eks.amazonaws.com", NULL,
	  EKS "hint server=https://abc.gr7.eu-west-1.eks.amazonaws.com:443/ provider=eks name=y", "",
	  "distribution=pass", NULL },
	{ "assumed: one on each side", "plan cluster k provider=k3s distribution=k3s", NULL, K3S "node n", "",
	  "k/distribution=pass", NULL },
	{ "not when providers differ", "plan cluster k provider=gke", NULL, K3S "node n", "", "", "--join k8s://ctx=k" },
	{ "not when both have names of their own", "plan cluster d provider=eks", NULL, EKS, "", "", "--join" },
};

static const struct row drifts[] = {
	{ "nothing differs", PLAN POOL, NULL, EKS NODE, "", "", NULL },
	{ "a label that is not there", PLAN POOL ",a:b", NULL, EKS NODE,
	  "p labels.a plan=b cluster=-\n", "label-meta=pass", NULL },
	{ "a label that only some nodes carry", PLAN POOL, NULL,
	  EKS NODE "\nnode ip-10-0-0-2 eks.amazonaws.com/nodegroup=p @id=aws:///z/i-2",
	  "p labels.gitpod.io/workload_meta plan=true cluster=-\n", "label-meta=pass", NULL },
	{ "a label that somebody set by hand", PLAN POOL, NULL, EKS NODE "team=a example.com/cost=7",
	  "p labels.example.com/cost plan=- cluster=7\np labels.team plan=- cluster=a\n", "label-meta=pass", NULL },
	{ "labels that platforms and their programs set", PLAN POOL, NULL, EKS NODE "kubernetes.io/os=linux eks.amazonaws.com/"
	  "nodegroup-image=ami-1 karpenter.sh/x=y projectcalico.org/ds-ready=true agentpool=p storageprofile=managed "
	  "topology.gke.io/zone=a p2p.k3s.cattle.io/enabled=true", "", "label-meta=pass", NULL },
	{ "the plan adds it", PLAN POOL ",a:b +change", NULL, EKS NODE, "p labels.a plan=b cluster=- +change\n",
	  "label-meta=pass", NULL },
	{ "what it changes decides", PLAN "plan pool p in=c min_nodes=1 +change labels=" PLAN_META " os=ubuntu", NULL,
	  EKS NODE "@os=Amazon_Linux_2", "p os plan=ubuntu cluster=amazon-linux +change\n", "node-os=pass", NULL },
	{ "machine types that it may pick", PLAN POOL " machine_type=m6i.xlarge machine_type=m6a.xlarge", NULL,
	  EKS NODE "node.kubernetes.io/instance-type=m6a.xlarge", "", "", NULL },
	{ "a machine type that it may not", PLAN POOL " machine_type=m6i.xlarge", NULL,
	  EKS NODE "node.kubernetes.io/instance-type=t3.small",
	  "p machine_type plan=m6i.xlarge cluster=t3.small\n", "", NULL },
	{ "another version", PLAN POOL, NULL, EKS NODE "@version=v1.22.1",
	  "p version plan=1.24 cluster=v1.22.1\n", "", NULL },
	{ "another version of the control plane", "plan cluster c provider=eks version=1.23\n", NULL, EKS,
	  "c version plan=1.23 cluster=v1.24.10-eks-48e63af\n", "", NULL },
	{ "the end of a tunnel is no other endpoint", "plan cluster c provider=eks endpoint=https://a.eks.amazonaws.com",
	  NULL, "version v1.24.1\nhint name=c provider=eks server=https://127.0.0.1:6443", "", "", NULL },
	{ "another endpoint", "plan cluster c provider=eks endpoint=https://a.eks.amazonaws.com", NULL,
	  "version v1.24.1\nhint name=c provider=eks server=https://b.eks.amazonaws.com",
	  "c endpoint plan=https://a.eks.amazonaws.com cluster=https://b.eks.amazonaws.com\n", "", NULL },
	{ "taints in another order", PLAN POOL " taints=a=b:NoSchedule", NULL, EKS NODE "@taint=a=b:NoSchedule", "",
	  "node-taints=fail", NULL },
	{ "another taint", PLAN POOL " taints=", NULL, EKS NODE "@taint=a=b:NoSchedule",
	  "p taints plan=none cluster=a=b:NoSchedule\n", "node-taints=fail", NULL },
};

static const struct row pools[] = {
	{ "planned and not there", PLAN POOL "\nplan pool q in=c min_nodes=2 labels=a:b", NULL, EKS NODE,
	  "q nodes plan=at_least_2 cluster=-\n", "", NULL },
	{ "in a state and not there", STATE "p in=c version=1.24 min_nodes=1 labels=" PLAN_META, NULL, EKS OTHER,
	  "p nodes plan=at_least_1 cluster=-\nq nodes plan=- cluster=1\n",
	  "label-meta=unknown label-meta@plan=unknown label-meta@cluster=fail", NULL },
	{ "in a state, not there, and labelled elsewhere", STATE "p in=c version=1.24 min_nodes=1 labels=" PLAN_META, NULL,
	  EKS OTHER META, "p nodes plan=at_least_1 cluster=-\nq nodes plan=- cluster=1\n", "label-meta=pass", NULL },
	{ "in a state, and it may have no nodes", STATE "p in=c version=1.24 min_nodes=0 labels=" PLAN_META, NULL, EKS OTHER,
	  "q nodes plan=- cluster=1\n", "label-meta=pass", NULL },
	{ "in a state, and nodes were not read", STATE "p in=c version=1.24 min_nodes=1 labels=" PLAN_META, NULL,
	  EKS "refused nodes", "", "label-meta=pass", NULL },
	{ "in a plan and not there", PLAN POOL, NULL, EKS OTHER,
	  "p nodes plan=at_least_1 cluster=-\nq nodes plan=- cluster=1\n",
	  "label-meta=pass label-meta@plan=pass label-meta@cluster=fail", NULL },
	{ "it may have no nodes", PLAN POOL "\nplan pool q in=c min_nodes=0 labels=a:b", NULL, EKS NODE, "", "", NULL },
	{ "there and not planned", PLAN POOL, NULL, EKS NODE "\nnode x eks.amazonaws.com/nodegroup=gpu",
	  "gpu nodes plan=- cluster=1\n", "", NULL },
	{ "made by Karpenter", PLAN POOL, NULL, EKS NODE "\nnode x karpenter.sh/nodepool=k", "", "", NULL },
	{ "a node in no pool", PLAN POOL, NULL, EKS NODE "\nnode stray",
	  "stray pool plan=- cluster=a_node_that_belongs_to_no_pool\n", "", NULL },
	{ "the plan is a part only", "plan* cluster c provider=eks\nplan* pool p in=c min_nodes=1", NULL,
	  EKS NODE "\nnode x eks.amazonaws.com/nodegroup=gpu", "", "", NULL },
	{ "nodes were not read", PLAN POOL, NULL, EKS "refused nodes", "", "label-meta=pass", NULL },
	{ "a pool that the plan takes away", PLAN POOL "\nplan pool q in=c min_nodes=1 +gone", NULL,
	  EKS NODE "\nnode x eks.amazonaws.com/nodegroup=q", "q nodes plan=- cluster=1 +change\n", "", NULL },
	{ "a virtual kubelet is no node", PLAN POOL, NULL, EKS NODE "\nnode aci type=virtual-kubelet @version=v1.19.10",
	  "", "kubernetes-version=pass", NULL },
	{ "Fargate's nodes", PLAN POOL, NULL, EKS NODE "\nnode fargate-1 eks.amazonaws.com/compute-type=fargate", "", "",
	  NULL },
	{ "what is planned as it is and not there", PLAN "plan component cm in=c name=cert-manager version=1.9.1", NULL,
	  EKS "groups x.io\n" NODE, "", "cert-manager=fail cert-manager@plan=pass", NULL },
	{ "what the plan adds", PLAN "plan component cm in=c name=cert-manager version=1.9.1 +change", NULL,
	  EKS "groups x.io\n" NODE, "", "cert-manager=pass cert-manager@cluster=fail", NULL },
	{ "the plan shows no pools", PLAN, NULL, EKS NODE, "", "label-meta=pass", NULL },
};

#define K3S_PLAN "plan cluster k provider=k3s distribution=k3s\n"
#define SERVER "plan pool k-server-1 in=k min_nodes=1 labels=a:b\n"

static const struct row machines[] = {
	{ "instances by their names", K3S_PLAN SERVER "plan pool k-agent-1 in=k min_nodes=1 labels=" PLAN_META, NULL,
	  K3S "node k-server-1 a=b\nnode k-agent-1", "k-agent-1 labels.gitpod.io/workload_meta plan=true cluster=-\n",
	  "", NULL },
	{ "by the name before the domain", K3S_PLAN SERVER, NULL, K3S "node k-server-1.example.com a=c",
	  "k-server-1 labels.a plan=b cluster=c\n", "", "is taken for the pool 'k-server-1'" },
	{ "one of a group", K3S_PLAN "plan pool k-agent in=k min_nodes=1 labels=a:b", NULL, K3S "node k-agent-x7 a=c",
	  "k-agent labels.a plan=b cluster=c\n", "", "is taken for the pool 'k-agent'" },
	{ "several of a group are parts of it", K3S_PLAN "plan pool k-agent in=k min_nodes=2 labels=a:b", NULL,
	  K3S "node k-agent-x7 a=c\nnode k-agent-x8 a=c", "", "", NULL },
	{ "one that is not there", K3S_PLAN SERVER "plan pool k-agent-9 in=k min_nodes=1", NULL, K3S "node k-server-1 a=b",
	  "k-agent-9 nodes plan=at_least_1 cluster=-\n", "", NULL },
	{ "one that nobody planned", K3S_PLAN SERVER, NULL, K3S "node k-server-1 a=b\nnode other",
	  "other pool plan=- cluster=a_node_that_belongs_to_no_pool\n", "", NULL },
	{ "by provider ID", K3S_PLAN "plan pool x/i-1 in=k min_nodes=1 labels=a:b", NULL,
	  K3S "node ip-10-0-0-1 a=c @id=aws:///z/i-1", "x/i-1 labels.a plan=b cluster=c\n", "", "is taken for" },
};

#define SSH "node node "

static const struct row nodes[] = {
	{ "by provider ID", SSH "n7 provider_id=aws:///z/i-1 vcpu=2 memory=64000000000", NULL, EKS NODE,
	  "ip-10-0-0-1 vcpu cluster=8 node=2\n", "node-size=fail", NULL },
	{ "by address", SSH "n7 addresses=10.0.0.1,172.17.0.1 vcpu=2 memory=64000000000", NULL, EKS NODE,
	  "ip-10-0-0-1 vcpu cluster=8 node=2\n", "node-size=fail", NULL },
	{ "by host name", SSH "n7 hostname=IP-10-0-0-1 vcpu=2 memory=64000000000", NULL, EKS NODE,
	  "ip-10-0-0-1 vcpu cluster=8 node=2\n", "node-size=fail", NULL },
	{ "a node without labels is not asked", SSH "n7 hostname=w vcpu=2 memory=1", NULL, EKS NODE "\nnode w",
	  "w vcpu cluster=8 node=2\n", "node-size=pass node-size@node=not-applicable", NULL },
	{ "one that nobody knows is judged", SSH "n7 hostname=z vcpu=2 memory=1", NULL, EKS NODE, "",
	  "node-size=fail", NULL },
	{ "two of one name are none", SSH "a hostname=localhost vcpu=8 memory=64000000000\n" SSH
	  "b hostname=localhost vcpu=8 memory=64000000000", NULL, EKS NODE "\nnode localhost", "", "node-size=pass", NULL },
	{ "an address that all have joins nobody", SSH "a addresses=172.17.0.1 vcpu=8 memory=64000000000\n" SSH
	  "b addresses=172.17.0.1 vcpu=8 memory=64000000000", NULL, EKS NODE "\nnode x @ip=172.17.0.1", "",
	  "node-size=pass", NULL },
	{ "what a dead one does not tell the cluster does", SSH "n7 hostname=ip-10-0-0-1 vcpu=?unreachable memory=?x",
	  NULL, EKS NODE, "", "node-size=pass node-size@node=unknown", NULL },
};

static const struct row days[] = {
	{ "the same", "", EKS NODE, EKS NODE, "", "label-meta=pass", NULL },
	{ "a label went", "", EKS NODE "a=b", EKS NODE, "p labels.a old=b new=-\n", "", NULL },
	{ "a version rose", "", EKS NODE "@version=v1.23.1", EKS NODE, "p version old=v1.23.1 new=v1.24.10\n",
	  "kubernetes-version=pass", NULL },
	{ "a pool went", "", EKS NODE "\nnode x eks.amazonaws.com/nodegroup=q @version=v1.20.1", EKS NODE,
	  "q pool old=there new=-\n", "kubernetes-version=pass", NULL },
	{ "a pool came", "", EKS NODE, EKS NODE "\nnode x eks.amazonaws.com/nodegroup=q",
	  "q pool old=- new=there\n", "", NULL },
	{ "what may not be read today is not known to be gone", "", EKS NODE, EKS "refused nodes", "", "label-meta=pass", NULL },
	{ "called alike, through a tunnel", "", K3S "node n " META, K3S "hint server=https://127.0.0.1:6443\nnode n",
	  "n labels.gitpod.io/workload_meta old=true new=-\n", "label-meta=fail", NULL },
	{ "one cluster by the namespace it has once", "", K3S "namespace kube-system\nnode n", K3S "namespace kube-system\nnode m",
	  "m pool old=- new=there\nn pool old=there new=-\n", "", NULL },
};

/* ---- what came of it ---- */

static void add_side(struct pl_buf *b, const char *name, const char *value)
{
	size_t from = b->len;

	pl_buf_addf(b, " %s=%s", name, value ? value : "-");
	for (size_t i = from + 1; i < b->len; i++)
		b->data[i] = b->data[i] == ' ' ? '_' : b->data[i];
}

static void say_drift(const struct pl_model *m, struct pl_buf *b)
{
	for (size_t i = 0; i < m->drift_count; i++) {
		const struct pl_drift *d = &m->drift[i];

		pl_buf_addf(b, "%s %s", d->name, d->attribute);
		if (d->snapshots) {
			add_side(b, "old", d->state);
			add_side(b, "new", d->now);
		}
		for (int w = 0; w < PL_WITNESS_COUNT; w++)
			if (d->witnesses & 1U << w)
				add_side(b, pl_witness_name((enum pl_witness)w), d->said[w]);
		pl_buf_adds(b, d->will_change ? " +change\n" : "\n");
	}
}

static bool has_problem(const struct pl_model *m, const char *part)
{
	for (size_t i = 0; i < m->problem_count; i++)
		if (!part || strstr(m->problems[i].message, part))
			return true;
	return false;
}

static void add_old(struct pl_model *m, const char *text)
{
	pl_auto_model struct pl_model *old = pl_model_new();
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;

	live_add(old, "k8s://ctx", text);
	live_join(old);
	pl_snapshot_write(old, &b);
	if (pl_snapshot_read(m, "old.json", b.data, b.len, &err))
		fail_msg("%s", err.text);
}

static char gitpod[PL_LIMIT_YAML_BYTES];
static size_t gitpod_len;

static int read_gitpod(void **state)
{
	FILE *f = fopen(PL_SOURCE_DIR "/reference-arch/gitpod/gitpod.yaml", "rb");

	(void)state;
	if (!f)
		return -1;
	gitpod_len = fread(gitpod, 1, sizeof gitpod, f);
	return fclose(f);
}

/* Those that count: see "a virtual kubelet is no node". */
static size_t nodes_in(const char *live)
{
	size_t n = pl_starts(live, "node ");

	for (const char *p = strstr(live, "refused nodes") ? "" : live; (p = strstr(p, "\nnode ")); p++)
		n++;
	return n - (strstr(live, "virtual-kubelet") != NULL);
}

static bool is_custom(const char *key)
{
	return pl_kube_is_custom(pl_providers, key);
}

static size_t judge(const struct row *row)
{
	auto_world w = { pl_model_new(), world_arch(gitpod, gitpod_len, "production"), NULL };
	const char *world = row->world, *line;
	pl_auto_buf drift = PL_BUF_INIT;
	size_t wrong = 0;

	w.model->custom_label = is_custom;
	while ((line = next_part(w.model, &world, "\n")))
		world_line(w.model, line, false);
	if (row->old)
		add_old(w.model, row->old);
	live_add(w.model, "k8s://ctx", row->live);
	assert_int_equal(w.model->sources[w.model->source_count - 1].resources, nodes_in(row->live));
	live_join(w.model);
	w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
	say_drift(w.model, &drift);
	if (!pl_streq(drift.data, row->drift)) {
		print_error("%s: drift is\n%s", row->what, drift.data);
		wrong++;
	}
	if (row->problem && !has_problem(w.model, row->problem)) {
		print_error("%s: no problem says '%s'\n", row->what, row->problem);
		wrong++;
	}
	return wrong + world_wrong(w.report, row->what, row->verdicts);
}

static void judge_rows(const struct row *rows, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++)
		wrong += judge(&rows[i]);
	assert_int_equal(wrong, 0);
}

#define ROWS(name) \
	static void test_##name(void **state) \
	{ \
		(void)state; \
		judge_rows(name, sizeof name / sizeof *name); \
	}

ROWS(clusters)
ROWS(drifts)
ROWS(pools)
ROWS(machines)
ROWS(nodes)
ROWS(days)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clusters), cmocka_unit_test(test_drifts),
		cmocka_unit_test(test_pools),	 cmocka_unit_test(test_machines),
		cmocka_unit_test(test_nodes),	 cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, read_gitpod, NULL);
}
