#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What plumbline asks a node, in one go.  It is fed to `sh -s NONCE [KIND:NAME...]` on standard input
# and reads; it writes nothing on the node.  `plumbline probe --print` shows it.
#
# NONCE is a random word: every line of the answer begins with it, so that a message of the day, the
# output of an rc file or a value cannot be taken for a line of ours.
#
#	NONCE@1 UID     the answer begins: version of its form, effective user
#	NONCE+SECTION   a section begins; a second word names the file it is read from
#	NONCE=TEXT      a line of it
#	NONCE-STATUS    it ends: ok, absent, denied, failed, or missing and the tool
#	NONCE.          the answer ends
#
# KIND:NAME asks for more than the lists below: path:/x, disk:/x, sysctl:a.b, module:m.
#
# Rules: POSIX sh and its builtins (dash, busybox, bash), as few processes as can be (a busy node pays
# for each), no secret in the answer: of flags and configuration only what a list names is sent.
# What needs root and cannot be read is said to be denied.

# Everything is read below this folder: nothing but a test fills it in.
R=

paths="/proc/mounts /sys/fs/cgroup /etc/hosts /usr/src /etc/cni/net.d /opt/cni/bin
/dev/fuse /dev/kvm /dev/net/tun
/run/containerd/containerd.sock /run/k3s/containerd/containerd.sock /run/crio/crio.sock
/run/docker.sock /run/cri-dockerd.sock /run/dockershim.sock
/run/containerd/io.containerd.runtime.v2.task/k8s.io
/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io
/var/lib/containerd /var/lib/docker /var/lib/rancher /var/lib/kubelet /var/lib/kubelet/seccomp
/var/lib/calico /var/gitpod/workspaces"
disks="/ /var/lib/kubelet /var/lib/containerd /var/lib/rancher /var/gitpod/workspaces"
sysctls="fs.file-max fs.inotify.max_user_instances fs.inotify.max_user_watches fs.nr_open
kernel.dmesg_restrict kernel.panic kernel.panic_on_oops kernel.pid_max kernel.threads-max
kernel.unprivileged_userns_clone net.bridge.bridge-nf-call-ip6tables
net.bridge.bridge-nf-call-iptables net.core.somaxconn net.ipv4.conf.all.rp_filter
net.ipv4.ip_forward net.ipv4.ip_local_port_range net.ipv4.tcp_tw_reuse
net.ipv6.conf.all.disable_ipv6 net.ipv6.conf.all.forwarding net.netfilter.nf_conntrack_max
user.max_user_namespaces vm.max_map_count vm.overcommit_memory vm.panic_on_oom vm.swappiness
vm.unprivileged_userfaultfd"
modules="br_netfilter dm_crypt fuse ip_tables ip_vs ipip iptable_nat iscsi_tcp nf_conntrack nf_nat nf_tables
nfs overlay rbd shiftfs tun veth vxlan wireguard xt_comment"

newline='
'
tab='	'

section() {
	printf '%s+%s\n' "$nonce" "$*"
}

say() {
	printf '%s=%s\n' "$nonce" "$*"
}

end() {
	printf '%s-%s\n' "$nonce" "$*"
}

# How reading file $1 went, should it have failed.
refused() {
	if [ -e "$1" ]; then
		end denied
	else
		end absent
	fi
}

# A section that is one line of a file.
one_line() {
	section "$1" "${2#"$R"}"
	line=
	if read -r line <"$2" && [ -n "$line" ]; then
		say "$line"
		end ok
	else
		refused "$2"
	fi
}

# What is at path $1, in $kind.  Behind a folder that may not be entered nobody can tell.
look() {
	if [ -S "$H$1" ]; then
		kind=socket
	elif [ -d "$H$1" ]; then
		kind=directory
	elif [ -f "$H$1" ]; then
		kind="file"
	elif [ -c "$H$1" ]; then
		kind=character-device
	elif [ -b "$H$1" ]; then
		kind=block-device
	elif [ -p "$H$1" ]; then
		kind=pipe
	else
		kind=absent
		nearest "$1"
		[ -x "$near/" ] || kind=denied
	fi
}

