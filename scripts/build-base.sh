#!/bin/sh
# Builds the base image from Debian's packages and this machine's Node.js, for places where no registry can be reached.
# It also carries node_modules, so that building the cluster's image needs no network at all.
# usage: sudo scripts/build-base.sh [IMAGE]        (default kubelab/base; needs debootstrap, docker, node)
set -eu
image=${1:-kubelab/base}
root=$(cd "$(dirname "$0")/.." && pwd)
node "$root/scripts/install.mjs"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "build-base: Debian (debootstrap, about half a minute) ..." >&2
debootstrap --variant=minbase --include=libstdc++6,iproute2,ca-certificates,procps bookworm "$work/rootfs" >"$work/debootstrap.log" 2>&1 || {
  tail -20 "$work/debootstrap.log" >&2
  echo "build-base: debootstrap failed (see above); it must run as root and reach a Debian mirror" >&2
  exit 1
}
rm -rf "$work/rootfs/var/cache/apt" "$work/rootfs/var/lib/apt/lists" "$work/rootfs/usr/share/doc" "$work/rootfs/usr/share/man"

install -D -m 755 "$(node -p process.execPath)" "$work/rootfs/usr/local/bin/node"
mkdir -p "$work/rootfs/kubelab"
cp -a "$root/node_modules" "$work/rootfs/kubelab/node_modules"
rm -f "$work/rootfs/kubelab/node_modules/.kubelab-built"

echo "build-base: importing $image ..." >&2
tar -C "$work/rootfs" -c . | docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$image" >/dev/null
docker image ls "$image" >&2
