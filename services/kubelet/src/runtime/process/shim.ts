/**
 * Stands between the kubelet and a container's command, in a session of its own: hands SIGTERM on to the
 * command alone (as a
 * runtime signals process 1), leaves its exit code in a file whether or not a kubelet is there to see, and
 * ends what the command left behind. `wait` comes
 * back early when a signal arrives; the command is over only when `kill -0` no longer finds it, so the loop.
 */
export const shimScript = `exit_file=$1; shift
trap : TERM
"$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM
while :; do wait "$child"; code=$?; kill -0 "$child" 2>/dev/null || break; done
printf '%s' "$code" > "$exit_file.tmp" && mv -f "$exit_file.tmp" "$exit_file"
kill -KILL 0`;