# The deepest folder on the way to path $1 that is there, in $near.
nearest() {
	near=$H$1
	while [ ! -d "$near/" ]; do
		case $near in
		*/*) near=${near%/*} ;;
		*) break ;;
		esac
	done
}

# Takes blanks, quotes, commas and the backslash of a continued line off the ends of $1, into $word.
trim() {
	word=$1
	while :; do
		case $word in
		[" $tab\"'"]*) word=${word#?} ;;
		*[" $tab\"',\\"]) word=${word%?} ;;
		*) break ;;
		esac
	done
}

# ---- kubelet, k3s, RKE2 ----

# A setting, if it is one of those that hold no secret and its value is as plain as those are.
setting() {
	case $1 in
	container-runtime | container-runtime-endpoint | hostname-override | node-ip | root-dir | config | \
		provider-id | cloud-provider | cgroup-driver | max-pods) ;;
	docker | data-dir | node-name | flannel-backend | disable | disable-network-policy | cni) ;;
	kubelet-arg)
		# k3s and RKE2 hand it on
		[ "${2#*=}" = "$2" ] || setting "${2%%=*}" "${2#*=}"
		return
		;;
	*) return ;;
	esac
	case $2 in
	'' | *[!A-Za-z0-9._:/,@+-]*) return ;;
	esac
	[ "${#2}" -le 256 ] || return
	say "$1=$2"
	case $1:$2 in
	config:*) config=$2 ;;
	container-runtime-endpoint:*) endpoint=$2 ;;
	data-dir:*..*) ;;
	data-dir:/*) data=$2 ;;
	esac
}

# One word of a command line; a flag's value may be the next one.
flag() {
	trim "$1"
	case $word in
	-*=*)
		name=${word#-}
		name=${name#-}
		setting "${name%%=*}" "${name#*=}"
		wants=
		;;
	--docker | --disable-network-policy)
		setting "${word#--}" true
		wants=
		;;
	-*)
		wants=${word#-}
		wants=${wants#-}
		;;
	?*)
		[ -z "$wants" ] || setting "$wants" "$word"
		wants=
		;;
	esac
}

# The flags of process $1.
process_flags() {
	wants=
	args=$(tr '\0' '\n' <"$1/cmdline") || return 1
	IFS=$newline
	for arg in $args; do
		flag "$arg"
	done
	IFS=$blanks
}

# The flags in a unit file, or a script of init: quoted, several lines.
unit_flags() {
	wants=
	while read -r line || [ -n "$line" ]; do
		for arg in $line; do
			flag "$arg"
		done
		line=
	done <"$1"
}

# Settings at the top of a configuration file, in YAML or in JSON of a line each.
file_settings() {
	key=
	while IFS= read -r line || [ -n "$line" ]; do
		trim "${line%%" #"*}"
		case $word in
		'#'*) ;;
		'- '*)
			trim "${word#-}"
			setting "$key" "$word"
			;;
		*:*)
			line=${word#*:}
			trim "${word%%:*}"
			key=$word
			case $key in
			containerRuntimeEndpoint) key=container-runtime-endpoint ;;
			providerID) key=provider-id ;;
			cgroupDriver) key=cgroup-driver ;;
			maxPods) key=max-pods ;;
			esac
			trim "$line"
			setting "$key" "$word"
			;;
		esac
		line=
	done <"$1"
}

# Is process $1 one of a container?  Nodes that are containers themselves have no others.
contained() {
	[ -z "$inside" ] || return 1
	line=
	while read -r line; do
		case $line in
		*kubepods* | */docker/* | */docker-*.scope* | *libpod* | *cri-containerd* | *crio-* | */lxc/* | */buildkit/*) return 0 ;;
		esac
	done <"$1/cgroup"
	return 1
}

# Is process $1 one of root's?  Anybody can start one that is called kubelet.
of_root() {
	while read -r key line; do
		[ "$key" != Uid: ] || break
	done <"$1/status"
	[ "$key${line%%[!0-9]*}" = Uid:0 ]
}

# The processes that tell of the node, as "NAME NUMBER"; $kubelet, $rancher, $daemons for later.
processes() {
	section process /proc
	inside=
	contained "$R/proc/self" && inside=yes
	set +f
	for p in "$R"/proc/[0-9]*; do
		name=
		read -r name <"$p/comm" || continue
		case $name in
		kubelet | k3s | k3s-server | k3s-agent | rke2 | containerd | crio | dockerd | cri-dockerd)
			of_root "$p" || continue
			;;
		chronyd | ntpd | openntpd | systemd-timesyn) ;;
		*) continue ;;
		esac
		contained "$p" && continue
		say "$name ${p##*/}"
		case $name in
		kubelet) kubelet=$p ;;
		k3s*) rancher=$name ;;
		rke2) rancher=rke2 ;;
		containerd | crio | dockerd) daemons="$daemons $name:$p" ;;
		esac
	done
	set -f
	# with hidepid the processes of others are not there to be seen
	if [ -r "$R/proc/1/comm" ]; then
		end ok
	else
		end denied
	fi
}

