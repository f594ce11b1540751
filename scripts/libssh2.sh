# shellcheck shell=bash
# libssh2 >= 1.11.  Debian 12 and Ubuntu 22.04 have 1.10, which can neither log in with an RSA key where
# OpenSSH is 8.8 or newer nor agree with a hardened sshd.  Where the system offers nothing newer, Debian
# 13's source package (with its security fixes, signature checked by apt) and libssh2.patch (what our
# tests found) become a static library in the user's cache, where cmake/libssh2.cmake finds it; the
# system is not changed.

libssh2_version=1.11.1
# of libssh2_1.11.1.orig.tar.gz (2024-10-16); Debian's patches beside it are vouched for by apt
libssh2_sha256=d9ec76cbe34db98eec3539fe2c899d26b0c837cb3eb466a56b0f109cabf658f7

libssh2_folder() {
	local patch
	patch=$(sha256sum scripts/libssh2.patch)
	echo "${XDG_CACHE_HOME:-$HOME/.cache}/plumbline/libssh2-$libssh2_version-${patch:0:12}-$(uname -m)"
}

libssh2_candidate() {
	apt-cache policy libssh2-1-dev 2>/dev/null | sed -n 's/^ *Candidate: //p'
}

# libssh2_download FOLDER: the source package, from the mirror that apt uses already.
libssh2_download() {
	local folder=$1 mirror options
	# shellcheck disable=SC2016 # the $() are apt's
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Codename: $(
		sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" | head -n 1)
	[ -n "$mirror" ] || return 1
	mkdir -p "$folder/lists/partial" "$folder/cache" "$folder/source"
	cat >"$folder/trixie.sources" <<-END
		Types: deb-src
		URIs: $mirror
		Suites: trixie trixie-updates
		Components: main
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	END
	options=(-o "Dir::Etc::sourcelist=$folder/trixie.sources" -o Dir::Etc::sourceparts=/dev/null
		-o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root)
	apt-get "${options[@]}" update &&
		(cd "$folder/source" && apt-get "${options[@]}" source --download-only libssh2) &&
		echo "$libssh2_sha256  $folder/source/libssh2_$libssh2_version.orig.tar.gz" | sha256sum -c
}

# libssh2_build FOLDER: builds what was downloaded there, and installs it beside.
libssh2_build() {
	local folder=$1
	dpkg-source --no-check -x "$folder"/source/*.dsc "$folder/libssh2" &&
		patch -d "$folder/libssh2" -p1 <scripts/libssh2.patch &&
		cmake -S "$folder/libssh2" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
			-DCMAKE_INSTALL_PREFIX="$folder/installed" -DCMAKE_INSTALL_LIBDIR=lib \
			-DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF -DCRYPTO_BACKEND=OpenSSL \
			-DENABLE_ZLIB_COMPRESSION=OFF -DBUILD_EXAMPLES=OFF -DBUILD_TESTING=OFF &&
		cmake --build "$folder/build" --target install
}

libssh2_library() {
	local folder work
	folder=$(libssh2_folder)
	if pkg-config --atleast-version=1.11 libssh2 || [ -f "$folder/lib/pkgconfig/libssh2.pc" ]; then
		return
	fi
	if dpkg --compare-versions "$(libssh2_candidate)" ge 1.11 2>/dev/null; then
		packages libssh2-1-dev
		return
	fi
	say "building libssh2 $libssh2_version, which is newer than what this system has"
	work=$(mktemp -d)
	if ! quietly libssh2_download "$work"; then
		rm -rf "$work"
		fail "no libssh2 >= 1.11 here, and Debian 13's source package of it could not be had; install one that" \
			"pkg-config finds, then run this again"
	fi
	if ! quietly libssh2_build "$work"; then
		rm -rf "$work"
		fail "libssh2 $libssh2_version could not be built"
	fi
	# the .pc file names the folder that the library was installed into
	sed -i "s|^prefix=.*|prefix=$folder|" "$work/installed/lib/pkgconfig/libssh2.pc"
	mkdir -p "${folder%/*}"
	rm -rf "$folder" "$folder.new"
	mv "$work/installed" "$folder.new"
	mv "$folder.new" "$folder"
	rm -rf "$work"
}
