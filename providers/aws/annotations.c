/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations of Services and Ingresses on EKS.  Two controllers read them: the cloud provider's
 * own and the AWS Load Balancer Controller, to which the type `external` hands a Service.
 */
#include "aws/service.h"

#define LB "service.beta.kubernetes.io/aws-load-balancer-"
#define TYPE LB "type"
#define TARGET_TYPE LB "nlb-target-type"
#define SCHEME LB "scheme"
#define INTERNAL LB "internal"

const struct pl_annotation_rule pl_aws_annotation_rules[] = {
	{ "networking.gke.io/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by GKE only and does nothing on EKS" },
	{ "cloud.google.com/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by GKE only and does nothing on EKS" },
	{ "service.beta.kubernetes.io/azure-*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by Azure only and does nothing on EKS" },
	{ "appgw.ingress.kubernetes.io/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL,
	  "is read by Azure only and does nothing on EKS" },
	{ "alb.ingress.kubernetes.io/*", NULL, PL_ANNOTATION_ON, "service", NULL,
	  "configures the ALB of an Ingress and does nothing for the balancer of a Service" },
	{ LB "*", NULL, PL_ANNOTATION_ON, "ingress", NULL,
	  "is read on Services and does nothing on an Ingress" },
	{ TYPE, "alb", PL_ANNOTATION_ALONE, NULL, NULL,
	  "asks a Service for an ALB, which only an Ingress of class alb gets" },
	{ TYPE, "nlb-ip", PL_ANNOTATION_WITH, TARGET_TYPE, "instance",
	  "asks for addresses of pods as targets, " TARGET_TYPE " for instances" },
	{ TARGET_TYPE, "ip", PL_ANNOTATION_WITH, TYPE, "nlb",
	  "needs " TYPE ": external; nlb leaves the Service to the cloud provider, which takes "
	  "instances as targets" },
	{ SCHEME, "internal", PL_ANNOTATION_WITH, INTERNAL, "false",
	  "asks for an internal balancer, " INTERNAL " for an external one" },
	{ SCHEME, "internet-facing", PL_ANNOTATION_WITH, INTERNAL, "true",
	  "asks for an external balancer, " INTERNAL " for an internal one" },
	{ LB "eip-allocations", NULL, PL_ANNOTATION_WITH, SCHEME, "internal",
	  "gives public addresses, " SCHEME " asks for an internal balancer" },
	{ LB "private-ipv4-addresses", NULL, PL_ANNOTATION_WITH, SCHEME, "internet-facing",
	  "gives private addresses, " SCHEME " asks for an external balancer" },
	{ LB "ssl-ports", NULL, PL_ANNOTATION_WITHOUT, LB "ssl-cert", NULL,
	  "does nothing without " LB "ssl-cert" },
	{ LB "ssl-negotiation-policy", NULL, PL_ANNOTATION_WITHOUT, LB "ssl-cert", NULL,
	  "does nothing without " LB "ssl-cert" },
	{ 0 },
};
