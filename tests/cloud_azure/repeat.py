# SPDX-License-Identifier: Apache-2.0
"""A subscription asked over and over in one process: no descriptor, child or race is left behind.

usage: repeat.py REPEAT TIMES
Now and then a list is refused, and some tokens are too old.
"""
import os
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from fake import SUBSCRIPTION, Account, Fake, Refusal  # noqa: E402
from recurring import Recurring, ask  # noqa: E402

PROGRAM, TIMES = sys.argv[1:3]


def main():
    os.environ.pop("REQUESTS_CA_BUNDLE", None)
    account, nodes = Account(), "MC_rg_gitpod_westeurope"
    account.cluster("gitpod")
    for n in range(5):
        account.pool("gitpod", f"pool{n}")
        account.server(f"db-{n}", "5.7")
        account.balancer(f"balancer-{n}", nodes, {f"a{n}": (account.address(f"a{n}", f"20.0.0.{n}", nodes), [("Tcp", 443)])})
    account.page = 2
    with tempfile.TemporaryDirectory() as name, Fake(account, name) as fake:
        for operation in ("Microsoft.Network/loadBalancers/read", "Microsoft.DBforMySQL/flexibleServers/read",
                          "Microsoft.ContainerService/managedClusters/agentPools/read"):
            fake.faults[operation] = Recurring(None, None, Refusal(403, "AuthorizationFailed", "no"), None,
                                               Refusal(401, "ExpiredAuthenticationToken", "old"))
        ask(PROGRAM, TIMES, f"aks://{SUBSCRIPTION}/rg/gitpod", fake.environment())


if __name__ == "__main__":
    main()
