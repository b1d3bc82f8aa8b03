"""Repositories that stand for packages of the distribution.

A package of the distribution keeps its headers in /usr/include and its libraries in the compiler's
default search path, so a target for it needs neither inputs nor include paths: defines and linker
options are enough. Nothing is copied into the sandbox, and the headers are system headers to the
compiler, which keeps their warnings out of our builds.
"""

_TARGET = """
cc_library(
    name = "{name}",
    visibility = ["//visibility:public"],
    deps = {deps},
)
"""

def _require(ctx):
    """Stops the build with a helpful message when the package is not installed."""
    for path in ctx.attr.requires:
        if not ctx.path(path).exists:
            fail("%s is missing: install the package %s, or let ./bazelw do it." %
                 (path, ctx.attr.package))

def _build_file(names, deps):
    """Returns the text of a BUILD file whose targets have no files of their own."""
    return "load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n" + "".join([
        _TARGET.format(name = name, deps = repr(deps))
        for name in names
    ])

def _header_package_impl(ctx):
    _require(ctx)
    ctx.file("BUILD.bazel", _build_file([ctx.attr.target], []), executable = False)

def _system_package_impl(ctx):
    _require(ctx)
    for path, content in ctx.attr.sources.items():
        ctx.file(path, content, executable = False)
    for folder, names in ctx.attr.parts.items():
        ctx.file(folder + "/BUILD.bazel", _build_file(names, ["//:all"]), executable = False)
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

def _file_package_impl(ctx):
    path = ctx.os.environ.get(ctx.attr.variable, ctx.attr.path)
    if not ctx.path(path).exists:
        fail(("%s is missing: install the package %s (./bazelw does), or name another copy with " +
              "--repo_env=%s=/path/to/it.") % (path, ctx.attr.package, ctx.attr.variable))
    ctx.symlink(path, ctx.attr.file)
    ctx.file("BUILD.bazel", "exports_files([%s])\n" % repr(ctx.attr.file), executable = False)

_MPI_BUILD = """
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "mpi",
    hdrs = glob(["include/**"]),
    defines = ["OMPI_SKIP_MPICXX"],
    includes = ["include"],
    linkopts = ["-L{libraries}", "-Wl,-rpath,{libraries}", "-lmpi"],
    visibility = ["//visibility:public"],
)
"""

def _ask_mpicc(ctx, mpicc, what):
    """Returns the first of the folders that Open MPI's compiler wrapper tells."""
    result = ctx.execute([mpicc, "--showme:" + what])
    if result.return_code != 0:
        fail("mpicc is not Open MPI's: " + result.stderr)
    return result.stdout.strip().split(" ")[0]

def _mpi_package_impl(ctx):
    mpicc = ctx.which("mpicc")
    if not mpicc:
        fail(("mpicc is missing: install %s (./bazelw does, for who builds a target that needs " +
              "it).") % ctx.attr.package)
    ctx.symlink(_ask_mpicc(ctx, mpicc, "incdirs"), "include")
    libraries = _ask_mpicc(ctx, mpicc, "libdirs")
    ctx.file("BUILD.bazel", _MPI_BUILD.format(libraries = libraries), executable = False)

_COMMON_ATTRS = {
    "package": attr.string(
        mandatory = True,
        doc = "Names of the distribution's packages, for the message when they are missing.",
    ),
    "requires": attr.string_list(
        mandatory = True,
        doc = "Files whose absence shows that a package is not installed.",
    ),
}

mpi_package = repository_rule(
    implementation = _mpi_package_impl,
    local = True,
    attrs = {
        "package": _COMMON_ATTRS["package"],
    },
    doc = "Open MPI, wherever its compiler wrapper says that it is.",
)

header_package = repository_rule(
    implementation = _header_package_impl,
    local = True,
    attrs = dict(
        _COMMON_ATTRS,
        target = attr.string(
            mandatory = True,
            doc = "Name of the only target.",
        ),
    ),
    doc = "A package that consists of headers.",
)

file_package = repository_rule(
    implementation = _file_package_impl,
    local = True,
    attrs = {
        "file": attr.string(mandatory = True, doc = "Its label in the repository."),
        "package": attr.string(
            mandatory = True,
            doc = "Name of the distribution's package, for the message when it is missing.",
        ),
        "path": attr.string(mandatory = True, doc = "Where the package has it."),
        "variable": attr.string(
            mandatory = True,
            doc = "Environment variable with the path, where there is no such package.",
        ),
    },
    doc = "A package of which the build takes one file.",
)

system_package = repository_rule(
    implementation = _system_package_impl,
    local = True,
    attrs = dict(
        _COMMON_ATTRS,
        build_file = attr.label(
            mandatory = True,
            allow_single_file = True,
            doc = "BUILD file of the repository's root.",
        ),
        parts = attr.string_list_dict(
            doc = "Folder to the names of its targets, each of which stands for //:all.",
        ),
        sources = attr.string_dict(
            doc = "Small source files to create: path to content.",
        ),
    ),
    doc = "A package with libraries to link or sources to compile.",
)
