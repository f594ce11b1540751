# SPDX-License-Identifier: Apache-2.0
"""The fakes of the three clouds in one shape, for tests of what must hold for each of them.

    with WORLDS["google"](folder) as world:
        ... world.environment(url, ca), world.source ...

main: the call without whose answer nothing is known (beginnings of paths); part: one whose answer can be missing, and what it
is that is then lost; login: where tokens are had (None: nowhere); pages: is the request one for a list's second page?
"""
import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "net")]
NODES = "MC_rg_gitpod_westeurope"  # where AKS puts what it makes
LABELS = {"gitpod.io/workload_meta": "true"}


def fake_of(cloud):
    """The module, which has the same name for each cloud: one of them for each program."""
    sys.path.insert(0, str(TESTS / f"cloud_{cloud}"))
    import fake
    return fake


class World:
    choosing = set()  # words that say whether a thing is of interest at all

    def __init__(self, folder, delay=0):
        self.folder, self.module = pathlib.Path(folder), fake_of(self.name)
        self.fake = self.make(delay)

    def __enter__(self):
        self.fake.__enter__()
        return self

    def __exit__(self, *_):
        self.fake.__exit__()

    @property
    def url(self):
        return self.fake.url


class Aws(World):
    name, source, login = "aws", "eks://eu-west-1/gitpod", None
    main, beside = "/clusters/gitpod", {"/clusters/gitpod/": ["pass"]}
    part, part_objects = "/clusters/gitpod/node-groups?", {("pool", "services"), ("pool", "cheap"), ("pool", "more")}

    def make(self, delay):
        cloud = self.cloud = self.module.Cloud()
        cloud.subnet("subnet-a", "eu-west-1a")
        cloud.cluster("gitpod", subnets=("subnet-a",))
        for name in ("services", "cheap", "more"):
            cloud.group("gitpod", name, labels=LABELS)
        cloud.addons["gitpod"] = {"vpc-cni": {"addonName": "vpc-cni", "addonVersion": "v1"}}
        cloud.page = 2
        return self.module.Fake(cloud, delay)

    def environment(self, url=None, ca=None):
        """Keys of a program, which gives others each time it is asked."""
        (self.folder / "config").write_text(f"[profile p]\ncredential_process = sh {self.folder}/keys\n")
        (self.folder / "keys").write_text(
            f"echo >>{self.folder}/asked\n"
            f"n=$(wc -l <{self.folder}/asked)\n"
            "printf '{\"Version\": 1, \"AccessKeyId\": \"AKID%s\", \"SecretAccessKey\": \"aws/secret+key\"}' \"$n\"\n")
        self.cloud.keys |= {f"AKID{n}": ("aws/secret+key", None) for n in range(1, 1000)}
        out = self.fake.environment(self.folder, keys=False) | {"AWS_CONFIG_FILE": str(self.folder / "config"), "AWS_PROFILE": "p"}
        return out | ({"AWS_ENDPOINT_URL": url} if url else {}) | ({"SSL_CERT_FILE": ca} if ca else {})

    @staticmethod
    def key(request):
        return request.headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]

    def expired(self, request):
        refusal = self.module.Refusal(403, "ExpiredTokenException", "The security token included in the request is expired")
        service = "eks" if request.method == "GET" else "ec2"
        kind, headers, text = self.module.refuse(service, refusal)
        return 403, {"Content-Type": kind, **headers}, text.encode()

    @staticmethod
    def is_next_page(request):
        return "nextToken=" in request.path

    def secrets(self):
        return ["aws/secret+key"]

    def enums(self):
        """All that a shape with an enum may be."""
        for model in self.module.MODELS.values():
            for name in model.shape_names:
                yield from getattr(model.shape_for(name), "enum", [])


