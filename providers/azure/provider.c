/* SPDX-License-Identifier: Apache-2.0 */
/* Azure: which resource types become which objects. */
#include "azure/api.h"
#include "azure/azure.h"

extern const char pl_azure_machines[];
extern const unsigned long pl_azure_machines_len;

bool pl_azure_machine(const char *type, struct pl_machine *out)
{
	return pl_machine_csv(pl_azure_machines, pl_azure_machines_len, type, out);
}

static const struct pl_tf_row rows[] = {
	{ .type = "azurerm_kubernetes_cluster", .kind = PL_CLUSTER, .name = "name",
	  .apart = "resource_group_name", .provider = "aks", .fields = pl_azure_cluster_fields, .more = pl_azure_cluster },
	{ .type = "azurerm_kubernetes_cluster", .data = true, .kind = -1 },
	{ .type = "azurerm_kubernetes_cluster_node_pool", .kind = PL_POOL, .name = "name",
	  .provider = "aks", .cluster = "kubernetes_cluster_id",
	  .cluster_types = pl_azure_cluster_types, .cluster_key = PL_AZURE_CLUSTER_KEY,
	  .more = pl_azure_pool_row },

	{ .type = "azurerm_linux_virtual_machine", .kind = PL_POOL, .name = "name",
	  .addresses = "public_ip_address|private_ip_address", .more = pl_azure_vm },
	{ .type = "azurerm_virtual_machine", .kind = PL_POOL, .name = "name",
	  .more = pl_azure_classic_vm },
	{ .type = "azurerm_linux_virtual_machine_scale_set", .kind = PL_POOL, .name = "name",
	  .more = pl_azure_scale_set },

	{ .type = "azurerm_lb_rule", .kind = PL_LOAD_BALANCER, .name = "name",
	  .wanted = pl_azure_balances, .more = pl_azure_lb_rule },
	{ .type = "azurerm_lb_nat_rule", .kind = PL_LOAD_BALANCER, .name = "name",
	  .wanted = pl_azure_balances, .more = pl_azure_lb_rule },
	{ .type = "azurerm_application_gateway", .kind = PL_LOAD_BALANCER, .name = "name",
	  .more = pl_azure_gateway },

	{ .type = "azurerm_mysql_flexible_server", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_mysql },
	{ .type = "azurerm_mysql_server", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_mysql },
	{ .type = "azurerm_mariadb_server", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_mariadb },
	{ .type = "azurerm_postgresql_flexible_server", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_postgresql },
	{ .type = "azurerm_postgresql_server", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_postgresql },
	{ .type = "azurerm_mssql_server", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_mssql },
	{ .type = "azurerm_mssql_managed_instance", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_mssql },
	{ .type = "azurerm_sql_server", .kind = PL_DATABASE, .name = "name",
	  .more = pl_azure_mssql },
	{ .type = "azurerm_storage_account", .kind = PL_BUCKET, .name = "name",
	  .wanted = pl_azure_holds_blobs, .more = pl_azure_storage },
	{ .type = "azurerm_storage_container", .kind = PL_BUCKET, .name = "name",
	  .wanted = pl_azure_stands_alone, .more = pl_azure_storage },
	{ .type = "azurerm_container_registry", .kind = PL_REGISTRY, .name = "name",
	  .more = pl_azure_registry },
	{ 0 },
};

extern const char pl_azure_versions[];
extern const unsigned long pl_azure_versions_len;

static const struct pl_support support = { "aks", "AKS", pl_azure_versions, &pl_azure_versions_len };

const struct pl_provider pl_provider_azure = {
	.name = "azure",
	.summary = "Azure: AKS, virtual machines, databases, storage accounts, registries",
	.rows = rows,
	.finish = pl_azure_finish,
	.support = &support,
	.machine = pl_azure_machine,
	.live = &pl_azure_live,
	.cloud = &pl_azure_cloud,
};
