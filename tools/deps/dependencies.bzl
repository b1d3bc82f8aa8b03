"""All external repositories of the WORKSPACE, each a package of the distribution or a shim.

Labels are written with Label(), so that they mean files of this repository also where another
workspace calls phx_dependencies().

To add one: its package in bazelw, its repository here, with the names that the Bazel Central
Registry uses for it and its targets, and a bazel_dep in MODULE.bazel.
"""

load(":abseil.bzl", "ABSEIL_TARGETS")
load(":shim_repository.bzl", "shim_repository")
load(":system_package.bzl", "file_package", "header_package", "mpi_package", "system_package")

_INCLUDE = "/usr/include/"

# Parts of Boost that are only headers: name to a header.
_BOOST_HEADERS = {
    "boost.histogram": "boost/histogram.hpp",
    "boost.smart_ptr": "boost/smart_ptr.hpp",
    "boost.system": "boost/system.hpp",
}

def _rules():
    """The rule sets that Bazel 4 would otherwise download for its own use."""

    # The distribution's rules_cc is too new for its own Bazel: re-export the native rules.
    shim_repository(
        name = "rules_cc",
        empty_packages = ["cc"],
        files = {Label("//tools/shims:rules_cc_defs.bzl"): "cc/defs.bzl"},
    )
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")

    # Named by every test rule, used by `bazel coverage` only.
    shim_repository(
        name = "remote_coverage_tools",
        files = {Label("//tools/shims:remote_coverage_tools.BUILD"): "BUILD.bazel"},
    )

def _boost():
    for name, header in _BOOST_HEADERS.items():
        header_package(
            name = name,
            package = "libboost1.81-dev",
            requires = [_INCLUDE + header],
            target = name,
        )
    system_package(
        name = "boost.asio",
        build_file = Label("//tools/deps:boost_asio.BUILD"),
        package = "libboost1.81-dev",
        requires = [_INCLUDE + "boost/asio/impl/src.hpp"],
        sources = {"asio.cc": "#include <boost/asio/impl/src.hpp>\n"},
    )
    system_package(
        name = "boost.beast",
        build_file = Label("//tools/deps:boost_beast.BUILD"),
        package = "libboost1.81-dev",
        requires = [_INCLUDE + "boost/beast/src.hpp"],
        sources = {"beast.cc": "#include <boost/beast/src.hpp>\n"},
    )
    system_package(
        name = "boost.url",
        build_file = Label("//tools/deps:boost_url.BUILD"),
        package = "libboost-url1.81-dev",
        requires = [_INCLUDE + "boost/url.hpp"],
    )

def _google():
    system_package(
        name = "abseil-cpp",
        build_file = Label("//tools/deps:abseil.BUILD"),
        package = "libabsl-dev",
        parts = ABSEIL_TARGETS,
        requires = [_INCLUDE + "absl/status/statusor.h"],
    )
    system_package(
        name = "google_benchmark",
        build_file = Label("//tools/deps:google_benchmark.BUILD"),
        package = "libbenchmark-dev",
        requires = [_INCLUDE + "benchmark/benchmark.h"],
    )
    system_package(
        name = "googletest",
        build_file = Label("//tools/deps:googletest.BUILD"),
        package = "libgtest-dev libgmock-dev",
        requires = [
            _INCLUDE + "gtest/gtest.h",
            _INCLUDE + "gmock/gmock.h",
        ],
    )

def _others():
    file_package(
        name = "chart_js",
        file = "chart.min.js",
        package = "libjs-chart.js",
        path = "/usr/share/javascript/chart.js/chart.min.js",
        variable = "PHX_CHART_JS",
    )
    mpi_package(
        name = "mpi",
        package = "libopenmpi-dev",
    )
    header_package(
        name = "nlohmann_json",
        package = "nlohmann-json3-dev",
        requires = [_INCLUDE + "nlohmann/json.hpp"],
        target = "json",
    )
    system_package(
        name = "openssl",
        build_file = Label("//tools/deps:openssl.BUILD"),
        package = "libssl-dev",
        requires = [_INCLUDE + "openssl/ssl.h"],
    )
    system_package(
        name = "simdjson",
        build_file = Label("//tools/deps:simdjson.BUILD"),
        package = "libsimdjson-dev",
        requires = [_INCLUDE + "simdjson.h"],
    )

# buildifier: disable=unnamed-macro
def phx_dependencies():
    """Defines every external repository that the BUILD files name."""
    _rules()
    _boost()
    _google()
    _others()