class Google(World):
    choosing = {"MYSQL_5_7"}  # databases of other engines are nobody's here
    name, source, login = "google", "gke://my-project/europe-west1/gitpod", "/token"
    main, beside = "/v1/projects/my-project/locations/europe-west1/clusters/gitpod", {}
    part = "/compute/v1/projects/my-project/aggregated/forwardingRules"
    part_objects = {("load_balancer", "proxy"), ("load_balancer", "a"), ("load_balancer", "b")}

    def make(self, delay):
        p = self.project = self.module.Project()
        p.cluster("gitpod", network="default")
        p.pool("gitpod", "services", config={"labels": LABELS}, instanceGroupUrls=[
            f"https://www.googleapis.com/compute/v1/projects/my-project/zones/{z}/instanceGroupManagers/gke-gitpod-services-0a1b-grp"
            for z in p.zones])
        p.pool("gitpod", "cheap", config={"machineType": "n2-standard-8", "spot": True, "imageType": "COS_CONTAINERD"},
               autoscaling={"enabled": True, "minNodeCount": 1, "maxNodeCount": 5})
        for name in ("proxy", "a", "b"):
            p.rule(name, f"gitpod/{name}", "22-443", target=p.target_pool(name, f"gke-gitpod-services-0a1b-{name}"))
            p.database(f"db-{name}", "MYSQL_5_7")
        p.page = 2
        return self.module.Fake(p, delay)

    def environment(self, url=None, ca=None):
        url = url or self.url
        login = self.folder / "login.json"
        login.write_text(json.dumps({"type": "authorized_user", "client_id": "id", "client_secret": "client-secret",
                                     "refresh_token": "1//refresh", "token_uri": url + "/token"}))
        out = self.fake.environment(self.folder, GOOGLE_APPLICATION_CREDENTIALS=str(login))
        out = {k: v.replace(self.url, url) for k, v in out.items()}
        return out | ({"SSL_CERT_FILE": ca} if ca else {})

    @staticmethod
    def key(request):
        return request.headers.get("authorization", "")

    def expired(self, request):
        refusal = self.module.Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", details=[
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_EXPIRED", "domain": "googleapis.com"}])
        return 401, {"Content-Type": "application/json"}, refusal.body().encode()

    @staticmethod
    def is_next_page(request):
        return "pageToken=" in request.path

    def secrets(self):
        return ["client-secret", "1//refresh", *self.fake.tokens]

    def enums(self):
        """All lists of words in the discovery documents, at whatever depth."""
        left = list(self.module.DOCUMENTS.values())
        while left:
            thing = left.pop()
            if isinstance(thing, dict) and isinstance(thing.get("enum"), list):
                yield from thing["enum"]
            left += thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else []


class Azure(World):
    name = "azure"

    def make(self, delay):
        module, a = self.module, self.module.Account()
        self.source = f"aks://{module.SUBSCRIPTION}/rg/gitpod"
        self.login = f"/{module.TENANT}/oauth2"
        self.main = f"{module.BASE}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/gitpod?"
        self.part, self.beside = self.main.replace("?", "/agentPools"), {}
        self.part_objects = {("pool", "services"), ("pool", "cheap"), ("pool", "more")}
        a.cluster("gitpod")
        for name in ("services", "cheap", "more"):
            a.pool("gitpod", name, node_labels=LABELS)
            a.server(f"db-{name}", "5.7")
            a.balancer(f"kubernetes-{name}", NODES, {name: (a.address(name, "20.0.0.1", NODES), [("Tcp", 443)])})
        a.page = 2
        return module.Fake(a, self.folder, delay)

    def environment(self, url=None, ca=None):
        self.fake.front = url
        out = self.fake.environment()
        return {k: v.replace(self.fake.host, url.partition("://")[2]) if url else v for k, v in out.items()} | ({"SSL_CERT_FILE": ca} if ca else {})

    key = staticmethod(Google.key)

    def expired(self, request):
        refusal = self.module.Refusal(401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.")
        return 401, {"Content-Type": "application/json"}, refusal.body().encode()

    @staticmethod
    def is_next_page(request):
        return "skiptoken=" in request.path

    def secrets(self):
        return ["client~secret", *self.fake.tokens]

    def enums(self):
        import enum
        for models in (self.module.aks, self.module.compute, self.module.network):
            for thing in vars(models).values():
                if isinstance(thing, type) and issubclass(thing, enum.Enum):
                    yield from (str(member.value) for member in thing)


WORLDS = {w.name: w for w in (Aws, Google, Azure)}
