# Sourced by ./check, ./stun and the scripts of eng/, which have set "root" to the repository and stand in it.
# Build output goes to a file and is shown on failure only: nothing that a build leaves running holds a caller's pipe.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

logs=$root/artifacts/log

# missing_prerequisites: name, what for and cure of each line of eng/prerequisites whose detecting command fails.
# The columns are separated by ";;" because a detecting command may hold a pipe.
missing_prerequisites() {
    local name what detect cure
    while IFS=$'\t' read -r name what detect cure; do
        if ! (cd "$root" && PATH=$PATH:/usr/sbin:/sbin bash -c "$detect") </dev/null >/dev/null 2>&1; then
            printf '%s\t%s\t%s\n' "$name" "$what" "$cure"
        fi
    done < <(sed -e '/^#/d' -e '/^$/d' -e 's/ *;; */\t/g' "$root/eng/prerequisites")
}

# as_root COMMAND...: fails where we are not root and sudo would ask for a password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Installs what is missing and has a Debian package; one by one, since another system may lack one of them.
install_packages() {
    local packages name what cure
    packages=$(sed -n 's/.*\tapt?\?: //p' <<<"$1")
    if [ -z "$packages" ] || ! command -v apt-get >/dev/null || ! as_root true 2>/dev/null; then return 0; fi
    printf 'installing: %s\n' "$(tr '\n' ' ' <<<"$packages")" >&2
    logged apt-update as_root apt-get update -q || true
    while IFS=$'\t' read -r name what cure; do
        # The words of a cure are packages.
        # shellcheck disable=SC2046
        logged "apt-$name" as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends $(sed -n 's/^apt?\?: //p' <<<"$cure") || true
    done < <(grep -P '\tapt\??: ' <<<"$1")
}

# Installs what the lock files of folders name: after the packages above, since npm may be one of them.
install_modules() {
    local folder
    while read -r folder; do
        printf 'installing: the npm packages of %s\n' "$folder" >&2
        (cd "$root/$folder" && logged "npm-${folder//\//-}" npm ci --no-audit --no-fund) || true
    done < <(sed -n 's/.*\tnpm: //p' <<<"$1")
}

need_prerequisites() {
    local missing name what cure fatal=0
    missing=$(missing_prerequisites)
    if [ -z "$missing" ]; then return 0; fi
    install_packages "$missing"
    install_modules "$missing"
    while IFS=$'\t' read -r name what cure; do
        if [ -z "$name" ]; then continue; fi
        printf 'missing: %s (%s)\n    cure: %s\n' "$name" "$what" "${cure/#apt*: /as root, apt-get install }" >&2
        if [[ $cure != apt\?:* ]]; then fatal=1; fi
    done < <(missing_prerequisites)
    return "$fatal"
}

# logged NAME COMMAND...: runs it with its output in artifacts/log/NAME.log, shown when it fails.
logged() {
    local log=$logs/$1.log
    shift
    mkdir -p "$logs"
    if "$@" >"$log" 2>&1 </dev/null; then return 0; fi
    printf '%s failed:\n' "$*" >&2
    # Each error once; a failure without an error line is shown whole.
    if grep -q 'error' "$log"; then grep -E 'error' "$log" | sort -u | head -n 60 >&2; else cat "$log" >&2; fi
    return 1
}

# web_changed: whether a source of the console, or of the SDK in it, is newer than its last good build.
web_changed() {
    local stamp=$root/artifacts/web.stamp
    if [ ! -f "$root/web/package.json" ]; then return 1; fi
    if [ ! -f "$stamp" ] || [ ! -f "$root/web/dist/index.html" ]; then return 0; fi
    [ -n "$(find "$root/web" "$root/sdk/javascript/src" "$root/sdk/javascript/package-lock.json" "$root/eng/pack-site.mjs" \
        \( -name node_modules -o -path "$root/web/dist" -o -path "$root/web/artifacts" \) -prune \
        -o -type f -newer "$stamp" -print -quit)" ]
}

# build_web: the pages of the console, which the .NET build puts into the binary; to be called before it.
build_web() {
    if ! web_changed; then return 0; fi
    mkdir -p "$root/artifacts"
    touch "$root/artifacts/web.stamp.next"
    (
        cd "$root/sdk/javascript" && logged web-sdk npm run build &&
            cd "$root/web" && logged web npm run build &&
            cd "$root" && logged web-pack node eng/pack-site.mjs web/dist
    ) || return 1
    mv "$root/artifacts/web.stamp.next" "$root/artifacts/web.stamp"
}

restore_locked() { logged restore dotnet restore Stun.slnx --locked-mode; }

build_release() { logged build dotnet build Stun.slnx -c Release --no-restore -v quiet -nologo; }

# built PROJECT: the path of its program.
built() { printf '%s/artifacts/bin/%s/release/%s.dll' "$root" "$1" "$1"; }
