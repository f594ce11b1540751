# SPDX-License-Identifier: Apache-2.0
"""Host keys that a cloud tells of its machines, of which no known_hosts file knows: a real sshd is let in by them, and
refused when it shows another key.  The cloud's own client reads them first.

usage: cloud_keys.py PLUMBLINE aws|google
"""
import json
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
PROGRAM, WHICH = sys.argv[1:3]
sys.argv = sys.argv[:1]
sys.path[:0] = [str(TESTS / "ssh"), str(TESTS / f"cloud_{WHICH}")]
import fake  # noqa: E402
import sshd  # noqa: E402

FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"FAILED {what}: {str(seen)[:1500]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


class World:
    """Two keys, of which the server has one; ssh's settings, in which nobody is known."""

    def __init__(self):
        self.mine = sshd.keygen("me")
        self.keys = [sshd.keygen(f"host-{kind}", kind) for kind in ("ed25519", "ecdsa", "rsa")]
        self.other = sshd.keygen("other")
        self.server = sshd.Server("cloud", host_keys=self.keys, authorized=[sshd.public(self.mine)])
        self.config = sshd.FOLDER / "config"
        self.config.write_text(f"Host *\n  Port {self.server.port}\n  IdentityFile {self.mine}\n  UserKnownHostsFile {sshd.FOLDER}/none\n")


def ask(env, world, source, *addresses, more=()):
    """({address: message of the problem, or None}, the program's end)"""
    done = subprocess.run([PROGRAM, "check", source, *(f"ssh://{a}" for a in addresses), "--ssh-config", str(world.config), "-o", "json", "-vv",
                           *more], env=env, capture_output=True, text=True, timeout=100, check=False)
    result = json.loads(done.stdout)
    told = {p["source"].removeprefix("ssh://"): p["message"] for p in result["problems"] if p["source"].startswith("ssh://")}
    return {a: told.get(a) for a in addresses}, done, result


def block(what, lines, prefix=""):
    return "".join(f"{prefix}{line}\r\n" for line in (f"-----BEGIN SSH HOST KEY {what}-----", *lines, f"-----END SSH HOST KEY {what}-----"))


def printed(path):
    return sshd.run("ssh-keygen", "-l", "-f", path + ".pub").strip()


def consoles(world):
    """{address: (what the machine wrote, is it let in)}"""
    whole = [f"{sshd.public(k)} root@ip-10-0-0-1" for k in world.keys]
    wrong = [f"{sshd.public(world.other)} root@ip-10-0-0-1"]
    log = "<14>Mar  3 12:00:00 ec2: "
    noise = "[    0.000000] Linux version 6.1 \x1b[1m\r\nip-10-0-0-1 login: \r\n"
    return {
        "127.0.5.1": (noise + block("FINGERPRINTS", map(printed, world.keys), log) + block("KEYS", whole) + noise, True),
        "127.0.5.2": (noise + block("KEYS", wrong), False),
        "127.0.5.3": (noise + block("FINGERPRINTS", map(printed, world.keys), log), True),
        "127.0.5.4": (noise + block("FINGERPRINTS", [printed(world.other)], log), False),
        # new keys at a later boot; and one that was cut off
        "127.0.5.5": (block("KEYS", wrong) + noise + block("KEYS", whole) + "-----BEGIN SSH HOST KEY KEYS-----\r\n" + wrong[0], True),
        "127.0.5.6": (noise, None),
        "127.0.5.7": (None, None),
        "127.0.5.8": (block("KEYS", ["ssh-ed25519 !!! x", "nothing", ""]) + "junk -----BEGIN SSH HOST KEY KEYS-----\r\n" + whole[0], None),
    }


def judged(world, seen, wanted, from_):
    for address, let_in in wanted.items():
        said = seen[address]
        if let_in:
            same(f"{address} is let in", said, None)
        elif let_in is None:
            check(f"{address}: nobody tells its key", said and "unknown host key" in said, said)
        else:
            check(f"{address} shows another key", said and "somebody may be in between" in said and from_ in said, said)


