/* SPDX-License-Identifier: Apache-2.0 */
/* Services of type LoadBalancer and Ingresses as balancers, and whether anything serves them. */
#include <stdlib.h>

#include "kubernetes/facts.h"

/* ---- reading ---- */

enum place { KIND, NAME, SPACE, ANNOTATIONS, TYPE, CLASS, INGRESS_CLASS, PORTS, TLS, ASSIGNED, PLACES };

static const char *const paths[PLACES] = {
	[KIND] = "kind",
	[NAME] = "metadata.name",
	[SPACE] = "metadata.namespace",
	[ANNOTATIONS] = "metadata.annotations",
	[TYPE] = "spec.type",
	[CLASS] = "spec.loadBalancerClass",
	[INGRESS_CLASS] = "spec.ingressClassName",
	[PORTS] = "spec.ports",
	[TLS] = "spec.tls",
	[ASSIGNED] = "status.loadBalancer.ingress",
};

struct reading {
	struct pl_kube *k;
	struct pl_kube_texts texts;
};

/* UDP and SCTP carry neither HTTP nor SSH. */
static void read_port(void *ctx, struct pl_slice value)
{
	static const char *const names[] = { "port", "protocol" };
	struct reading *r = ctx;
	struct pl_slice found[2];
	const char *port;

	pl_kube_pick_in(value, names, 2, found);
	port = pl_kube_text(r->k, found[0]);
	if (port && (pl_kube_is_null(found[1]) || pl_kube_is_text(found[1], "TCP")))
		pl_kube_texts_add(&r->texts, port);
}

static void read_assigned(void *ctx, struct pl_slice value)
{
	static const char *const names[] = { "hostname", "ip" };
	struct reading *r = ctx;
	struct pl_slice found[2];
	const char *address;

	pl_kube_pick_in(value, names, 2, found);
	address = pl_kube_text(r->k, found[pl_kube_is_null(found[0]) ? 1 : 0]);
	if (address && *address)
		pl_kube_texts_add(&r->texts, address);
}

static void count(void *ctx, struct pl_slice value)
{
	(void)value;
	++*(size_t *)ctx;
}

static void fill(struct reading *r, const struct pl_slice *found, struct pl_kube_entry *e)
{
	e->name = pl_kube_text(r->k, found[NAME]);
	e->space = pl_kube_text(r->k, found[SPACE]);
	e->class = pl_kube_text(r->k, found[pl_kube_is_null(found[CLASS]) ? INGRESS_CLASS : CLASS]);
	e->annotations = pl_kube_map(r->k, found[ANNOTATIONS], &e->annotation_count);
	pl_kube_elements(found[PORTS], read_port, r);
	e->port_count = r->texts.count;
	e->ports = pl_kube_texts_keep(r->k, &r->texts);
	pl_kube_elements(found[ASSIGNED], read_assigned, r);
	e->address_count = r->texts.count;
	e->addresses = pl_kube_texts_keep(r->k, &r->texts);
	pl_kube_elements(found[TLS], count, &e->tls);
}

static int read_entry(struct pl_kube *k, enum pl_kube_index kind, struct pl_scan *s, struct pl_err *err)
{
	struct pl_slice found[PLACES];
	struct reading r = { .k = k };

	if (pl_kube_pick(s, paths, PLACES, found, err))
		return -1;
	if (pl_kube_is_null(found[NAME]) ||
	    (!pl_kube_is_null(found[KIND]) && !pl_kube_is_text(found[KIND], pl_kube_kinds[kind].word)))
		return 0;
	if (kind == PL_KUBE_SERVICES && !pl_kube_is_text(found[TYPE], "LoadBalancer"))
		return 0;
	fill(&r, found, pl_kube_add(k, kind, sizeof(struct pl_kube_entry)));
	free(r.texts.list);
	return 0;
}

int pl_kube_read_service(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	return read_entry(k, PL_KUBE_SERVICES, s, err);
}

