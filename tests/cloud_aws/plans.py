# SPDX-License-Identifier: Apache-2.0
"""Plans as Terraform writes them, of what a test wants in them."""
import json

NODE = "aws_eks_node_group"


def resource(kind, name, values, actions=("create",), before=None):
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {"actions": list(actions), "before": before, "after": values, "after_unknown": {}, "before_sensitive": {},
                       "after_sensitive": {}}}


def plan(folder, *resources, name="plan.json"):
    values = [{k: r[k] for k in ("address", "mode", "type", "name", "provider_name")} | {"schema_version": 1, "values": r["change"]["after"],
                                                                                     "sensitive_values": {}} for r in resources]
    config = [{"address": r["address"], "mode": "managed", "type": r["type"], "name": r["name"], "provider_config_key": "aws",
               "expressions": {k: {"constant_value": v} for k, v in r["change"]["after"].items()}, "schema_version": 1}
              for r in resources]
    path = folder / name
    path.write_text(json.dumps({
        "format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": values}},
        "resource_changes": list(resources), "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}},
            "root_module": {"resources": config}}, "complete": True, "errored": False, "applyable": True}))
    return path


def cluster(version="1.33", actions=("create",), before=None, name="gitpod", **more):
    return resource("aws_eks_cluster", "this", {"name": name, "version": version,
                                                "vpc_config": [{"subnet_ids": ["subnet-a", "subnet-b"]}], **more}, actions, before)


def pool(name, types=("m5.xlarge",), sizes=(1, 2, 3), subnets=("subnet-a",), actions=("create",), **more):
    low, first, high = sizes
    return resource(NODE, name, {
        "cluster_name": "gitpod", "node_group_name": name, "instance_types": list(types), "capacity_type": "ON_DEMAND",
        "scaling_config": [{"min_size": low, "desired_size": first, "max_size": high}], "subnet_ids": list(subnets),
        "labels": {"gitpod.io/workload_meta": "true"}, "ami_type": "AL2023_x86_64_STANDARD", "disk_size": 100, **more}, actions)
