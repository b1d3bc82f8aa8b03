"""Fuzz targets that are ordinary tests as well."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//tools:copts.bzl", "PHX_TEST_COPTS")

def phx_fuzz_test(name, srcs, deps, corpus = [], size = "small", **kwargs):
    """Defines a test around a LLVMFuzzerTestOneInput function.

    As a test it runs over the corpus and over a fixed number of mutations of it, the same ones
    every time (replay_main.cc). To look for new inputs, with libFuzzer:

        ./bazelw run --config=fuzz //client/wire:frame_fuzz_test -- -max_total_time=60 DIRECTORY

    where DIRECTORY, which libFuzzer reads and adds to, may be the corpus.

    Args:
      name: name of the test, by convention ending in _fuzz_test.
      srcs: source files, one of which defines LLVMFuzzerTestOneInput.
      deps: libraries under test.
      corpus: files to start from, one input each.
      size: as of any test.
      **kwargs: further attributes of cc_test.
    """
    cc_test(
        name = name,
        size = size,
        srcs = srcs,
        args = select({
            "//tools/fuzz:libfuzzer": [],
            "//conditions:default": ["$(locations %s)" % label for label in corpus],
        }),
        copts = PHX_TEST_COPTS,
        data = corpus,
        linkopts = select({
            "//tools/fuzz:libfuzzer": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        deps = deps + select({
            "//tools/fuzz:libfuzzer": [],
            "//conditions:default": ["//tools/fuzz:replay_main"],
        }),
        **kwargs
    )
