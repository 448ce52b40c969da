#!/bin/sh
# Builds the image of deploy/Dockerfile without a registry and without a container engine, and runs it: to test a change of the
# Dockerfile where neither can be reached. As root, with buildah and debootstrap (Debian's packages).
#
# The base image is made here: Debian by debootstrap, Node.js and npm as this machine's npm installs them. It is not what a
# registry ships as node:24-bookworm-slim, so this shows that the Dockerfile works, not that this image should be deployed.
set -eu

: "${DEBIAN_MIRROR:=http://deb.debian.org/debian}"
base=localhost/yanzheng-test-base
image=localhost/yanzheng-test
source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

# No overlay file system, no namespaces of a daemon: buildah runs inside another container too.
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
policy=$work/policy.json
echo '{"default":[{"type":"insecureAcceptAnything"}]}' > "$policy"

debootstrap --variant=minbase --include=ca-certificates bookworm "$work/rootfs" "$DEBIAN_MIRROR"
npm install --global --silent --prefix "$work/rootfs/usr/local" node@24 npm@11
container=$(buildah from --signature-policy "$policy" scratch)
buildah copy --quiet "$container" "$work/rootfs" /
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then # a proxy in front of the registry of npm
  buildah copy --quiet "$container" "$NODE_EXTRA_CA_CERTS" /usr/local/share/proxy.crt
  buildah config --env NODE_EXTRA_CA_CERTS=/usr/local/share/proxy.crt "$container"
fi
buildah commit --quiet --signature-policy "$policy" "$container" "$base"
buildah rm "$container"

# From the last commit, as on the machine that builds a release.
git -C "$source" archive --prefix=source/ HEAD | tar --extract --directory "$work"
buildah bud --signature-policy "$policy" --pull-never --file "$work/source/deploy/Dockerfile" \
  --build-arg NODE_IMAGE="$base" --build-arg REVISION="$(git -C "$source" rev-parse HEAD)" \
  --build-arg VERSION="$(node -p "require('$source/package.json').version")" --tag "$image" "$work/source"

container=$(buildah from --signature-policy "$policy" --pull-never "$image")
buildah inspect --type image --format '{{.OCIv1.Config}}' "$image"
buildah run "$container" -- node dist/main.js --version
buildah run "$container" -- sh -c 'test "$(id -u)" = 65532 && ! touch /app/dist/file 2>/dev/null'
buildah rm "$container"
echo "The image $image was built, and its program runs as user 65532."
