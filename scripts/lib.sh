# shellcheck shell=bash
# What the scripts share: one line about each step, packages, quiet commands.

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
		libssl-dev libcurl4-openssl-dev
}

test_packages() {
	build_packages
	packages libcmocka-dev curl git gzip jq python3 python3-jsonschema python3-yaml shellcheck
}
