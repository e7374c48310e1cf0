#!/bin/sh
# Generates everything that follows from the contract and needs no toolchain but Python: its stubs, the constants and
# the service config of every client, and the reference pages.
#
#   proto/generate.sh [output root]     default: the repository itself
#
# The same input gives the same bytes, and what no longer follows from the contract is removed. Two environments:
# .venv-proto holds the oldest generator that serves (its output runs on protobuf 6 and 7), .venv holds buf.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
output=$(mkdir -p "${1:-$root}" && cd "${1:-$root}" && pwd)
python="$root/.venv-proto/bin/python"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$root/proto/imports.sh"

cd "$root/proto"
package=conversation_gateway/v1
services=$(grep -l '^service ' "$package"/*.proto)
"$python" -m grpc_tools.protoc --proto_path=. --python_out="$scratch" --pyi_out="$scratch" "$package"/*.proto
# shellcheck disable=SC2086  # a list of paths without spaces
"$python" -m grpc_tools.protoc --proto_path=. \
    --plugin="protoc-gen-mypy_grpc=$root/.venv-proto/bin/protoc-gen-mypy_grpc" \
    --grpc_python_out="$scratch" --mypy_grpc_out=quiet:"$scratch" $services

stubs="$output/clients/python/$package"
mkdir -p "$stubs"
rm -f "$stubs"/*_pb2.py "$stubs"/*_pb2.pyi "$stubs"/*_pb2_grpc.py "$stubs"/*_pb2_grpc.pyi
mv "$scratch/$package"/* "$stubs/"
"$python" vocabulary.py vocabulary.json "$output"

# Comments are in the image only, as generated code has none.
"$root/.venv/bin/buf" build "$root" -o "$scratch/image.binpb"
"$python" reference.py "$scratch/image.binpb" "$output/docs"
"$python" service_config.py "$scratch/image.binpb" "$output"
