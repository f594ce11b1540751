# SPDX-License-Identifier: Apache-2.0
"""Azure Resource Manager and Entra for one subscription, over TLS: what they answer is built by Microsoft's own models."""
import base64
import http.server
import json
import os
import ssl
import sys
import pathlib
import threading
import time
import urllib.parse

import azure.mgmt.compute.models as compute
import azure.mgmt.containerservice.models as aks
import azure.mgmt.mysqlflexibleservers.models as mysql
import azure.mgmt.network.models as network
import azure.mgmt.resource.resources.models as resources
import azure.mgmt.storage.models as storage

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))
from certs import Authority  # noqa: E402

SUBSCRIPTION, TENANT, CLIENT = "00000000-1111-2222-3333-444444444444", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "client-1"
BASE = f"/subscriptions/{SUBSCRIPTION}"


class Refusal(Exception):
    def __init__(self, status, code, message, wrapped=True, headers=None):
        super().__init__(message)
        self.status, self.code, self.message, self.wrapped, self.headers = status, code, message, wrapped, headers or {}

    def body(self):
        error = {"code": self.code, "message": self.message}
        return json.dumps({"error": error} if self.wrapped else error | {"subcode": "", "details": None})


def sku(name, family, vcpus, memory, zones=("1", "2", "3"), arch="x64", restrictions=(), available=None):
    values = {"vCPUs": vcpus, "MemoryGB": memory, "CpuArchitectureType": arch, "vCPUsAvailable": available or vcpus}
    out = compute.ResourceSku().as_dict()
    return out | {"resourceType": "virtualMachines", "name": name, "family": family, "locations": ["westeurope"],
                  "locationInfo": [compute.ResourceSkuLocationInfo().as_dict() | {"location": "westeurope", "zones": list(zones)}],
                  "capabilities": [{"name": k, "value": str(v)} for k, v in values.items()], "restrictions": list(restrictions)}


