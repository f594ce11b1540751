/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside an AKS cluster: in the resource group of its nodes the balancers and gateways that its Services
 * and Ingresses made, in its own group the databases, storage accounts and registries.
 */
#include <string.h>

#include "azure/api.h"
#include "azure/azure.h"
#include "base/str.h"
#include "json/load.h"

#define NETWORK_VERSION "?api-version=2024-05-01"
#define READ_BALANCERS "Microsoft.Network/loadBalancers/read"
#define READ_ADDRESSES "Microsoft.Network/publicIPAddresses/read"
#define READ_GATEWAYS "Microsoft.Network/applicationGateways/read"
#define READ_RESOURCES "Microsoft.Resources/subscriptions/resourceGroups/resources/read"
#define READ_MYSQL "Microsoft.DBforMySQL/flexibleServers/read"

/* ---- balancers ---- */

/* A frontend of the balancer that all Services share is what one of them has. */
struct frontend {
	const char *id, *name;
	const char *address_id;  /* of its public address; NULL: it is internal */
	const char *address;
	const char *service;     /* "NAMESPACE/NAME" by the address's tag */
	struct pl_cloud_list ports;
	struct frontend *next;
};

struct balancers {
	struct frontend *first, **last;
};

static struct frontend *frontend_of(const struct balancers *b, const char *id)
{
	for (struct frontend *f = b->first; f; f = f->next)
		if (pl_strieq(f->id, id))
			return f;
	return NULL;
}

static void add_frontend(struct pl_cloud *c, struct balancers *b, json_t *j)
{
	struct frontend *f = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *f);

	*f = (struct frontend){
		.id = pl_cloud_text(c, j, "id"),
		.name = pl_cloud_text(c, j, "name"),
		.address_id = pl_cloud_text(c, j, "properties.publicIPAddress.id"),
		.address = pl_cloud_text(c, j, "properties.privateIPAddress"),
	};
	if (!f->id || !f->name)
		return;
	*b->last = f;
	b->last = &f->next;
}

static void add_rule(struct pl_cloud *c, const struct balancers *b, json_t *rule)
{
	struct frontend *f = frontend_of(b, pl_cloud_text(c, rule, "properties.frontendIPConfiguration.id"));
	const char *port = pl_cloud_text(c, rule, "properties.frontendPort");

	if (f && port && !pl_strieq(pl_cloud_text(c, rule, "properties.protocol"), "Udp"))
		pl_cloud_list_add(c, &f->ports, port);
}

static void add_balancer(struct pl_cloud *c, struct balancers *b, json_t *j)
{
	json_t *item;
	size_t i;

	json_array_foreach(pl_cloud_get(j, "properties.frontendIPConfigurations"), i, item)
		add_frontend(c, b, item);
	json_array_foreach(pl_cloud_get(j, "properties.loadBalancingRules"), i, item)
		add_rule(c, b, item);
}

/* Whose the address is the tag says; one that several Services share names them all. */
static void add_address(struct pl_cloud *c, struct balancers *b, json_t *j)
{
	const char *id = pl_cloud_text(c, j, "id");
	const char *service = pl_json_member_str(json_object_get(j, "tags"), "k8s-azure-service");

	for (struct frontend *f = b->first; id && f; f = f->next) {
		if (!pl_strieq(f->address_id, id))
			continue;
		f->address = pl_cloud_text(c, j, "properties.ipAddress");
		if (service && strchr(service, '/') && !strchr(service, ','))
			f->service = pl_model_str(pl_cloud_model(c), service);
	}
}

/* The cluster's own Service and what it made are one object: see pl_kube_entries(). */
static void tell_frontend(struct pl_cloud *c, const struct frontend *f)
{
	struct pl_model *m = pl_cloud_model(c);
	const char *name = f->service ? strchr(f->service, '/') + 1 : f->name;
	struct pl_object *o = pl_cloud_thing(c, pl_azure_of(c)->cluster, PL_LOAD_BALANCER, name,
					     f->service ? pl_model_strf(m, "service/%s", f->service) : NULL, f->id);

	if (!o)
		return;
	pl_fact_text(m, o, PL_LB_TYPE, f->service ? "service" : "network", "tags")->note =
		pl_model_strf(m, "frontend %s of the cluster's balancer", f->name);
	pl_fact_int(m, o, PL_LB_LAYER, 4, "loadBalancingRules");
	pl_fact_list(m, o, PL_LB_PORTS, f->ports.items, f->ports.count, "loadBalancingRules");
	pl_fact_text(m, o, PL_LB_SCHEME, f->address_id ? "external" : "internal", "publicIPAddress");
	if (f->address)
		pl_fact_list(m, o, PL_LB_ADDRESSES, &f->address, 1, "ipAddress");
}

