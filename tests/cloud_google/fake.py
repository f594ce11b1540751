# SPDX-License-Identifier: Apache-2.0
"""Google's Container and Compute APIs for one project: every answer is held to the discovery documents that
google-api-python-client carries; and the token endpoint, which verifies assertions with the key's public half.
"""
import http.server
import json
import os
import pathlib
import re
import threading
import time
import urllib.parse

import googleapiclient.discovery_cache
import jwt_check

DOCUMENTS = {name: json.loads((pathlib.Path(googleapiclient.discovery_cache.__file__).parent / f"documents/{name}.json").read_text())
             for name in ("container.v1", "compute.v1", "sqladmin.v1beta4", "storage.v1")}
# operation -> document, name in the permissions, answer's schema
OPERATIONS = {"container.clusters.get": ("container.v1", "Cluster"), "container.clusters.list": ("container.v1", "ListClustersResponse"),
              "container.getServerConfig": ("container.v1", "ServerConfig"),
              "compute.machineTypes.aggregatedList": ("compute.v1", "MachineTypeAggregatedList"),
              "compute.regions.get": ("compute.v1", "Region"), "compute.projects.get": ("compute.v1", "Project"),
              "compute.subnetworks.get": ("compute.v1", "Subnetwork"),
              "compute.instances.aggregatedList": ("compute.v1", "InstanceAggregatedList"),
              "compute.instances.getGuestAttributes": ("compute.v1", "GuestAttributes"),
              "compute.forwardingRules.aggregatedList": ("compute.v1", "ForwardingRuleAggregatedList"),
              "compute.targetPools.aggregatedList": ("compute.v1", "TargetPoolAggregatedList"),
              "cloudsql.instances.list": ("sqladmin.v1beta4", "InstancesListResponse"), "storage.buckets.get": ("storage.v1", "Bucket")}


def held(document, schema, value, where):
    """The value, if the discovery document knows all of it and its types."""
    if "$ref" in schema:
        schema = document["schemas"][schema["$ref"]]
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        unknown = set(value) - set(schema["properties"])
        assert not unknown, f"{where}: {schema.get('id')} has no {sorted(unknown)}"
        for key, inner in value.items():
            held(document, schema["properties"][key], inner, f"{where}.{key}")
    elif kind == "object":
        for key, inner in value.items():
            held(document, schema["additionalProperties"], inner, f"{where}.{key}")
    elif kind == "array":
        for inner in value:
            held(document, schema["items"], inner, where + "[]")
    else:
        want = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}[kind]
        assert isinstance(value, want) and (kind == "boolean" or not isinstance(value, bool)), f"{where}: {value!r} is no {kind}"
        assert "enum" not in schema or value in schema["enum"] or value.startswith("TOMORROW"), f"{where}: {value!r} is none of the enum"
    return value


class Refusal(Exception):
    def __init__(self, status, word, message, reason=None, details=None):
        super().__init__(message)
        self.status, self.word, self.message, self.reason, self.details = status, word, message, reason, details

    def body(self):
        error = {"code": self.status, "message": self.message}
        error |= {"status": self.word} if self.word else {}
        error |= {"errors": [{"reason": self.reason, "domain": "global", "message": self.message}]} if self.reason else {}
        error |= {"details": self.details} if self.details else {}
        return json.dumps({"error": error})