int pl_kube_read_ingress(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	return read_entry(k, PL_KUBE_INGRESSES, s, err);
}

/* ---- what serves Services ---- */

static const struct pl_kube_entry *first_served(const struct pl_kube *k)
{
	const struct pl_kube_entry *list = k->list[PL_KUBE_SERVICES].items;

	for (size_t i = 0; i < k->list[PL_KUBE_SERVICES].count; i++)
		if (list[i].address_count)
			return &list[i];
	return NULL;
}

/* A program that gives Services their addresses, and runs; not the one that a flag switches off. */
static const struct pl_kube_workload *server_of(const struct pl_kube *k, bool off)
{
	for (int kind = PL_KUBE_DAEMONSETS; kind <= PL_KUBE_DEPLOYMENTS; kind++) {
		const struct pl_kube_workload *list = k->list[kind].items;

		for (size_t i = 0; i < k->list[kind].count; i++)
			if (list[i].program->balancer && list[i].ready > 0 &&
			    !(off && list[i].program->builtin))
				return &list[i];
	}
	return NULL;
}

static void say(struct pl_kube *k, bool served, enum pl_basis basis, const char *note, const char *address)
{
	struct pl_fact *f = pl_fact_bool(k->m, k->cluster, PL_CLUSTER_SERVICE_LB, served, NULL);

	f->basis = basis;
	f->note = note;
	f->origin.address = address;
}

static void add_ability(struct pl_kube *k)
{
	const struct pl_kube_platform *p = k->platform;
	bool off = pl_kube_is_told(k, PL_KUBE_FLAG_NO_BALANCER);
	const struct pl_kube_entry *e = first_served(k);
	const struct pl_kube_workload *w = server_of(k, off);
	const char *missing = pl_kube_missing(k, PL_KUBE_DAEMONSETS);

	if (e)
		say(k, true, PL_SET, pl_model_strf(k->m, "the Service %s has the address %s", e->name,
						   e->addresses[0]),
		    pl_model_strf(k->m, "service/%s/%s", e->space ? e->space : "", e->name));
	else if (w)
		say(k, true, PL_INFERRED, pl_model_strf(k->m, "%s runs", w->program->component), NULL);
	else if (p && p->services && !off)
		say(k, true, PL_DEFAULT, p->services, NULL);
	else if (p && p->services_off && !missing)
		say(k, false, PL_INFERRED,
		    pl_model_strf(k->m, "%s, and nothing that is known here replaces it", p->services_off), NULL);
	else
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_SERVICE_LB,
				missing ? missing : "no Service of type LoadBalancer shows whether it gets an address",
				NULL);
}

/* ---- entries ---- */

static void add_list(struct pl_kube *k, struct pl_object *o, enum pl_attr attr,
		     const char *const *list, size_t n, const char *path)
{
	const struct pl_value v = { .type = PL_LIST, .list = list, .count = n };

	pl_fact_share(k->m, o, attr, &v, path);
}

/* What kubectl keeps of the last apply is the whole object again. */
static void add_annotations(struct pl_kube *k, struct pl_object *o, const struct pl_kube_entry *e)
{
	struct pl_pair *kept = pl_arena_alloc(&k->m->arena, e->annotation_count * sizeof *kept);
	struct pl_value v = { .type = PL_MAP, .map = kept };

	for (size_t i = 0; i < e->annotation_count; i++)
		if (!pl_streq(e->annotations[i].key, "kubectl.kubernetes.io/last-applied-configuration"))
			kept[v.count++] = e->annotations[i];
	pl_fact_share(k->m, o, PL_LB_ANNOTATIONS, &v, "metadata.annotations");
}

static const struct pl_kube_balancer *rule_of(const struct pl_kube *k, const struct pl_kube_entry *e)
{
	for (const struct pl_kube_balancer *r = k->platform ? k->platform->balancers : NULL; r && r->key;
	     r++) {
		const char *value = pl_kube_pair(e->annotations, e->annotation_count, r->key);

		if (value && (!r->value || pl_strieq(value, r->value)))
			return r;
	}
	return NULL;
}

