# SPDX-License-Identifier: Apache-2.0
"""What Ansible reads inventories as; run by Ansible's own Python.

Standard input is a JSON list of inventories, the answer {inventory: {host: {variable: value}}}, or
{inventory: "complaint"}.  `ansible-inventory --list` does the same for one, in a second each.
"""
import json
import os
import sys

os.environ["ANSIBLE_INVENTORY_UNPARSED_FAILED"] = "True"
sys.stdout, ours = sys.stderr, sys.stdout  # warnings go elsewhere

from ansible.errors import AnsibleError  # noqa: E402
from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402


def read(path):
    loader = DataLoader()
    try:
        inventory = InventoryManager(loader=loader, sources=[path])
        variables = VariableManager(loader=loader, inventory=inventory)
        return {host.name: {name: value for name, value in variables.get_vars(host=host, include_hostvars=False).items()
                            if name.startswith("ansible_")} for host in inventory.get_hosts()}
    except AnsibleError as error:
        return str(error)


json.dump({path: read(path) for path in json.load(sys.stdin)}, ours, default=str)
