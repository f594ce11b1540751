/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an EKS cluster looks like from inside (Amazon EKS user guide, eksctl, Karpenter and AWS Load
 * Balancer Controller documentation; read 2026-11).
 */
#include "aws/aws.h"
#include "kubernetes/provider.h"

static const struct pl_kube_sign signs[] = {
	{ PL_KUBE_AT_VERSION, "-eks-", 2, "eks", "eks" },
	{ PL_KUBE_AT_LABEL, "eks.amazonaws.com/nodegroup", 2, "eks", "eks" },
	{ PL_KUBE_AT_LABEL, "eks.amazonaws.com/compute-type", 2, "eks", "eks" },
	{ PL_KUBE_AT_KUBELET, "-eks-", 3, "eks", "eks" },
	{ PL_KUBE_AT_SERVER, ".eks.amazonaws.com", 3, "eks", "eks" },
	{ 0 },
};

static const char *const domains[] = { "amazonaws.com", "aws.com", "eksctl.io", "k8s.aws", "karpenter.sh", NULL };

/* Fargate makes a node for each pod: its nodes have no pool but what computes them. */
static const struct pl_kube_pool_label pool_labels[] = {
	{ "eks.amazonaws.com/nodegroup", NULL },
	{ "alpha.eksctl.io/nodegroup-name", NULL },
	{ "karpenter.sh/nodepool", "" },
	{ "karpenter.sh/provisioner-name", "" },
	{ "eks.amazonaws.com/compute-type", "" },
	{ 0 },
};

static const struct pl_kube_capacity capacities[] = {
	{ "eks.amazonaws.com/capacityType", "SPOT", "spot" },
	{ "eks.amazonaws.com/capacityType", "ON_DEMAND", "on-demand" },
	{ "eks.amazonaws.com/capacityType", "CAPACITY_BLOCK", "capacity-block" },
	{ "karpenter.sh/capacity-type", "spot", "spot" },
	{ "karpenter.sh/capacity-type", "on-demand", "on-demand" },
	{ "karpenter.sh/capacity-type", "reserved", "on-demand" },
	{ 0 },
};

#define FARGATE "AWS Fargate lets nobody in"

static const struct pl_kube_closed closed[] = {
	{ "eks.amazonaws.com/compute-type", "fargate", NULL, FARGATE },
	{ NULL, NULL, "/fargate-ip-", FARGATE },
	{ 0 },
};

static const struct pl_kube_id ids[] = {
	{ "aws", -1, 1 },
	{ 0 },
};

static const struct pl_kube_program programs[] = {
	{ .kind = "DaemonSet", .image = "amazon-k8s-cni", .component = "vpc-cni", .versioned = true,
	  .network = "vpc-cni", .overlay = true },
	{ .kind = "Deployment", .image = "aws-load-balancer-controller",
	  .component = "aws-load-balancer-controller", .versioned = true },
	{ .kind = "Deployment", .image = "aws-alb-ingress-controller",
	  .component = "aws-load-balancer-controller", .versioned = true },
	{ 0 },
};

#define LB "service.beta.kubernetes.io/aws-load-balancer-"

/* The protocol towards the pods decides what a Classic Load Balancer listens for; an NLB passes TCP. */
static const struct pl_kube_balancer balancers[] = {
	{ LB "type", "nlb", 4, NULL, "a Network Load Balancer" },
	{ LB "type", "nlb-ip", 4, NULL, "a Network Load Balancer" },
	{ LB "type", "external", 4, NULL, "a Network Load Balancer" },
	{ LB "backend-protocol", "http", 7, NULL, "a Classic Load Balancer that speaks HTTP" },
	{ LB "backend-protocol", "https", 7, NULL, "a Classic Load Balancer that speaks HTTPS" },
	{ 0 },
};

static const struct pl_kube_platform platforms[] = {
	{ .provider = "eks",
	  .name_label = "alpha.eksctl.io/cluster-name",
	  .regional = true,
	  .services = "EKS gives Services of type LoadBalancer a Classic Load Balancer",
	  .balancer = "a Classic Load Balancer that passes TCP",
	  .balancers = balancers },
	{ 0 },
};

static const struct pl_kube_harmless harmless[] = {
	{ "iam-for-pods.amazonaws.com" }, { "mpod.vpc.k8s.aws" },
	{ "vpod.vpc.k8s.aws" }, { "vnode.vpc.k8s.aws" }, { "*.elbv2.k8s.aws" }, { "*.karpenter.sh" },
	{ 0 },
};

const struct pl_kube_provider pl_aws_live = {
	.signs = signs, .domains = domains, .pool_labels = pool_labels, .capacities = capacities,
	.closed = closed, .ids = ids, .programs = programs, .platforms = platforms, .harmless = harmless,
};