/* Does nothing serve it, and nothing ever will? */
static bool is_unserved(const struct pl_kube *k)
{
	const struct pl_fact *f = pl_object_fact(k->cluster, PL_CLUSTER_SERVICE_LB, PL_CLUSTER_API);

	return f && f->known && !f->value.b;
}

static void add_layer(struct pl_kube *k, struct pl_object *o, const struct pl_kube_entry *e)
{
	static const char path[] = "status.loadBalancer.ingress";
	const struct pl_kube_balancer *rule = rule_of(k, e);
	struct pl_fact *f;

	if (!e->address_count && is_unserved(k)) {
		f = pl_fact_int(k->m, o, PL_LB_LAYER, 0, path);
		f->note = "it has no address, and nothing gives it one";
		return;
	}
	if (!e->address_count) {
		pl_fact_unknown(k->m, o, PL_LB_LAYER, "it has no address yet", path);
		return;
	}
	f = pl_fact_int(k->m, o, PL_LB_LAYER, rule ? rule->layer : 4, rule ? "metadata.annotations" : path);
	f->note = rule ? rule->note : k->platform ? k->platform->balancer : NULL;
	if (rule && rule->scheme)
		pl_fact_text(k->m, o, PL_LB_SCHEME, rule->scheme, "metadata.annotations");
}

static struct pl_object *add_entry(struct pl_kube *k, const struct pl_kube_entry *e, const char *word)
{
	const char *space = e->space ? e->space : "default";
	const char *identity = pl_model_strf(k->m, "%s/%s/%s", word, space, e->name);
	struct pl_object *o = pl_kube_object(k, PL_LOAD_BALANCER, e->name, identity);

	o->identity = identity;
	pl_fact_text(k->m, o, PL_LB_TYPE, word, NULL);
	add_annotations(k, o, e);
	add_list(k, o, PL_LB_ADDRESSES, e->addresses, e->address_count, "status.loadBalancer.ingress");
	return o;
}

bool pl_kube_makes_balancer(const char *class)
{
	static const char *const classes[] = { "alb", "gce", "gce-internal", "azure/application-gateway",
					       "azure-application-gateway" };

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (pl_streq(class, classes[i]))
			return true;
	return false;
}

static void add_ingress(struct pl_kube *k, const struct pl_kube_entry *e)
{
	static const char *const ports[] = { "80", "443" };
	struct pl_object *o = add_entry(k, e, "ingress");
	const char *class = e->class;
	struct pl_fact *f;

	if (!class)
		class = pl_kube_pair(e->annotations, e->annotation_count, "kubernetes.io/ingress.class");
	pl_fact_int(k->m, o, PL_LB_LAYER, 7, NULL);
	if (pl_kube_makes_balancer(class)) {
		add_list(k, o, PL_LB_PORTS, ports, e->tls ? 2 : 1, "spec.tls");
		return;
	}
	f = pl_fact_add(k->m, o, PL_LB_PORTS, &(struct pl_value){ .type = PL_LIST }, "spec.ingressClassName");
	f->note = "the Service of its controller is what listens";
}

void pl_kube_entries(struct pl_kube *k)
{
	const struct pl_kube_entry *services = k->list[PL_KUBE_SERVICES].items;
	const struct pl_kube_entry *ingresses = k->list[PL_KUBE_INGRESSES].items;

	add_ability(k);
	for (size_t i = 0; i < k->list[PL_KUBE_SERVICES].count; i++) {
		struct pl_object *o = add_entry(k, &services[i], "service");

		add_layer(k, o, &services[i]);
		add_list(k, o, PL_LB_PORTS, services[i].ports, services[i].port_count, "spec.ports");
	}
	for (size_t i = 0; i < k->list[PL_KUBE_INGRESSES].count; i++)
		add_ingress(k, &ingresses[i]);
}