kubelet_settings() {
	[ -n "$kubelet" ] || return 0
	section kubelet "${kubelet#"$R"}/cmdline"
	if ! command -v tr >/dev/null; then
		end missing tr
	elif process_flags "$kubelet"; then
		end ok
	else
		end denied
	fi
	config=${config:-/var/lib/kubelet/config.yaml}
	for file in "$config" /etc/kubernetes/kubelet/config.json \
		/etc/kubernetes/kubelet/kubelet-config.json; do
		[ -f "$H$file" ] || continue
		section kubelet "$file"
		if [ -r "$H$file" ]; then
			file_settings "$H$file"
			end ok
		else
			end denied
		fi
		return
	done
	nearest "$config"
	if [ ! -x "$near/" ]; then
		section kubelet "$config"
		end denied
	fi
}

# k3s hides the flags it was given, because a token is among them: they stand in its unit.
rancher_file() {
	[ -e "$1" ] || return 0
	section kubelet "${1#"$H"}"
	if [ ! -r "$1" ]; then
		end denied
		return
	fi
	case $1 in
	*.yaml) file_settings "$1" ;;
	*) unit_flags "$1" ;;
	esac
	end ok
}

rancher_settings() {
	case $rancher in
	'') return ;;
	rke2) unit=rke2-server product=rke2 ;;
	k3s-agent) unit=k3s-agent product=k3s ;;
	*) unit=k3s product=k3s ;;
	esac
	rancher_file "$H/etc/systemd/system/$unit.service"
	rancher_file "$H/usr/local/lib/systemd/system/$unit.service"
	rancher_file "$H/etc/init.d/$unit"
	rancher_file "$H/etc/rancher/$product/config.yaml"
	set +f
	for file in "$H/etc/rancher/$product/config.yaml.d"/*.yaml; do
		set -f
		rancher_file "$file"
	done
	set -f
}

# ---- container runtime ----

# Runs "$@" for five seconds at the most; what it prints is in $out.
guarded() {
	if ! command -v sleep >/dev/null; then
		out=$("$@")
		return
	fi
	out=$(
		"$@" &
		job=$!
		(
			trap 'kill "$nap"; exit 0' TERM
			sleep 5 &
			nap=$!
			wait "$nap"
			kill -9 "$job"
		) >/dev/null &
		dog=$!
		wait "$job"
		status=$?
		kill "$dog"
		exit "$status"
	)
}

# The first line of what "$2 --version" says of runtime $1.
version() {
	section runtime "$2"
	if [ ! -x "$H$2" ]; then
		nearest "$2"
		if [ ! -x "$near/" ] || [ -e "$H$2" ]; then
			end denied
		else
			end absent
		fi
	elif guarded "$H$2" --version; then
		say "$1 ${out%%"$newline"*}"
		end ok
	else
		end failed
	fi
}

# Where the program of process $1 is: only system folders, for it may be run as root.
program() {
	exe=
	args=$(tr '\0' '\n' <"$1/cmdline")
	args=${args%%"$newline"*}
	case $args in
	*[!A-Za-z0-9._/-]* | *..*) ;;
	/usr/bin/* | /usr/sbin/* | /usr/local/bin/* | /usr/local/sbin/* | /bin/* | /sbin/* | \
		/opt/bin/* | /opt/containerd/bin/*) exe=$args ;;
	*/*) ;;
	?*)
		for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
			[ ! -x "$H$folder/$args" ] || {
				exe=$folder/$args
				break
			}
		done
		;;
	esac
}

