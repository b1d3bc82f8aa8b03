# shellcheck shell=bash
# Installs packages of Debian 12. Sourced by bazelw and by scripts in tools.

# phx_is_debian_12
#
# Succeeds on Debian 12 and on what is built from it: only there do the packages have the names and
# the versions that tools/deps expects.
phx_is_debian_12() {
  command -v dpkg-query apt-get >/dev/null || return 1
  (
    # shellcheck source=/dev/null
    . /etc/os-release 2>/dev/null
    [[ "${VERSION_CODENAME:-}" == bookworm || "${ID:-}:${VERSION_ID:-}" == debian:12 ]]
  )
}

# phx_missing_packages PACKAGE...
#
# Prints those of the packages that are not installed, one a line.
phx_missing_packages() {
  local installed package
  installed=" $(dpkg-query --show --showformat='${Package}:${db:Status-Status} ' "$@" \
    2>/dev/null || true)"
  for package in "$@"; do
    [[ "$installed" == *" $package:installed "* ]] || echo "$package"
  done
}

# phx_install_packages PACKAGE...
#
# Installs the packages that are missing, as root or through sudo; says so first. All output goes
# to stderr: stdout belongs to the caller's tool. Fails with the command to type if it may not.
phx_install_packages() {
  local -a missing as_root=()
  mapfile -t missing < <(phx_missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "error: these packages are missing, and only root can install them:" \
        "apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}${as_root:+ (with sudo)}" >&2
  local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  {
    "${apt[@]}" update &&
      "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"
  } >&2 </dev/null || {
    echo "error: apt-get could not install ${missing[*]}; its messages are above." >&2
    return 1
  }
}

# phx_npm_ci FOLDER
#
# Installs what the folder's package-lock.json names, after Node.js and npm if need be. All output
# goes to stderr.
phx_npm_ci() {
  phx_need_command node nodejs && phx_need_command npm npm || return 1
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) >&2 </dev/null
}

# phx_need_command COMMAND PACKAGE
#
# Installs the package unless the command is there; elsewhere than on Debian 12 says what is missing,
# and fails.
phx_need_command() {
  command -v "$1" >/dev/null && return 0
  if phx_is_debian_12; then
    phx_install_packages "$2"
  else
    echo "error: $1 is missing; install it (Debian has it in $2)." >&2
    return 1
  fi
}
