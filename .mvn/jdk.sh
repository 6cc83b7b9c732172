# Sourced by ./build and ./dormouse. find_jdk prints the home of a JDK 25 or newer that has a compiler.

jdk_is_new_enough() {
    [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return 1
    local version
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ -n "$version" ] && [ "$version" -ge 25 ]
}

find_jdk() {
    local home on_path
    on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for home in "${DORMOUSE_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        if [ -n "$home" ] && jdk_is_new_enough "$home"; then
            printf '%s\n' "$home"
            return 0
        fi
    done
    echo "Dormouse needs a JDK 25 or newer and found none: install one (for example Eclipse Temurin 25), or point JAVA_HOME at it." >&2
    return 1
}
