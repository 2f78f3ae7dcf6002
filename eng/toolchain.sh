# Sourced by ./check, ./stun and the scripts of eng/, which have set "root" to the repository and stand in it.
# Build output goes to a file and is shown on failure only: nothing that a build leaves running holds a caller's pipe.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

logs=$root/artifacts/log

# The columns of eng/prerequisites are separated by ";;" because a detecting command may hold a pipe.
need_prerequisites() {
    local name what detect cure missing=0
    while IFS=$'\t' read -r name what detect cure; do
        if ! bash -c "$detect" </dev/null >/dev/null 2>&1; then
            printf 'missing: %s (%s)\n    cure: %s\n' "$name" "$what" "$cure" >&2
            missing=1
        fi
    done < <(sed -e '/^#/d' -e '/^$/d' -e 's/ *;; */\t/g' "$root/eng/prerequisites")
    return "$missing"
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

restore_locked() { logged restore dotnet restore Stun.slnx --locked-mode; }

build_release() { logged build dotnet build Stun.slnx -c Release --no-restore -v quiet -nologo; }

# built PROJECT: the path of its program.
built() { printf '%s/artifacts/bin/%s/release/%s.dll' "$root" "$1" "$1"; }
