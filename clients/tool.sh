#!/bin/sh
# Installs a tool that only Go brings into .tools; says so where there is no Go, as build.sh does.
#
#   clients/tool.sh github.com/owner/tool/cmd/tool@v1.0.0
set -eu

if ! command -v go > /dev/null; then
    name=${1##*/}
    echo "${name%@*} is left out: go is not on this machine"
    [ "${REQUIRE_ALL:-}" != 1 ]
    exit
fi
GOBIN="$(cd "$(dirname "$0")/.." && pwd)/.tools" exec go install "$1"