class Project:
    def __init__(self, name="my-project", region="europe-west1"):
        self.name, self.region = name, region
        self.zones = [f"{region}-{letter}" for letter in "bcd"]
        self.clusters = {}  # (location, name)
        self.server = {"defaultClusterVersion": "1.33.4-gke.100", "validMasterVersions": ["1.34.1-gke.5", "1.33.4-gke.100", "1.32.9-gke.1"],
                       "validNodeVersions": ["1.33.4-gke.100"], "defaultImageType": "COS_CONTAINERD",
                       "validImageTypes": ["COS_CONTAINERD", "UBUNTU_CONTAINERD"], "channels": [
                           {"channel": "REGULAR", "defaultVersion": "1.33.4-gke.100", "validVersions": ["1.33.4-gke.100"]},
                           {"channel": "RAPID", "defaultVersion": "1.34.1-gke.5", "validVersions": ["1.34.1-gke.5", "1.33.4-gke.100"]}]}
        self.types = {"e2-standard-4": (4, 16384), "n2-standard-8": (8, 32768), "c4-standard-8": (8, 30720), "e2-medium": (2, 4096)}
        self.not_sold = set()
        self.quotas = {"CPUS": (72, 24), "N2_CPUS": (500, 0), "INSTANCES": (6000, 3)}
        self.project_quotas = {"CPUS_ALL_REGIONS": (1000, 24)}
        self.subnets = {"nodes": {"name": "nodes", "ipCidrRange": "10.0.0.0/28", "secondaryIpRanges": [
            {"rangeName": "pods", "ipCidrRange": "10.4.0.0/21"}]}}
        self.rules, self.target_pools, self.databases, self.buckets = [], [], [], {}  # bucket: its place, or a status
        self.instances, self.attributes = [], {}  # attributes by instance: {type: key}
        self.page, self.quota_warning, self.missing = 500, None, []

    def cluster(self, name, location=None, **more):
        location = location or self.region
        self.clusters[location, name] = {
            "name": name, "location": location, "zone": location, "locations": self.zones, "status": "RUNNING",
            "currentMasterVersion": "1.33.4-gke.100", "currentNodeVersion": "1.33.4-gke.100", "initialClusterVersion": "1.33.4-gke.100",
            "endpoint": "34.1.2.3", "masterAuth": {"clusterCaCertificate": "Q0E="}, "autopilot": {}, "releaseChannel": {"channel": "REGULAR"},
            "networkPolicy": {"enabled": True, "provider": "CALICO"}, "addonsConfig": {"networkPolicyConfig": {}},
            "selfLink": f"https://container.googleapis.com/v1/projects/{self.name}/locations/{location}/clusters/{name}", **more}

    def pool(self, cluster, name, location=None, config=None, **more):
        base = {"machineType": "e2-standard-4", "diskSizeGb": 100, "diskType": "pd-balanced", "imageType": "UBUNTU_CONTAINERD"}
        self.clusters[location or self.region, cluster].setdefault("nodePools", []).append({
            "name": name, "initialNodeCount": 2, "autoscaling": {}, "locations": self.zones, "version": "1.33.4-gke.100",
            "status": "RUNNING", "config": {**base, **(config or {})}, "maxPodsConstraint": {"maxPodsPerNode": "110"}, **more})

    def rule(self, name, of, ports, scope=None, kind="service", **more):
        """A forwarding rule as GKE makes it; ports: a range, or a list."""
        what = {"portRange": ports} if isinstance(ports, str) else {"ports": ports}
        self.rules.append({"name": name, "description": json.dumps({f"kubernetes.io/{kind}-name": of}) if of else "", "IPProtocol": "TCP",
                           "loadBalancingScheme": "EXTERNAL", "IPAddress": "34.1.1.1", "scope": scope or f"regions/{self.region}",
                           "selfLink": f"https://www.googleapis.com/compute/v1/projects/{self.name}/x/{name}", **what, **more})

    def node(self, name, cluster, *addresses, keys=None):
        zone = f"https://www.googleapis.com/compute/v1/projects/{self.name}/zones/{self.zones[0]}"
        self.instances.append({
            "name": name, "zone": zone, "scope": f"zones/{self.zones[0]}", "status": "RUNNING", "selfLink": f"{zone}/instances/{name}",
            "labels": {"goog-k8s-cluster-name": cluster}, "networkInterfaces": [
                {"networkIP": addresses[0], "accessConfigs": [{"natIP": a} for a in addresses[1:]]}]})
        if keys:
            self.attributes[name] = keys

    def target_pool(self, name, *instances):
        self.target_pools.append({"name": name, "scope": f"regions/{self.region}", "instances": [
            f"https://www.googleapis.com/compute/v1/projects/{self.name}/zones/{self.zones[0]}/instances/{i}" for i in instances]})
        return f"https://www.googleapis.com/compute/v1/projects/{self.name}/regions/{self.region}/targetPools/{name}"

    def database(self, name, version, network="default", **more):
        self.databases.append({"name": name, "databaseVersion": version, "settings": {"ipConfiguration": {
            "privateNetwork": f"projects/{self.name}/global/networks/{network}"}}, **more})


