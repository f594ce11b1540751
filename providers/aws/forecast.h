/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan would meet in AWS: what is asked (predict.c), and what follows from it (forecast.c, demand.c). */
#ifndef PL_PROVIDERS_AWS_FORECAST_H
#define PL_PROVIDERS_AWS_FORECAST_H

#include "aws/api.h"

/* One instance type that is planned, or runs. */
struct pl_aws_type {
	const char *name;
	json_t *live;          /* of DescribeInstanceTypes, owned; NULL: it is not told */
	const char **zones;    /* that offer it */
	size_t zone_count;
	bool planned;
};

/* One subnet that a plan names. */
struct pl_aws_subnet {
	const char *name, *zone;
	int64_t free;          /* addresses; -1: not known */
	bool tagged;           /* for balancers */
};

/* A quota that may be asked for. */
struct pl_aws_class {
	const char *code;      /* "L-1216C47A" */
	const char *word;      /* that the quota's name must hold */
};
#define PL_AWS_CLASSES 13

/* What Service Quotas says of it. */
struct pl_aws_quota {
	const struct pl_aws_class *class; /* NULL: not asked for */
	const char *service, *title;
	int64_t limit;         /* -1: not known */
	const char *why;       /* why not */
	bool by_default;       /* AWS's default was asked for: nobody raised it */
};

struct pl_aws_forecast {
	struct pl_object **clusters, **pools, **buckets; /* planned */
	size_t cluster_count, pool_count, bucket_count;
	struct pl_aws_type *types;
	size_t type_count, type_cap;
	struct pl_aws_subnet *subnets;
	size_t subnet_count, subnet_cap;
	const char **images;   /* AMI IDs that are planned */
	size_t image_count, image_cap;
	json_t *found_images, *versions, *zones; /* owned; NULL: not told */
	const char *no_types, *no_offers, *no_subnets, *no_images, *no_versions, *no_zones, *no_instances, *no_clusters;
	int64_t region_clusters; /* -1: not known */
	struct pl_aws_quota quotas[PL_AWS_CLASSES];
	int64_t used[PL_AWS_CLASSES]; /* vCPU of instances that run; -1: not known */
	size_t waiting;        /* answers that are still to come */
};

/* demand.c */
extern const struct pl_aws_class pl_aws_classes[PL_AWS_CLASSES];
/* The class of a type, as an index; -1: none that has a quota here. */
int pl_aws_class_of(const char *type, bool spot);
/* Asks for the quotas of what is planned, and bills it. */
void pl_aws_ask_quotas(struct pl_cloud *c, const int64_t used[PL_AWS_CLASSES]);
void pl_aws_bill(struct pl_cloud *c);

/* predict.c */
void pl_aws_forecast_free(struct pl_aws_forecast *f); /* NULL is fine */

/* forecast.c: everything has come. */
void pl_aws_conclude(struct pl_cloud *c);
struct pl_aws_type *pl_aws_find_type(struct pl_aws_forecast *f, const char *name);

#endif
