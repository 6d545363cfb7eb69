#!/bin/sh
# Writes the pages of all that `import Recurrent` gives, the articles and the lecture. A link to nothing is an error.
# Needs what `make build` leaves in .build/release, and docc, which comes with Swift. (On a Mac Xcode does the same by itself.)
set -eu

output=.build/documentation
symbols=.build/symbols
mkdir -p "$symbols"

# The C modules below the Swift ones: whoever loads these needs their maps.
set --
for map in .build/release/*.build/module.modulemap .build/checkouts/*/Sources/*/include/module.modulemap Sources/*/module.modulemap; do
  set -- "$@" -Xcc "-fmodule-map-file=$map"
done

# What the module re-exports is documented as its own.
reexported=$(sed -n 's/^@_exported public import //p' Sources/Recurrent/Recurrent.swift | paste -s -d , -)
"${SWIFT:-swift}" symbolgraph-extract -module-name Recurrent -I .build/release/Modules "$@" -minimum-access-level public \
  -skip-synthesized-members -experimental-allowed-reexported-modules="$reexported" -output-dir "$symbols"
rm -rf "$output"
docc convert Sources/Recurrent/Recurrent.docc --additional-symbol-graph-dir "$symbols" --output-path "$output" \
  --fallback-display-name Recurrent --fallback-bundle-identifier recurrent --warnings-as-errors
echo "$output/index.html is to be looked at through a web server: python3 -m http.server --directory $output,"
echo 'then http://localhost:8000/documentation/recurrent and http://localhost:8000/tutorials/lectures'
