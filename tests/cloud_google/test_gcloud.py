# SPDX-License-Identifier: Apache-2.0
"""gcloud, where it is there, reads the fake as Google's own: clusters, pools, server configuration, forwarding rules,
databases.

usage: test_gcloud.py
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from fake import Fake, Project  # noqa: E402

QUESTIONS = [
    ("container clusters list --format=value(name,location)", "gitpod\teurope-west1"),
    ("container clusters describe gitpod --region=europe-west1 --format=value(currentMasterVersion,nodePools[].name)",
     "1.33.4-gke.100\tservices"),
    ("container node-pools list --cluster=gitpod --region=europe-west1 --format=value(name,config.machineType)", "services\te2-standard-4"),
    ("container get-server-config --region=europe-west1 --format=value(defaultClusterVersion)", "1.33.4-gke.100"),
    ("compute forwarding-rules list --format=value(name)", "a1"),
    ("compute target-pools list --format=value(name)", "a1"),
    ("compute regions describe europe-west1 --format=value(name)", "europe-west1"),
    ("sql instances list --format=value(name,databaseVersion)", "db\tMYSQL_5_7"),
]


def main():
    gcloud, failed = shutil.which("gcloud"), 0
    if not gcloud:
        print("no gcloud on this machine: the client library alone reads the fake")
        return 0
    project = Project()
    project.cluster("gitpod", network="default")
    project.pool("gitpod", "services")
    project.rule("a1", "gitpod/proxy", "443-443", target=project.target_pool("a1", "gke-gitpod-x"))
    project.database("db", "MYSQL_5_7")
    with tempfile.TemporaryDirectory() as name, Fake(project) as fake:
        env = fake.environment(pathlib.Path(name)) | {"CLOUDSDK_CONFIG": name, "CLOUDSDK_CORE_PROJECT": "my-project",
                                                      "CLOUDSDK_CORE_DISABLE_PROMPTS": "1", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1"}
        for words, wanted in QUESTIONS:
            done = subprocess.run([gcloud, *words.split()], env=env, capture_output=True, text=True, timeout=100, check=False)
            if done.returncode or done.stdout.strip() != wanted:
                failed += 1
                print(f"not so: gcloud {words}: {done.stdout!r} {done.stderr[-400:]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