def aggregated(project, kind, member, items, query):
    start = int(query.get("pageToken", ["0"])[0].split("+")[-1])
    scopes = {"global": {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "No results for the scope 'global'."}}}
    for item in items[start:start + project.page]:
        scopes.setdefault(item["scope"], {}).setdefault(member, []).append({k: v for k, v in item.items() if k != "scope"})
        scopes[item["scope"]].pop("warning", None)
    out = {"kind": f"compute#{kind}AggregatedList", "items": scopes}
    return {**out, "nextPageToken": f"page/+{start + project.page}"} if start + project.page < len(items) else out


def quota_list(table):
    return [{"metric": k, "limit": float(limit), "usage": float(used)} for k, (limit, used) in sorted(table.items())]


def machine_types(project, query):
    wanted = re.findall(r'name = "([^"]+)"', query.get("filter", [""])[0])
    zones = project.zones + ["us-central1-a"]
    start = int(query.get("pageToken", ["0"])[0].split("+")[-1])
    part = zones[start:start + project.page]
    items = {}
    for zone in part:
        found = [{"name": t, "guestCpus": project.types[t][0], "memoryMb": project.types[t][1], "zone": zone, "architecture": "X86_64",
                  "selfLink": f"https://compute.googleapis.com/compute/v1/projects/p/zones/{zone}/machineTypes/{t}"}
                 for t in wanted if t in project.types and (t, zone) not in project.not_sold]
        items[f"zones/{zone}"] = {"machineTypes": found} if found else {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}}
    out = {"kind": "compute#machineTypeAggregatedList", "items": items}
    return {**out, "nextPageToken": f"page/+{start + project.page}"} if start + project.page < len(zones) else out