/* A frontend without rules only lets nodes out. */
static void tell_frontends(struct pl_cloud *c, const struct balancers *b)
{
	for (const struct frontend *f = b->first; f; f = f->next)
		if (f->ports.count)
			tell_frontend(c, f);
}

static void unlisted(struct pl_cloud *c, const char *what, const char *why)
{
	pl_cloud_incomplete(c, 1U << PL_LOAD_BALANCER, pl_model_strf(pl_cloud_model(c), "%s not listed: %s", what, why));
}

/* Addresses come after frontends, of which they tell more. */
static void addresses_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_azure_next(c, a->json);
	json_t *item;
	size_t i;

	json_array_foreach(pl_cloud_get(a->json, "value"), i, item)
		add_address(c, arg, item);
	if (next) {
		pl_azure_get(c, READ_ADDRESSES, "public addresses", next, addresses_done, arg);
		return;
	}
	if (a->outcome != PL_CLOUD_DONE)
		unlisted(c, "public addresses", a->why);
	tell_frontends(c, arg);
}

static const char *nodes_path(struct pl_cloud *c, const char *list)
{
	return pl_model_strf(pl_cloud_model(c), "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Network/%s"
			     NETWORK_VERSION, pl_azure_of(c)->subscription, pl_azure_of(c)->node_group, list);
}

static void balancers_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_azure_next(c, a->json);
	struct balancers *b = arg;
	json_t *item;
	size_t i;

	json_array_foreach(pl_cloud_get(a->json, "value"), i, item)
		add_balancer(c, b, item);
	if (next)
		pl_azure_get(c, READ_BALANCERS, "load balancers", next, balancers_done, b);
	else if (a->outcome != PL_CLOUD_DONE)
		unlisted(c, "load balancers", a->why);
	else if (b->first)
		pl_azure_get(c, READ_ADDRESSES, "public addresses", nodes_path(c, "publicIPAddresses"), addresses_done, b);
}

/* ---- application gateways ---- */

static void add_gateway(struct pl_cloud *c, json_t *j)
{
	const char *name = pl_cloud_text(c, j, "name");
	struct pl_cloud_list ports = { 0 };
	json_t *list = pl_cloud_get(j, "properties.frontendPorts"), *item;
	struct pl_model *m = pl_cloud_model(c);
	struct pl_object *o;
	size_t i;

	json_array_foreach(list, i, item)
		if (pl_cloud_text(c, item, "properties.port"))
			pl_cloud_list_add(c, &ports, pl_cloud_text(c, item, "properties.port"));
	if (!name)
		return;
	o = pl_cloud_thing(c, pl_azure_of(c)->cluster, PL_LOAD_BALANCER, name,
			   pl_model_strf(m, "azurerm_application_gateway/%s", name), pl_cloud_text(c, j, "id"));
	if (!o)
		return;
	pl_fact_int(m, o, PL_LB_LAYER, 7, NULL);
	pl_fact_text(m, o, PL_LB_TYPE, "application", NULL);
	pl_fact_list(m, o, PL_LB_PORTS, ports.items, ports.count, "frontendPorts");
}

static void gateways_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_azure_next(c, a->json);
	json_t *item;
	size_t i;

	(void)arg;
	json_array_foreach(pl_cloud_get(a->json, "value"), i, item)
		add_gateway(c, item);
	if (next)
		pl_azure_get(c, READ_GATEWAYS, "application gateways", next, gateways_done, NULL);
	else if (a->outcome != PL_CLOUD_DONE)
		unlisted(c, "application gateways", a->why);
}

/* ---- the cluster's own resource group ---- */

static void server_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *version = pl_cloud_text(c, a->json, "properties.version");
	struct pl_object *o = arg;

	if (version)
		pl_fact_text(pl_cloud_model(c), o, PL_DB_VERSION, version, "properties.version");
	else
		pl_fact_unknown(pl_cloud_model(c), o, PL_DB_VERSION, a->why ? a->why : "Azure does not say", "properties.version");
}

