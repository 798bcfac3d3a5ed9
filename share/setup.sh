# SPDX-License-Identifier: Apache-2.0
# Sourced by share/run and share/test: makes this machine ready and builds. Says what it installs before it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=release
build=build/$preset
toolkit=$PWD/build/cuda

say() { printf '\n== %s\n' "$*"; }
die() { printf 'ridge set-up: %s\n' "$@" >&2; exit 1; }

# Debian 12+, Ubuntu 24.04+. $@: packages on top of what the build itself needs.
install_packages() {
    local wanted=(g++ cmake ninja-build catch2 libcli11-dev libfmt-dev libsqlite3-dev libsqlitecpp-dev
        libtomlplusplus-dev nlohmann-json3-dev qt6-base-dev qt6-charts-dev qt6-svg-dev fonts-dejavu-core "$@")
    command -v dpkg-query >/dev/null || {
        say "No Debian packages on this system: expecting the equivalents of: ${wanted[*]}"
        return 0
    }
    local missing=() package as_root=()
    for package in "${wanted[@]}"; do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    if [ ${#as_root[@]} -gt 0 ] && ! command -v sudo >/dev/null; then
        die "these packages are missing and only root may install them: ${missing[*]}" \
            "run as root: apt-get update && apt-get install -y ${missing[*]}"
    fi
    say "Installing distribution packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq || say "The package lists could not be refreshed; trying with those there are"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >build/install.log 2>&1 ||
        { tail -n 20 build/install.log >&2; die "the packages could not be installed; the log is build/install.log"; }
}

# Versions that were built and planned against together; cublas carries its own numbering.
wheels=(nvidia-cuda-nvcc==13.0.88 nvidia-nvvm==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-cuda-runtime==13.0.96
    nvidia-cuda-cupti==13.0.85 nvidia-cublas==13.1.0.3 nvidia-nvtx==13.0.85 nvidia-cuda-cccl==13.0.85)

toolkit_name="CUDA 13.0 toolkit (nvcc, CUPTI, cuBLAS, NVTX; about 1 GB)"
toolkit_root=$toolkit/nvidia/cu13
# For drivers before R580. The wheels of 12.9 hold ptxas, libnvvm and headers but no nvcc, cudafe++ or fatbinary: enough to
# plan collections and to compile and test everything but kernels and cuBLAS (0.6 GB for two headers). nvcc 13 is no way
# round it: what it makes needs the runtime of CUDA 13 and with it R580. Measuring takes a whole toolkit 12.9, as NVIDIA's
# installers and repositories (cuda-toolkit-12-9) bring it: RIDGE_CUDA_TOOLKIT=FOLDER.
if [ "${RIDGE_CUDA_TOOLKIT:-}" = wheels-12.9 ]; then
    build=build/release-cuda12
    toolkit=$PWD/build/cuda12
    toolkit_root=$toolkit/nvidia/cu12
    toolkit_name="headers and CUPTI of CUDA 12.9 (about 150 MB)"
    wheels=(nvidia-cuda-nvcc-cu12==12.9.86 nvidia-cuda-runtime-cu12==12.9.79 nvidia-cuda-cupti-cu12==12.9.79
        nvidia-nvtx-cu12==12.9.79)
fi

# The folder of a CUDA toolkit 13 that is already on this machine, empty where there is none.
# RIDGE_CUDA_TOOLKIT=FOLDER names one, 12.9 or newer; =wheels behaves as if there were none; =none builds without CUDA.
system_toolkit() {
    case "${RIDGE_CUDA_TOOLKIT:-}" in
        "") ;;
        none | wheels | wheels-12.9) return 0 ;;
        *) readlink -f "$RIDGE_CUDA_TOOLKIT"; return 0 ;;
    esac
    local nvcc
    for nvcc in "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc /usr/local/cuda-13*/bin/nvcc; do
        [ -x "$nvcc" ] && "$nvcc" --version | grep -q 'release 13\.' || continue
        nvcc=$(dirname "$(dirname "$(readlink -f "$nvcc")")")
        [ -e "$nvcc/include/cupti_range_profiler.h" ] || [ -e "$nvcc/extras/CUPTI/include/cupti_range_profiler.h" ] || continue
        printf '%s\n' "$nvcc"
        return 0
    done
}

# A folder that is named has to be a whole toolkit: falling back to another one would build for another driver.
check_toolkit() {
    case "${RIDGE_CUDA_TOOLKIT:-}" in "" | none | wheels | wheels-12.9) return 0 ;; esac
    [ -x "$RIDGE_CUDA_TOOLKIT/bin/nvcc" ] || die "RIDGE_CUDA_TOOLKIT=$RIDGE_CUDA_TOOLKIT has no bin/nvcc" \
        "install that CUDA toolkit first (NVIDIA's package cuda-toolkit-12-9 for 12.9; pip's wheels of 12.9 hold no nvcc), or name another folder"
}