def answer(project, path, query):
    """(operation, value) of a GET."""
    p = [urllib.parse.unquote(x) for x in path.strip("/").split("/")]
    if p[0] == "v1" and p[2] == project.name:
        if p[5] == "serverConfig":
            return "container.getServerConfig", project.server
        if len(p) == 6:
            return "container.clusters.list", {"clusters": [c for (loc, _), c in sorted(project.clusters.items()) if p[4] in ("-", loc)],
                                               **({"missingZones": project.missing} if project.missing else {})}
        if (p[4], p[6]) not in project.clusters:
            raise Refusal(404, "NOT_FOUND", f"Not found: projects/{p[2]}/zones/{p[4]}/clusters/{p[6]}.", "notFound")
        return "container.clusters.get", project.clusters[p[4], p[6]]
    if p[:2] == ["compute", "v1"] and p[3] == project.name:
        if len(p) == 4:
            return "compute.projects.get", {"name": project.name, "quotas": quota_list(project.project_quotas)}
        if p[4:] == ["aggregated", "forwardingRules"]:
            return "compute.forwardingRules.aggregatedList", aggregated(project, "forwardingRule", "forwardingRules", project.rules, query)
        if p[4:] == ["aggregated", "targetPools"]:
            return "compute.targetPools.aggregatedList", aggregated(project, "targetPool", "targetPools", project.target_pools, query)
        if p[4:] == ["aggregated", "instances"]:
            wanted = re.findall(r'labels.goog-k8s-cluster-name = "([^"]+)"', query["filter"][0])
            return "compute.instances.aggregatedList", aggregated(project, "instance", "instances", [
                i for i in project.instances if i["labels"]["goog-k8s-cluster-name"] in wanted], query)
        if p[4] == "zones" and p[-1] == "getGuestAttributes":
            assert query["queryPath"] == ["hostkeys/"], query
            if p[7] not in project.attributes:
                return "compute.instances.getGuestAttributes", Refusal(404, None, "The resource 'hostkeys/' of type 'Guest Attribute' was "
                                                                       "not found.", "notFound")
            return "compute.instances.getGuestAttributes", {"kind": "compute#guestAttributes", "queryPath": "hostkeys/", "queryValue": {
                "items": [{"namespace": "hostkeys", "key": k, "value": v} for k, v in project.attributes[p[7]].items()]}}
        if p[4] == "aggregated":
            return "compute.machineTypes.aggregatedList", machine_types(project, query)
        if len(p) == 6:
            value = {"name": p[5], "quotas": quota_list(project.quotas), "status": "UP", "zones": [
                f"https://www.googleapis.com/compute/v1/projects/{project.name}/zones/{z}" for z in project.zones]}
            return "compute.regions.get", {**value, **({"quotaStatusWarning": project.quota_warning} if project.quota_warning else {})}
        if p[7] not in project.subnets:
            raise Refusal(404, None, f"The resource 'projects/{p[3]}/regions/{p[5]}/subnetworks/{p[7]}' was not found", "notFound")
        return "compute.subnetworks.get", project.subnets[p[7]]
    if p[:2] == ["sql", "v1beta4"] and p[3:] == [project.name, "instances"]:
        start = int(query.get("pageToken", ["0"])[0].split("+")[-1])
        more = start + project.page < len(project.databases)
        return "cloudsql.instances.list", {"kind": "sql#instancesList", "items": project.databases[start:start + project.page],
                                           **({"nextPageToken": f"page/+{start + project.page}"} if more else {})}
    if p[:3] == ["storage", "v1", "b"]:
        place = project.buckets.get(p[3], 404)
        if isinstance(place, int):
            return "storage.buckets.get", Refusal(place, None, "The specified bucket does not exist.", "notFound")
        return "storage.buckets.get", {"name": p[3], "location": place}
    raise Refusal(403, "PERMISSION_DENIED", "Permission denied on resource project")


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, kind="application/json; charset=UTF-8", headers=()):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        fake, url = self.server.fake, urllib.parse.urlsplit(self.path)
        if fake.delay:
            time.sleep(fake.delay)
        try:
            if self.headers.get("Authorization", "").removeprefix("Bearer ") not in fake.tokens:
                raise Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
            operation, value = answer(fake.project, url.path, urllib.parse.parse_qs(url.query))
            with fake.lock:
                fake.log.append(operation)
                fake.ever.add(operation)
                fault = fake.faults.get(operation, []) and fake.faults[operation].pop(0)
            if isinstance(value, Refusal):
                raise value
            if fault:
                return self.reply(200, fault, "text/html") if isinstance(fault, str) else self.reply(fault.status, fault.body())
            document, schema = OPERATIONS[operation]
            return self.reply(200, json.dumps(held(DOCUMENTS[document], {"$ref": schema}, value, operation)))
        except Refusal as refusal:
            return self.reply(refusal.status, refusal.body())

    def do_POST(self):
        """The token endpoint."""
        fake = self.server.fake
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        wrong = jwt_check.problem(form, fake)
        if wrong:
            return self.reply(400, json.dumps({"error": "invalid_grant", "error_description": wrong}))
        token = f"ya29.issued-{len(fake.tokens)}"
        fake.tokens.add(token)
        return self.reply(200, json.dumps({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128


class Fake:
    """with Fake(project) as fake: fake.url; fake.log; fake.faults[OPERATION] = [Refusal or text...]."""

    def __init__(self, project, delay=0):
        self.project, self.delay = project, delay
        self.log, self.ever, self.faults, self.tokens, self.assertions = [], set(), {}, {"ya29.static-token"}, []
        self.lock, self.public_key = threading.Lock(), None

    def __enter__(self):
        self.server = Server(("127.0.0.1", 0), Door)
        self.server.fake = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, folder, **more):
        (folder / "token").write_text("ya29.static-token\n")
        more = more or {"CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(folder / "token")}
        return {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "GCE_METADATA_HOST": "127.0.0.1:9",
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER": self.url + "/",
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE": self.url + "/compute/v1/",
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL": self.url + "/",
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": self.url + "/storage/v1/", **more,
                **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))}}
