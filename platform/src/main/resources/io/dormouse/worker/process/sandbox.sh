# Does what bubblewrap does with the options that the platform gives it, by util-linux and a shell.
# Runs in mounts and processes of its own, which unshare has made; $0 is `root` where these have no
# users of their own.
set -e
given=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin

# Mounts below a mount would stay writable to root; users cannot leave them out, nor write them.
bind=--rbind
[ "$0" != root ] || bind=--bind

new=/tmp # where the new root is built, until it is the root
old=     # where the old one is, once it is not
size=

place() { # FROM AT: something to mount over
    if [ -d "$1" ]; then
        mkdir -p "$2"
    elif [ ! -e "$2" ]; then
        mkdir -p "$(dirname "$2")"
        : >"$2"
    fi
}

bound() { # FROM AT
    place "$old$1" "$new$2"
    mount $bind "$old$1" "$new$2"
}

read_only() {
    bound "$1" "$2"
    mount -o remount,bind,ro "$new$2"
}

enter() { # what comes from here on may be hidden below the new root
    mkdir "$new/.old"
    pivot_root "$new" "$new/.old"
    cd /
    old=/.old new=
}

devices() { # AT
    mkdir -p "$1"
    for each in null zero full random urandom tty; do
        [ ! -e "$old/dev/$each" ] || bound "/dev/$each" "$1/$each"
    done
    ln -s /proc/self/fd "$1/fd"
    ln -s /proc/self/fd/0 "$1/stdin"
    ln -s /proc/self/fd/1 "$1/stdout"
    ln -s /proc/self/fd/2 "$1/stderr"
    mkdir "$1/shm"
    mount -t tmpfs -o mode=1777,nosuid,nodev sandbox "$1/shm"
}

mount -t tmpfs -o mode=755,nosuid,nodev sandbox "$new"
folder=/
while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
    --) break ;;
    --die-with-parent | --new-session) ;;
    --cap-drop) shift ;;
    --symlink) ln -s "$1" "$new$2" && shift 2 ;;
    --ro-bind) read_only "$1" "$2" && shift 2 ;;
    --ro-bind-try) [ ! -e "$old$1" ] || read_only "$1" "$2" && shift 2 ;;
    --bind) bound "$1" "$2" && shift 2 ;;
    --proc)
        enter
        mkdir -p "$1" && mount -t proc -o nosuid,nodev,noexec proc "$1" && shift
        ;;
    --dev) devices "$1" && shift ;;
    --size) size=,size=$1 && shift ;;
    --tmpfs)
        mkdir -p "$1" && mount -t tmpfs -o "mode=1777,nosuid,nodev$size" sandbox "$1" && shift
        size=
        ;;
    --remount-ro) mount -o remount,bind,ro "$1" && shift ;;
    --setenv) preload="$1=$2" && shift 2 ;;
    --chdir) folder=$1 && shift ;;
    *) echo "sandbox: $option is not known" >&2 && exit 2 ;;
    esac
done
umount -l "$old"
rmdir "$old" 2>/dev/null || true # the root may be read-only by now
cd "$folder"
setpriv=$(command -v setpriv)
PATH=$given
unset PWD OLDPWD
# Not in its place: the first of the processes takes no signal that it has no handler for.
code=0
"$setpriv" --no-new-privs --inh-caps=-all --bounding-set=-all -- /usr/bin/env ${preload:+"$preload"} "$@" || code=$?
exit $code
