# Does what bubblewrap does with the options that the platform gives it, by util-linux and a shell.
# Runs in mounts and processes of its own, which unshare has made; $0 is `root` where these have no
# users of their own. Its variables have names that no program's environment has: what is assigned
# here would be changed there, too.
set -e
PATH=/usr/sbin:/usr/bin:/sbin:/bin

# Mounts below a mount would stay writable to root; users cannot leave them out, nor write them.
_sandbox_bind=--rbind
[ "$0" != root ] || _sandbox_bind=--bind

_sandbox_new=/tmp # where the new root is built, until it is the root
_sandbox_old=     # where the old one is, once it is not
_sandbox_size=

place() { # FROM AT: something to mount over
    if [ -d "$1" ]; then
        mkdir -p "$2"
    elif [ ! -e "$2" ]; then
        mkdir -p "$(dirname "$2")"
        : >"$2"
    fi
}

bound() { # FROM AT
    place "$_sandbox_old$1" "$_sandbox_new$2"
    mount $_sandbox_bind "$_sandbox_old$1" "$_sandbox_new$2"
}

read_only() {
    bound "$1" "$2"
    mount -o remount,bind,ro "$_sandbox_new$2"
}

enter() { # what comes from here on may be hidden below the new root
    mkdir "$_sandbox_new/.old"
    pivot_root "$_sandbox_new" "$_sandbox_new/.old"
    cd /
    _sandbox_old=/.old _sandbox_new=
}

devices() { # AT
    mkdir -p "$1"
    for _sandbox_each in null zero full random urandom tty; do
        [ ! -e "$_sandbox_old/dev/$_sandbox_each" ] || bound "/dev/$_sandbox_each" "$1/$_sandbox_each"
    done
    ln -s /proc/self/fd "$1/fd"
    ln -s /proc/self/fd/0 "$1/stdin"
    ln -s /proc/self/fd/1 "$1/stdout"
    ln -s /proc/self/fd/2 "$1/stderr"
    mkdir "$1/shm"
    mount -t tmpfs -o mode=1777,nosuid,nodev sandbox "$1/shm"
}

mount -t tmpfs -o mode=755,nosuid,nodev sandbox "$_sandbox_new"
_sandbox_folder=/
while [ $# -gt 0 ]; do
    _sandbox_option=$1
    shift
    case $_sandbox_option in
    --) break ;;
    --symlink) ln -s "$1" "$_sandbox_new$2" && shift 2 ;;
    --ro-bind) read_only "$1" "$2" && shift 2 ;;
    --ro-bind-try) [ ! -e "$_sandbox_old$1" ] || read_only "$1" "$2" && shift 2 ;;
    --bind) bound "$1" "$2" && shift 2 ;;
    --proc)
        enter
        mkdir -p "$1" && mount -t proc -o nosuid,nodev,noexec proc "$1" && shift
        ;;
    --dev) devices "$1" && shift ;;
    --size) _sandbox_size=,size=$1 && shift ;;
    --tmpfs)
        mkdir -p "$1" && mount -t tmpfs -o "mode=1777,nosuid,nodev$_sandbox_size" sandbox "$1" && shift
        _sandbox_size=
        ;;
    --remount-ro) mount -o remount,bind,ro "$1" && shift ;;
    --chdir) _sandbox_folder=$1 && shift ;;
    *) echo "sandbox: $_sandbox_option is not known" >&2 && exit 2 ;;
    esac
done
umount -l "$_sandbox_old"
rmdir "$_sandbox_old" 2>/dev/null || true # the root may be read-only by now
cd "$_sandbox_folder"
_sandbox_setpriv=$(command -v setpriv)
_sandbox_setsid=$(command -v setsid)
unset PWD OLDPWD
# Not in its place: the first of the processes takes no signal that it has no handler for. In a
# session of its own, as it could else type into the terminal that the platform was started from.
_sandbox_code=0
"$_sandbox_setsid" --wait "$_sandbox_setpriv" --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@" || _sandbox_code=$?
exit $_sandbox_code
