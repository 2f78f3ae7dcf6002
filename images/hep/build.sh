# Compiles the two programs on this machine, against the same Debian release that the image is made of.
# The flags leave out what differs from build to build: paths, build identifiers, symbols.
chmod 1777 "$ROOT/tmp" "$ROOT/var/tmp"
for name in $("$ROOT/bin/busybox" --list); do
    [ -e "$ROOT/bin/$name" ] || [ -L "$ROOT/bin/$name" ] || ln -s busybox "$ROOT/bin/$name"
done
mkdir -p "$ROOT/usr/local/bin"
compile() {
    local name=$1
    shift
    g++ -std=c++17 -O2 -Wall -Wextra -Werror -frandom-seed="$name" -ffile-prefix-map="$RECIPE"=. \
        -ffp-contract=off -Wl,--build-id=none -s -o "$ROOT/usr/local/bin/$name" "$RECIPE/src/$name.cc" "$@"
    chmod 755 "$ROOT/usr/local/bin/$name"
}
compile generate -lHepMC3
# The compiler and the linker take their flags from FastJet itself; they are words, so no quotes.
compile cluster -lHepMC3 $(fastjet-config --cxxflags --libs)
install -m 755 "$RECIPE/src/hep" "$ROOT/usr/local/bin/hep"
