/**
 * Stands between the kubelet and a container's command, in a session of its own: hands SIGTERM on to
 * the command alone (as a runtime signals process 1), leaves its exit code in a file whether or not a
 * kubelet is there to see, and ends what the command left behind. `wait` comes back early when a
 * signal arrives; the command is over only when `kill -0` no longer finds it, so the loop.
 *
 * The container's input, if it has one, is a named pipe that the shim holds open at both ends, so that
 * there is no end of input when somebody detaches; SIGUSR1 (stdinOnce) makes it let go.
 *
 * A command at a terminal is not the shim's child but that of `script`; its pid is in the file `tty`.
 */
export const shimScript = `exit_file=$1; input=$2; shift 2
tty="\${exit_file%/*}/tty"
trap : TERM
trap 'exec 9>&-' USR1
if [ -n "$input" ]; then
  exec 9<>"$input"
  "$@" <"$input" 9>&- &
else
  "$@" &
fi
child=$!
trap 'to=$child; [ -s "$tty" ] && read -r to rest <"$tty"; kill -TERM "$to" 2>/dev/null' TERM
while :; do wait "$child"; code=$?; kill -0 "$child" 2>/dev/null || break; done
printf '%s' "$code" > "$exit_file.tmp" && mv -f "$exit_file.tmp" "$exit_file"
kill -KILL 0`;
