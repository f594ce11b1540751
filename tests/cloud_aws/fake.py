# SPDX-License-Identifier: Apache-2.0
"""AWS as eks:// asks it, for what moto lacks: every answer is written by the shapes of botocore's models, every
signature is computed again by botocore.

A Cloud holds what exists, in the form in which AWS's SDKs show it; serve() answers on a port of this machine.
"""
import base64
import datetime
import gzip
import http.server
import json
import pathlib
import threading
import time
import urllib.parse
import xml.sax.saxutils

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.session
import moto.ec2

SESSION = botocore.session.Session()
MODELS = {name: SESSION.get_service_model(name) for name in (
    "eks", "ec2", "autoscaling", "service-quotas", "sts", "elbv2", "elb", "rds", "ecr")}
PREFIXES = {"service-quotas": "servicequotas", "elbv2": "elasticloadbalancing", "elb": "elasticloadbalancing"}  # of permissions
SCOPES = {"servicequotas": "service-quotas", "elasticloadbalancing": "elbv2"}
TYPES = {t["InstanceType"]: t for t in json.loads(gzip.decompress(
    (pathlib.Path(moto.ec2.__file__).parent / "resources/instance_types.json.gz").read_bytes())).values()}


# ---- answers by their shapes ----

def check_members(shape, value, where):
    unknown = set(value) - set(shape.members)
    if unknown:
        raise AssertionError(f"{where}: {shape.name} has no {sorted(unknown)}")


def as_json(shape, value, where=""):
    """The JSON of a shape; an unknown member or another type is a mistake of the fake's."""
    if shape.type_name == "structure":
        check_members(shape, value, where)
        return {shape.members[k].serialization.get("name", k): as_json(shape.members[k], v, f"{where}.{k}")
                for k, v in value.items()}
    if shape.type_name == "list":
        return [as_json(shape.member, v, where + "[]") for v in value]
    if shape.type_name == "map":
        return {k: as_json(shape.value, v, f"{where}.{k}") for k, v in value.items()}
    if shape.type_name == "timestamp":
        return value.timestamp()
    want = {"string": str, "boolean": bool, "integer": int, "long": int, "double": (int, float)}[shape.type_name]
    if not isinstance(value, want):
        raise AssertionError(f"{where}: {value!r} is no {shape.type_name}")
    return value


def as_xml(shape, value, name, where=""):
    if shape.type_name == "structure":
        check_members(shape, value, where)
        inner = "".join(as_xml(shape.members[k], v, shape.members[k].serialization.get("name", k), f"{where}.{k}")
                        for k, v in value.items())
    elif shape.type_name == "list":
        inner = "".join(as_xml(shape.member, v, shape.member.serialization.get("name", "member"), where + "[]") for v in value)
    elif shape.type_name == "timestamp":
        inner = value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    elif shape.type_name == "boolean":
        inner = "true" if value else "false"
    else:
        inner = xml.sax.saxutils.escape(str(value))
    return f"<{name}>{inner}</{name}>"


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def refuse(service, refusal):
    """(content type, headers, body) in the service's own form."""
    code, message = refusal.code, xml.sax.saxutils.escape(refusal.message)
    if service == "eks":
        return "application/json", {"x-amzn-ErrorType": f"{code}:http://internal.amazon.com/coral/"}, json.dumps(
            {"message": refusal.message})
    if service in JSON:
        return "application/x-amz-json-1.1", {}, json.dumps({"__type": code, "Message": refusal.message})
    if service == "ec2":
        return "text/xml", {}, (f"<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>"
                                "</Error></Errors><RequestID>r</RequestID></Response>")
    return "text/xml", {}, (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                            "<RequestId>r</RequestId></ErrorResponse>")


# ---- what exists ----

