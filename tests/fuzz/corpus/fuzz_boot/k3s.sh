#!/bin/sh
set -e
LABELS="a=b,c=$X"
curl -sfL https://get.k3s.io | INSTALL_K3S_VERSION=v1.24.3+k3s1 sh -s - agent --node-label "$LABELS" --node-taint k=v:NoSchedule
