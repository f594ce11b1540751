# SPDX-License-Identifier: Apache-2.0
"""usage: test_catalog.py SOURCE_DIR

The catalogues are remade from what the clouds list: AWS's from moto, through AWS's own client, whose answers the aws
program prints as they are; the others' from lists as gcloud and az print them.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
import boto3  # noqa: E402
import moto  # noqa: E402

ROOT = pathlib.Path(sys.argv[1])
GOOGLE = [
    {"kind": "compute#machineType", "name": "e2-medium", "guestCpus": 2, "memoryMb": 4096, "zone": "us-central1-a",
     "isSharedCpu": True, "architecture": "X86_64"},
    {"kind": "compute#machineType", "name": "z9-standard-8", "guestCpus": 8, "memoryMb": 32768, "zone": "us-central1-a"},
]
AZURE = [
    {"resourceType": "disks", "name": "Premium_LRS", "capabilities": None},
    {"resourceType": "virtualMachines", "name": "Standard_D4s_v5", "family": "standardDSv5Family", "locations": ["westeurope"],
     "capabilities": [{"name": "vCPUs", "value": "4"}, {"name": "MemoryGB", "value": "16"},
                      {"name": "CpuArchitectureType", "value": "x64"}, {"name": "vCPUsAvailable", "value": "4"}]},
    {"resourceType": "virtualMachines", "name": "Standard_Z16-4_v9", "family": "standardZv9Family", "locations": ["westeurope"],
     "capabilities": [{"name": "vCPUs", "value": "16"}, {"name": "MemoryGB", "value": "218.75"}, {"name": "GPUs", "value": "0"},
                      {"name": "CpuArchitectureType", "value": "Arm64"}, {"name": "vCPUsAvailable", "value": "4"}]},
]


def aws_types():
    with moto.mock_aws():
        client = boto3.client("ec2")
        pages = list(client.get_paginator("describe_instance_types").paginate())
    return {"InstanceTypes": [t for page in pages for t in page["InstanceTypes"]]}


def remake(cloud, folder, answer, change=None):
    """(lines that were printed, the catalogue before and after by name); `change` edits a line before."""
    file, table = folder / "answer.json", folder / "machines.csv"
    file.write_text(json.dumps(answer))
    text = (ROOT / "providers" / cloud / "machines.csv").read_text()
    table.write_text(text.replace(*change) if change else text)
    before = rows(table)
    done = subprocess.run([ROOT / "scripts/catalog", cloud, file, "--csv", table], capture_output=True, text=True, check=True)
    return done.stdout.splitlines(), before, rows(table)


def rows(table):
    return {row["name"]: row for row in csv.DictReader(table.open(newline=""))}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        types = aws_types()
        assert len(types["InstanceTypes"]) > 1000
        said, before, after = remake("aws", folder, types)
        assert after == before and said[0] == "nothing changed", said[:5]
        assert f"{len(types['InstanceTypes'])} of them listed" in said[-1], said[-1]
        said, before, after = remake("aws", folder, types, ("\nm5.xlarge,4,16384,", "\nm5.xlarge,2,16384,"))
        assert said[0] == "changed: m5.xlarge: 2, 16384, amd64 is now 4, 16384, amd64", said[:5]
        assert after["m5.xlarge"]["vcpu"] == "4"

        said, before, after = remake("google", folder, GOOGLE)
        assert said[0] == "new: z9-standard-8: 8 vCPU, 32768 MiB, amd64" and len(said) == 2, said
        assert {**before, "z9-standard-8": after["z9-standard-8"]} == after

        said, before, after = remake("azure", folder, AZURE)
        assert said[0] == "new: Standard_Z16-4_v9: 16 vCPU, 224000 MiB, arm64" and len(said) == 2, said
        assert after["Standard_Z16-4_v9"]["generation_or_notes"] == "constrained;vcpus_available=4"
        assert after["Standard_D4s_v5"] == before["Standard_D4s_v5"]


if __name__ == "__main__":
    main()