def day(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


class Cloud:
    """A region of one account."""

    def __init__(self, region="eu-west-1"):
        self.region, self.account = region, "123456789012"
        self.clusters, self.groups, self.profiles, self.addons = {}, {}, {}, {}
        self.templates, self.auto_groups, self.subnets, self.images, self.instances = {}, [], {}, {}, []
        self.zones = [f"{region}{letter}" for letter in "abc"]
        self.not_sold, self.types = set(), {}  # (type, zone); types that are other than moto's
        self.quotas, self.default_quotas, self.buckets = {}, {}, {}
        self.balancers, self.listeners, self.classic, self.tags = [], {}, [], {}  # listeners by ARN; tags by ARN or name
        self.databases, self.repositories = [], []
        self.consoles = {}  # instance -> what it wrote
        self.quota_names = {"L-1216C47A": "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
                            "L-34B43A08": "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
                            "L-1194D53C": "Clusters", "L-6D54EA21": "Managed node groups per cluster"}
        self.versions = []
        self.keys = {"AKIDEXAMPLE": ("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)}  # id -> (secret, session token)
        self.page = 100

    def cluster(self, name, version="1.33", subnets=("subnet-a", "subnet-b"), endpoint="https://0123.gr7.eu-west-1.eks.amazonaws.com",
                ca="Q0E=", **more):
        self.clusters[name] = {
            "name": name, "arn": f"arn:aws:eks:{self.region}:{self.account}:cluster/{name}", "version": version,
            "createdAt": day("2026-01-01"), "endpoint": endpoint, "status": "ACTIVE", "certificateAuthority": {"data": ca},
            "resourcesVpcConfig": {"subnetIds": list(subnets), "vpcId": "vpc-1", "endpointPublicAccess": True}, **more}

    def group(self, cluster, name, **more):
        self.groups.setdefault(cluster, {})[name] = {
            "nodegroupName": name, "clusterName": cluster, "version": self.clusters[cluster]["version"], "status": "ACTIVE",
            "capacityType": "ON_DEMAND", "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2},
            "instanceTypes": ["m5.xlarge"], "subnets": ["subnet-a"], "amiType": "AL2023_x86_64_STANDARD", "labels": {},
            "diskSize": 100, "createdAt": day("2026-01-01"), **more}

    def subnet(self, name, zone, free=4000, role=True):
        self.subnets[name] = {
            "SubnetId": name, "AvailabilityZone": zone, "AvailableIpAddressCount": free, "CidrBlock": "10.0.0.0/20", "VpcId": "vpc-1",
            "Tags": [{"Key": "kubernetes.io/role/internal-elb", "Value": "1"}] if role else []}

    def balancer(self, name, kind, tags, listeners, scheme="internet-facing", vpc="vpc-1"):
        arn = f"arn:aws:elasticloadbalancing:{self.region}:{self.account}:loadbalancer/{kind[:3]}/{name}/1"
        self.balancers.append({"LoadBalancerArn": arn, "LoadBalancerName": name, "Type": kind, "Scheme": scheme, "VpcId": vpc,
                               "DNSName": f"{name}.elb.{self.region}.amazonaws.com"})
        self.listeners[arn] = [{"LoadBalancerArn": arn, "Protocol": p, "Port": n} for p, n in listeners]
        self.tags[arn] = tags
        return arn

    def classic_balancer(self, name, tags, listeners, scheme="internet-facing", vpc="vpc-1"):
        self.classic.append({"LoadBalancerName": name, "Scheme": scheme, "VPCId": vpc, "DNSName": f"{name}.elb.amazonaws.com",
                             "ListenerDescriptions": [{"Listener": {"Protocol": p, "LoadBalancerPort": n, "InstanceProtocol": p,
                                                                    "InstancePort": 30000 + n}} for p, n in listeners]})
        self.tags[name] = tags

    def node(self, name, cluster, *addresses, console=None):
        self.instances.append({
            "InstanceId": name, "InstanceType": "m5.large", "State": {"Name": "running", "Code": 16}, "PrivateIpAddress": addresses[0],
            "NetworkInterfaces": [{"PrivateIpAddresses": [{"PrivateIpAddress": a, "Primary": not n} for n, a in enumerate(addresses)]}],
            "Tags": [{"Key": f"kubernetes.io/cluster/{cluster}", "Value": "owned"}]})
        if console is not None:
            self.consoles[name] = console

    def database(self, name, engine, version, vpc="vpc-1", **more):
        self.databases.append({"DBInstanceIdentifier": name, "Engine": engine, "EngineVersion": version,
                               "DBSubnetGroup": {"DBSubnetGroupName": "g", "VpcId": vpc}, **more})


# ---- calls ----

def listed(cloud, names, query, member):
    """One page of names, by EKS's tokens."""
    start = int(query.get("nextToken", ["0"])[0].split("/")[-1] or 0)
    size = min(cloud.page, int(query.get("maxResults", ["100"])[0]))
    out = {member: names[start:start + size]}
    if start + size < len(names):
        out["nextToken"] = f"page+/{start + size}"
    return out


def found(table, key, what):
    if key not in table:
        raise Refusal(404, "ResourceNotFoundException", f"No {what} found for name: {key}.")
    return table[key]


def eks(cloud, path, query):
    """(operation, answer) of a GET."""
    parts = [urllib.parse.unquote(p) for p in path.strip("/").split("/")]
    if parts == ["cluster-versions"]:
        return "DescribeClusterVersions", {"clusterVersions": cloud.versions}
    if parts == ["clusters"]:
        return "ListClusters", listed(cloud, sorted(cloud.clusters), query, "clusters")
    name = parts[1]
    lists = {"node-groups": ("ListNodegroups", "DescribeNodegroup", "nodegroups", "nodegroup", cloud.groups),
             "fargate-profiles": ("ListFargateProfiles", "DescribeFargateProfile", "fargateProfileNames", "fargateProfile",
                                  cloud.profiles),
             "addons": ("ListAddons", "DescribeAddon", "addons", "addon", cloud.addons)}
    cluster = lambda: found(cloud.clusters, name, "cluster")
    if len(parts) == 2:
        return "DescribeCluster", lambda: {"cluster": cluster()}
    many, one, members, member, table = lists[parts[2]]
    if len(parts) == 3:
        return many, lambda: cluster() and listed(cloud, sorted(table.get(name, {})), query, members)
    return one, lambda: cluster() and {member: found(table.get(name, {}), parts[3], member)}


def numbered(form, name):
    """InstanceType.1, InstanceType.2 ... as a list."""
    return [v for _, v in sorted(((int(k.split(".")[-1]), v) for k, v in form.items()
                                  if k.startswith(name + ".") and k.count(".") == 1), key=lambda p: p[0])]


def filters(form):
    out = {}
    for key, value in form.items():
        if key.startswith("Filter.") and key.endswith(".Name"):
            prefix = key[:-len("Name")] + "Value."
            out[value] = [v for k, v in form.items() if k.startswith(prefix)]
    return out


def ec2(cloud, action, form):
    if action == "DescribeSubnets":
        ids = numbered(form, "SubnetId")
        if "subnet-id" in filters(form):
            return {"Subnets": [cloud.subnets[i] for i in filters(form)["subnet-id"] if i in cloud.subnets]}
        for name in ids:
            if name not in cloud.subnets:
                raise Refusal(400, "InvalidSubnetID.NotFound", f"The subnet ID '{name}' does not exist")
        return {"Subnets": [cloud.subnets[i] for i in ids]}
    if action == "DescribeLaunchTemplateVersions":
        template = cloud.templates.get(form["LaunchTemplateId"])
        if not template:
            raise Refusal(400, "InvalidLaunchTemplateId.NotFound", "The specified launch template does not exist.")
        return {"LaunchTemplateVersions": [{"LaunchTemplateId": form["LaunchTemplateId"], "VersionNumber": 1, "DefaultVersion": True,
                                            "LaunchTemplateData": template}]}
    if action == "DescribeInstanceTypes":
        names = numbered(form, "InstanceType")
        if not names:
            return {"InstanceTypes": [cloud.types.get(n, TYPES[n]) for n in filters(form)["instance-type"] if n in TYPES]}
        bad = [n for n in names if n not in TYPES]
        if bad:
            raise Refusal(400, "InvalidInstanceType", f"The following supplied instance types do not exist: [{', '.join(bad)}]")
        return {"InstanceTypes": [TYPES[n] for n in names]}
    if action == "DescribeInstanceTypeOfferings":
        names = filters(form)["instance-type"]
        return {"InstanceTypeOfferings": [{"InstanceType": n, "LocationType": "availability-zone", "Location": z}
                                          for n in names if n in TYPES for z in cloud.zones if (n, z) not in cloud.not_sold]}
    if action == "DescribeAvailabilityZones":
        return {"AvailabilityZones": [{"ZoneName": z, "State": "available", "RegionName": cloud.region} for z in cloud.zones]}
    if action == "DescribeImages":
        ids = numbered(form, "ImageId")
        if not ids:
            ids = [i for i in filters(form)["image-id"] if i in cloud.images]
        bad = [i for i in ids if i not in cloud.images]
        if bad:
            raise Refusal(400, "InvalidAMIID.NotFound", f"The image id '[{', '.join(bad)}]' does not exist")
        return {"Images": [{"ImageId": i, "Architecture": cloud.images[i], "Name": i, "State": "available"} for i in ids]}
    if action == "GetConsoleOutput":
        return {"InstanceId": form["InstanceId"], **({"Output": base64.b64encode(cloud.consoles[form["InstanceId"]].encode()).decode()}
                                                     if form["InstanceId"] in cloud.consoles else {})}
    if action == "DescribeInstances":
        start, keys = int(form.get("NextToken", 0)), filters(form).get("tag-key")
        listed = [i for i in cloud.instances if not keys or any(t["Key"] in keys for t in i.get("Tags", []))]
        part = listed[start:start + cloud.page]
        out = {"Reservations": [{"Instances": part}]}
        if start + cloud.page < len(listed):
            out["NextToken"] = str(start + cloud.page)
        return out
    raise Refusal(400, "InvalidAction", f"The action {action} is not valid for this web service.")


def autoscaling(cloud, action, form):
    assert action == "DescribeAutoScalingGroups", action
    key = form["Filters.member.1.Values.member.1"]
    return {"AutoScalingGroups": [g for g in cloud.auto_groups if any(t["Key"] == key for t in g["Tags"])]}


def quotas(cloud, action, body):
    asked = json.loads(body)
    table = cloud.quotas if action == "GetServiceQuota" else cloud.default_quotas
    key = (asked["ServiceCode"], asked["QuotaCode"])
    if key not in table:
        raise Refusal(400, "NoSuchResourceException", "The request failed because the specified service does not exist.")
    return {"Quota": {"ServiceCode": key[0], "QuotaCode": key[1], "QuotaName": cloud.quota_names[key[1]], "Value": float(table[key])}}


def marked(cloud, items, form):
    """(a page, the marker of the next or None)"""
    start = int(form.get("Marker", 0))
    more = start + cloud.page < len(items)
    return items[start:start + cloud.page], {"NextMarker": str(start + cloud.page)} if more else {}


def tag_list(cloud, names):
    return [(n, [{"Key": k, "Value": v} for k, v in cloud.tags.get(n, {}).items()]) for n in names]


def members(form, name):
    return [v for k, v in form.items() if k.startswith(f"{name}.member.")]


def elbv2(cloud, action, form):
    if action == "DescribeLoadBalancers":
        page, more = marked(cloud, cloud.balancers, form)
        return {"LoadBalancers": page, **more}
    if action == "DescribeListeners":
        page, more = marked(cloud, cloud.listeners[form["LoadBalancerArn"]], form)
        return {"Listeners": page, **more}
    asked = members(form, "ResourceArns")
    assert action == "DescribeTags" and len(asked) <= 20, (action, len(asked))
    return {"TagDescriptions": [{"ResourceArn": n, "Tags": t} for n, t in tag_list(cloud, asked)]}


def elb(cloud, action, form):
    if action == "DescribeLoadBalancers":
        page, more = marked(cloud, cloud.classic, form)
        return {"LoadBalancerDescriptions": page, **more}
    asked = members(form, "LoadBalancerNames")
    assert action == "DescribeTags" and len(asked) <= 20, (action, len(asked))
    return {"TagDescriptions": [{"LoadBalancerName": n, "Tags": t} for n, t in tag_list(cloud, asked)]}


def rds(cloud, action, form):
    assert action == "DescribeDBInstances", action
    page, more = marked(cloud, cloud.databases, form)
    return {"DBInstances": page, **({"Marker": more["NextMarker"]} if more else {})}


def ecr(cloud, action, body):
    assert action == "DescribeRepositories", action
    start = int(json.loads(body).get("nextToken", 0))
    more = start + cloud.page < len(cloud.repositories)
    return {"repositories": cloud.repositories[start:start + cloud.page], **({"nextToken": str(start + cloud.page)} if more else {})}


def sts(cloud, action, form):
    if action == "GetCallerIdentity":
        return {"Account": cloud.account, "UserId": "AID", "Arn": f"arn:aws:iam::{cloud.account}:user/me"}
    if action == "AssumeRoleWithWebIdentity" and form["WebIdentityToken"].strip() != "web-identity-token":
        raise Refusal(400, "InvalidIdentityToken", "No OpenIDConnect provider found in your account")
    if form["RoleArn"].endswith("/forbidden"):
        raise Refusal(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole")
    number = len(cloud.keys)
    secret, token = f"assumed/secret+{number}", f"assumed/token+={number}"
    cloud.keys[f"ASIAROLE{number}"] = (secret, token)
    credentials = {"AccessKeyId": f"ASIAROLE{number}", "SecretAccessKey": secret, "SessionToken": token,
                   "Expiration": datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)}
    return {"Credentials": credentials, "AssumedRoleUser": {"AssumedRoleId": "r", "Arn": form["RoleArn"]}}


JSON = {"service-quotas": quotas, "ecr": ecr}  # APIs that speak JSON 1.1


# ---- signatures ----

def sign_again(method, url, headers, body, keys, region, service, at):
    """The Authorization that botocore computes for the same request."""
    request = botocore.awsrequest.AWSRequest(method=method, url=url, data=body, headers=headers)
    request.context["timestamp"] = at
    auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials(*keys), service, region)
    text = auth.canonical_request(request)
    return auth.signature(auth.string_to_sign(request, text), request)


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "AmazonEKS"

    def log_message(self, *_):
        pass

    def answer(self, status, kind, body, headers=()):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def check_signature(self, body):
        """The scope's service; a signature that botocore does not find is refused and remembered."""
        fake, cloud = self.server.fake, self.server.fake.cloud
        text = self.headers.get("Authorization", "")
        if not text.startswith("AWS4-HMAC-SHA256 "):
            return None
        parts = dict(p.strip().split("=", 1) for p in text[len("AWS4-HMAC-SHA256 "):].split(","))
        key, _, region, service, _ = parts["Credential"].split("/")
        if key not in cloud.keys:
            raise Refusal(403, "UnrecognizedClientException", "The security token included in the request is invalid.")
        secret, token = cloud.keys[key]
        names = parts["SignedHeaders"].split(";")
        headers = {n: self.headers[n] for n in names}
        wanted = sign_again(self.command, f"http://{self.headers['Host']}{self.path}", headers, body, (key, secret, token), region,
                            service, self.headers["X-Amz-Date"])
        fake.signatures += 1
        problems = [] if wanted == parts["Signature"] else ["signature"]
        problems += [] if self.headers.get("X-Amz-Security-Token") == token else ["session token"]
        problems += [] if "host" in names and "x-amz-date" in names and (not token or "x-amz-security-token" in names) else ["headers"]
        problems += [] if region == cloud.region else ["region"]
        if problems:
            fake.wrong.append((self.command, self.path, problems))
            raise Refusal(403, "InvalidSignatureException", "The request signature we calculated does not match.")
        return service

    def operation(self, scope, body):
        """(service, operation, answer or a function that gives it)"""
        cloud, url = self.server.fake.cloud, urllib.parse.urlsplit(self.path)
        if scope == "eks":
            return "eks", *eks(cloud, url.path, urllib.parse.parse_qs(url.query))
        if SCOPES.get(scope, scope) in JSON:
            service, action = SCOPES.get(scope, scope), self.headers["X-Amz-Target"].split(".")[1]
            assert self.headers["X-Amz-Target"].startswith(MODELS[service].metadata["targetPrefix"] + "."), self.headers["X-Amz-Target"]
            return service, action, lambda: JSON[service](cloud, action, body)
        form = dict(urllib.parse.parse_qsl(body.decode()))
        service = SCOPES.get(scope, scope) if scope else "sts"
        action = form["Action"]
        service = "elb" if service == "elbv2" and form["Version"] == MODELS["elb"].api_version else service
        calls = {"ec2": ec2, "autoscaling": autoscaling, "sts": sts, "elbv2": elbv2, "elb": elb, "rds": rds}
        return service, action, lambda: calls[service](cloud, action, form)

    def serve(self):
        fake = self.server.fake
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fake.delay:
            time.sleep(fake.delay)
        service = "sts" if body.startswith(b"Action=") else "eks"
        try:
            scope = self.check_signature(body)
            if scope == "s3":
                return self.bucket()
            service, action, answer = self.operation(scope, body)
            with fake.lock:
                fake.log.append(f"{PREFIXES.get(service, service)}:{action}")
                fake.ever.add(fake.log[-1])
                fault = fake.faults.get(action, []) and fake.faults[action].pop(0)
            if fault:
                return fault(self)
            return self.write(service, action, answer() if callable(answer) else answer)
        except Refusal as refusal:
            kind, headers, text = refuse(service, refusal)
            return self.answer(refusal.status, kind, text, headers)

    def write(self, service, action, value):
        shape = MODELS[service].operation_model(action).output_shape
        if service == "eks" or service in JSON:
            return self.answer(200, "application/json", json.dumps(as_json(shape, value, action)))
        inner = as_xml(shape, value, "x", action)[len("<x>"):-len("</x>")]
        if service != "ec2":
            inner = f"<{action}Result>{inner}</{action}Result>"
        return self.answer(200, "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n<{action}Response xmlns="http://{service}.'
                           f'amazonaws.com/doc/">{inner}</{action}Response>')

    def bucket(self):
        fake = self.server.fake
        fake.log.append("s3:HeadBucket")
        fake.ever.add("s3:ListBucket")  # what HeadBucket takes (S3 API reference, 2026)
        self.answer(fake.cloud.buckets.get(self.path.strip("/"), 404), "application/xml", "")

    do_GET = do_POST = do_HEAD = serve


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128


class Fake:
    """with Fake(cloud) as fake: fake.url; fake.log, fake.wrong (signatures), fake.faults[ACTION] = [function...]."""

    def __init__(self, cloud, delay=0):
        self.cloud, self.delay = cloud, delay
        self.log, self.ever, self.wrong, self.faults, self.signatures = [], set(), [], {}, 0
        self.lock = threading.Lock()

    def __enter__(self):
        self.server = Server(("127.0.0.1", 0), Door)
        self.server.fake = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, folder, keys=True):
        import os
        out = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "AWS_ENDPOINT_URL": self.url,
               "AWS_EC2_METADATA_DISABLED": "true",
               **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))}}
        if keys:
            out |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": self.cloud.keys["AKIDEXAMPLE"][0]}
        return out