runtimes() {
	# k3s may be told to use another one than its own
	case $endpoint in
	'' | */k3s/*) ;;
	*) rancher='' ;;
	esac
	case $rancher in
	rke2) version containerd "${data:-/var/lib/rancher/rke2}/bin/containerd" ;;
	k3s*) version containerd "${data:-/var/lib/rancher/k3s}/data/current/bin/containerd" ;;
	esac
	asked=
	for daemon in $daemons; do
		name=${daemon%%:*}
		# the containerd of k3s and RKE2 was asked above
		[ -z "$rancher" ] || [ "$name" != containerd ] || continue
		case " $asked " in
		*" $name "*) continue ;;
		esac
		asked="$asked $name"
		program "${daemon#*:}"
		[ -z "$exe" ] || version "$name" "$exe"
	done
}

# ---- network ----

# Interfaces that lead out of the node: those of hardware, and that of the default route.
own_interfaces() {
	own=" "
	set +f
	for device in "$R"/sys/class/net/*/device; do
		[ -e "$device" ] || continue
		device=${device%/device}
		own="$own${device##*/} "
	done
	set -f
	left=200
	while read -r name to line; do
		[ "$to" != 00000000 ] || own="$own$name "
		left=$((left - 1))
		[ "$left" -gt 0 ] || break
	done <"$R/proc/net/route"
}

# $@: one line of `ip -o addr`.
address() {
	case "$own" in
	*" ${2%%@*} "*) ;;
	*) return ;;
	esac
	case $3:$4 in
	inet:127.* | inet:169.254.* | inet6:fe80:* | inet6:::1/*) ;;
	inet:* | inet6:*) say "$2 ${4%%/*}" ;;
	esac
}

addresses() {
	section address "ip addr"
	# without `ip`, and first of all: the address at which we came in
	server=${SSH_CONNECTION-}
	server=${server#* * }
	case ${server%% *} in
	'' | 127.* | ::1 | *[!0-9A-Fa-f.:]*) server= ;;
	*) say "ssh ${server%% *}" ;;
	esac
	own_interfaces
	if ! command -v ip >/dev/null; then
		end missing ip
	elif out=$(ip -o addr show); then
		IFS=$newline
		for line in $out; do
			IFS=$blanks
			# shellcheck disable=SC2086 # split into its words
			address $line
		done
		IFS=$blanks
		end ok
	else
		end failed
	fi
}

ports() {
	section port /proc/net/tcp
	if [ ! -r "$R/proc/net/tcp" ]; then
		refused "$R/proc/net/tcp"
	elif ! command -v sed >/dev/null; then
		end missing sed
	else
		# state 0A listens; the file is long where connections are many
		sed -n "s/^ *[0-9]*: [0-9A-F]*:\([0-9A-F]*\) [0-9A-F]*:0000 0A .*/$nonce=\1/p" \
			"$R/proc/net/tcp" "$R/proc/net/tcp6"
		end ok
	fi
}

# The values of "type" in a line of JSON; nothing else of it, for a token may stand beside.
types() {
	IFS='"'
	# shellcheck disable=SC2086 # split at the quotes
	set -- $1
	IFS=$blanks
	while [ "$#" -gt 2 ]; do
		case $3 in
		'' | *[!A-Za-z0-9._-]*) ;;
		*) [ "$1" != type ] || [ "${2%:*}" = "$2" ] || say "type $3" ;;
		esac
		shift
	done
}

# The first configuration of CNI in folder $1, in $file: the one that is used.
first_cni() {
	set +f
	for file in "$H$1"/*; do
		case $file in
		*[!A-Za-z0-9._/-]*) ;;
		*.conf | *.conflist | *.json)
			set -f
			[ ! -f "$file" ] || return
			;;
		esac
	done
	set -f
	file=
}

cni_plugins() {
	folder=/etc/cni/net.d
	case $rancher in
	k3s*) folder=${data:-/var/lib/rancher/k3s}/agent/etc/cni/net.d ;;
	esac
	section cni "$folder"
	first_cni "$folder"
	nearest "$folder"
	if [ -n "$file" ] && [ -r "$file" ]; then
		say "file ${file#"$H"}"
		while IFS= read -r line || [ -n "$line" ]; do
			types "$line"
			line=
		done <"$file"
		end ok
	elif [ -z "$file" ] && [ -r "$near/" ] && [ -x "$near/" ]; then
		end ok
	else
		end denied
	fi
}

# What overlays leave behind: an interface each.
overlays() {
	section overlay /sys/class/net
	set +f
	for file in "$R"/sys/class/net/*; do
		case ${file##*/} in
		flannel.* | flannel-* | vxlan.calico | vxlan-v6.calico | wireguard.cali | cilium_host | weave | kube-bridge | \
			antrea-gw0 | ovn-k8s-mp0) say "${file##*/}" ;;
		esac
	done
	set -f
	end ok
}

