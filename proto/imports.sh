#!/bin/sh
# Fetches what the contract imports but does not own: google/api, out of the installed googleapis-common-protos, into
# the ignored folder proto/google, where buf and protoc look for it. Without effect when it is there already.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
site=$("$root/.venv-proto/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
mkdir -p "$root/proto/google/api"
for name in annotations client field_behavior http launch_stage; do
    source="$site/google/api/$name.proto"
    target="$root/proto/google/api/$name.proto"
    # Renamed into place, so that a build running beside this one never sees half a file.
    cmp -s "$source" "$target" || { cp "$source" "$target.$$" && mv "$target.$$" "$target"; }
done