def aws(world):
    import boto3
    cloud = fake.Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    cloud.cluster("gitpod", subnets=("subnet-a",))
    told = consoles(world)
    for address, (text, _) in told.items():
        cloud.node(f"i-{address}", "gitpod", address, f"10.0.0.{address[-1]}", console=text)
    cloud.node("i-other", "other", "127.0.5.9", console=block("KEYS", [sshd.public(world.other)]))
    cloud.page = 3
    with fake.Fake(cloud) as f:
        env = f.environment(sshd.FOLDER)
        client = boto3.client("ec2", region_name="eu-west-1", endpoint_url=f.url, aws_access_key_id="AKIDEXAMPLE",
                              aws_secret_access_key=cloud.keys["AKIDEXAMPLE"][0])
        check("boto3 reads the console", sshd.public(world.keys[0]) in client.get_console_output(InstanceId="i-127.0.5.1")["Output"])
        pages = client.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "tag-key", "Values": ["kubernetes.io/cluster/gitpod"]}], PaginationConfig={"PageSize": 3})
        same("and the instances", sorted(i["InstanceId"] for p in pages for r in p["Reservations"] for i in r["Instances"]),
             sorted(f"i-{a}" for a in told))
        f.log.clear()
        seen, done, _ = ask(env, world, "eks://eu-west-1/gitpod", *told)
        judged(world, seen, {a: let_in for a, (_, let_in) in told.items()}, "EC2's console output of i-127.0.5.")
        same("calls", (f.log.count("ec2:DescribeInstances"), f.log.count("ec2:GetConsoleOutput")), (3, len(told)))
        check("-vv says where the trust comes from", "127.0.5.1: its host keys are those of EC2's console output of i-127.0.5.1" in done.stderr,
              done.stderr[-800:])
        f.log.clear()
        ask(env, world, "eks://eu-west-1/gitpod")
        same("nobody logs in: nobody asks", f.log.count("ec2:GetConsoleOutput"), 0)
        known = sshd.known_hosts("told", *world.server.known("127.0.5.2"))
        seen, _, _ = ask(env, world, "eks://eu-west-1/gitpod", "127.0.5.2", more=("--ssh-known-hosts", known))
        same("a file that is named takes the place", (seen["127.0.5.2"], f.log.count("ec2:GetConsoleOutput")), (None, 0))
        refusal = fake.Refusal(403, "UnauthorizedOperation", "You are not authorized")

        def refuse(door):
            kind, headers, text = fake.refuse("ec2", refusal)
            return door.answer(403, kind, text, headers)
        f.faults["GetConsoleOutput"] = [refuse] * 99
        seen, _, result = ask(env, world, "eks://eu-west-1/gitpod", "127.0.5.1")
        check("without the permission nobody is trusted", "unknown host key" in (seen["127.0.5.1"] or ""), seen)
        same("it is named", {p.get("permission") for p in result["problems"] if p["code"] == "forbidden"}, {"ec2:GetConsoleOutput"})
        same("signatures that botocore does not find", f.wrong, [])


def google(world):
    import google.oauth2.credentials
    import googleapiclient.discovery
    project = fake.Project()
    project.cluster("gitpod")
    of = lambda path: dict([sshd.public(path).split()])
    right = {k: v for path in world.keys for k, v in of(path).items()}
    wanted = {"127.0.6.1": True, "127.0.6.2": False, "127.0.6.3": None, "127.0.6.4": None}
    project.node("gke-1", "gitpod", "10.0.0.1", "127.0.6.1", keys=right)
    project.node("gke-2", "gitpod", "127.0.6.2", keys=of(world.other))
    project.node("gke-3", "gitpod", "127.0.6.3")
    project.node("gke-4", "gitpod", "127.0.6.4", keys={"ssh-ed25519": "not base64!", "ssh rsa": "AAAA"})
    project.node("gke-5", "other", "127.0.6.1", keys=of(world.other))
    project.page = 3
    with fake.Fake(project) as f:
        env = f.environment(sshd.FOLDER)
        compute = googleapiclient.discovery.build("compute", "v1", static_discovery=True, client_options={"api_endpoint": f.url + "/compute/v1/"},
                                                  credentials=google.oauth2.credentials.Credentials("ya29.static-token"))
        theirs = compute.instances().getGuestAttributes(project="my-project", zone=project.zones[0], instance="gke-1",
                                                        queryPath="hostkeys/").execute()["queryValue"]["items"]
        same("their client reads the keys", {i["key"]: i["value"] for i in theirs}, right)
        f.log.clear()
        seen, done, _ = ask(env, world, "gke://my-project/europe-west1/gitpod", *wanted)
        judged(world, seen, wanted, "guest attributes of gke-2")
        same("calls", (f.log.count("compute.instances.aggregatedList"), f.log.count("compute.instances.getGuestAttributes")), (2, 4))
        check("-vv says where the trust comes from", "127.0.6.1: its host keys are those of guest attributes of gke-1" in done.stderr,
              done.stderr[-800:])
        f.log.clear()
        ask(env, world, "gke://my-project/europe-west1/gitpod")
        same("nobody logs in: nobody asks", f.log.count("compute.instances.getGuestAttributes"), 0)
        f.faults["compute.instances.getGuestAttributes"] = [fake.Refusal(403, "PERMISSION_DENIED", "Required permission", "forbidden")] * 9
        _, _, result = ask(env, world, "gke://my-project/europe-west1/gitpod", "127.0.6.1")
        same("a permission that is missing is named", {p.get("permission") for p in result["problems"] if p["code"] == "forbidden"},
             {"compute.instances.getGuestAttributes"})


def main():
    world = World()
    {"aws": aws, "google": google}[WHICH](world)
    world.server.stop()
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
