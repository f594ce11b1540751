/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of Azure load balancers and application gateways as entries, and the annotations that
 * choose balancers on AKS.
 */
#include <stdlib.h>

#include "azure/azure.h"
#include "base/scalar.h"
#include "base/str.h"
#include "model/annotation.h"

/* A rule for UDP carries neither HTTP nor SSH. */
bool pl_azure_balances(struct pl_tf *tf, struct pl_tf_resource *r)
{
	return !pl_strieq(pl_tf_text(tf, r, "protocol"), "Udp");
}

/* A NAT rule of a scale set has a range of frontend ports: those of it that are asked about. */
static void add_range(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char *const asked[] = { "22", "80", "443" };
	const char *start = pl_tf_text(tf, r, "frontend_port_start");
	const char *end = pl_tf_text(tf, r, "frontend_port_end"), *ports[3];
	int64_t first, last, port;
	size_t count = 0;

	if (!start || !end || !pl_parse_i64(start, &first) || !pl_parse_i64(end, &last)) {
		pl_fact_unknown(pl_tf_model(tf), o, PL_LB_PORTS, "no port is set", "frontend_port");
		return;
	}
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (pl_parse_i64(asked[i], &port) && port >= first && port <= last)
			ports[count++] = asked[i];
	pl_fact_list(pl_tf_model(tf), o, PL_LB_PORTS, ports, count, "frontend_port_start");
}

/* The frontend port of a rule; 0 (with protocol All) stands for every port. */
void pl_azure_lb_rule(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "frontend_port";
	static const char *const all[] = { "22", "80", "443" };
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	const char *port = pl_tf_text(tf, r, path);
	struct pl_model *m = pl_tf_model(tf);

	pl_fact_int(m, o, PL_LB_LAYER, 4, NULL);
	pl_fact_text(m, o, PL_LB_TYPE, "network", NULL);
	if (v.state == PL_TF_UNKNOWN)
		pl_fact_unknown(m, o, PL_LB_PORTS, v.waits_for, path);
	else if (!port)
		add_range(tf, r, o);
	else if (pl_streq(port, "0"))
		pl_fact_list(m, o, PL_LB_PORTS, all, sizeof all / sizeof *all, path);
	else
		pl_fact_list(m, o, PL_LB_PORTS, &port, 1, path);
}

void pl_azure_gateway(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_tf_value v = pl_tf_get_block(tf, r, "frontend_port");
	size_t n = pl_tf_count(tf, r, "frontend_port"), count = 0;
	struct pl_model *m = pl_tf_model(tf);
	const char **ports = pl_alloc((n + 1) * sizeof *ports);

	pl_fact_int(m, o, PL_LB_LAYER, 7, NULL);
	pl_fact_text(m, o, PL_LB_TYPE, "application", NULL);
	for (size_t i = 0; i < n; i++) {
		const char *path = pl_model_strf(m, "frontend_port[%zu].port", i);
		const char *port = pl_tf_text(tf, r, path);

		if (port)
			ports[count++] = port;
	}
	if (count || v.state != PL_TF_UNKNOWN)
		pl_fact_list(m, o, PL_LB_PORTS, ports, count, "frontend_port");
	else
		pl_fact_unknown(m, o, PL_LB_PORTS, v.waits_for, "frontend_port");
	free(ports);
}

/* ---- annotations ---- */

#define AZURE "service.beta.kubernetes.io/azure-"
#define INTERNAL AZURE "load-balancer-internal"

static const struct pl_annotation_rule annotation_rules[] = {
	{ "service.beta.kubernetes.io/aws-*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by AWS only and does nothing on AKS" },
	{ "alb.ingress.kubernetes.io/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by AWS only and does nothing on AKS" },
	{ "networking.gke.io/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by GKE only and does nothing on AKS" },
	{ "cloud.google.com/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by GKE only and does nothing on AKS" },
	{ INTERNAL, "true", PL_ANNOTATION_WITH, AZURE "pip-name", NULL,
	  "asks for an internal balancer, " AZURE "pip-name for a public address" },
	{ INTERNAL, "true", PL_ANNOTATION_WITH, AZURE "dns-label-name", NULL,
	  "asks for an internal balancer, " AZURE "dns-label-name for a public name" },
	{ INTERNAL "-subnet", NULL, PL_ANNOTATION_WITHOUT, INTERNAL, "true",
	  "does nothing without " INTERNAL ": \"true\"" },
	{ 0 },
};

void pl_azure_finish(struct pl_model *m, struct pl_object *cluster)
{
	const struct pl_fact *f = pl_object_fact(cluster, PL_CLUSTER_PROVIDER, -1);

	if (!f || !f->known || !pl_streq(f->value.s, "aks"))
		return;
	pl_azure_own_network(m, cluster);
	pl_annotation_judge(m, cluster, annotation_rules);
}
