/* SPDX-License-Identifier: Apache-2.0 */
/* Google Cloud: which resource types become which objects. */
#include "google/api.h"
#include "google/google.h"

#define LOOKED_UP(t) { .type = t, .kind = -1 }

static const struct pl_tf_row rows[] = {
	{ .type = "google_container_cluster", .kind = PL_CLUSTER, .name = "name",
	  .apart = "location", .provider = "gke", .fields = pl_google_cluster_fields,
	  .more = pl_google_cluster },
	{ .type = "google_container_cluster", .data = true, .kind = -1 },
	{ .type = "google_container_node_pool", .kind = PL_POOL, .name = "name|name_prefix",
	  .provider = "gke", .cluster = "cluster", .cluster_types = pl_google_cluster_types,
	  .cluster_key = PL_GOOGLE_CLUSTER_KEY, .more = pl_google_pool_row },

	{ .type = "google_compute_instance", .kind = PL_POOL, .name = "name",
	  .addresses = "network_interface[0].access_config[0].nat_ip|network_interface[0].network_ip",
	  .more = pl_google_instance },
	{ .type = "google_compute_instance_group_manager", .kind = PL_POOL,
	  .name = "name|base_instance_name", .more = pl_google_group },
	{ .type = "google_compute_region_instance_group_manager", .kind = PL_POOL,
	  .name = "name|base_instance_name", .more = pl_google_group },
	LOOKED_UP("google_compute_instance_template"),
	LOOKED_UP("google_compute_region_instance_template"),
	LOOKED_UP("google_compute_autoscaler"),
	LOOKED_UP("google_compute_region_autoscaler"),

	{ .type = "google_compute_forwarding_rule", .kind = PL_LOAD_BALANCER, .name = "name",
	  .wanted = pl_google_balances, .more = pl_google_forwarding_rule },
	{ .type = "google_compute_global_forwarding_rule", .kind = PL_LOAD_BALANCER, .name = "name",
	  .wanted = pl_google_balances, .more = pl_google_forwarding_rule },
	LOOKED_UP("google_compute_target_http_proxy"),
	LOOKED_UP("google_compute_target_https_proxy"),
	LOOKED_UP("google_compute_target_grpc_proxy"),
	LOOKED_UP("google_compute_region_target_http_proxy"),
	LOOKED_UP("google_compute_region_target_https_proxy"),
	LOOKED_UP("google_compute_target_tcp_proxy"),
	LOOKED_UP("google_compute_target_ssl_proxy"),
	LOOKED_UP("google_compute_region_target_tcp_proxy"),
	LOOKED_UP("google_compute_target_pool"),
	LOOKED_UP("google_compute_target_instance"),

	{ .type = "google_sql_database_instance", .kind = PL_DATABASE, .name = "name",
	  .more = pl_google_sql },
	{ .type = "google_alloydb_cluster", .kind = PL_DATABASE, .name = "cluster_id",
	  .more = pl_google_alloydb },
	{ .type = "google_storage_bucket", .kind = PL_BUCKET, .name = "name",
	  .more = pl_google_bucket },
	{ .type = "google_artifact_registry_repository", .kind = PL_REGISTRY,
	  .name = "repository_id", .wanted = pl_google_takes_images,
	  .more = pl_google_artifact_registry },
	{ .type = "google_container_registry", .kind = PL_REGISTRY,
	  .more = pl_google_container_registry },
	{ 0 },
};

extern const char pl_google_versions[];
extern const unsigned long pl_google_versions_len;

static const struct pl_support support = { "gke", "GKE", pl_google_versions, &pl_google_versions_len };

const struct pl_provider pl_provider_google = {
	.name = "google",
	.summary = "Google Cloud: GKE, Compute Engine, Cloud SQL, Cloud Storage, registries",
	.rows = rows,
	.gather = pl_google_gather,
	.finish = pl_google_finish,
	.support = &support,
	.machine = pl_google_machine,
	.live = &pl_google_live,
	.cloud = &pl_google_cloud,
};
