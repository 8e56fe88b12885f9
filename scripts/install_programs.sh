#!/bin/sh
# Install what no Python package brings, where Debian's packages are at hand: `install_programs.sh run` what making PDF
# needs, `install_programs.sh test` a browser and an office besides. What is there already is left alone.
set -eu

wanted=""
want() { wanted="$wanted $*"; }
has_program() { for name in "$@"; do command -v "$name" >/dev/null 2>&1 && return 0; done; return 1; }
has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "$1" || [ "$(uname)" != Linux ]; }

has_library libpangoft2-1.0.so && has_library libharfbuzz-subset.so \
  || want libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
if [ "$1" = test ]; then
  has_program chromium chromium-browser google-chrome || want chromium
  has_program soffice || want libreoffice-calc-nogui
fi
[ -n "$wanted" ] || exit 0

install() {
  echo "Installing:$wanted"
  # shellcheck disable=SC2086 # a list of packages
  "$@" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh $wanted
}
if has_program apt-get && [ "$(id -u)" = 0 ]; then install
elif has_program apt-get && has_program sudo && [ "$1" = test ]; then install sudo
else
  echo "Missing here:$wanted (Debian's names). PDF files need Pango, tests a browser; the rest runs without."
  case "$1$wanted" in test*chromium*) exit 1 ;; esac
fi
