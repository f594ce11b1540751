/* SPDX-License-Identifier: Apache-2.0 */
/* Forwarding rules as balancers, and the annotations that choose balancers on GKE. */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "google/google.h"
#include "model/annotation.h"
#include "model/runtime.h"

/* ---- which rules are balancers ---- */

/* Rules for UDP, tunnels or Private Service Connect carry neither HTTP nor SSH of a cluster. */
bool pl_google_balances(struct pl_tf *tf, struct pl_tf_resource *r)
{
	const char *protocol = pl_tf_text(tf, r, "ip_protocol");
	struct pl_tf_value scheme = pl_tf_get(tf, r, "load_balancing_scheme");
	const char *scheme_text = pl_tf_text(tf, r, "load_balancing_scheme");
	bool private_connect = scheme.state == PL_TF_SET && scheme_text && !*scheme_text;

	return (!protocol || !*protocol || pl_streq(protocol, "TCP") ||
		pl_streq(protocol, "L3_DEFAULT")) &&
	       !private_connect;
}

/* ---- layer ---- */

static const char *const proxies[] = {
	"google_compute_target_http_proxy",
	"google_compute_target_https_proxy",
	"google_compute_target_grpc_proxy",
	"google_compute_region_target_http_proxy",
	"google_compute_region_target_https_proxy",
	"google_compute_target_tcp_proxy",
	"google_compute_target_ssl_proxy",
	"google_compute_region_target_tcp_proxy",
	"google_compute_target_pool",
	"google_compute_target_instance",
	NULL,
};

/* What a target's type, or the kind in its link (".../targetHttpsProxies/x"), says of the layer. */
static const struct {
	const char *word;
	int layer;
} layers[] = {
	{ "target_http", 7 },     { "targethttp", 7 },     { "target_grpc", 7 },
	{ "targetgrpc", 7 },      { "target_tcp", 4 },     { "targettcp", 4 },
	{ "target_ssl", 4 },      { "targetssl", 4 },      { "target_pool", 4 },
	{ "targetpool", 4 },      { "target_instance", 4 }, { "targetinstance", 4 },
};

int pl_google_layer(const char *text)
{
	for (size_t i = 0; text && i < sizeof layers / sizeof *layers; i++)
		if (pl_contains(text, layers[i].word))
			return layers[i].layer;
	return 0;
}

static void add_layer(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_model *m = pl_tf_model(tf);
	struct pl_tf_value v = pl_tf_get(tf, r, "target");
	struct pl_tf_resource *proxy =
		pl_tf_follow(tf, r, "target", proxies, "self_link|id|name");
	int layer = pl_google_layer(proxy ? proxy->type : pl_tf_text(tf, r, "target"));
	struct pl_fact *f;

	if (layer) {
		pl_fact_int(m, o, PL_LB_LAYER, layer, "target");
	} else if (v.state == PL_TF_UNSET) {
		f = pl_fact_int(m, o, PL_LB_LAYER, 4, "backend_service");
		f->note = "a forwarding rule without a proxy passes packets through";
	} else {
		pl_fact_unknown(m, o, PL_LB_LAYER,
				v.waits_for ? v.waits_for : "the target's kind is not known",
				"target");
	}
}

/* ---- ports ---- */

struct ports {
	const char **items;
	size_t count, cap;
};

static void add_port(struct ports *p, const char *port)
{
	for (size_t i = 0; i < p->count; i++)
		if (pl_streq(p->items[i], port))
			return;
	p->items = pl_grow(p->items, p->count, &p->cap, sizeof *p->items);
	p->items[p->count++] = port;
}

size_t pl_google_range(struct pl_model *m, const char *text, const char *out[PL_GOOGLE_RANGE])
{
	static const long asked[] = { 22, 80, 443 };
	long first, last;
	size_t n = 0;

	switch (sscanf(text, "%5ld-%5ld", &first, &last)) {
	case 1:
		last = first;
		break;
	case 2:
		break;
	default:
		return 0;
	}
	out[n++] = pl_model_strf(m, "%ld", first);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (asked[i] > first && asked[i] < last)
			out[n++] = pl_model_strf(m, "%ld", asked[i]);
	if (last != first)
		out[n++] = pl_model_strf(m, "%ld", last);
	return n;
}

