#!/bin/sh
# Fetches what the contract imports but does not own: parts of google/api and google/rpc, out of the installed
# googleapis-common-protos, into the ignored folder proto/google, where buf and protoc look for them. Without effect when
# they are there already.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
site=$("$root/.venv-proto/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
mkdir -p "$root/proto/google/api" "$root/proto/google/rpc"
for name in api/annotations api/client api/field_behavior api/http api/launch_stage rpc/error_details rpc/status; do
    source="$site/google/$name.proto"
    target="$root/proto/google/$name.proto"
    # Renamed into place, so that a build running beside this one never sees half a file.
    cmp -s "$source" "$target" || { cp "$source" "$target.$$" && mv "$target.$$" "$target"; }
done
