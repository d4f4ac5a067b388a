#!/usr/bin/env bash
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run play.yml, and a shipped playbook, against the simulated service. The real tests are run by `make pytest`; this is for
# those who reach for `ansible-test integration`.
set -euo pipefail

play="$PWD/play.yml"
cd "$ANSIBLE_COLLECTIONS_PATH/ansible_collections/huawei/meeting"
python -m tests.simulator --env-file "$OUTPUT_DIR/service" > "$OUTPUT_DIR/service.log" &
service=$!
trap 'kill "$service" && wait "$service"' EXIT
until [ -e "$OUTPUT_DIR/service" ]; do
  kill -0 "$service"
  sleep 0.1
done
set -o allexport
# shellcheck disable=SC1091
source "$OUTPUT_DIR/service"
set +o allexport

ansible-playbook "$play" "$@"
ansible-playbook huawei.meeting.recording_status -e "huawei_meeting_report_dir=$OUTPUT_DIR" "$@"
