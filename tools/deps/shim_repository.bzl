"""Repositories made of files of ours, in place of some that would have to be downloaded."""

def _shim_repository_impl(ctx):
    for label, path in ctx.attr.files.items():
        ctx.symlink(label, path)
    for folder in ctx.attr.empty_packages:
        ctx.file(folder + "/BUILD.bazel", "", executable = False)

shim_repository = repository_rule(
    implementation = _shim_repository_impl,
    local = True,
    attrs = {
        "empty_packages": attr.string_list(
            doc = "Folders that are packages without targets.",
        ),
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "File of ours to its path in the repository.",
        ),
    },
    doc = "A repository made of files of this one, also where this one is an external repository.",
)
