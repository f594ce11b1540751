#!/bin/bash
/etc/eks/bootstrap.sh gitpod --kubelet-extra-args "--node-labels=gitpod.io/workload_ide=true --max-pods=110"
cat <<EOF >/etc/x
node-label:
- a=b
EOF
