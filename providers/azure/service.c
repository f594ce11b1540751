/* SPDX-License-Identifier: Apache-2.0 */
/* Databases, storage accounts and registries. */
#include "azure/azure.h"
#include "base/str.h"

static void add_database(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			 const char *engine)
{
	static const struct pl_field fields[] = {
		{ "version", PL_DB_VERSION, PL_AS_TEXT, NULL, "Azure picks the version" },
		{ 0 },
	};

	pl_fact_text(pl_tf_model(tf), o, PL_DB_ENGINE, engine, NULL);
	pl_tf_fields(tf, r, o, "", fields);
}

void pl_azure_mysql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	add_database(tf, r, o, "mysql");
}

void pl_azure_mariadb(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	add_database(tf, r, o, "mariadb");
}

void pl_azure_postgresql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	add_database(tf, r, o, "postgresql");
}

void pl_azure_mssql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	add_database(tf, r, o, "sqlserver");
}

/* Accounts of kind FileStorage hold shares only. */
bool pl_azure_holds_blobs(struct pl_tf *tf, struct pl_tf_resource *r)
{
	return !pl_strieq(pl_tf_text(tf, r, "account_kind"), "FileStorage");
}

/* A container belongs to its account, and counts by itself only where no source holds that. */
bool pl_azure_stands_alone(struct pl_tf *tf, struct pl_tf_resource *r)
{
	static const char *const accounts[] = { "azurerm_storage_account", NULL };

	return !pl_tf_follow(tf, r, "storage_account_id|storage_account_name", accounts, "id|name");
}

void pl_azure_storage(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_BUCKET_SERVICE, "azure-blob", NULL);
}

void pl_azure_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_REGISTRY_SERVICE, "acr", NULL);
}