install_toolkit() {
    local stamp
    stamp=$(printf '%s\n' "${wheels[@]}")
    if [ "$(cat "$toolkit/complete" 2>/dev/null)" = "$stamp" ]; then return 0; fi
    install_packages python3 python3-pip
    say "Installing the $toolkit_name from pinned wheels into build/$(basename "$toolkit")"
    rm -rf "$toolkit" "$toolkit.partial"
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --target "$toolkit.partial" "${wheels[@]}" ||
        die "the CUDA wheels could not be installed" "install a CUDA toolkit 13 yourself, or build without: RIDGE_CUDA_TOOLKIT=none"
    [ "$(basename "$toolkit_root")" != cu12 ] || join_components "$toolkit.partial/nvidia"
    link_unversioned "$toolkit.partial/nvidia/$(basename "$toolkit_root")"
    printf '%s\n' "$stamp" >"$toolkit.partial/complete"
    mv "$toolkit.partial" "$toolkit"
    [ -x "$toolkit_root/bin/nvcc" ] || [ "$(basename "$toolkit_root")" = cu12 ] || die "the CUDA wheels brought no nvcc: remove build/cuda and run this again"
}

# Wheels of CUDA 12 have a folder a component; CMake looks for one toolkit, whose version a file tells where no nvcc does.
join_components() {
    local component
    mkdir "$1/cu12"
    for component in cuda_nvcc cuda_runtime cuda_cupti nvtx; do cp -rl "$1/$component/." "$1/cu12/"; done
    echo "CUDA Version 12.9.1" >"$1/cu12/version.txt"
}

# Wheels carry libX.so.N only; linkers and CMake look for libX.so, and in lib64.
link_unversioned() {
    local lib
    for lib in "$1"/lib/*.so.*; do
        [ -e "${lib%.so.*}.so" ] || ln -s "$(basename "$lib")" "${lib%.so.*}.so"
    done
    [ -e "$1/lib64" ] || ln -s lib "$1/lib64"
}

has_driver() { [ -e /proc/driver/nvidia/version ] || ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; }

# $1: "tests" always needs a toolkit; "main" only where a GPU could use it.
configure() {
    local root flags=() cached
    check_toolkit
    root=$(system_toolkit)
    if [ "${RIDGE_CUDA_TOOLKIT:-}" = none ]; then
        flags=(-DRIDGE_CUDA=OFF)
    else
        if [ -z "$root" ] && { [ "$1" = tests ] || [ -n "${RIDGE_CUDA_TOOLKIT:-}" ] || [ -e "$toolkit/complete" ] || has_driver; }; then
            install_toolkit
            root=$toolkit_root
        fi
        if [ -n "$root" ] && [ ! -x "$root/bin/nvcc" ]; then
            # Nothing of it is ever used: not optimised, it compiles in half the time.
            flags=(-DRIDGE_CUDA=AUTO -DRIDGE_CUDA_OLDEST=12.9 "-DCUDAToolkit_ROOT=$root" -DCMAKE_CUDA_COMPILER=
                -DRIDGE_GUI=OFF -DCMAKE_CXX_FLAGS_RELEASE=-O0)
            root=
        elif [ -n "$root" ]; then
            flags=(-DRIDGE_CUDA=ON "-DCUDAToolkit_ROOT=$root" "-DCMAKE_CUDA_COMPILER=$root/bin/nvcc")
            [ ! -d "${RIDGE_CUDA_TOOLKIT:-}" ] || flags+=(-DRIDGE_CUDA_OLDEST=12.9)
        else
            say "No CUDA toolkit and no NVIDIA driver here: building without the measuring worker"
            flags=(-DRIDGE_CUDA=OFF)
        fi
    fi
    # Another toolkit than the one the build folder knows: CMake cannot change compilers in place.
    cached=$(sed -n 's/^CMAKE_CUDA_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt" 2>/dev/null || true)
    if [ -n "$cached" ] && [ "$cached" != "${root:+$root/bin/nvcc}" ]; then rm -f "$build/CMakeCache.txt"; fi
    [ -z "${CI:-}" ] || flags+=(-DRIDGE_WERROR=ON)
    say "Configuring $build"
    cmake --preset "$preset" -B "$build" "${flags[@]}" >build/configure.log 2>&1 ||
        { tail -n 30 build/configure.log >&2; die "configuring failed; the log is build/configure.log"; }
    grep 'Ridgepoint' build/configure.log
}

# $@: targets; none: everything.
compile() {
    local targets=()
    [ $# -eq 0 ] || targets=(--target "$@")
    say "Building $build"
    cmake --build "$build" "${targets[@]}" >build/compile.log 2>&1 ||
        { grep -A 20 -m 1 'FAILED:' build/compile.log >&2; die "the build failed; the log is build/compile.log"; }
}

mkdir -p build