static void add_server(struct pl_cloud *c, struct pl_object *o, json_t *j)
{
	const struct pl_azure *az = pl_azure_of(c);

	(void)j;
	pl_fact_text(pl_cloud_model(c), o, PL_DB_ENGINE, "mysql", "type");
	pl_azure_get(c, READ_MYSQL, o->name,
		     pl_model_strf(pl_cloud_model(c), "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.DBforMySQL/"
				   "flexibleServers/%s?api-version=2023-12-30", az->subscription, az->group, o->name),
		     server_done, o);
}

/* Accounts of kind FileStorage hold shares only: see pl_azure_holds_blobs(). */
static bool holds_blobs(struct pl_cloud *c, json_t *j)
{
	return !pl_strieq(pl_cloud_text(c, j, "kind"), "FileStorage");
}

static void add_account(struct pl_cloud *c, struct pl_object *o, json_t *j)
{
	(void)j;
	pl_fact_text(pl_cloud_model(c), o, PL_BUCKET_SERVICE, "azure-blob", "type");
}

static void add_registry(struct pl_cloud *c, struct pl_object *o, json_t *j)
{
	(void)j;
	pl_fact_text(pl_cloud_model(c), o, PL_REGISTRY_SERVICE, "acr", "type");
}

static const struct resource {
	const char *type, *terraform;
	enum pl_kind kind;
	bool (*wanted)(struct pl_cloud *c, json_t *j); /* NULL: all are */
	void (*add)(struct pl_cloud *c, struct pl_object *o, json_t *j);
} resources[] = {
	{ "Microsoft.DBforMySQL/flexibleServers", "azurerm_mysql_flexible_server", PL_DATABASE, NULL, add_server },
	{ "Microsoft.Storage/storageAccounts", "azurerm_storage_account", PL_BUCKET, holds_blobs, add_account },
	{ "Microsoft.ContainerRegistry/registries", "azurerm_container_registry", PL_REGISTRY, NULL, add_registry },
};

static void add_resource(struct pl_cloud *c, json_t *j)
{
	const char *name = pl_cloud_text(c, j, "name"), *type = pl_cloud_text(c, j, "type"), *id = pl_cloud_text(c, j, "id");
	struct pl_model *m = pl_cloud_model(c);

	for (size_t i = 0; name && pl_azure_is_name(name) && i < sizeof resources / sizeof *resources; i++) {
		const struct resource *r = &resources[i];
		struct pl_object *o;

		if (!pl_strieq(type, r->type) || (r->wanted && !r->wanted(c, j)))
			continue;
		o = pl_cloud_thing(c, pl_azure_of(c)->cluster, r->kind, name, pl_model_strf(m, "%s/%s", r->terraform, name), id);
		if (o)
			r->add(c, o, j);
	}
}

static void resources_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_azure_next(c, a->json);
	json_t *item;
	size_t i;

	(void)arg;
	json_array_foreach(pl_cloud_get(a->json, "value"), i, item)
		add_resource(c, item);
	if (next)
		pl_azure_get(c, READ_RESOURCES, pl_azure_of(c)->group, next, resources_done, NULL);
	else if (a->outcome != PL_CLOUD_DONE)
		pl_cloud_incomplete(c, 1U << PL_DATABASE | 1U << PL_BUCKET | 1U << PL_REGISTRY,
				    pl_model_strf(pl_cloud_model(c), "resources of %s not listed: %s", pl_azure_of(c)->group, a->why));
}

static void ask_resources(struct pl_cloud *c)
{
	pl_auto_buf path = PL_BUF_INIT;

	pl_buf_addf(&path, "/subscriptions/%s/resourceGroups/%s/resources?api-version=2021-04-01&$filter=",
		    pl_azure_of(c)->subscription, pl_azure_of(c)->group);
	for (size_t i = 0; i < sizeof resources / sizeof *resources; i++)
		pl_buf_addf(&path, "%sresourceType%%20eq%%20'%s'", i ? "%20or%20" : "", resources[i].type);
	pl_azure_get(c, READ_RESOURCES, pl_azure_of(c)->group, path.data, resources_done, NULL);
}

void pl_azure_ask_belongings(struct pl_cloud *c)
{
	struct balancers *b = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *b);

	*b = (struct balancers){ .last = &b->first };
	if (pl_azure_of(c)->node_group && pl_azure_is_name(pl_azure_of(c)->node_group)) {
		pl_azure_get(c, READ_BALANCERS, "load balancers", nodes_path(c, "loadBalancers"), balancers_done, b);
		pl_azure_get(c, READ_GATEWAYS, "application gateways", nodes_path(c, "applicationGateways"), gateways_done, NULL);
	}
	ask_resources(c);
}