class Account:
    def __init__(self):
        self.clusters, self.pools = {}, {}
        self.versions = [("1.32", ["1.32.9"]), ("1.33", ["1.33.5", "1.33.4"]), ("1.34", ["1.34.1"])]
        self.skus = [sku("Standard_D4s_v5", "standardDSv5Family", 4, 16), sku("Standard_D8s_v5", "standardDSv5Family", 8, 32, zones=("1",)),
                     sku("Standard_E4s_v5", "standardESv5Family", 4, 32, restrictions=[
                         {"type": "Location", "values": ["westeurope"], "reasonCode": "NotAvailableForSubscription"}]),
                     sku("Standard_E8-4ds_v5", "standardEDSv5Family", 8, 64, available=4),
                     {"resourceType": "disks", "name": "Premium_LRS", "locations": ["westeurope"]}]
        self.usages = {"cores": (100, 60), "standardDSv5Family": (64, 40), "lowPriorityCores": (8, 0), "standardEDSv5Family": (0, 0)}
        self.subnets = {}
        self.balancers, self.addresses, self.gateways, self.resources, self.servers = {}, {}, {}, {}, {}  # lists by resource group
        self.kubeconfig = ""
        self.page, self.taken = 100, set()  # names of storage accounts of others

    def cluster(self, name, group="rg", version="1.33", current="1.33.5", policy="calico", **more):
        body = aks.ManagedCluster(location="westeurope", kubernetes_version=version, network_profile=aks.ContainerServiceNetworkProfile(
            network_policy=policy, network_plugin="azure", load_balancer_sku="standard"), **more).as_dict()
        body |= {"name": name, "id": f"{BASE}/resourcegroups/{group}/providers/Microsoft.ContainerService/managedClusters/{name}",
                 "type": "Microsoft.ContainerService/ManagedClusters"}
        body["properties"] |= {"currentKubernetesVersion": current, "fqdn": f"{name}-dns.hcp.westeurope.azmk8s.io",
                               "provisioningState": "Succeeded", "nodeResourceGroup": f"MC_{group}_{name}_westeurope"}
        self.clusters[group.lower(), name] = body
        self.pools[group.lower(), name] = []

    def pool(self, cluster, name, group="rg", **more):
        usual = {"vm_size": "Standard_D4s_v5", "count": 2, "os_sku": "Ubuntu2204", "os_type": "Linux", "max_pods": 110,
                 "scale_set_priority": "Regular", "enable_auto_scaling": False, "os_disk_size_gb": 128, "mode": "User",
                 "type": "VirtualMachineScaleSets"}
        properties = aks.ManagedClusterAgentPoolProfileProperties(**{**usual, **more})
        body = aks.AgentPool(properties=properties).as_dict()
        # in the pool's own answer the type of the set stands as "type"
        body["properties"] |= {"currentOrchestratorVersion": "1.33.5"}
        self.pools[group.lower(), cluster].append(body | {"name": name, "type": "Microsoft.ContainerService/managedClusters/agentPools"})

    def subnet(self, name, prefix, used):
        path = f"{BASE}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/{name}"
        body = network.Subnet(address_prefix=prefix).as_dict() | {"name": name, "id": path}
        body["properties"]["ipConfigurations"] = [{"id": f"{path}/ip{i}"} for i in range(used)]
        self.subnets[path.lower()] = body
        return path

    def address(self, name, ip, group, **tags):
        body = network.PublicIPAddress(ip_address=ip, location="westeurope", tags=tags).as_dict()
        self.addresses.setdefault(group.lower(), []).append(body | {
            "name": name, "id": f"{BASE}/resourceGroups/{group}/providers/Microsoft.Network/publicIPAddresses/{name}"})
        return self.addresses[group.lower()][-1]["id"]

    def balancer(self, name, group, frontends):
        """frontends: {name: (public address's id or private address, [(protocol, port)])}"""
        path = f"{BASE}/resourceGroups/{group}/providers/Microsoft.Network/loadBalancers/{name}"
        fronts, rules = [], []
        for front, (address, ports) in frontends.items():
            where = {"public_ip_address": network.PublicIPAddress(id=address)} if address.startswith("/") else {"private_ip_address": address}
            fronts.append(network.FrontendIPConfiguration(name=front, id=f"{path}/frontendIPConfigurations/{front}", **where))
            rules += [network.LoadBalancingRule(
                name=f"{front}-{protocol}-{port}", protocol=protocol, frontend_port=port, backend_port=port,
                # the service writes the same path in other letters now and then
                frontend_ip_configuration=network.SubResource(id=f"{path}/frontendIPConfigurations/{front}".replace("resourceGroups", "resourcegroups")))
                for protocol, port in ports]
        body = network.LoadBalancer(location="westeurope", frontend_ip_configurations=fronts, load_balancing_rules=rules).as_dict()
        self.balancers.setdefault(group.lower(), []).append(body | {"name": name, "id": path})

    def gateway(self, name, group, ports):
        body = network.ApplicationGateway(location="westeurope", frontend_ports=[
            network.ApplicationGatewayFrontendPort(name=f"port-{p}", port=p) for p in ports]).as_dict()
        self.gateways.setdefault(group.lower(), []).append(body | {
            "name": name, "id": f"{BASE}/resourceGroups/{group}/providers/Microsoft.Network/applicationGateways/{name}"})

    def resource(self, name, type_, group="rg", **more):
        body = resources.GenericResourceExpanded(location="westeurope", **more).as_dict()
        self.resources.setdefault(group.lower(), []).append(body | {
            "name": name, "type": type_, "id": f"{BASE}/resourceGroups/{group}/providers/{type_}/{name}"})

    def server(self, name, version, group="rg"):
        self.resource(name, "Microsoft.DBforMySQL/flexibleServers", group)
        self.servers[group.lower(), name] = mysql.Server(location="westeurope", version=version).serialize() | {"name": name}


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, kind="application/json; charset=utf-8", headers=()):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def json(self, value):
        self.reply(200, json.dumps(value))

    def paged(self, items, path, query):
        """`value` and a nextLink that has to be followed as it is."""
        fake, start = self.server.fake, int(query.get("$skiptoken", ["0"])[0].split("+")[-1])
        out = {"value": items[start:start + fake.account.page]}
        if start + fake.account.page < len(items):
            link = urllib.parse.urlencode({"api-version": query["api-version"][0], "$skiptoken": f"a/b+{start + fake.account.page}"})
            out["nextLink"] = f"{fake.next_base or fake.front or fake.url}{path}?{link}"
        else:
            out["nextLink"] = None
        return out

    def operation(self, path, query):
        """(operation, answer)"""
        account, low = self.server.fake.account, path.lower()
        parts = path.strip("/").split("/")
        if "/subnets/" in low:
            if low not in account.subnets:
                raise Refusal(404, "NotFound", "Resource not found.")
            return "Microsoft.Network/virtualNetworks/subnets/read", account.subnets[low]
        lists = {"loadbalancers": account.balancers, "publicipaddresses": account.addresses, "applicationgateways": account.gateways}
        if len(parts) == 7 and parts[5] == "Microsoft.Network":
            return f"Microsoft.Network/{parts[6]}/read", self.paged(lists[parts[6].lower()].get(parts[3].lower(), []), path, query)
        if low.endswith("/resources"):
            listed = account.resources.get(parts[3].lower(), [])
            assert "$skiptoken" in query or all(f"resourceType eq '{r['type']}'" in query["$filter"][0] for r in listed), query
            # the service shows what the caller may read
            self.server.fake.ever.update(f"{r['type']}/read" for r in listed)
            return "Microsoft.Resources/subscriptions/resourceGroups/resources/read", self.paged(listed, path, query)
        if "/flexibleservers/" in low:
            return "Microsoft.DBforMySQL/flexibleServers/read", account.servers[parts[3].lower(), parts[7]]
        if low.endswith("/kubernetesversions"):
            values = [aks.KubernetesVersion(version=v, patch_versions={p: aks.KubernetesPatchVersion(upgrades=[]) for p in patches},
                                            capabilities=aks.KubernetesVersionCapabilities(support_plan=["KubernetesOfficial"])).as_dict()
                      for v, patches in account.versions]
            return "Microsoft.ContainerService/locations/kubernetesVersions/read", {"values": values}
        if low.endswith("/skus"):
            assert "$skiptoken" in query or query["$filter"] == ["location eq 'westeurope'"], query
            return "Microsoft.Compute/skus/read", self.paged(account.skus, path, query)
        if low.endswith("/usages"):
            usages = [compute.Usage(current_value=used, limit=limit, name=compute.UsageName(value=k, localized_value=k)).as_dict() |
                      {"unit": "Count"} for k, (limit, used) in account.usages.items()]
            return "Microsoft.Compute/locations/usages/read", self.paged(usages, path, query)
        group = parts[3].lower()
        if len(parts) == 7:
            return "Microsoft.ContainerService/managedClusters/read", self.paged(
                [c for (g, _), c in sorted(account.clusters.items()) if g == group], path, query)
        if (group, parts[7]) not in account.clusters:
            raise Refusal(404, "ResourceNotFound", f"The Resource 'Microsoft.ContainerService/managedClusters/{parts[7]}' under resource "
                          f"group '{parts[3]}' was not found.")
        if len(parts) == 8:
            return "Microsoft.ContainerService/managedClusters/read", account.clusters[group, parts[7]]
        return "Microsoft.ContainerService/managedClusters/agentPools/read", self.paged(account.pools[group, parts[7]], path, query)

    def do_GET(self):
        fake, url = self.server.fake, urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if fake.delay:
            time.sleep(fake.delay)
        here = fake.front or fake.url
        if url.path == "/metadata/endpoints":
            return self.json({"name": "test", "resourceManager": here + "/", "authentication": {
                "loginEndpoint": here + "/", "audiences": [here]}})
        if url.path.endswith("/openid-configuration"):
            base = f"{here}/{TENANT}"
            return self.json({"token_endpoint": f"{base}/oauth2/v2.0/token", "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                              "issuer": f"{base}/v2.0", "device_authorization_endpoint": f"{base}/device"})
        if url.path == "/msi":
            good = self.headers.get("X-IDENTITY-HEADER") == "identity-header-secret" or self.headers.get("Metadata") == "true"
            return self.json({"access_token": fake.issue(), "expires_on": "1999999999"}) if good else self.reply(400, "{}")
        try:
            if self.headers.get("Authorization", "").removeprefix("Bearer ") not in fake.tokens:
                raise Refusal(401, "InvalidAuthenticationToken", "The access token is invalid.")
            operation, value = self.operation(url.path, query)
            with fake.lock:
                fake.log.append(operation)
                fake.ever.add(operation)
            fault = fake.faults.get(operation, []) and fake.faults[operation].pop(0)
            if fault:
                return self.reply(200, fault, "text/html") if isinstance(fault, str) else self.reply(
                    fault.status, fault.body(), headers=fault.headers)
            return self.json(value)
        except Refusal as refusal:
            return self.reply(refusal.status, refusal.body())

    def check_name(self, body):
        fake, asked = self.server.fake, json.loads(body)
        assert asked["type"] == "Microsoft.Storage/storageAccounts" and self.headers["Content-Type"].startswith("application/json"), body
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in fake.tokens:
            return self.reply(401, Refusal(401, "InvalidAuthenticationToken", "The access token is invalid.").body())
        fake.log.append("Microsoft.Storage/checknameavailability/read")
        fake.ever.add(fake.log[-1])
        taken = asked["name"] in fake.account.taken
        return self.json(storage.CheckNameAvailabilityResult().as_dict() | {"nameAvailable": not taken, **(
            {"reason": "AlreadyExists", "message": f"The storage account named {asked['name']} is already taken."} if taken else {})})

    def kubeconfig(self):
        fake = self.server.fake
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in fake.tokens:
            return self.reply(401, Refusal(401, "InvalidAuthenticationToken", "The access token is invalid.").body())
        fake.log.append("Microsoft.ContainerService/managedClusters/listClusterUserCredential/action")
        fake.ever.add(fake.log[-1])
        fault = fake.faults.get(fake.log[-1], []) and fake.faults[fake.log[-1]].pop(0)
        if fault:
            return self.reply(fault.status, fault.body())
        if fake.account.kubeconfig is None:
            return self.json({"kubeconfigs": []})
        # the client's models hold bytes, which travel as base64
        value = base64.b64encode(fake.account.kubeconfig.encode()).decode()
        return self.json({"kubeconfigs": [aks.CredentialResult().as_dict() | {"name": "clusterUser", "value": value}]})

    def do_POST(self):
        """Entra's token endpoint, and what Resource Manager is asked by POST."""
        fake = self.server.fake
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if fake.delay:
            time.sleep(fake.delay)
        if urllib.parse.urlsplit(self.path).path.endswith("/checkNameAvailability"):
            return self.check_name(body)
        if urllib.parse.urlsplit(self.path).path.endswith("/listClusterUserCredential"):
            return self.kubeconfig()
        form = dict(urllib.parse.parse_qsl(body))
        fake.scopes.append(form.get("scope"))
        wrong = fake.judge(form)
        if wrong:
            return self.reply(401, json.dumps({"error": "invalid_client", "error_description": wrong + "\r\nTrace ID: 1\r\n"}))
        return self.json({"token_type": "Bearer", "expires_in": 3599, "access_token": fake.issue()})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128


class Fake:
    def __init__(self, account, folder, delay=0):
        self.account, self.delay, self.folder = account, delay, pathlib.Path(folder)
        self.log, self.ever, self.faults, self.tokens, self.assertions, self.scopes = [], set(), {}, set(), [], []
        self.lock, self.next_base, self.certificate = threading.Lock(), None, None
        self.front = None  # the address under which it is reached, where something stands before it

    def issue(self):
        self.tokens.add(f"eyJ.issued-token-{len(self.tokens)}")
        return f"eyJ.issued-token-{len(self.tokens) - 1}"

    def judge(self, form):
        """What is wrong with a request for a token; None: nothing."""
        if form.get("client_id") != CLIENT or not form.get("scope", "").endswith("/.default"):
            return "AADSTS700016: Application with identifier was not found in the directory."
        if "client_secret" in form:
            return None if form["client_secret"] == "client~secret" else "AADSTS7000215: Invalid client secret provided."
        if form.get("client_assertion") == "federated-token":
            return None
        return self.certificate(form["client_assertion"], self) if self.certificate else "AADSTS50027: JWT token is invalid."

    def __enter__(self):
        authority = Authority(self.folder / "ca")
        cert, key = authority.server("arm")
        self.ca = str(authority.path)
        self.server = Server(("127.0.0.1", 0), Door)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.fake = self
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"https://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, **more):
        more = more or {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT, "ARM_CLIENT_SECRET": "client~secret"}
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "ARM_METADATA_HOSTNAME": self.host,
                "SSL_CERT_FILE": self.ca, **more,
                **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))}}


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