static void add_range(struct pl_model *m, struct ports *p, const char *text)
{
	const char *found[PL_GOOGLE_RANGE];
	size_t n = pl_google_range(m, text, found);

	for (size_t i = 0; i < n; i++)
		add_port(p, found[i]);
}

static void read_ports(struct pl_tf *tf, struct pl_tf_resource *r, struct ports *out)
{
	struct pl_model *m = pl_tf_model(tf);
	const char *range = pl_tf_text(tf, r, "port_range");

	for (size_t i = 0; i < pl_tf_count(tf, r, "ports"); i++) {
		const char *port = pl_tf_text(tf, r, pl_model_strf(m, "ports[%zu]", i));

		if (port)
			add_range(m, out, port);
	}
	if (range)
		add_range(m, out, range);
}

static void add_ports(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_model *m = pl_tf_model(tf);
	struct pl_tf_value list = pl_tf_get(tf, r, "ports");
	struct pl_tf_value range = pl_tf_get(tf, r, "port_range");
	struct pl_value value = { .type = PL_LIST };
	struct ports ports = { 0 };
	struct pl_fact *f;
	bool all;

	read_ports(tf, r, &ports);
	all = !ports.count && list.state != PL_TF_UNKNOWN && range.state != PL_TF_UNKNOWN;
	if (all)
		add_range(m, &ports, "1-65535");
	value.list = ports.items;
	value.count = ports.count;
	if (ports.count) {
		f = pl_fact_add(m, o, PL_LB_PORTS, &value,
				range.state == PL_TF_SET ? "port_range" : "ports");
		f->note = all ? "without ports all are forwarded" : NULL;
	} else {
		range = range.state == PL_TF_UNKNOWN ? range : list;
		pl_fact_unknown(m, o, PL_LB_PORTS, range.waits_for, range.path);
	}
	free(ports.items);
}

void pl_google_forwarding_rule(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "load_balancing_scheme";
	const char *scheme = pl_tf_text(tf, r, path);
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	struct pl_model *m = pl_tf_model(tf);

	add_layer(tf, r, o);
	add_ports(tf, r, o);
	pl_fact_text(m, o, PL_LB_TYPE, "forwarding-rule", NULL);
	if (v.state == PL_TF_UNKNOWN)
		pl_fact_unknown(m, o, PL_LB_SCHEME, v.waits_for, path);
	else
		pl_fact_text(m, o, PL_LB_SCHEME,
			     scheme && pl_starts(scheme, "INTERNAL") ? "internal" : "external",
			     path);
}

/* ---- annotations ---- */

#define LB_TYPE "networking.gke.io/load-balancer-type"
#define OLD_LB_TYPE "cloud.google.com/load-balancer-type"

static const struct pl_annotation_rule annotation_rules[] = {
	{ "service.beta.kubernetes.io/aws-*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by AWS only and does nothing on GKE" },
	{ "alb.ingress.kubernetes.io/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by AWS only and does nothing on GKE" },
	{ "service.beta.kubernetes.io/azure-*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by Azure only and does nothing on GKE" },
	{ "appgw.ingress.kubernetes.io/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by Azure only and does nothing on GKE" },
	{ LB_TYPE, "Internal", PL_ANNOTATION_WITH, OLD_LB_TYPE, "External",
	  "asks for an internal balancer, " OLD_LB_TYPE " for an external one" },
	{ LB_TYPE, "External", PL_ANNOTATION_WITH, OLD_LB_TYPE, "Internal",
	  "asks for an external balancer, " OLD_LB_TYPE " for an internal one" },
	{ LB_TYPE, "Internal", PL_ANNOTATION_WITH, "cloud.google.com/l4-rbs", "enabled",
	  "asks for an internal balancer, cloud.google.com/l4-rbs for an external one" },
	{ "networking.gke.io/internal-load-balancer-*", NULL, PL_ANNOTATION_WITHOUT, LB_TYPE,
	  "Internal", "does nothing without " LB_TYPE ": Internal" },
	{ 0 },
};

void pl_google_finish(struct pl_model *m, struct pl_object *cluster)
{
	const struct pl_fact *f = pl_object_fact(cluster, PL_CLUSTER_PROVIDER, -1);

	if (f && f->known && pl_streq(f->value.s, "gke")) {
		pl_annotation_judge(m, cluster, annotation_rules);
		pl_runtime_infer(m, cluster, pl_google_containerd);
	}
}
