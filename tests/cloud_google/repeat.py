# SPDX-License-Identifier: Apache-2.0
"""A project asked over and over in one process: no descriptor, child or race is left behind.

usage: repeat.py REPEAT TIMES
The token comes from a login; now and then a list is refused, and some tokens are too old.
"""
import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from fake import Fake, Project, Refusal  # noqa: E402
from recurring import Recurring, ask  # noqa: E402

PROGRAM, TIMES = sys.argv[1:3]


def main():
    project = Project()
    project.cluster("gitpod", network="default")
    for n in range(3):
        project.pool("gitpod", f"pool-{n}")
    for n in range(9):
        project.rule(f"a{n}", f"web/service-{n}", "443-443", target=project.target_pool(f"a{n}", "gke-other-x"))
        project.database(f"db-{n}", "MYSQL_5_7")
    project.page = 2
    with tempfile.TemporaryDirectory() as name, Fake(project) as fake:
        login = pathlib.Path(name) / "login.json"
        login.write_text(json.dumps({"type": "authorized_user", "client_id": "id", "client_secret": "client-secret",
                                     "refresh_token": "1//refresh", "token_uri": fake.url + "/token"}))
        no = lambda status, word: Refusal(status, word, "no", "forbidden")
        for operation in ("compute.forwardingRules.aggregatedList", "cloudsql.instances.list", "compute.targetPools.aggregatedList"):
            fake.faults[operation] = Recurring(None, None, no(403, "PERMISSION_DENIED"), None, no(401, "UNAUTHENTICATED"))
        ask(PROGRAM, TIMES, "gke://my-project/europe-west1/gitpod", fake.environment(pathlib.Path(name),
                                                                                     GOOGLE_APPLICATION_CREDENTIALS=str(login)))


if __name__ == "__main__":
    main()
