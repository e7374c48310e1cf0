#!/bin/sh
# Generates the stubs of a client from proto/ and builds it with its examples; says so where its toolchain is missing.
#
#   clients/build.sh go|node|java
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
PATH="$root/.venv/bin:$PATH"

needs() {
    command -v "$1" > /dev/null && return
    echo "the $language client is left out: $1 is not on this machine"
    [ "${REQUIRE_ALL:-}" != 1 ]
    exit
}

language=$1
"$root/proto/imports.sh"
cd "$root/clients/$language"
case "$language" in
    go)
        needs go
        buf generate "$root" --template buf.gen.yaml --path "$root/proto/conversation_gateway"
        go vet . ./examples/...
        go build -buildvcs=false -trimpath -o build/ ./examples/...
        ;;
    node)
        needs npm
        npm ci --ignore-scripts --no-fund --no-audit
        rm -rf src/gen
        buf generate "$root" --template buf.gen.yaml --path "$root/proto/conversation_gateway" \
            --path "$root/proto/google/rpc" --include-imports --include-wkt
        npm run --silent build
        ;;
    java)
        needs mvn
        mvn --batch-mode --no-transfer-progress --quiet package
        ;;
esac
