# SPDX-License-Identifier: Apache-2.0
"""Lists of more than a page: whole, once, by pages, whatever happens between two of them.

usage: paging.py PLUMBLINE
"""
import json
import sys
import urllib.parse
import urllib.request

import objects
from kube import Cluster, Front, Wrong, check, facts

NODES, PAGE = 1203, 500
LIST = "/api/v1/nodes"


def small_node(number):
    return objects.eks_node(number, f"pool-{number % 3}", objects.gitpod() if number % 2 else {}, shown=1)


def queries(front):
    return [dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(r.path).query)) for r in front.faults.asked(LIST)]


def whole(wrong, what, run):
    names = [o["name"] for o in run.json.get("objects", []) if o["kind"] == "node"]
    wrong.same(f"{what}: nodes, different nodes", (len(names), len(set(names))), (NODES, NODES))
    wrong.same(f"{what}: problems", run.problems(), [])


def plain(wrong, cluster):
    with Front(cluster) as front:
        whole(wrong, "three pages", facts(cluster, config=front.config()))
        asked = queries(front)
        wrong.same("three pages: limits", [q.get("limit") for q in asked], [str(PAGE)] * 3)
        wrong.same("three pages: tokens", ["continue" in q for q in asked], [False, True, True])
        others = [r for r in front.faults.requests if r.path.split("?")[0] not in (LIST, "/version", "/apis", "/api")]
        wrong.expect(others and all("limit=" in r.path for r in others), f"lists without a limit: {others}")
        wrong.expect(all(r.method == "GET" for r in front.faults.requests), "something else than GET")
        wrong.expect(all("gzip" in r.headers.get("accept-encoding", "") for r in front.faults.requests), "no gzip")
        wrong.expect(front.faults.connections <= 8, f"{front.faults.connections} connections")
        wrong.expect(len(front.faults.requests) <= 25, f"{len(front.faults.requests)} requests")


def not_compressed(wrong, cluster):
    """disable-compression: nothing is asked to be compressed."""
    with Front(cluster) as front:
        path = front.config()
        with open(path) as file:
            config = json.load(file)
        config["clusters"][0]["cluster"]["disable-compression"] = True
        with open(path, "w") as file:
            json.dump(config, file)
        whole(wrong, "not compressed", facts(cluster, config=path))
        wrong.expect(front.faults.requests and not any("gzip" in r.headers.get("accept-encoding", "")
                                                       for r in front.faults.requests), "gzip")


def expired(wrong, cluster):
    """A 410 in the middle: the list begins anew, once."""
    with Front(cluster, {LIST: ["pass", "410", "pass"]}) as front:
        whole(wrong, "a 410", facts(cluster, config=front.config()))
        wrong.same("a 410: tokens", ["continue" in q for q in queries(front)], [False, True, False, True, True])
    with Front(cluster, {LIST: ["pass", "410"]}) as front:
        run = check(cluster, "--timeout", "20s", config=front.config())
        wrong.same("always 410: problems", [p["object"] for p in run.problems()], ["nodes"])
        wrong.expect(len(queries(front)) <= 6, f"always 410: {queries(front)}")
        got = run.verdicts()
        wrong.same("always 410: rows", (got.get("label-meta"), got.get("node-size"), got.get("storage-class")),
                   ("unknown", "unknown", "pass"))


def busy(wrong, cluster):
    for fault in ("429", "503", "reset-after-request", "close-after-request"):
        with Front(cluster, {LIST: ["pass", fault, "pass"]}) as front:
            whole(wrong, f"{fault} in the middle", facts(cluster, config=front.config()))
            wrong.same(f"{fault}: requests", len(queries(front)), 4)


def compact(cluster):
    """Writes something, then makes etcd forget all that was before."""
    cluster.api().create({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}})
    now = etcd(cluster, "range", {"key": "YQ=="})["header"]["revision"]
    etcd(cluster, "compaction", {"revision": now, "physical": True})


def etcd(cluster, verb, body):
    request = urllib.request.Request(f"{cluster.etcd}/v3/kv/{verb}", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def compacted(wrong, cluster):
    """The same as the server itself does it."""
    asked = []

    def between(request):
        asked.append(request)
        if len(asked) == 2:
            compact(cluster)
    with Front(cluster, {LIST: between}) as front:
        whole(wrong, "a compaction", facts(cluster, config=front.config()))
        wrong.same("a compaction: tokens", ["continue" in q for q in queries(front)], [False, True, False, True, True])


def endless(wrong, cluster):
    """A server whose list never ends."""
    page = {"kind": "NodeList", "apiVersion": "v1", "metadata": {"continue": "more"}, "items": []}
    with Front(cluster, {LIST: [page]}) as front:
        run = check(cluster, "--timeout", "3s", config=front.config())
        wrong.expect(run.problems() and run.verdicts().get("label-meta") == "unknown", f"a list without an end: {run}")


def main():
    wrong = Wrong()
    # pages out of etcd, not out of the server's memory: so a compaction shows
    with Cluster(["--feature-gates", "ListFromCacheSnapshot=false"]) as cluster:
        cluster.api().write(objects.eks().without("Node").objects)
        cluster.nodes(NODES, small_node)
        for test in (plain, not_compressed, expired, busy, compacted, endless):
            test(wrong, cluster)
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