# ---- kernel ----

# Kubernetes needs these: where they are decides, not what else is mounted.
cgroups() {
	section cgroup /sys/fs/cgroup
	folder=$R/sys/fs/cgroup
	line=
	if [ -e "$folder/cgroup.controllers" ]; then
		say v2
	elif [ -d "$folder/memory" ] || [ -d "$folder/cpu" ] || [ -d "$folder/cpu,cpuacct" ]; then
		[ ! -e "$folder/unified/cgroup.controllers" ] || read -r line <"$folder/unified/cgroup.controllers"
		case " $line " in
		*" cpu "* | *" memory "* | *" pids "*) say hybrid ;;
		*) say v1 ;;
		esac
	else
		say none
	fi
	end ok
}

# The file of sysctl $1, in $file.
sysctl_file() {
	rest=$1
	file=$R/proc/sys
	while :; do
		case $rest in
		*.*) file=$file/${rest%%.*} rest=${rest#*.} ;;
		*) break ;;
		esac
	done
	file=$file/$rest
}

# A shell reads a byte at a time, and most of these files give no second one: grep reads them whole.
sysctl_values() {
	section sysctl /proc/sys
	if [ ! -d "$R/proc/sys" ]; then
		end absent
		return
	elif ! command -v grep >/dev/null; then
		end missing grep
		return
	fi
	set -- /dev/null
	for name in $sysctls; do
		sysctl_file "$name"
		if [ -r "$file" ]; then
			set -- "$@" "$file"
		elif [ -e "$file" ]; then
			say "denied $name"
		else
			say "no $name"
		fi
	done
	out=$(grep '' "$@")
	IFS=$newline
	for line in $out; do
		say "is ${line#"$R/proc/sys/"}"
	done
	IFS=$blanks
	end ok
}

# Names of files have - where modules have _: $1 as a pattern, into $pattern.
module_pattern() {
	rest=$1
	pattern=
	while :; do
		case $rest in
		*_*) pattern="$pattern${rest%%_*}[-_]" rest=${rest#*_} ;;
		*) break ;;
		esac
	done
	pattern=$pattern$rest
}

# Where module $1, which is not loaded, stands in $out.
module_place() {
	module_pattern "$1"
	IFS=$newline
	for line in $out; do
		# shellcheck disable=SC2254 # the pattern is meant as one
		case $line in
		*/modules.builtin:*/$pattern.ko*) place=builtin ;;
		*/$pattern.ko*) place=loadable ;;
		*) continue ;;
		esac
		IFS=$blanks
		say "is $1 $place"
		return
	done
	IFS=$blanks
	say "no $1"
}

# Modules that are not loaded, $@: where this kernel has them.
kept_modules() {
	folder=$H/lib/modules/$kernel
	[ -d "$folder" ] || folder=$H/usr/lib/modules/$kernel
	if [ -z "$kernel" ] || [ ! -r "$folder/modules.dep" ] || ! command -v grep >/dev/null; then
		for name; do
			say "denied $name"
		done
		return
	fi
	all=
	for name; do
		module_pattern "$name"
		all="$all|$pattern"
	done
	out=$(grep -E "^[^:]*/(${all#|})[.]ko" "$folder/modules.dep" "$folder/modules.builtin")
	for name; do
		module_place "$name"
	done
}

module_places() {
	section module "/lib/modules/$kernel"
	more=
	for name in $modules; do
		if [ -e "$R/sys/module/$name/initstate" ]; then
			say "is $name loaded"
		elif [ -d "$R/sys/module/$name" ]; then
			say "is $name builtin"
		else
			more="$more $name"
		fi
	done
	# shellcheck disable=SC2086 # one word each
	[ -z "$more" ] || kept_modules $more
	end ok
}

# ---- disks ----

path_kinds() {
	section path
	for name in $paths; do
		look "$name"
		case $kind in
		absent) say "no $name" ;;
		denied) say "denied $name" ;;
		*) say "is $name $kind" ;;
		esac
	done
	end ok
}

