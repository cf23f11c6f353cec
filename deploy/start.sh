#!/usr/bin/env bash
# Start one process of the deployment: `deploy/start.sh webserver`, `deploy/start.sh daemon`, or any
# command of pax. Used by the container image and by the systemd units.
set -euo pipefail
cd "$(dirname "$0")/.."
eval "$(pax env)"
case "${1:-webserver}" in
    webserver)
        exec dagster-webserver -m orchestration.definitions \
            -h "${PAX_HOST:-127.0.0.1}" -p "${PAX_PORT:-3000}" ;;
    daemon)
        exec dagster-daemon run -m orchestration.definitions ;;
    *)
        exec pax "$@" ;;
esac
