/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listeners as entries.  A network or application balancer itself listens on nothing: its listeners
 * do, and take from it what they do not say.  A classic one holds its listeners.
 */
#include <stdlib.h>

#include "aws/service.h"
#include "base/str.h"

static const char *const balancer_types[] = { "aws_lb", "aws_alb", NULL };

/* Protocols of listeners; others (UDP, QUIC, GENEVE) carry neither HTTP nor SSH of a cluster. */
static const struct {
	const char *name;
	int layer;
} protocols[] = {
	{ "HTTP", 7 }, { "HTTPS", 7 }, { "TCP", 4 }, { "TLS", 4 }, { "TCP_UDP", 4 }, { "SSL", 4 },
};

int pl_aws_layer(const char *protocol)
{
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
		if (pl_strieq(protocol, protocols[i].name))
			return protocols[i].layer;
	return 0;
}

static struct pl_tf_resource *balancer_of(struct pl_tf *tf, struct pl_tf_resource *r)
{
	return pl_tf_follow(tf, r, "load_balancer_arn", balancer_types, "arn|id");
}

/* A gateway balancer passes everything to appliances and lets nobody into a cluster. */
bool pl_aws_listens(struct pl_tf *tf, struct pl_tf_resource *r)
{
	const char *protocol = pl_tf_text(tf, r, "protocol");
	struct pl_tf_resource *lb = balancer_of(tf, r);

	if (protocol && *protocol && !pl_aws_layer(protocol))
		return false;
	return !lb || !pl_streq(pl_tf_text(tf, lb, "load_balancer_type"), "gateway");
}

/* ---- listeners of their own ---- */

/* The balancer's type, "network" or "application", which nobody has to say; NULL: not known. */
static const char *type_of(struct pl_tf *tf, struct pl_tf_resource *lb)
{
	static const char path[] = "load_balancer_type";

	if (!lb || pl_tf_get(tf, lb, path).state == PL_TF_UNKNOWN)
		return NULL;
	return pl_streq(pl_tf_text(tf, lb, path), "network") ? "network" : "application";
}

static void add_layer(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		      struct pl_tf_resource *lb)
{
	struct pl_tf_value v = pl_tf_get(tf, r, "protocol");
	int layer = pl_aws_layer(pl_tf_text(tf, r, "protocol"));
	const char *type = type_of(tf, lb);
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	if (layer) {
		pl_fact_int(m, o, PL_LB_LAYER, layer, "protocol");
	} else if (type) {
		layer = pl_streq(type, "network") ? 4 : 7;
		f = pl_fact_int(m, o, PL_LB_LAYER, layer, "load_balancer_arn");
		f->basis = PL_INFERRED;
		f->note = pl_model_strf(m, "the type of its balancer is %s", type);
	} else {
		pl_fact_unknown(m, o, PL_LB_LAYER,
				v.waits_for ? v.waits_for : "its balancer is not in these sources",
				"protocol");
	}
	if (!type && layer)
		type = layer == 4 ? "network" : "application";
	if (type)
		pl_fact_text(m, o, PL_LB_TYPE, type, NULL);
}

/* Balancers are external unless they are told to be internal. */
static void add_scheme(struct pl_tf *tf, struct pl_tf_resource *lb, struct pl_object *o,
		       const char *path)
{
	struct pl_tf_value v = pl_tf_get(tf, lb, "internal");
	struct pl_model *m = pl_tf_model(tf);
	bool internal = pl_streq(pl_tf_text(tf, lb, "internal"), "true");

	if (v.state == PL_TF_UNKNOWN)
		pl_fact_unknown(m, o, PL_LB_SCHEME, v.waits_for, path);
	else
		pl_fact_text(m, o, PL_LB_SCHEME, internal ? "internal" : "external", path);
}

void pl_aws_listener(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "port";
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	const char *port = pl_tf_text(tf, r, path), *name;
	struct pl_tf_resource *lb = balancer_of(tf, r);
	struct pl_model *m = pl_tf_model(tf);

	name = lb && !pl_tf_get(tf, lb, "name").sensitive ? pl_tf_text(tf, lb, "name") : NULL;
	if (port && !v.sensitive)
		o->name = pl_model_strf(m, "%s:%s", name ? name : lb ? lb->name : r->name, port);
	add_layer(tf, r, o, lb);
	if (lb)
		add_scheme(tf, lb, o, "load_balancer_arn");
	if (port)
		pl_fact_list(m, o, PL_LB_PORTS, &port, 1, path);
	else
		pl_fact_unknown(m, o, PL_LB_PORTS, v.waits_for ? v.waits_for : "no port is set",
				path);
}

/* ---- classic balancers ---- */

/* Its listeners of one layer; 0 for those whose protocol is not known. */
struct side {
	int layer;
	const char **ports;
	size_t count;
};

static const char *listener_text(struct pl_tf *tf, struct pl_tf_resource *r, size_t i,
				 const char *member)
{
	return pl_tf_text(tf, r, pl_model_strf(pl_tf_model(tf), "listener[%zu].%s", i, member));
}

static void read_side(struct pl_tf *tf, struct pl_tf_resource *r, size_t n, struct side *side)
{
	for (size_t i = 0; i < n; i++) {
		const char *port = listener_text(tf, r, i, "lb_port");

		if (port && pl_aws_layer(listener_text(tf, r, i, "lb_protocol")) == side->layer)
			side->ports[side->count++] = port;
	}
}

static void add_side(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		     const struct side *side)
{
	struct pl_model *m = pl_tf_model(tf);

	pl_fact_text(m, o, PL_LB_TYPE, "classic", NULL);
	add_scheme(tf, r, o, "internal");
	pl_fact_list(m, o, PL_LB_PORTS, side->ports, side->count, "listener");
	if (side->layer)
		pl_fact_int(m, o, PL_LB_LAYER, side->layer, "listener");
	else
		pl_fact_unknown(m, o, PL_LB_LAYER, "the protocol of a listener is not known",
				"listener");
}

/* A classic balancer of both layers counts as two; the second belongs where the first does. */
static struct pl_object *second(struct pl_tf *tf, struct pl_tf_resource *r,
				const struct pl_object *o, const struct side *side)
{
	struct pl_model *m = pl_tf_model(tf);
	struct pl_object *other = pl_tf_object(tf, r, o->kind, o->name);

	other->cluster = o->cluster;
	other->cluster_how = o->cluster_how;
	if (o->identity)
		other->identity = pl_model_strf(m, "%s/%d", o->identity, side->layer);
	return other;
}

void pl_aws_classic(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const int layers[] = { 4, 7, 0 };
	struct pl_tf_value v = pl_tf_get(tf, r, "listener");
	size_t n = pl_tf_count(tf, r, "listener");
	struct pl_object *to = o, *last = NULL;

	for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
		struct side side = { .layer = layers[i],
				     .ports = pl_alloc((n + 1) * sizeof *side.ports) };

		read_side(tf, r, n, &side);
		if (side.count) {
			last = to ? to : second(tf, r, o, &side);
			add_side(tf, r, last, &side);
			if (last != o)
				pl_tf_seal(tf, r, last);
			to = NULL;
		}
		free(side.ports);
	}
	if (!last)
		pl_fact_unknown(pl_tf_model(tf), o, PL_LB_PORTS,
				v.waits_for ? v.waits_for : "no port of it is known", "listener");
}