# The disk below the root: partitions stand in their disk, mapped devices on others.
boot_disk() {
	section disk /sys/dev/block
	mount=${H#"$R"}
	if ! command -v sed >/dev/null; then
		end missing sed
		return
	fi
	out=$(sed -n "s|^[0-9]* [0-9]* \([0-9]*:[0-9]*\) [^ ]* ${mount:-/} .*|\1|p" "$R/proc/self/mountinfo")
	device=$R/sys/dev/block/${out##*"$newline"}
	for _ in 1 2 3 4; do
		set +f
		set -- "$device"/slaves/*
		set -f
		[ -e "$1" ] || break
		device=$1
	done
	[ ! -e "$device/partition" ] || device=$device/..
	line=
	if [ -n "$out" ] && read -r line <"$device/size"; then
		say "sectors $line"
		end ok
	else
		end absent
	fi
}

# df answers with a line for each path; what is not there yet will be where the folder above it is.
free_space() {
	section df "df -P -k"
	set --
	for name in $disks; do
		nearest "$name"
		if [ -x "$near/" ]; then
			say "ask $name ${near#"$R"}"
			set -- "$@" "$near/"
		else
			say "denied $name"
		fi
	done
	if ! command -v df >/dev/null; then
		end missing df
		return
	fi
	guarded df -P -k "$@"
	status=$?
	IFS=$newline
	for line in $out; do
		say "df $line"
	done
	IFS=$blanks
	if [ "$status" -eq 0 ]; then
		end ok
	else
		end failed
	fi
}

# ---- all of it ----

begin() {
	effective=
	while read -r key line effective line; do
		[ "$key" != Uid: ] || break
	done <"$R/proc/self/status"
	# a line that others left open ends first
	printf '\n%s@1 %s\n' "$nonce" "$effective"
}

os_release() {
	file=$H/etc/os-release
	[ -e "$file" ] || file=$H/usr/lib/os-release
	section os "${file#"$H"}"
	if [ ! -r "$file" ]; then
		refused "$file"
		return
	fi
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		ID=* | VERSION_ID=* | NAME=* | PRETTY_NAME=* | VARIANT_ID=*) say "$line" ;;
		esac
		line=
	done <"$file"
	end ok
}

machine() {
	section machine "uname -m"
	if ! command -v uname >/dev/null; then
		end missing uname
	elif out=$(uname -m); then
		say "$out"
		end ok
	else
		end failed
	fi
}

memory() {
	section memory /proc/meminfo
	if [ ! -r "$R/proc/meminfo" ]; then
		refused "$R/proc/meminfo"
		return
	fi
	while read -r line; do
		case $line in
		MemTotal:*) say "$line" ;;
		SwapTotal:*)
			say "$line"
			break
			;;
		esac
	done <"$R/proc/meminfo"
	end ok
}

time_sync() {
	section time /run/systemd/timesync
	[ ! -e "$R/run/systemd/timesync/synchronized" ] || say synchronized
	end ok
}

# Words that ask for more than the lists.
ask() {
	case $1 in
	path:/*) paths="$paths ${1#*:}" ;;
	disk:/*) disks="$disks ${1#*:}" ;;
	sysctl:?*) sysctls="$sysctls ${1#*:}" ;;
	module:?*) modules="$modules ${1#*:}" ;;
	esac
}

main() {
	nonce=$1
	shift
	LC_ALL=C
	PATH=$R/usr/local/sbin:$R/usr/local/bin:$R/usr/sbin:$R/usr/bin:$R/sbin:$R/bin
	export LC_ALL PATH
	blanks=$IFS
	set -f
	kubelet='' rancher='' daemons='' config='' data='' endpoint=''
	for more; do
		ask "$more"
	done
	# Bottlerocket: whoever logs in is in a container, and the system is mounted there
	H=$R
	[ ! -d "$R/.bottlerocket/rootfs" ] || H=$R/.bottlerocket/rootfs

	begin
	os_release
	one_line kernel "$R/proc/sys/kernel/osrelease"
	kernel=$line
	machine
	one_line cpu "$R/sys/devices/system/cpu/online"
	memory
	cgroups
	one_line host "$R/proc/sys/kernel/hostname"
	addresses
	processes
	kubelet_settings
	rancher_settings
	time_sync
	path_kinds
	sysctl_values
	module_places
	ports
	overlays
	cni_plugins
	boot_disk
	runtimes
	free_space
	printf '%s.\n' "$nonce"
}

# all of it is read before any of it runs, and nothing that runs reads what is left of it
main "$@" </dev/null 2>/dev/null
exit 0
